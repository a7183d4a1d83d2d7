"""Layer-sequential unit variance: weights rescaled by what the first examples make of them."""

import math

import numpy as np
from numpy.typing import NDArray

from glorot_repro.nn.network import Network
from glorot_repro.nn.scheme import NetworkInitializer

Array = NDArray[np.floating]

CALIBRATION_EXAMPLES = 1000
"""Enough for a variance to 1 %: units share the examples, whose norms differ."""


def calibrate(network: Network, scheme: NetworkInitializer, inputs: Array) -> None:
    """Rescales the weights of the layers whose initializer needs examples, lowest layer first.

    inputs: (examples, inputs). Afterwards the variance of such a layer's pre-activations over
    units and examples is 1, or the initializer's gain: in one step, since s is linear in W and
    biases are zero, where Mishkin & Matas (2016), algorithm 1, iterate. A layer that no signal
    reaches (variance 0 or not finite) keeps its weights.
    """
    z = inputs
    for layer, weights in enumerate(network.parameters.weights, start=1):
        s = z @ weights.T
        initializer = scheme.of_layer(layer, network.depth)
        if initializer.needs_examples:
            variance = float(s.var(dtype=np.float64))
            if 0 < variance < math.inf:
                factor = math.sqrt(getattr(initializer, "gain", 1.0) / variance)
                weights *= factor
                s *= factor
        if layer <= network.depth:
            z = network.activation(s)
