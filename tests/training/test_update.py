"""Every form of the update against a network written plainly in float64, and its other promises."""

import io
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Literal, get_args

import numpy as np
import pytest
from closed_forms import FUNCTIONS, SLOPES
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from glorot_repro.data.shapeset import Shapeset
from glorot_repro.nn.activations import ACTIVATIONS, Activation
from glorot_repro.nn.costs import COSTS
from glorot_repro.nn.network import Network
from glorot_repro.nn.optimizers import Optimizer, State, StochasticGradientDescent
from glorot_repro.nn.parameters import Parameters
from glorot_repro.training import blocking
from glorot_repro.training.deferred import DeferredUpdate
from glorot_repro.training.lean import LeanUpdate
from glorot_repro.training.loop import Training
from glorot_repro.training.update import GradientUpdate, NonFiniteError, Update, make_update

Array = NDArray[np.floating]
Batch = tuple[Array, NDArray[np.intp]]

FORMS: dict[str, Callable[[Network, int], Update]] = {
    **{f"deferred {k}": partial(DeferredUpdate, n_slots=k) for k in range(1, 9)},
    "lean": LeanUpdate,
    "plain": lambda net, size: GradientUpdate(net, StochasticGradientDescent()),
    "made": lambda net, size: make_update(net, StochasticGradientDescent(), size),
}
SOME_FORMS = ["deferred 1", "deferred 5", "lean", "plain"]
TOLERANCE = {"float32": 1e-6, "float64": 1e-12}


@dataclass(frozen=True)
class Setting:
    """A network and its mini-batches."""

    sizes: tuple[int, ...]
    batch_size: int = 10
    dtype: str = "float64"
    activation: str = "tanh"
    cost: str = "negative_log_likelihood"

    def network(self) -> Network:
        """A network with random weights and biases, always the same."""
        parameters = Parameters(self.sizes, self.dtype)
        generator = np.random.default_rng(1)
        for weights, biases in zip(parameters.weights, parameters.biases, strict=True):
            weights[...] = generator.normal(0, 1 / np.sqrt(weights.shape[1]), weights.shape)
            biases[...] = generator.normal(0, 0.2, biases.shape)
        return Network(parameters, ACTIVATIONS[self.activation], COSTS[self.cost])

    def batches(self, count: int) -> list[Batch]:
        """Mini-batches whose inputs are exact in the setting's dtype."""
        generator = np.random.default_rng(2)
        shape = (self.batch_size, self.sizes[0])
        return [
            (
                generator.uniform(-1, 1, shape).astype(self.dtype),
                generator.integers(0, self.sizes[-1], self.batch_size),
            )
            for _ in range(count)
        ]


class Reference:
    """The network in float64, with weights (fan_in, fan_out) as in the paper."""

    def __init__(self, setting: Setting, parameters: Parameters) -> None:
        self.w = [weights.T.astype(np.float64) for weights in parameters.weights]
        self.b = [biases.astype(np.float64) for biases in parameters.biases]
        self.f, self.slope = FUNCTIONS[setting.activation], SLOPES[setting.activation]
        self.cost_name = setting.cost

    def step(self, batch: Batch, learning_rate: float) -> float:
        inputs, labels = batch[0].astype(np.float64), batch[1]
        z: list[Array] = [inputs]
        s: list[Array] = []
        for w, b in zip(self.w, self.b, strict=True):
            s.append(z[-1] @ w + b)
            z.append(self.f(s[-1]))
        p = np.exp(s[-1]) / np.exp(s[-1]).sum(axis=1, keepdims=True)
        y = np.eye(p.shape[1])[labels]
        if self.cost_name == "squared_error":
            cost = ((p - y) ** 2).sum(axis=1).mean()
            dp = 2 * (p - y)
            delta = p * (dp - (p * dp).sum(axis=1, keepdims=True)) / len(labels)
        else:
            cost = -np.log(p[y == 1]).mean()
            delta = (p - y) / len(labels)
        for layer in range(len(self.w) - 1, -1, -1):
            dw, db = z[layer].T @ delta, delta.sum(axis=0)
            if layer:
                delta = (delta @ self.w[layer].T) * self.slope(s[layer - 1])
            self.w[layer] -= learning_rate * dw
            self.b[layer] -= learning_rate * db
        return float(cost)

    def difference(self, parameters: Parameters) -> float:
        """The largest difference of a weight or bias."""
        mine = [w.T for w in self.w] + self.b
        pairs = zip(mine, [*parameters.weights, *parameters.biases], strict=True)
        return max(float(abs(a - b).max()) for a, b in pairs)


