"""Plain stochastic gradient descent whose weight updates are put off and added in one product.

After q updates put off since W was last written, the weights of a layer are

    W + sum_j c_j E_j^T X_j  =  W + (c E)^T X,        b + sum_j c_j E_j^T 1,

with the layer's inputs X_j (batch, fan_in), its deltas E_j = dC/ds (batch, fan_out) and c_j minus
the learning rate, stacked on the right. The products of a mini-batch x and its delta e are then

    x (W + (c E)^T X)^T + b + 1 (c E)  =  x W^T + ((x X^T + 1) c) E + b
    e (W + (c E)^T X)                  =  e W   + ((e E^T) c) X

exactly, with small matrices only: W is written once in k updates, by a product deep enough for the
BLAS, instead of k times by shallow ones. With k = 1 nothing is ever put off.

x W^T does not depend on what was put off since. The first layer's inputs are the images, so that
its products of all k updates can be made at once, by one pass over its weights.
"""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from glorot_repro.nn.network import Network
from glorot_repro.nn.parameters import Parameters
from glorot_repro.training.blocking import (
    BackwardProduct,
    ForwardProduct,
    Workspace,
    add_gradient,
    is_large,
)
from glorot_repro.training.finite import check_cost, check_factors
from glorot_repro.training.interface import Update

Array = NDArray[np.floating]
Labels = NDArray[np.intp]


class DeferredUpdate(Update):
    """Updates of plain stochastic gradient descent, put off `n_slots` updates at most.

    Layers write their weights after each `n_slots` updates, counted from the first: never because
    somebody read them. In between, `network.parameters` lags behind; `read_parameters` does not.
    All large arrays are made here, none in `step`.
    """

    def __init__(self, network: Network, batch_size: int, n_slots: int) -> None:
        parameters = network.parameters
        self._network = network
        self._n_slots = n_slots
        self._input_shape = (batch_size, parameters.sizes[0])
        workspace = Workspace(parameters.dtype)
        fetch = is_large(parameters)
        self._layers: list[_Layer] = []
        for weights, biases in zip(parameters.weights, parameters.biases, strict=True):
            # Kept until the backward pass only where that reads it.
            is_kept = network.activation.needs_pre_activation
            purpose = f"pre-activation {len(self._layers)}" if is_kept else "pre-activation"
            pre_activation = workspace.array(purpose, (batch_size, len(weights)))
            self._layers.append(
                _Layer(weights, biases, pre_activation, n_slots, workspace, fetch=fetch)
            )
        bottom = self._layers[0]
        self._foresight = bottom.foresight(n_slots) if bottom.is_fetched and n_slots > 1 else None
        self._slopes = [
            workspace.array("slope", layer.pre_activation.shape) for layer in self._layers
        ]

    @property
    def horizon(self) -> int:
        """Updates until weights are written again; 1 where looking ahead saves nothing."""
        return self._n_slots - self._layers[0].n_put_off % self._n_slots if self._foresight else 1

    def look_ahead(self, inputs: Array) -> None:
        """Takes the first layer's products of the next updates in one pass over its weights."""
        if self._foresight is not None:
            # Later products are with weights that are not written yet.
            inputs = inputs[: self.horizon * self._input_shape[0]]
            with np.errstate(all="ignore"):
                self._layers[0].begin()
                self._foresight.prepare(inputs)

    def step(self, inputs: Array, labels: Labels, learning_rate: float) -> float:
        """One update; see `Update.step`."""
        if inputs.shape != self._input_shape:
            message = f"expected inputs of shape {self._input_shape}, got {inputs.shape}"
            raise ValueError(message)
        with np.errstate(all="ignore"):
            mean_cost = self._forward(inputs, labels)
            self._backward()
            for layer in self._layers:
                layer.put_off(-learning_rate)
        return mean_cost

    def _forward(self, inputs: Array, labels: Labels) -> float:
        bottom, top = self._layers[0], self._layers[-1]
        bottom.begin()
        np.copyto(bottom.input, inputs, casting="same_kind")
        bottom.forward(self._foresight)
        for layer, above in pairwise(self._layers):
            above.begin()
            self._network.activation.write(layer.pre_activation, above.input)
            above.forward()
        mean_cost, output_delta = self._network.cost.evaluate(top.pre_activation, labels)
        check_cost(mean_cost)
        np.copyto(top.delta, output_delta)
        return mean_cost

    def _backward(self) -> None:
        for number in range(len(self._layers) - 1, 0, -1):
            layer, above = self._layers[number - 1 : number + 1]
            slope = self._slopes[number - 1]
            check_factors(number + 1, above.input, above.delta)
            above.backward(out=layer.delta)
            self._network.activation.write_derivative(layer.pre_activation, above.input, slope)
            layer.delta *= slope
        check_factors(1, self._layers[0].input, self._layers[0].delta)

    def read_parameters(self, out: Parameters) -> None:
        """Overwrites `out` with the parameters as they are now; changes nothing else."""
        out.copy_from(self._network.parameters)
        with np.errstate(all="ignore"):
            for layer, weights, biases in zip(self._layers, out.weights, out.biases, strict=True):
                layer.add_pending(weights, biases)

    def state(self) -> dict[str, NDArray]:
        """Copies of the parameters, as last written, and of the factors put off since."""
        state: dict[str, NDArray] = {"parameters": self._network.parameters.flat.copy()}
        for number, layer in enumerate(self._layers, start=1):
            for name, factor in layer.pending().items():
                state[f"pending/{number}/{name}"] = factor.copy()
        return state

    def restore(self, state: dict[str, NDArray]) -> None:
        """Go on from a `state()` of an update of the same network and batch size."""
        np.copyto(self._network.parameters.flat, state["parameters"], casting="no")
        if self._foresight is not None:
            self._foresight.forget()
        for number, layer in enumerate(self._layers, start=1):
            layer.restore_pending(
                {name: state[f"pending/{number}/{name}"] for name in layer.pending()}
            )


