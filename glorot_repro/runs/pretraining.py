"""The phase of a run before its supervised training: layer after layer as an auto-encoder."""

from collections.abc import Callable, Sequence
from functools import partial

from numpy.typing import NDArray

from glorot_repro.arrays import part_of, prefixed
from glorot_repro.config.schema import RunConfig
from glorot_repro.measure.recorder import Recorder
from glorot_repro.nn.network import Network
from glorot_repro.nn.reconstruction import Limits
from glorot_repro.runs.observers import Progress
from glorot_repro.runs.streams import stream_seeds
from glorot_repro.seeds import child
from glorot_repro.training.loop import Observer, Periodic, train
from glorot_repro.training.pretraining import LayerPretraining

State = dict[str, NDArray]
Tell = Callable[[dict[str, int], float], None]

PREFIX = "pretraining/"
"""Of the names of this phase's arrays in a checkpoint."""


class Pretraining:
    """Trains the hidden layers of a network in place, from the lowest upwards.

    n_updates: updates done of the layer in training, 0 if none is.
    """

    def __init__(
        self, config: RunConfig, network: Network, recorder: Recorder, limits: Limits
    ) -> None:
        """limits: those of the network's inputs."""
        self._config = config
        self._limits = limits
        self.network = network
        self._recorder = recorder
        self._layer: LayerPretraining | None = None
        self._is_resumed = False

    @staticmethod
    def is_in(state: State) -> bool:
        """Whether a checkpoint was written during this phase."""
        return f"{PREFIX}layer" in state

    def state(self) -> State:
        """All that the phase needs to go on to the same bits."""
        return prefixed(PREFIX, self._layer.state() if self._layer else {})

    def restore(self, state: State) -> None:
        """Go on from a `state()`."""
        own = part_of(state, PREFIX)
        self._layer = self._new_layer(int(own["layer"]))
        self._layer.restore(own)
        self._is_resumed = True

    def run(
        self,
        observers: Sequence[Observer[LayerPretraining]],
        *,
        should_stop: Callable[[], bool],
        note: Callable[[str], None],
        tell: Tell,
    ) -> bool:
        """Train what is left to train; returns whether all layers were.

        Notes tell what comes, and each layer's cost. tell: told `progress` and updates per second
        a few times a second. Raises NonFiniteError if a layer diverges.
        """
        depth, n_updates = self.network.depth, self._config.pretraining.updates
        first = self._layer.layer if self._layer else 1
        if first <= depth:
            layers = f"layers {first} to {depth}" if first < depth else f"layer {depth}"
            note(f"pre-training {layers}, {n_updates:,} updates each")
        for number in range(first, depth + 1):
            layer = self._layer or self._new_layer(number)
            self._layer = layer
            recording = ReconstructionRecording(self._config, self._recorder)
            watching = Progress(partial(self._tell, tell))  # of each layer: updates begin at 0
            if not train(
                layer,
                n_updates,
                (recording, *observers, watching),
                should_stop=should_stop,
                is_resumed=self._is_resumed,
            ):
                return False
            layer.finish()
            self._layer, self._is_resumed = None, False
            _, costs = self._recorder.curves.series("reconstruction_cost", number)
            note(
                f"layer {number} of {depth} is pre-trained: "
                f"reconstruction cost {costs[0]:.4g} -> {costs[-1]:.4g}"
            )
        return True

    @property
    def progress(self) -> dict[str, int] | None:
        """The layer in training and the updates done of it, of how many; None if none is."""
        if not self._layer:
            return None
        return {
            "layer": self._layer.layer,
            "layers": self.network.depth,
            "updates_done": self._layer.n_updates,
            "updates": self._config.pretraining.updates,
        }

    @property
    def n_updates(self) -> int:
        """Updates done of the layer in training, 0 if none is."""
        return self._layer.n_updates if self._layer else 0

    def _tell(self, tell: Tell, n_updates: int, updates_per_second: float) -> None:
        if self.progress:
            tell(self.progress, updates_per_second)

    def _new_layer(self, number: int) -> LayerPretraining:
        config = self._config
        seeds = stream_seeds(config.seed, "pretraining")
        return LayerPretraining(
            self.network,
            number,
            config.pretraining,
            stream=config.dataset.training_stream(child(seeds, 0), config.training.dtype),
            noise=child(seeds, 1),
            batch_size=config.training.batch_size,
            limits=self._limits,
        )


class ReconstructionRecording(Periodic):
    """Adds the costs of a layer's auto-encoder to the curves, at its own updates.

    reconstruction_cost: of the probe examples, without noise; denoising_cost: the mean over the
    mini-batches since the last record, with noise.
    """

    def __init__(self, config: RunConfig, recorder: Recorder) -> None:
        super().__init__(config.record.every, config.pretraining.updates)
        self._recorder = recorder

    def observe(self, training: LayerPretraining) -> None:
        """Record."""
        curves, now, layer = self._recorder.curves, training.n_updates, training.layer
        mean_cost = training.mean_cost()
        if mean_cost is not None:
            curves.add(now, layer, "denoising_cost", mean_cost)
        cost = training.reconstruction_cost(self._recorder.inputs)
        curves.add(now, layer, "reconstruction_cost", cost)
