"""Pre-training of one layer as a denoising auto-encoder.

Vincent, Larochelle, Bengio & Manzagol (2008): the layer's clean input x, some of whose components
are forced to 0, is encoded by the layer itself, h = f(x' W^T + b), and decoded to resemble x.
The layers below are trained already and stay as they are.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from glorot_repro.arrays import part_of, prefixed
from glorot_repro.config.pretraining import PretrainingSection
from glorot_repro.data.images import ExampleStream
from glorot_repro.nn.network import Network
from glorot_repro.nn.optimizers import StochasticGradientDescent
from glorot_repro.nn.parameters import Parameters
from glorot_repro.nn.reconstruction import RECONSTRUCTIONS, Limits
from glorot_repro.seeds import child
from glorot_repro.training.blocking import ForwardProduct
from glorot_repro.training.finite import NonFiniteError
from glorot_repro.training.loop import MeanCost
from glorot_repro.training.tied import TiedUpdate
from glorot_repro.training.update import Update, make_update

Array = NDArray[np.floating]
State = dict[str, NDArray]


class LayerPretraining:
    """The auto-encoder of one layer under training.

    layer: from 1 to depth; n_updates: updates done of this layer. Decoder weights that are not
    tied begin as the transposed weights of the encoder. The noise of an update comes from seeds of
    its own, and the examples of a layer follow those of the layer below, so that layer and
    n_updates are the whole state of all randomness.
    """

    def __init__(
        self,
        network: Network,
        layer: int,
        section: PretrainingSection,
        *,
        stream: ExampleStream,
        noise: np.random.SeedSequence,
        batch_size: int,
        limits: Limits,
    ) -> None:
        """limits: those of the network's inputs."""
        parameters, activation = network.parameters, network.activation
        self.layer = layer
        self.n_updates = 0
        self._network = network
        self._section = section
        self._stream = stream
        self._noise = noise
        self._batch_size = batch_size
        self._below = _Layers(network, layer - 1, batch_size)
        n_inputs, n_units = parameters.layer_fans[layer - 1]
        own_limits = limits if layer == 1 else activation.asymptotes
        cost = RECONSTRUCTIONS[section.reconstruction](own_limits)
        own = Parameters((n_inputs, n_units, n_inputs), parameters.dtype)
        own.weights[0][...] = parameters.weights[layer - 1]
        own.weights[1][...] = parameters.weights[layer - 1].T
        own.biases[0][...] = parameters.biases[layer - 1]
        auto_encoder = Network(own, activation, cost)
        self._update: Update = (
            TiedUpdate(auto_encoder, batch_size)
            if section.tied
            else make_update(auto_encoder, StochasticGradientDescent(), batch_size)
        )
        self._snapshot = Network(own.like(), activation, cost)
        self._cost = MeanCost()
        stream.seek(self._n_examples_before())

    def advance_to(self, n_updates: int, should_stop: Callable[[], bool]) -> None:
        """Train until `n_updates` updates are done, or until the update at which to stop.

        Raises NonFiniteError, before the update is applied, if the cost or a gradient is not
        finite.
        """
        while self.n_updates < n_updates and not should_stop():
            inputs, _ = self._stream.next_batch(self._batch_size)
            clean: NDArray[Any] = self._below.activations(inputs)
            try:
                cost = self._update.step(self._corrupted(clean), clean, self._section.learning_rate)
            except NonFiniteError as error:
                raise NonFiniteError(self.layer, f"reconstruction {error.what}") from error
            self._cost.add(cost)
            self.n_updates += 1

    def reconstruction_cost(self, inputs: Array) -> float:
        """Mean cost of the reconstruction of examples (n, inputs of the network), without noise."""
        self._update.read_parameters(self._snapshot.parameters)
        with np.errstate(all="ignore"):
            clean: NDArray[Any] = self._network.forward(inputs).layer_inputs[self.layer - 1]
            output = self._snapshot.forward(clean).logits
            return float(self._snapshot.cost.per_example(output, clean).mean(dtype=np.float64))

    def mean_cost(self) -> float | None:
        """Mean cost of the mini-batches, with noise, since the last call; None without any."""
        return self._cost.take()

    def finish(self) -> None:
        """Make the encoder the layer of the network."""
        self._update.read_parameters(self._snapshot.parameters)
        parameters, own = self._network.parameters, self._snapshot.parameters
        parameters.weights[self.layer - 1][...] = own.weights[0]
        parameters.biases[self.layer - 1][...] = own.biases[0]

    def state(self) -> State:
        """All that pre-training needs to go on to the same bits, layers below included."""
        own = {
            "layer": np.array(self.layer),
            "n_updates": np.array(self.n_updates),
            "network": self._network.parameters.flat.copy(),
        }
        return own | self._cost.state() | prefixed("update/", self._update.state())

    def restore(self, state: State) -> None:
        """Go on from `state`, that of the same layer; the network's layers below come with it."""
        self._update.restore(part_of(state, "update/"))
        np.copyto(self._network.parameters.flat, state["network"], casting="no")
        self._cost.restore(state)
        self.n_updates = int(state["n_updates"])
        self._stream.seek(self._n_examples_before() + self.n_updates * self._batch_size)

    def _n_examples_before(self) -> int:
        return (self.layer - 1) * self._section.updates * self._batch_size

    def _corrupted(self, clean: Array) -> Array:
        generator = np.random.default_rng(child(self._noise, self.layer, self.n_updates))
        draws = generator.random(clean.shape, dtype=np.float32)
        return clean * (draws >= self._section.noise)


class _Layers:
    """The lowest layers of a network, whose weights are read at each call and never changed."""

    def __init__(self, network: Network, n_layers: int, batch_size: int) -> None:
        parameters = network.parameters
        self._activation = network.activation
        self._steps: list[tuple[ForwardProduct, Array, Array, Array]] = []
        lower = parameters.weights[:n_layers], parameters.biases[:n_layers]
        for weights, biases in zip(*lower, strict=True):
            s = np.zeros((batch_size, len(weights)), parameters.dtype)
            self._steps.append((ForwardProduct(weights, s), biases, s, np.zeros_like(s)))

    def activations(self, inputs: Array) -> Array:
        """Those of the highest of the layers, overwritten by the next call; inputs if none."""
        z = inputs
        with np.errstate(all="ignore"):
            for product, biases, s, out in self._steps:
                product.write(z)
                s += biases
                self._activation.write(s, out)
                z = out
        return z
