"""How signals pass a network before training: measured, and by mean-field theory.

For random inputs of mean 0 and variance 1, layers of one width, and a random gradient at the top:

- the forward variance of a layer is that of its activations over examples, averaged over units:
  what is left of the inputs. Activations that are large but the same for every example have none.
- the backward variance is the mean square of dC/ds over units and examples.

Theory iterates, for two examples of mean squares q and mean product c, with g = width Var[W],

    q' = E[f(s)^2], c' = E[f(s_1) f(s_2)], (s_1, s_2) normal with variances g q, covariance g c,

so that q - c is the forward variance; the backward variance changes by g E[f'(s)^2] from one layer
to the one below.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from glorot_repro.measure.quadrature import CorrelatedProducts, expectation, normal_nodes
from glorot_repro.measure.weights import centered_variance, is_rounding
from glorot_repro.nn.activations import Activation, activation_named
from glorot_repro.nn.calibration import calibrate
from glorot_repro.nn.costs import COSTS
from glorot_repro.nn.initializers import Initializer
from glorot_repro.nn.network import Network
from glorot_repro.nn.parameters import Parameters
from glorot_repro.nn.scheme import NetworkInitializer

Array = NDArray[np.floating]
Values = NDArray[np.float64]

LOST = 1e-4
"""A signal is lost where its variance is below LOST, or above 1 / LOST, of where it started: one
percent of the standard deviation, which no single learning rate makes up for."""


class Sweep(Protocol):
    """What is to be swept; see `glorot_repro.config.sweep.SweepSection`."""

    @property
    def activations(self) -> Sequence[str]: ...
    @property
    def initializers(self) -> Sequence[Initializer]: ...
    @property
    def depths(self) -> Sequence[int]: ...
    @property
    def width(self) -> int: ...
    @property
    def examples(self) -> int: ...
    @property
    def seed(self) -> int: ...


@dataclass(frozen=True)
class Passage:
    """What is left of a signal on its way through the layers, in the order of the way.

    ratio: the factor on the variance from one layer to the next, the geometric mean of the way to
    the end or to where the signal is lost; NaN if there is no signal at all.
    lost_after: how many layers the signal has reached when it is lost, None if it arrives.
    """

    ratio: float
    lost_after: int | None


@dataclass(frozen=True)
class Measurement:
    """One network of the sweep: its passages as measured, and by theory where there is one."""

    activation: str
    initializer: Initializer
    depth: int
    forward: Passage
    backward: Passage
    forward_theory: Passage | None
    backward_theory: Passage | None

    @property
    def lost_after(self) -> int | None:
        """Layers after which the signal or its gradient is lost, whichever comes first."""
        depths = [p.lost_after for p in (self.forward, self.backward) if p.lost_after is not None]
        return min(depths, default=None)


def passage(variances: Sequence[float] | Values) -> Passage:
    """The passage of a signal whose variance in each layer of its way is given."""
    start = float(variances[0])
    if not (0 < start < math.inf):
        return Passage(math.nan, 1)
    for layer, variance in enumerate(variances[1:], start=2):
        share = float(variance) / start
        if not LOST <= share <= 1 / LOST:  # NaN too
            return Passage(_mean_ratio(share, layer), layer)
    return Passage(_mean_ratio(float(variances[-1]) / start, len(variances)), None)


def _mean_ratio(share: float, layer: int) -> float:
    return share ** (1 / (layer - 1)) if layer > 1 else math.nan


def sweep(settings: Sweep) -> list[Measurement]:
    """All combinations: initializers slowest, then activations, then depths.

    BLAS should have one thread. See `glorot-repro init sweep --help` for its time.
    """
    generator = np.random.default_rng(settings.seed)
    inputs = generator.standard_normal((settings.examples, settings.width))
    deepest = max(settings.depths)
    gradient = generator.standard_normal((settings.examples, settings.width))
    rows = []
    for initializer in settings.initializers:
        drawn = Parameters((*[settings.width] * (deepest + 1), 1), np.float64)
        scheme = NetworkInitializer(first=initializer, hidden=initializer)
        scheme.initialize(drawn, np.random.SeedSequence(settings.seed))
        for name in settings.activations:
            network = Network(drawn, activation_named(name), COSTS["negative_log_likelihood"])
            with np.errstate(all="ignore"):
                rows += _measure(network, scheme, inputs, gradient, settings.depths, name)
    return rows


def _measure(
    network: Network,
    scheme: NetworkInitializer,
    inputs: Values,
    gradient: Values,
    depths: Sequence[int],
    name: str,
) -> list[Measurement]:
    if scheme.needs_examples(network.depth):
        calibrate(network, scheme, inputs)
    forward = network.forward(inputs)
    slopes = [
        network.activation.derivative(s, z)
        for s, z in zip(forward.pre_activations, forward.activations, strict=True)
    ]
    forward_variances = [_variance_over_examples(z) for z in forward.activations]
    gains = _gains(network, scheme.hidden)
    predicted = None if gains is None else predict_passage(network.activation, gains)
    rows = []
    for depth in depths:
        backward = _backward_variances(network, slopes[:depth], gradient)
        rows.append(
            Measurement(
                activation=name,
                initializer=scheme.hidden,
                depth=depth,
                forward=passage(forward_variances[:depth]),
                backward=passage(backward),
                forward_theory=passage(predicted[0][:depth]) if predicted else None,
                backward_theory=(
                    passage(_products_from_top(predicted[1][:depth])) if predicted else None
                ),
            )
        )
    return rows


def _variance_over_examples(activations: Array) -> float:
    variance = float(activations.var(axis=0).mean())
    return 0.0 if is_rounding(variance, float(np.mean(activations**2))) else variance


def _backward_variances(network: Network, slopes: Sequence[Array], gradient: Values) -> Values:
    """Mean squares of dC/ds, the topmost layer first, for a random dC/dz there."""
    delta = gradient * slopes[-1]
    variances = [float(np.mean(delta * delta))]
    for layer in range(len(slopes) - 1, 0, -1):
        delta = delta @ network.parameters.weights[layer]
        delta *= slopes[layer - 1]
        variances.append(float(np.mean(delta * delta)))
    return np.array(variances)


def _gains(network: Network, initializer: Initializer) -> list[float] | None:
    """width Var[W] of each hidden layer, None if theory does not know it."""
    width = network.parameters.sizes[0]
    if initializer.needs_examples:
        return calibrated_gains(
            network.activation, getattr(initializer, "gain", 1.0), network.depth
        )
    variance = initializer.variance(width, width)
    if variance is not None:
        return [width * variance] * network.depth
    if not initializer.has_mean_zero:
        return None
    gains = []
    for weights in network.parameters.weights[:-1]:
        measured = centered_variance(weights)
        if measured is None:
            return None
        gains.append(width * measured)
    return gains


def calibrated_gains(activation: Activation, variance: float, depth: int) -> list[float] | None:
    """width Var[W] at which all pre-activations have `variance`, for inputs of mean square 1.

    None if there is none, since the activation is 0 everywhere.

    Not from the weights that were drawn: where that variance is a fixed point that repels (gelu,
    silu), their scatter would be amplified from layer to layer.
    """
    z = activation(math.sqrt(variance) * normal_nodes()[0][None, :])
    mean_square = float(expectation(np.square(z, dtype=np.float64))[0])
    return [variance, *[variance / mean_square] * (depth - 1)] if mean_square else None


def predict_passage(activation: Activation, gains: Sequence[float]) -> tuple[Values, Values]:
    """Forward variances of layers 1 .. depth, and the factors on the backward variance.

    gains: width Var[W] of layers 1 .. depth. Entry l of the factors takes dC/ds of layer l + 1 to
    that of layer l; the last one, for a layer above, is not used.
    """
    nodes = normal_nodes()[0]
    mean_square, mean_product = 1.0, 0.0
    forward, factors = np.full((2, len(gains)), math.nan)
    with np.errstate(all="ignore"):
        for layer, gain in enumerate(gains):
            s = (math.sqrt(gain * mean_square) * nodes).reshape(1, 1, -1)
            z = activation(s)
            slope_square = float(
                expectation(np.square(activation.derivative(s, z), dtype=np.float64))[0, 0]
            )
            correlation = min(1.0, mean_product / mean_square) if mean_square > 0 else 0.0
            products = CorrelatedProducts(z.astype(np.float64, copy=False))
            mean_square = float(products.mean_squares[0, 0])
            mean_product = float(products.with_itself(np.array([[correlation]]))[0, 0])
            forward[layer] = mean_square - mean_product
            if layer + 1 < len(gains):
                factors[layer] = gains[layer + 1] * slope_square
            if not math.isfinite(mean_square):
                break
    return forward, factors


def _products_from_top(factors: Values) -> Values:
    """Backward variances from the top layer down, relative to it."""
    with np.errstate(all="ignore"):
        return np.cumprod([1.0, *factors[:-1][::-1]])
