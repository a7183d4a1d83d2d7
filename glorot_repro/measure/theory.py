"""What theory predicts for a freshly initialized network: mean field, layer by layer.

In wide layers the pre-activations of two examples are jointly normal over the units, with
covariances that follow from those of the layer below (the paper's equations 5 and 6, carried
beyond the linear regime). Predictions are for the probe examples' own norms and labels, so that
only the scatter of finite width is left between them and a measurement.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from glorot_repro.measure.quadrature import expectation, gaussian_nodes, pair_expectations
from glorot_repro.nn.activations import Activation

Array = NDArray[np.floating]


@dataclass(frozen=True)
class LayerVariances:
    """Var[W] of layers 1 .. depth + 1, and the sizes (inputs, hidden ..., classes)."""

    sizes: tuple[int, ...]
    weight_variances: tuple[float, ...]

    def forward_gain(self, layer: int) -> float:
        """fan_in Var[W] of layer 1 .. depth + 1."""
        return self.sizes[layer - 1] * self.weight_variances[layer - 1]

    def backward_gain(self, layer: int) -> float:
        """fan_out Var[W] of layer 1 .. depth + 1."""
        return self.sizes[layer] * self.weight_variances[layer - 1]


@dataclass(frozen=True)
class Prediction:
    """Predicted statistics of layers 1 .. depth, each (depth,).

    activation_mean, activation_std: over units and examples; backprop_std: of dC/ds summed over a
    mini-batch, C the mean cost; jacobian_singular_mean: for the first example.
    """

    activation_mean: Array
    activation_std: Array
    backprop_std: Array
    jacobian_singular_mean: Array


def predict(
    activation: Activation,
    layers: LayerVariances,
    inputs: NDArray[np.floating],
    labels: NDArray[np.intp],
    batch: int,
) -> Prediction:
    """Mean-field prediction for the examples `inputs`, (examples, inputs), in batches of `batch`.

    examples must be a multiple of `batch`.
    """
    pairs = _batch_pairs(len(inputs), batch)
    x = inputs.astype(np.float64)
    second_moment = np.einsum("ij,ij->i", x, x) / x.shape[1]
    pair_moment = np.einsum("ij,ij->i", x[pairs[:, 0]], x[pairs[:, 1]]) / x.shape[1]
    means, stds, slopes, pair_slopes, jacobians = [], [], [], [], []
    for layer in range(1, len(layers.sizes) - 1):
        gain = layers.forward_gain(layer)
        variance = gain * second_moment
        covariance = gain * pair_moment
        jacobians.append(
            mean_singular_value(activation, gain, float(variance[0]), layers.sizes[layer - 1 :][:2])
        )
        pair_moment, pair_slope = pair_expectations(
            (activation, activation.derivative), variance[pairs], covariance
        )
        mean = expectation(activation, variance)
        second_moment = expectation(lambda s: activation(s) ** 2, variance)
        slopes.append(expectation(lambda s: activation.derivative(s) ** 2, variance))
        pair_slopes.append(pair_slope)
        means.append(mean.mean())
        stds.append(np.sqrt(max(0.0, second_moment.mean() - mean.mean() ** 2)))
    backprop = _backprop_std(
        layers, labels, batch, pairs, slopes, pair_slopes, (second_moment, pair_moment)
    )
    return Prediction(np.array(means), np.array(stds), backprop, np.array(jacobians))


def _batch_pairs(n_examples: int, batch: int) -> NDArray[np.intp]:
    """All pairs (e, e'), e < e', inside a mini-batch: (pairs, 2)."""
    first, second = np.triu_indices(batch, k=1)
    starts = np.arange(0, n_examples, batch)[:, None]
    return np.stack([(starts + first).ravel(), (starts + second).ravel()], axis=1)


def _backprop_std(
    layers: LayerVariances,
    labels: NDArray[np.intp],
    batch: int,
    pairs: NDArray[np.intp],
    slopes: list[Array],
    pair_slopes: list[Array],
    top_moments: tuple[Array, Array],
) -> Array:
    """Std of the batch sum of dC/ds in each layer: sum over b, b' of E[delta_b delta_b']."""
    n_classes = layers.sizes[-1]
    # p is near 1/C at the start: (p - y).(p - y') is that of the labels, plus the covariance of
    # p, whose logits have covariance g <z z'>, to first order.
    spread = layers.forward_gain(len(layers.sizes) - 1) * (1 - 1 / n_classes) / n_classes
    own = 1 - 1 / n_classes + spread * top_moments[0]
    is_same = labels[pairs[:, 0]] == labels[pairs[:, 1]]
    shared = is_same - 1 / n_classes + spread * top_moments[1]
    factor = layers.weight_variances[-1] / batch**2
    n_batches = len(labels) // batch
    stds: list[float] = []
    for layer in range(len(slopes), 0, -1):
        own = factor * own * slopes[layer - 1]
        shared = factor * shared * pair_slopes[layer - 1]
        stds.append(float(np.sqrt(max(0.0, own.sum() + 2 * shared.sum()) / n_batches)))
        factor = layers.backward_gain(layer)
    return np.array(stds[::-1])


def mean_singular_value(
    activation: Activation, gain: float, variance: float, fans: tuple[int, ...]
) -> float:
    """Mean singular value of diag(f'(s)) W for wide layers, s from N(0, variance).

    gain: fan_in Var[W]; fans: (fan_in, fan_out). The resolvent of the Gram matrix on the negative
    axis solves Silverstein's equation, and sqrt(l) = 1/pi int_0^inf l / (l + t) t^(-1/2) dt. For
    slopes of one and a square layer this is the quarter circle's 8 / (3 pi) sqrt(gain).
    """
    fan_in, fan_out = fans
    nodes, weights = gaussian_nodes()
    squares = gain * activation.derivative(np.sqrt(variance) * nodes) ** 2
    scale = float(squares @ weights) * fan_out / fan_in
    if not scale > 0:
        return 0.0
    step = 0.25
    t = scale * np.exp(np.arange(-60.0, 80.0, step))[:, None]
    low, high = np.log(1e-12 / (t + scale)), np.log(1 / t)
    for _ in range(60):
        middle = (low + high) / 2
        m = np.exp(middle)
        is_below = m * t + _absorbed(m, squares, weights, fan_out / fan_in) < 1
        low, high = np.where(is_below, middle, low), np.where(is_below, high, middle)
    # 1 - m t without the cancellation where t is large.
    absorbed = _absorbed(np.exp(low), squares, weights, fan_out / fan_in)
    total = float((absorbed * np.sqrt(t)).sum()) * step / np.pi
    return total * fan_in / min(fan_in, fan_out)


def _absorbed(m: Array, squares: Array, weights: Array, ratio: float) -> Array:
    """ratio E[m d / (1 + m d)]; m t + this = 1 at the solution m, and it rises with m."""
    return ratio * ((m * squares / (1 + m * squares)) @ weights)[:, None]
