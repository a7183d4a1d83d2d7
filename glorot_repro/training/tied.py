"""Updates of an auto-encoder whose decoder has the encoder's weights, transposed.

    h = f(x W^T + b),    y = h W + c,    gradient of W = (dC/dh f')^T x + h^T dC/dy.

The gradient has two rows an example: with A = (delta of h; h) and B = (x; dC/dy) stacked, it is
A^T B. As in `training.deferred`, W is written after some updates only, by one product:

    (W + (c A)^T B) meets x as  x W^T + ((x B^T) c) A,  and h as  h W + ((h A^T) c) B.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from glorot_repro.nn.network import Network
from glorot_repro.nn.parameters import Parameters
from glorot_repro.training.blocking import (
    BackwardProduct,
    ForwardProduct,
    Workspace,
    add_gradient,
    n_updates_to_put_off,
)
from glorot_repro.training.finite import check_cost, check_factors
from glorot_repro.training.interface import Update

Array = NDArray[np.floating]


class TiedUpdate(Update):
    """Plain stochastic gradient descent of an auto-encoder with tied weights.

    network: sizes (inputs, units, inputs), of which the decoder's weights are ignored at the
    beginning; `read_parameters` gives the encoder's, transposed. See `Update` for the methods.
    """

    def __init__(self, network: Network, batch_size: int) -> None:
        parameters = network.parameters
        self._network = network
        self._weights = parameters.weights[0]
        self._encoder_biases, self._decoder_biases = parameters.biases
        n_units, n_inputs = self._weights.shape
        dtype = parameters.dtype
        self._batch_size = batch_size
        # Two rows an example: half as many updates make a product as deep.
        n_rows = 2 * batch_size * n_updates_to_put_off(2 * batch_size)
        self._left = np.zeros((n_rows, n_units), dtype)
        self._right = np.zeros((n_rows, n_inputs), dtype)
        self._factors = np.zeros(n_rows, dtype)
        self._n_pending = 0
        workspace = Workspace(dtype)
        self._s = np.zeros((batch_size, n_units), dtype)
        self._hidden = np.zeros((batch_size, n_units), dtype)
        self._slope = np.zeros((batch_size, n_units), dtype)
        self._delta = np.zeros((batch_size, n_units), dtype)
        self._output = np.zeros((batch_size, n_inputs), dtype)
        self._encode = ForwardProduct(self._weights, self._s)
        self._backward = ForwardProduct(self._weights, self._delta)
        self._decode = BackwardProduct(self._weights, batch_size, workspace)

    def step(self, inputs: Array, targets: NDArray[Any], learning_rate: float) -> float:
        """One update; inputs and targets: (batch, inputs). See `Update.step`."""
        if inputs.shape != self._output.shape:
            message = f"expected inputs of shape {self._output.shape}, got {inputs.shape}"
            raise ValueError(message)
        if self._n_pending == len(self._factors):
            self._add_pending(self._weights)
            self._n_pending = 0
        activation, hidden, delta = self._network.activation, self._hidden, self._delta
        with np.errstate(all="ignore"):
            self._encode.write(inputs)
            self._correct(inputs, self._right, self._left, self._s)
            self._s += self._encoder_biases
            activation.write(self._s, hidden)
            self._decode.write(hidden)
            np.add.reduce(self._decode.terms[:-1], axis=0, out=self._output)
            self._correct(hidden, self._left, self._right, self._output)
            self._output += self._decoder_biases
            mean_cost, output_delta = self._network.cost.evaluate(self._output, targets)
            check_cost(mean_cost)
            check_factors(2, hidden, output_delta)
            self._backward.write(output_delta)
            self._correct(output_delta, self._right, self._left, delta)
            activation.write_derivative(self._s, hidden, self._slope)
            delta *= self._slope
            check_factors(1, inputs, delta)
            self._put_off(inputs, output_delta, -learning_rate)
        return mean_cost

    def _correct(self, x: Array, seen: Array, added: Array, out: Array) -> None:
        """Adds to `out` what the updates put off make of x."""
        n = self._n_pending
        if n:
            gram = x @ seen[:n].T
            gram *= self._factors[:n]
            out += gram @ added[:n]

    def _put_off(self, inputs: Array, output_delta: Array, factor: float) -> None:
        n, half = self._n_pending, self._n_pending + self._batch_size
        end = half + self._batch_size
        self._left[n:half], self._left[half:end] = self._delta, self._hidden
        self._right[n:half], self._right[half:end] = inputs, output_delta
        self._factors[n:end].fill(factor)
        self._n_pending = end
        # Biases are small, and never lag behind.
        self._encoder_biases += factor * self._delta.sum(axis=0)
        self._decoder_biases += factor * output_delta.sum(axis=0)

    def _add_pending(self, weights: Array) -> None:
        n = self._n_pending
        if n:
            scaled = self._left[:n] * self._factors[:n, np.newaxis]
            add_gradient(weights, scaled, self._right[:n])

    def read_parameters(self, out: Parameters) -> None:
        """Overwrites `out` with the parameters as they are now; changes nothing else."""
        out.copy_from(self._network.parameters)
        with np.errstate(all="ignore"):
            self._add_pending(out.weights[0])
        out.weights[1][...] = out.weights[0].T

    def state(self) -> dict[str, NDArray]:
        """Copies of the parameters, as last written, and of the factors put off since."""
        n = self._n_pending
        return {
            "parameters": self._network.parameters.flat.copy(),
            "left": self._left[:n].copy(),
            "right": self._right[:n].copy(),
            "factors": self._factors[:n].copy(),
        }

    def restore(self, state: dict[str, NDArray]) -> None:
        """Go on from a `state()` of an update of the same network and batch size."""
        np.copyto(self._network.parameters.flat, state["parameters"], casting="no")
        self._n_pending = n = len(state["factors"])
        for name, part in (
            ("left", self._left),
            ("right", self._right),
            ("factors", self._factors),
        ):
            np.copyto(part[:n], state[name], casting="no")
