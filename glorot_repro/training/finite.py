"""Noticing, at the cost of a dot product, that training has left the finite numbers."""

import math

import numpy as np
from numpy.typing import NDArray

from glorot_repro.nn.parameters import Parameters

Array = NDArray[np.floating]


class NonFiniteError(Exception):
    """The cost, a gradient or curvature of a mini-batch is not finite; no update was applied.

    layer: the layer, from 1 to depth + 1, whose gradient or curvature it is, None for the cost.
    what: "cost", "gradient" or "curvature".
    """

    def __init__(self, layer: int | None, what: str) -> None:
        super().__init__(what if layer is None else f"{what} of layer {layer}")
        self.layer = layer
        self.what = what


def check_cost(mean_cost: float) -> None:
    """Raises NonFiniteError if the cost is not finite."""
    if not math.isfinite(mean_cost):
        raise NonFiniteError(None, "cost")


def check_factors(layer: int, layer_inputs: Array, delta: Array) -> None:
    """Raises NonFiniteError if delta^T layer_inputs or the sum of delta's rows is not finite.

    layer_inputs: (batch, fan_in) and delta: (batch, fan_out), C-contiguous, so that the gradient
    of (fan_out, fan_in) need not be made: by Cauchy and Schwarz no entry exceeds the product of
    the norms. Only where a squared norm is itself too large is the gradient looked at.
    """
    flat_inputs, flat_delta = layer_inputs.ravel(), delta.ravel()
    if math.isfinite(np.dot(flat_delta, flat_delta)) and math.isfinite(
        np.dot(flat_inputs, flat_inputs)
    ):
        return
    if not (np.isfinite(delta.T @ layer_inputs).all() and np.isfinite(delta.sum(axis=0)).all()):
        raise NonFiniteError(layer, "gradient")


def check_gradient(gradient: Parameters, what: str = "gradient") -> None:
    """Raises NonFiniteError for the topmost layer whose gradient (or `what`) is not finite."""
    with np.errstate(over="ignore", invalid="ignore"):
        if math.isfinite(np.dot(gradient.flat, gradient.flat)):
            return
    for layer in range(len(gradient.weights), 0, -1):
        weights, biases = gradient.weights[layer - 1], gradient.biases[layer - 1]
        if not (np.isfinite(weights).all() and np.isfinite(biases).all()):
            raise NonFiniteError(layer, what)
