"""The loop: which updates observers are shown, and what a training tells of itself."""

from collections.abc import Callable

import numpy as np
import pytest

from glorot_repro.data.epochs import EpochStream
from glorot_repro.data.images import LabelledImages
from glorot_repro.nn.activations import ACTIVATIONS
from glorot_repro.nn.costs import COSTS
from glorot_repro.nn.network import Network
from glorot_repro.nn.optimizers import StochasticGradientDescent
from glorot_repro.nn.parameters import Parameters
from glorot_repro.training.loop import MeanCost, Periodic, Training, train
from glorot_repro.training.update import make_update


class Counting:
    """Updates that only count."""

    n_updates = 0

    def advance_to(self, n_updates: int, should_stop: Callable[[], bool]) -> None:
        while self.n_updates < n_updates and not should_stop():
            self.n_updates += 1


class Seen(Periodic):
    """The updates at which it looked."""

    def __init__(self, period: int, last: int) -> None:
        super().__init__(period, last)
        self.updates: list[int] = []

    def observe(self, training: Counting) -> None:
        self.updates.append(training.n_updates)


EXPECTED = {10: [0, 10, 20, 25], 7: [0, 7, 14, 21, 25], 25: [0, 25], 40: [0, 25], 0: [0, 25]}
"""Of 25 updates, by period."""


def test_observers_see_the_start_the_end_and_their_multiples() -> None:
    observers = {period: Seen(period, 25) for period in EXPECTED}
    is_done = train(
        Counting(), 25, [*observers.values()], should_stop=lambda: False, is_resumed=False
    )
    assert is_done
    assert {period: observer.updates for period, observer in observers.items()} == EXPECTED


@pytest.mark.parametrize("n_asked", range(0, 40, 3))
def test_stopping_anywhere_and_going_on_shows_them_once(n_asked: int) -> None:
    """Stopped when it has been asked so often, between two updates or before any."""
    observers = {period: Seen(period, 25) for period in EXPECTED}
    training, asked = Counting(), iter(range(n_asked))
    train(
        training,
        25,
        [*observers.values()],
        should_stop=lambda: next(asked, None) is None,
        is_resumed=False,
    )
    if training.n_updates < 25:
        train(training, 25, [*observers.values()], should_stop=lambda: False, is_resumed=True)
    assert {period: observer.updates for period, observer in observers.items()} == EXPECTED


@pytest.mark.parametrize("is_resumed", [False, True])
def test_training_that_was_stopped_is_not_done(is_resumed: bool) -> None:
    training, asked = Counting(), iter(range(2))
    assert not train(
        training, 2, [], should_stop=lambda: next(asked, None) is None, is_resumed=is_resumed
    )
    assert training.n_updates == 1
    assert train(training, 2, [], should_stop=lambda: False, is_resumed=True)


def test_the_mean_cost_begins_anew_whenever_it_is_taken() -> None:
    cost = MeanCost()
    assert cost.take() is None
    cost.add(1.0)
    cost.add(4.0)
    assert cost.take() == 2.5
    cost.add(7.0)
    assert cost.take() == 7.0
    assert cost.take() is None


def new_training(seed: int) -> Training:
    generator = np.random.default_rng(seed)
    parameters = Parameters((6, 5, 3), np.float64)
    parameters.flat[...] = generator.normal(size=parameters.flat.shape)
    network = Network(parameters, ACTIVATIONS["tanh"], COSTS["negative_log_likelihood"])
    levels = generator.integers(0, 256, (30, 6), dtype=np.uint8)
    images = LabelledImages(levels, levels[:, 0] % 3, np.linspace(-1, 1, 256))
    stream = EpochStream(images, np.random.SeedSequence(seed), np.float64)
    update = make_update(network, StochasticGradientDescent(), 10)
    return Training(network, update, stream, batch_size=10, learning_rate=0.1)


def test_training_stops_between_any_two_updates_when_asked() -> None:
    training, asked = new_training(1), iter(range(4))
    training.advance_to(100, lambda: next(asked, None) is None)
    assert training.n_updates == 4
    assert training.state()["position"] == 40


def test_a_restored_training_shows_the_network_that_was_restored() -> None:
    """Also where it had shown its own after as many updates."""
    one, other = new_training(1), new_training(2)
    for training in (one, other):
        training.advance_to(2, lambda: False)
    one.network()
    one.restore(other.state())
    np.testing.assert_array_equal(one.network().parameters.flat, other.network().parameters.flat)
