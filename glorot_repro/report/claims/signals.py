"""Random networks of any widths, and the variances of what passes through them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from glorot_repro.nn.activations import ACTIVATIONS
from glorot_repro.nn.costs import COSTS
from glorot_repro.nn.network import Network
from glorot_repro.nn.parameters import Parameters
from glorot_repro.nn.scheme import NetworkInitializer

N_SEEDS = 20
N_EXAMPLES = 200

Values = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Signals:
    """Variances in one random network of normal inputs, with independent gradients at its top.

    forward: (layers + 1,), of the inputs and of each hidden layer. backward: (layers + 1,), of
    dC/ds of each hidden layer, and before them that which arrives at the inputs.
    weight_gradient: (layers,), of dC/dW of each hidden layer, of all examples together.
    """

    forward: Values
    backward: Values
    weight_gradient: Values


def scheme_of_gain(gain: float) -> NetworkInitializer:
    """Weights with n Var[W] = `gain` between layers of equal width."""
    return NetworkInitializer.model_validate({"name": "normalized", "gain": gain})


def propagate(
    sizes: Sequence[int],
    scheme: NetworkInitializer,
    *,
    activation: str,
    seed: int,
    input_std: float = 1.0,
) -> Signals:
    """Draw a network of the widths `sizes`, inputs first, and send signals both ways.

    The gradient at its output has independent entries, as random targets give it.
    """
    generator = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(0,)))
    # As many outputs as units, so that gradients of different examples stay independent.
    parameters = Parameters((*sizes, sizes[-1]), "float64")
    scheme.initialize(parameters, np.random.SeedSequence(seed))
    network = Network(parameters, ACTIVATIONS[activation], COSTS["negative_log_likelihood"])
    forward = network.forward(generator.normal(0, input_std, (N_EXAMPLES, sizes[0])))
    deltas = network.backward(forward, generator.normal(0, 1, forward.logits.shape))[:-1]
    at_inputs = deltas[0] @ parameters.weights[0]
    inputs = forward.layer_inputs
    gradients = [delta.T @ z for delta, z in zip(deltas, inputs[:-1], strict=True)]
    return Signals(
        np.array([z.var() for z in inputs]),
        np.array([delta.var() for delta in (at_inputs, *deltas)]),
        np.array([gradient.var() for gradient in gradients]),
    )


def log_slope(variances: Values) -> float:
    """The slope of log variance per layer, by least squares."""
    layers = np.arange(len(variances))
    return float(np.polyfit(layers, np.log(variances), 1)[0])