def parameters_of(update: Update, network: Network) -> Parameters:
    now = network.parameters.like()
    now.flat.fill(np.nan)
    update.read_parameters(now)
    return now


WIDTHS = st.sampled_from([1, 2, 9, 32, 100, 250, 997])


@st.composite
def settings_to_train(draw: st.DrawFn) -> Setting:
    activation = draw(st.sampled_from(["linear", "relu", "sigmoid", "softsign", "tanh"]))
    # In float32, a rectifier may round to the other side of its kink.
    dtypes = ["float64"] if activation == "relu" else ["float32", "float64"]
    batch_size = draw(st.sampled_from([1, 10, 32, 100, 300]))
    sizes, products = [draw(WIDTHS)], 0
    for _ in range(draw(st.integers(1, 6))):
        width = draw(WIDTHS)
        products += sizes[-1] * width * batch_size
        if products > 3_000_000:  # keeps the examples short
            width = 9
        sizes.append(width)
    return Setting(
        tuple(sizes),
        batch_size,
        draw(st.sampled_from(dtypes)),
        activation,
        draw(st.sampled_from(sorted(COSTS))),
    )


@settings(max_examples=50, derandomize=True)
@given(setting=settings_to_train(), form=st.sampled_from(sorted(FORMS)), data=st.data())
def test_updates_are_those_of_the_plain_network(
    setting: Setting, form: str, data: st.DataObject
) -> None:
    """Weights, biases and costs after each update, with learning rates that change, zero too."""
    network = setting.network()
    reference = Reference(setting, network.parameters)
    update = FORMS[form](network, setting.batch_size)
    rates = data.draw(st.lists(st.sampled_from([0.0, 0.01, 0.3]), min_size=1, max_size=11))
    tolerance = TOLERANCE[setting.dtype]
    for batch, rate in zip(setting.batches(len(rates)), rates, strict=True):
        cost = update.step(*batch, rate)
        assert cost == pytest.approx(reference.step(batch, rate), rel=10 * tolerance, abs=tolerance)
        assert reference.difference(parameters_of(update, network)) < tolerance


@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize("form", FORMS)
def test_fifty_updates_stay_with_the_plain_network(form: str, dtype: str) -> None:
    setting = Setting((32, 100, 37, 100, 9), dtype=dtype)
    network = setting.network()
    reference = Reference(setting, network.parameters)
    update = FORMS[form](network, setting.batch_size)
    for batch in setting.batches(50):
        update.step(*batch, 0.05)
        reference.step(batch, 0.05)
    assert reference.difference(parameters_of(update, network)) < TOLERANCE[dtype]


