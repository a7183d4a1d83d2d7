"""Plain stochastic gradient descent for small networks, in as few calls as possible.

With a hundred units a layer, a product takes about as long as calling numpy. So each layer's
weights and biases are one matrix V = (W | b)^T, (fan_in + 1, fan_out), its input has a last column
of ones, and all matrices, all gradients and all activations lie behind each other in one array:

    s = x V,    gradient of V = x^T dC/ds,    all V += all gradients,    all f'(s) in one call.
"""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from glorot_repro.nn.network import Network
from glorot_repro.nn.parameters import Parameters
from glorot_repro.training.finite import NonFiniteError, check_cost
from glorot_repro.training.interface import Update

Array = NDArray[np.floating]
Labels = NDArray[np.intp]


class LeanUpdate(Update):
    """Updates of plain stochastic gradient descent in a copy of the parameters.

    `network.parameters` gives the beginning and is not written again before `restore`:
    `read_parameters` gives those that are up to date.
    """

    def __init__(self, network: Network, batch_size: int) -> None:
        parameters = network.parameters
        self._network = network
        shapes = [(fan_in + 1, fan_out) for fan_in, fan_out in parameters.layer_fans]
        self._flat, self._matrices = _consecutive(shapes, parameters.dtype)
        self._flat_gradient, self._gradients = _consecutive(shapes, parameters.dtype)
        self._take(parameters)

        # Columns behind the inputs and each hidden layer are ones, the biases' inputs.
        self._input = np.ones((batch_size, parameters.sizes[0] + 1), parameters.dtype)
        widths = [(batch_size, width + 1) for width in parameters.sizes[1:-1]]
        self._all_s, s = _consecutive(widths, parameters.dtype)
        self._all_z, z = _consecutive(widths, parameters.dtype)
        self._all_slopes, slopes = _consecutive(widths, parameters.dtype)
        self._all_z.fill(1)
        self._logits = np.zeros((batch_size, parameters.sizes[-1]), parameters.dtype)
        self._deltas = [np.zeros((batch_size, n), parameters.dtype) for n in parameters.sizes[1:]]
        self._layer_inputs = [self._input, *z]
        self._pre_activations = [part[:, :-1] for part in s]
        self._activations = [part[:, :-1] for part in z]
        self._slopes = [part[:, :-1] for part in slopes]
        self._hidden = list(
            zip(
                self._layer_inputs[:-1],
                self._matrices[:-1],
                self._pre_activations,
                self._activations,
                strict=True,
            )
        )
        self._backward_steps = list(
            zip(
                self._deltas[1:],
                [matrix[:-1].T for matrix in self._matrices[1:]],
                self._deltas[:-1],
                self._slopes,
                strict=True,
            )
        )[::-1]
        self._gradient_steps = list(
            zip(
                [x.T for x in self._layer_inputs],
                self._deltas,
                self._gradients,
                strict=True,
            )
        )

    def step(self, inputs: Array, labels: Labels, learning_rate: float) -> float:
        """One update; see `Update.step`."""
        if inputs.shape != self._input[:, :-1].shape:
            message = f"expected inputs of shape {self._input[:, :-1].shape}, got {inputs.shape}"
            raise ValueError(message)
        activation = self._network.activation
        matmul, multiply = np.matmul, np.multiply
        with np.errstate(all="ignore"):
            np.copyto(self._input[:, :-1], inputs, casting="same_kind")
            for x, matrix, s, z in self._hidden:
                matmul(x, matrix, out=s)
                activation.write(s, z)
            logits = matmul(self._layer_inputs[-1], self._matrices[-1], out=self._logits)
            mean_cost, output_delta = self._network.cost.evaluate(logits, labels)
            check_cost(mean_cost)
            multiply(output_delta, -learning_rate, out=self._deltas[-1])
            activation.write_derivative(self._all_s, self._all_z, self._all_slopes)
            for delta, matrix, delta_below, slope in self._backward_steps:
                matmul(delta, matrix, out=delta_below)
                multiply(delta_below, slope, out=delta_below)
            for x, delta, gradient in self._gradient_steps:
                matmul(x, delta, out=gradient)
            self._check_gradient()
            np.add(self._flat, self._flat_gradient, out=self._flat)
        return mean_cost

    def _check_gradient(self) -> None:
        if np.isfinite(np.dot(self._flat_gradient, self._flat_gradient)):
            return
        for layer in range(len(self._gradients), 0, -1):
            if not np.isfinite(self._gradients[layer - 1]).all():
                raise NonFiniteError(layer, "gradient")

    def _take(self, parameters: Parameters) -> None:
        for matrix, weights, biases in zip(
            self._matrices, parameters.weights, parameters.biases, strict=True
        ):
            matrix[:-1] = weights.T
            matrix[-1] = biases

    def read_parameters(self, out: Parameters) -> None:
        """Overwrites `out` with the parameters as they are now."""
        out.flat.fill(0)
        for matrix, weights, biases in zip(self._matrices, out.weights, out.biases, strict=True):
            weights[...] = matrix[:-1].T
            biases[...] = matrix[-1]

    def state(self) -> dict[str, NDArray]:
        """A copy of the parameters, in the order of `Parameters.flat`."""
        now = self._network.parameters.like()
        self.read_parameters(now)
        return {"parameters": now.flat}

    def restore(self, state: dict[str, NDArray]) -> None:
        """Go on from a `state()` of an update of the same network."""
        np.copyto(self._network.parameters.flat, state["parameters"], casting="no")
        self._take(self._network.parameters)


def _consecutive(shapes: list[tuple[int, int]], dtype: np.dtype) -> tuple[Array, list[Array]]:
    """One flat array of zeros, and views of it of these shapes, one behind the other."""
    flat = np.zeros(sum(rows * columns for rows, columns in shapes), dtype)
    ends = np.cumsum([0, *(rows * columns for rows, columns in shapes)])
    parts = [
        flat[start:stop].reshape(shape)
        for (start, stop), shape in zip(pairwise(ends), shapes, strict=True)
    ]
    return flat, parts
