"""Every optimizer in training: it learns, resumes to the same bits, and is checked for numbers."""

import io

import numpy as np
import pytest

from glorot_repro.nn.activations import ACTIVATIONS
from glorot_repro.nn.costs import COSTS
from glorot_repro.nn.network import Network
from glorot_repro.nn.optimizers import OPTIMIZERS
from glorot_repro.nn.parameters import Parameters
from glorot_repro.nn.scheme import NetworkInitializer
from glorot_repro.training.update import NonFiniteError, Update, make_update

RATES = {"adam": 0.01, "gradient_variance": 0.01}
BATCH = 10


def new_update(name: str, sizes: tuple[int, ...] = (8, 12, 10, 3)) -> tuple[Network, Update]:
    network = Network(
        Parameters(sizes, np.float32), ACTIVATIONS["tanh"], COSTS["negative_log_likelihood"]
    )
    scheme = NetworkInitializer.model_validate("normalized")
    scheme.initialize(network.parameters, np.random.SeedSequence(1))
    return network, make_update(network, OPTIMIZERS[name](name=name), BATCH)


def train(name: str, update: Update, first: int, last: int) -> list[float]:
    """Costs of updates first .. last - 1 on a problem that a linear network can solve."""
    costs = []
    for number in range(first, last):
        generator = np.random.default_rng(number)
        inputs = generator.normal(size=(BATCH, 8)).astype(np.float32)
        labels = inputs[:, :3].argmax(axis=1)
        costs.append(update.step(inputs, labels, RATES.get(name, 0.1)))
    return costs


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_cost_falls(name: str) -> None:
    _, update = new_update(name)
    costs = train(name, update, 0, 400)
    assert np.mean(costs[-50:]) < 0.5 * np.mean(costs[:20])


@pytest.mark.parametrize("n_before", [0, 1, 7, 30])
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_resumed_training_has_the_same_bits(name: str, n_before: int) -> None:
    network, update = new_update(name)
    train(name, update, 0, n_before)
    file = io.BytesIO()
    np.savez(file, allow_pickle=False, **update.state())
    file.seek(0)
    other, resumed = new_update(name)
    train(name, resumed, 90, 93)
    with np.load(file) as state:
        resumed.restore(dict(state))
    assert train(name, update, n_before, 60) == train(name, resumed, n_before, 60)
    ends = [network.parameters.like(), other.parameters.like()]
    update.read_parameters(ends[0])
    resumed.read_parameters(ends[1])
    np.testing.assert_array_equal(ends[0].flat, ends[1].flat)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_training_on_leaves_the_state_that_it_began_with(name: str) -> None:
    """So that one state can be gone on from twice."""
    _, update = new_update(name)
    train(name, update, 0, 3)
    state = update.state()
    costs = []
    for _ in range(2):
        _, resumed = new_update(name)
        resumed.restore(state)
        costs.append(train(name, resumed, 3, 30))
    assert costs[0] == costs[1]


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_softmax_regression_is_trained(name: str) -> None:
    _, update = new_update(name, (8, 3))
    costs = train(name, update, 0, 200)
    assert np.mean(costs[-50:]) < 0.7 * np.mean(costs[:20])


def test_a_curvature_that_is_not_finite_is_refused_before_the_update() -> None:
    """Squares of the inputs overflow float32 where the gradient does not."""
    network, update = new_update("diagonal_hessian", (8, 3))
    before = network.parameters.flat.copy()
    inputs = np.full((BATCH, 8), 1e25, np.float32)
    network.parameters.weights[0].fill(0)
    before = network.parameters.flat.copy()
    with pytest.raises(NonFiniteError) as caught:
        update.step(inputs, np.zeros(BATCH, np.intp), 1e-25)
    assert (caught.value.layer, caught.value.what) == (1, "curvature")
    np.testing.assert_array_equal(network.parameters.flat, before)