class _Layer:
    """One layer: its weights as last written, and the updates put off since.

    input: (batch, fan_in) and delta: (batch, fan_out), to be written by the neighbors: the slot
    of this update. pre_activation: (batch, fan_out), written by `forward`.
    """

    def __init__(
        self,
        weights: Array,
        biases: Array,
        pre_activation: Array,
        n_slots: int,
        workspace: Workspace,
        *,
        fetch: bool,
    ) -> None:
        (batch_size, fan_out), fan_in = pre_activation.shape, weights.shape[1]
        dtype = weights.dtype
        self._weights, self._biases = weights, biases
        self._batch_size = batch_size
        self._inputs = np.zeros((n_slots * batch_size, fan_in), dtype)
        self._deltas = np.zeros((n_slots * batch_size, fan_out), dtype)
        self._factors = np.zeros(n_slots * batch_size, dtype)
        self._scaled = workspace.array("scaled deltas", self._deltas.shape)
        self._grams = [np.zeros((batch_size, q * batch_size), dtype) for q in range(n_slots)]
        self._correction = workspace.array("correction", (batch_size, fan_out))
        self.pre_activation = pre_activation
        self._forward = ForwardProduct(weights, self.pre_activation, fetch=fetch)
        self.is_fetched = self._forward.fetches
        self._backward = BackwardProduct(weights, batch_size, workspace, fetch=fetch)
        self._n_pending = 0
        self.begin()

    def begin(self) -> None:
        """Makes `input` and `delta` a free slot; writes the weights first if all are taken.

        To be called right before `forward`, which then finds the weights in the cache: the
        network is larger than the caches, and time goes by the passes over it.
        """
        if self._n_pending == len(self._inputs):
            self.add_pending(self._weights, self._biases)
            self._n_pending = 0
        n = self._n_pending
        slot = slice(n, n + self._batch_size)
        self.input, self.delta = self._inputs[slot], self._deltas[slot]
        self._old_inputs, self._old_deltas = self._inputs[:n], self._deltas[:n]
        self._old_factors, self._gram = self._factors[:n], self._grams[n // self._batch_size]

    @property
    def n_put_off(self) -> int:
        """Updates put off since the weights were written."""
        return self._n_pending // self._batch_size

    def foresight(self, n: int) -> "_Foresight":
        """For products of the weights with n mini-batches before their turn."""
        return _Foresight(self._weights, (n, *self.pre_activation.shape))

    def forward(self, foresight: "_Foresight | None" = None) -> None:
        """Overwrites `pre_activation` with that of `input`, whose product may be foreseen."""
        if foresight is None or not foresight.take(self.input, out=self.pre_activation):
            self._forward.write(self.input)
        if self._n_pending:
            gram = np.matmul(self.input, self._old_inputs.T, out=self._gram)
            gram += 1
            gram *= self._old_factors
            self.pre_activation += np.matmul(gram, self._old_deltas, out=self._correction)
        self.pre_activation += self._biases

    def backward(self, out: Array) -> None:
        """Overwrites `out`, (batch, fan_in), with dC/dinput, given `delta`."""
        terms = self._backward.terms
        self._backward.write(self.delta)
        if self._n_pending:
            gram = np.matmul(self.delta, self._old_deltas.T, out=self._gram)
            gram *= self._old_factors
            np.matmul(gram, self._old_inputs, out=terms[-1])
            np.add.reduce(terms, axis=0, out=out)
        else:
            np.add.reduce(terms[:-1], axis=0, out=out)

    def put_off(self, factor: float) -> None:
        """Adds factor * gradient to the updates put off."""
        n = self._n_pending
        self._factors[n : n + self._batch_size].fill(factor)
        self._n_pending = n + self._batch_size

    def add_pending(self, weights: Array, biases: Array) -> None:
        """Adds the updates put off to `weights` and `biases`, shaped as those of the layer."""
        n = self._n_pending
        if n == 0:
            return
        inputs = self._inputs[:n]
        scaled = np.multiply(self._deltas[:n], self._factors[:n, np.newaxis], out=self._scaled[:n])
        add_gradient(weights, scaled, inputs)
        biases += scaled.sum(axis=0)

    def pending(self) -> dict[str, Array]:
        """Views of the factors of the updates put off, one row an example."""
        n = self._n_pending
        return {
            "inputs": self._inputs[:n],
            "deltas": self._deltas[:n],
            "factors": self._factors[:n],
        }

    def restore_pending(self, pending: dict[str, NDArray]) -> None:
        """Overwrites the updates put off with those of a `pending()`."""
        self._n_pending = len(pending["factors"])
        for name, factor in self.pending().items():
            np.copyto(factor, pending[name], casting="no")


class _Foresight:
    """Products x W^T of one layer with inputs that are known before their turn.

    They hold until W is written, whatever is put off. What is taken is what would be computed in
    its turn, bit for bit: others can be prepared than come, or none.
    """

    def __init__(self, weights: Array, shape: tuple[int, int, int]) -> None:
        n, batch_size, _ = shape
        self._inputs = np.zeros((n, batch_size, weights.shape[1]), weights.dtype)
        self._results = np.zeros(shape, weights.dtype)
        self._products = [ForwardProduct(weights, out, fetch=True) for out in self._results]
        self._ready = range(0)

    def prepare(self, inputs: Array) -> None:
        """Computes the products with inputs (n * batch, fan_in), of n mini-batches at most."""
        inputs = inputs.reshape(-1, *self._inputs.shape[1:])
        self._ready = range(len(inputs))
        np.copyto(self._inputs[: len(inputs)], inputs, casting="same_kind")
        ForwardProduct.write_all(self._products[: len(inputs)], self._inputs[: len(inputs)])

    def take(self, x: Array, out: Array) -> bool:
        """Whether x W^T was prepared; then overwrites `out` with it, once."""
        if not self._ready:
            return False
        number, self._ready = self._ready[0], self._ready[1:]
        is_prepared = np.array_equal(self._inputs[number], x)
        if is_prepared:
            np.copyto(out, self._results[number])
        return is_prepared

    def forget(self) -> None:
        """To be called when W is overwritten from outside."""
        self._ready = range(0)
