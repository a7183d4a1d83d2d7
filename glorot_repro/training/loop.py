"""The training loop: updates, and between them whoever wants to look."""

from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from glorot_repro.arrays import part_of, prefixed
from glorot_repro.data.images import ExampleStream
from glorot_repro.nn.network import Network
from glorot_repro.training.update import Update

State = dict[str, NDArray]


class MeanCost:
    """The mean cost of the mini-batches since it was last taken."""

    def __init__(self) -> None:
        self._sum = 0.0
        self._n = 0

    def add(self, cost: float) -> None:
        """One more mini-batch."""
        self._sum += cost
        self._n += 1

    def take(self) -> float | None:
        """The mean, None if there were no mini-batches; begins anew."""
        mean = self._sum / self._n if self._n else None
        self._sum, self._n = 0.0, 0
        return mean

    def state(self) -> State:
        """What `restore` needs, under names of its own."""
        return {"cost_sum": np.array(self._sum), "n_costs": np.array(self._n)}

    def restore(self, state: State) -> None:
        """Go on from a `state()`, which may lie among other arrays."""
        self._sum, self._n = float(state["cost_sum"]), int(state["n_costs"])


class Training:
    """A network under training: its update rule, its examples and how far it has come.

    n_updates: updates done.
    """

    def __init__(
        self,
        network: Network,
        update: Update,
        stream: ExampleStream,
        *,
        batch_size: int,
        learning_rate: float,
    ) -> None:
        self._update = update
        self._stream = stream
        self._batch_size = batch_size
        self._learning_rate = learning_rate
        self._snapshot = Network(network.parameters.like(), network.activation, network.cost)
        self._snapshot_update = -1
        self._cost = MeanCost()
        self.n_updates = 0

    def advance_to(self, n_updates: int, should_stop: Callable[[], bool]) -> None:
        """Train until `n_updates` updates are done, or until those at which to stop.

        Raises NonFiniteError, before the update is applied, if the cost or a gradient is not
        finite; `n_updates` then counts the updates before it.
        """
        update, size = self._update, self._batch_size
        while self.n_updates < n_updates and not should_stop():
            n = min(update.horizon, n_updates - self.n_updates)
            inputs, labels = self._stream.next_batch(n * size)
            if n > 1:
                update.look_ahead(inputs)
            for start in range(0, n * size, size):
                batch = slice(start, start + size)
                self._cost.add(update.step(inputs[batch], labels[batch], self._learning_rate))
                self.n_updates += 1

    def network(self) -> Network:
        """The network as it is now, in a copy that the next call may overwrite.

        Looking never changes the training, bit for bit.
        """
        if self._snapshot_update != self.n_updates:
            self._update.read_parameters(self._snapshot.parameters)
            self._snapshot_update = self.n_updates
        return self._snapshot

    def mean_cost(self) -> float | None:
        """Mean cost of the mini-batches since the last call, None if there were none."""
        return self._cost.take()

    def state(self) -> State:
        """All that training needs to go on to the same bits."""
        own = {
            "n_updates": np.array(self.n_updates),
            "position": np.array(self._stream.position),
        }
        return own | self._cost.state() | prefixed("update/", self._update.state())

    def restore(self, state: State) -> None:
        """Go on from `state`."""
        self._update.restore(part_of(state, "update/"))
        self._stream.seek(int(state["position"]))
        self._cost.restore(state)
        self.n_updates = int(state["n_updates"])
        self._snapshot_update = -1


class Trainable(Protocol):
    """What the loop trains: a network, or one layer before that."""

    n_updates: int

    def advance_to(self, n_updates: int, should_stop: Callable[[], bool]) -> None:
        """Train until `n_updates` updates are done, or until the update at which to stop."""


AnyTrainable = TypeVar("AnyTrainable", bound=Trainable)
Observed = TypeVar("Observed", bound=Trainable, contravariant=True)


class Observer(Protocol[Observed]):
    """Someone who looks at the training at certain updates; the loop does not know what for."""

    def is_due(self, n_updates: int) -> bool:
        """Whether to look after `n_updates` updates."""

    def next_due(self, n_updates: int) -> int:
        """The first update after `n_updates` at which to look."""

    def observe(self, training: Observed) -> None:
        """Look."""


class Periodic:
    """The updates at which an observer looks: first, last and all multiples of `period`, if any."""

    def __init__(self, period: int, last: int) -> None:
        self._period = period
        self._last = last

    def is_due(self, n_updates: int) -> bool:
        """Whether to look after `n_updates` updates."""
        is_multiple = self._period > 0 and n_updates % self._period == 0
        return n_updates in (0, self._last) or is_multiple

    def next_due(self, n_updates: int) -> int:
        """The first multiple of the period above `n_updates`, or the last if that comes first."""
        period = self._period
        return min(self._last, (n_updates // period + 1) * period) if period else self._last


def train(
    training: AnyTrainable,
    n_updates: int,
    observers: Sequence[Observer[AnyTrainable]],
    *,
    should_stop: Callable[[], bool],
    is_resumed: bool,
) -> bool:
    """Train to `n_updates` updates; returns whether that was reached.

    All observers that are due look after an update before training goes on or returns, so that
    stopping and resuming shows them the same updates; a resumed training has been looked at.
    """
    if not is_resumed:
        _observe(training, observers)
    while training.n_updates < n_updates and not should_stop():
        stop = min([n_updates, *(o.next_due(training.n_updates) for o in observers)])
        before = training.n_updates
        training.advance_to(stop, should_stop)
        if training.n_updates > before:  # stopped at once, it has been looked at already
            _observe(training, observers)
    return training.n_updates >= n_updates


def _observe(training: AnyTrainable, observers: Sequence[Observer[AnyTrainable]]) -> None:
    for observer in observers:
        if observer.is_due(training.n_updates):
            observer.observe(training)