@pytest.mark.parametrize("fetched", [1, 300_000])
def test_fetching_blocks_changes_no_bit(fetched: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks one by one, and several at a time with fewer in the last group."""
    setting = Setting((784, 1000, 997, 500, 9), dtype="float32")

    def train() -> Parameters:
        network = setting.network()
        update = DeferredUpdate(network, setting.batch_size, n_slots=5)
        for inputs, labels in setting.batches(7):
            update.step(inputs, labels, 0.05)
        return parameters_of(update, network)

    expected = train()
    monkeypatch.setattr(blocking, "LARGE_NETWORK", 0)
    monkeypatch.setattr(blocking, "FETCHED", fetched)
    assert (train().flat == expected.flat).all()


@pytest.mark.parametrize("form", SOME_FORMS)
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_every_activation_is_trained_by_every_form(activation: str, form: str) -> None:
    setting = Setting((12, 15, 11, 3), activation=activation)
    network = setting.network()
    reference = Reference(setting, network.parameters)
    update = FORMS[form](network, setting.batch_size)
    for batch in setting.batches(12):
        update.step(*batch, 0.05)
        reference.step(batch, 0.05)
    assert reference.difference(parameters_of(update, network)) < 1e-12


@pytest.mark.parametrize("batch_size", [1, 10, 32, 100])
def test_layers_wider_than_any_block_are_trained(batch_size: int) -> None:
    setting = Setting((12_000, 3, 1100, 17), batch_size, "float32")
    network = setting.network()
    reference = Reference(setting, network.parameters)
    update = make_update(network, StochasticGradientDescent(), batch_size)
    for batch in setting.batches(3):
        update.step(*batch, 0.01)
        reference.step(batch, 0.01)
    assert reference.difference(parameters_of(update, network)) < TOLERANCE["float32"]


@pytest.mark.parametrize("n_before", [0, 1, 4, 5, 7])
@pytest.mark.parametrize("form", SOME_FORMS)
def test_gradient_is_the_central_difference_of_the_cost(form: str, n_before: int) -> None:
    """Also where updates are put off: the network that is differentiated is the one trained."""
    setting = Setting((5, 4, 6, 3), 7)
    network = setting.network()
    update = FORMS[form](network, 7)
    *before, batch = setting.batches(n_before + 1)
    for earlier in before:
        update.step(*earlier, 0.3)
    here = parameters_of(update, network)
    update.step(*batch, 1.0)
    gradient = here.flat - parameters_of(update, network).flat

    def cost_at(i: int, change: float) -> float:
        moved = here.like()
        moved.copy_from(here)
        moved.flat[i] += change
        return Reference(setting, moved).step(batch, 0.0)

    h = 1e-5
    slopes = [(cost_at(i, h) - cost_at(i, -h)) / (2 * h) for i in range(len(here.flat))]
    np.testing.assert_allclose(gradient, slopes, atol=1e-9)


@pytest.mark.parametrize("form", ["deferred 3", "deferred 5", "deferred 8", "lean"])
def test_curves_of_all_forms_agree(form: str) -> None:
    setting = Setting((32, 100, 100, 9), dtype="float32")
    one, other = (FORMS[f](setting.network(), 10) for f in ("deferred 1", form))
    for batch in setting.batches(40):
        assert one.step(*batch, 0.05) == pytest.approx(other.step(*batch, 0.05), abs=2e-6)


@pytest.mark.parametrize("form", SOME_FORMS)
def test_learning_rate_zero_leaves_every_bit(form: str) -> None:
    setting = Setting((32, 20, 9), dtype="float32")
    network = setting.network()
    update = FORMS[form](network, 10)
    before = parameters_of(update, network)
    costs = [update.step(*batch, 0.0) for batch in setting.batches(12)]
    np.testing.assert_array_equal(parameters_of(update, network).flat, before.flat)
    assert len(set(costs)) == 12
    bad = (np.full((10, 32), np.nan, np.float32), np.zeros(10, np.intp))
    with pytest.raises(NonFiniteError):  # the gradients are looked at all the same
        update.step(*bad, 0.0)


@pytest.mark.parametrize("form", FORMS)
def test_reading_changes_no_bit_of_the_training(form: str) -> None:
    setting = Setting((32, 40, 9), dtype="float32")
    networks = [setting.network(), setting.network()]
    watched, alone = (FORMS[form](network, 10) for network in networks)
    for batch in setting.batches(19):
        watched.step(*batch, 0.1)
        alone.step(*batch, 0.1)
        parameters_of(watched, networks[0])
        watched.state()
    seen = parameters_of(watched, networks[0])
    np.testing.assert_array_equal(seen.flat, parameters_of(alone, networks[1]).flat)


@pytest.mark.parametrize("n_before", range(7))
@pytest.mark.parametrize("form", [*SOME_FORMS, "made"])
def test_resumed_training_has_the_same_bits(form: str, n_before: int) -> None:
    """The state goes through a file into an update of a network that starts elsewhere."""
    setting = Setting((32, 300, 300, 9), dtype="float32", activation="softsign")
    rates = [0.1 / n for n in range(1, n_before + 9)]
    steps = list(zip(setting.batches(len(rates)), rates, strict=True))
    network, other = setting.network(), setting.network()
    update = FORMS[form](network, 10)
    for batch, rate in steps[:n_before]:
        update.step(*batch, rate)

    file = io.BytesIO()
    np.savez(file, allow_pickle=False, **update.state())
    file.seek(0)
    other.parameters.flat.fill(7)
    resumed = FORMS[form](other, 10)
    resumed.step(*setting.batches(1)[0], 0.1)
    with np.load(file) as state:
        resumed.restore(dict(state))

    for batch, rate in steps[n_before:]:
        assert update.step(*batch, rate) == resumed.step(*batch, rate)
    expected, actual = parameters_of(update, network), parameters_of(resumed, other)
    np.testing.assert_array_equal(actual.flat, expected.flat)


Event = Literal["next", "others", "too many", "float64", "state"]


@settings(
    max_examples=40,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    sizes=st.sampled_from([(1024, 300, 9), (997, 101, 130, 9), (400, 400, 10), (32, 40, 9)]),
    batch_size=st.sampled_from([1, 7, 10, 20, 32, 100]),
    events=st.lists(st.sampled_from([None, *get_args(Event)]), min_size=8, max_size=24),
)
def test_looking_ahead_changes_no_bit(
    sizes: tuple[int, ...],
    batch_size: int,
    events: list[Event | None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Whatever is announced, whenever, and whether or not it then comes."""
    monkeypatch.setattr(blocking, "LARGE_NETWORK", 0)
    monkeypatch.setattr(blocking, "FETCHED", 100_000)
    setting = Setting(sizes, batch_size, "float32")
    networks = [setting.network(), setting.network()]
    looking, alone = (make_update(net, StochasticGradientDescent(), batch_size) for net in networks)
    batches = setting.batches(len(events) + 60)
    for n, event in enumerate(events):
        coming = [inputs for inputs, _ in batches[n:]]
        horizon = looking.horizon
        if event == "next":
            looking.look_ahead(np.concatenate(coming[:horizon]))
        elif event == "others":
            looking.look_ahead(np.concatenate(coming[1 : 1 + horizon]))
        elif event == "too many":
            looking.look_ahead(np.concatenate(coming[: horizon + 3]))
        elif event == "float64":
            looking.look_ahead(np.concatenate(coming[:horizon]).astype(np.float64))
        elif event == "state":
            looking.look_ahead(np.concatenate(coming[:horizon]))
            state = alone.state()
            state["parameters"] *= np.float32(0.9)
            looking.restore(state)
            alone.restore(state)
        assert looking.step(*batches[n], 0.1) == alone.step(*batches[n], 0.1)
    seen = parameters_of(looking, networks[0])
    np.testing.assert_array_equal(seen.flat, parameters_of(alone, networks[1]).flat)


def test_looking_ahead_with_huge_weights_warns_of_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fetching multiplies weights with themselves, which may overflow where nothing else does."""
    monkeypatch.setattr(blocking, "LARGE_NETWORK", 0)
    setting = Setting((1024, 200, 9), 10, "float32")
    network = setting.network()
    network.parameters.flat *= np.float32(1e20)
    update = make_update(network, StochasticGradientDescent(), 10)
    assert update.horizon > 1
    update.look_ahead(np.concatenate([inputs for inputs, _ in setting.batches(5)]))


def test_the_horizon_ends_where_the_weights_are_written(monkeypatch: pytest.MonkeyPatch) -> None:
    setting = Setting((1024, 300, 9), 10, "float32")
    update = DeferredUpdate(setting.network(), 10, 5)
    assert update.horizon == 1  # not fetched: one pass for all saves nothing
    monkeypatch.setattr(blocking, "LARGE_NETWORK", 0)
    update = DeferredUpdate(setting.network(), 10, 5)
    horizons = []
    for batch in setting.batches(7):
        horizons.append(update.horizon)
        update.step(*batch, 0.1)
    assert horizons == [5, 4, 3, 2, 1, 5, 4]


def test_prepared_products_are_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """The cost stays that of the weights at that time, though they are gone."""
    monkeypatch.setattr(blocking, "LARGE_NETWORK", 0)
    setting = Setting((1024, 300, 9), 10, "float32")
    network, same = setting.network(), setting.network()
    update = DeferredUpdate(network, 10, 5)
    ((inputs, labels),) = setting.batches(1)
    cost = same.cost.evaluate(same.forward(inputs).logits, labels)[0]
    update.look_ahead(inputs)
    network.parameters.weights[0].fill(0)
    assert update.step(inputs, labels, 0.1) == pytest.approx(cost, rel=1e-6)
    assert update.step(inputs, labels, 0.1) != pytest.approx(cost, rel=1e-3)


def test_products_prepared_before_the_weights_were_written_are_not_used(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Where the same examples come again, as in a training set of one mini-batch."""
    monkeypatch.setattr(blocking, "LARGE_NETWORK", 0)
    setting = Setting((1024, 300, 9), 10, "float32")
    looking, alone = (DeferredUpdate(setting.network(), 10, 5) for _ in range(2))
    ((inputs, labels),) = setting.batches(1)
    for n_ahead in (5, 1):
        looking.look_ahead(np.concatenate([inputs] * n_ahead))
        for _ in range(5):
            assert looking.step(inputs, labels, 0.1) == alone.step(inputs, labels, 0.1)


def test_training_looks_ahead_without_a_changed_bit(monkeypatch: pytest.MonkeyPatch) -> None:
    """In pieces of any length, and resumed, as at once and as without looking ahead."""
    monkeypatch.setattr(blocking, "LARGE_NETWORK", 0)
    section = Shapeset(name="shapeset")
    setting = Setting((1024, 200, 9), 10, "float32")

    def training() -> Training:
        network = setting.network()
        stream = section.training_stream(np.random.SeedSequence(3), "float32")
        update = make_update(network, StochasticGradientDescent(), 10)
        return Training(network, update, stream, batch_size=10, learning_rate=0.1)

    def never() -> bool:
        return False

    at_once, in_pieces = training(), training()
    at_once.advance_to(31, never)
    for goal in (1, 3, 9, 10):
        in_pieces.advance_to(goal, never)
    resumed = training()
    resumed.restore(in_pieces.state())
    resumed.advance_to(31, never)

    network = setting.network()
    update = make_update(network, StochasticGradientDescent(), 10)
    stream = section.training_stream(np.random.SeedSequence(3), "float32")
    for _ in range(31):
        update.step(*stream.next_batch(10), 0.1)

    expected = parameters_of(update, network).flat
    for other in (at_once, resumed):
        np.testing.assert_array_equal(other.network().parameters.flat, expected)
    assert at_once.state()["position"] == resumed.state()["position"] == 310
    assert at_once.mean_cost() == resumed.mean_cost()


@pytest.mark.parametrize("form", SOME_FORMS)
def test_state_is_a_copy(form: str) -> None:
    setting = Setting((8, 6, 3), 4)
    network = setting.network()
    update = FORMS[form](network, 4)
    batches = setting.batches(9)
    update.step(*batches[0], 0.1)
    state = update.state()
    kept = {name: part.copy() for name, part in state.items()}
    for batch in batches[1:]:
        update.step(*batch, 0.1)
    for name, part in state.items():
        np.testing.assert_array_equal(part, kept[name])


@pytest.mark.parametrize("form", ["deferred 1", "deferred 5", "plain"])
def test_the_networks_own_parameters_are_trained(form: str) -> None:
    """Views that became copies would train nothing: after the put-off updates, W has moved."""
    setting = Setting((64, 120, 130, 9))
    network = setting.network()
    before = network.parameters.like()
    before.copy_from(network.parameters)
    update = FORMS[form](network, 10)
    for batch in setting.batches(6):
        update.step(*batch, 0.1)
    parts = [*network.parameters.weights, *network.parameters.biases]
    for part, old in zip(parts, [*before.weights, *before.biases], strict=True):
        assert np.shares_memory(part, network.parameters.flat)
        assert (part != old).any()


@pytest.mark.parametrize("form", SOME_FORMS)
def test_a_cost_that_is_not_finite_is_refused_before_the_update(form: str) -> None:
    setting = Setting((8, 6, 3), 4, "float32", "linear")
    network = setting.network()
    update = FORMS[form](network, 4)
    good, other = setting.batches(2)
    update.step(*good, 0.1)
    before = parameters_of(update, network)
    with pytest.raises(NonFiniteError) as caught:
        update.step(other[0] * np.float32(3e38), other[1], 0.1)
    assert caught.value.layer is None
    assert caught.value.what == "cost"
    np.testing.assert_array_equal(parameters_of(update, network).flat, before.flat)


@pytest.mark.parametrize("hidden", [(6,), (6, 5)])
@pytest.mark.parametrize("form", SOME_FORMS)
def test_a_gradient_that_is_not_finite_is_refused_before_the_update(
    form: str, hidden: tuple[int, ...]
) -> None:
    """The topmost hidden layer is the first to meet the slope."""
    setting = Setting((8, *hidden, 3), 4)
    broken = Activation("broken", np.tanh, lambda s, z, out: out.fill(np.inf))
    network = Network(setting.network().parameters, broken, COSTS[setting.cost])
    update = FORMS[form](network, 4)
    before = parameters_of(update, network)
    with pytest.raises(NonFiniteError) as caught:
        update.step(*setting.batches(1)[0], 0.1)
    assert caught.value.layer == len(hidden)
    assert caught.value.what == "gradient"
    np.testing.assert_array_equal(parameters_of(update, network).flat, before.flat)


@pytest.mark.parametrize("form", SOME_FORMS)
def test_large_inputs_with_a_finite_gradient_are_trained(form: str) -> None:
    """Squares of the inputs overflow float32; their products with the deltas do not."""
    setting = Setting((8, 3), 4, "float32")
    network = setting.network()
    for weights in network.parameters.weights:
        weights.fill(0)
    update = FORMS[form](network, 4)
    inputs, labels = setting.batches(1)[0]
    update.step(inputs * np.float32(1e25), labels, 1e-25)
    assert abs(parameters_of(update, network).weights[0]).max() > 0.01


@pytest.mark.parametrize("form", SOME_FORMS)
def test_a_batch_of_another_size_is_refused(form: str) -> None:
    setting = Setting((8, 6, 3), 4)
    update = FORMS[form](setting.network(), 4)
    inputs, labels = setting.batches(1)[0]
    if form == "plain":  # has no arrays of the batch's size, and takes any
        update.step(inputs[:1], labels[:1], 0.1)
        return
    with pytest.raises(ValueError, match=r"expected inputs of shape \(4, 8\)"):
        update.step(inputs[:1], labels[:1], 0.1)


def test_pre_activations_reach_a_derivative_that_needs_them() -> None:
    setting = Setting((8, 7, 7, 7, 3), 4)

    def derivative(s: Array, z: Array, out: Array) -> None:
        np.copyto(out, SLOPES["sigmoid"](s))

    activation = Activation(
        "own", ACTIVATIONS["sigmoid"].write, derivative, needs_pre_activation=True
    )
    for form in SOME_FORMS:
        network = setting.network()
        reference = Reference(Setting(setting.sizes, 4, activation="sigmoid"), network.parameters)
        network = Network(network.parameters, activation, network.cost)
        update = FORMS[form](network, 4)
        for batch in setting.batches(7):
            update.step(*batch, 0.3)
            reference.step(batch, 0.3)
        assert reference.difference(parameters_of(update, network)) < 1e-12


@pytest.mark.parametrize(
    ("form", "hidden"), [("deferred 5", 600), ("deferred 1", 600), ("lean", 150)]
)
def test_a_step_allocates_nothing_large(form: str, hidden: int) -> None:
    setting = Setting((hidden, hidden, hidden, 9), dtype="float32")
    update = FORMS[form](setting.network(), 10)
    batches = setting.batches(12)
    for batch in batches[:6]:
        update.step(*batch, 0.1)
    tracemalloc.start()
    try:
        for batch in batches[6:]:
            update.step(*batch, 0.1)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < hidden * hidden * 4 / 4  # a quarter of a weight matrix


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("form", FORMS)
def test_no_array_changes_its_dtype(form: str, dtype: str) -> None:
    setting = Setting((8, 6, 3), 4, dtype)
    update = FORMS[form](setting.network(), 4)
    for batch in setting.batches(3):
        assert type(update.step(*batch, 0.1)) is float
    assert {part.dtype for part in update.state().values()} == {np.dtype(dtype)}


class Momentum(Optimizer):
    """An optimizer with a state, not one of ours."""

    name: Literal["momentum"] = "momentum"

    def initial_state(self, parameters: NDArray[np.floating]) -> State:
        return {"velocity": np.zeros_like(parameters)}

    def apply(
        self,
        parameters: NDArray[np.floating],
        gradient: NDArray[np.floating],
        state: State,
        learning_rate: float,
        *,
        curvature: NDArray[np.floating] | None = None,
    ) -> None:
        state["velocity"] *= 0.5
        state["velocity"] += gradient
        parameters -= learning_rate * state["velocity"]


def test_other_optimizers_take_the_plain_update_and_resume() -> None:
    setting = Setting((8, 6, 3), 4)
    network = setting.network()
    update = make_update(network, Momentum(), 4)
    assert isinstance(update, GradientUpdate)
    batches = setting.batches(6)
    velocity = np.zeros_like(network.parameters.flat)
    expected = network.parameters.flat.copy()
    gradient = network.parameters.like()
    for n, batch in enumerate(batches):
        mirror = setting.network()
        mirror.parameters.flat[...] = expected
        mirror.gradient(*batch, out=gradient)
        velocity = 0.5 * velocity + gradient.flat
        expected = expected - 0.1 * velocity
        update.step(*batch, 0.1)
        np.testing.assert_allclose(network.parameters.flat, expected, atol=1e-14)
        if n == 2:
            state = update.state()
    other = setting.network()
    resumed = make_update(other, Momentum(), 4)
    resumed.restore(state)
    for batch in batches[3:]:
        resumed.step(*batch, 0.1)
    np.testing.assert_array_equal(other.parameters.flat, network.parameters.flat)


def test_the_form_depends_on_the_configuration_alone() -> None:
    sgd = StochasticGradientDescent()
    large, small = Setting((300, 300, 300, 9)).network(), Setting((32, 100, 9)).network()
    assert isinstance(make_update(large, sgd, 10), DeferredUpdate)
    assert isinstance(make_update(small, sgd, 10), LeanUpdate)
