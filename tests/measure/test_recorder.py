"""The recorder against a network written plainly, its gradients by central differences."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from glorot_repro.config.schema import RunConfig
from glorot_repro.measure.curves import Curves
from glorot_repro.measure.recorder import Recorder
from glorot_repro.measure.statistics import STATISTICS
from glorot_repro.measure.verdicts import NetworkState, judge
from glorot_repro.nn.activations import ACTIVATIONS
from glorot_repro.nn.costs import COSTS
from glorot_repro.nn.network import Network
from glorot_repro.nn.parameters import Parameters

Values = NDArray[np.float64]
Labels = NDArray[np.intp]

SIZES = (12, 8, 6, 9)
QUANTITIES = ("activation", "backprop", "weight_gradient")
FUNCTIONS: dict[str, Callable[[Values], Values]] = {
    "tanh": lambda s: (np.exp(s) - np.exp(-s)) / (np.exp(s) + np.exp(-s)),
    "sigmoid": lambda s: 1 / (1 + np.exp(-s)),
    "softsign": lambda s: s / (1 + abs(s)),
}
LIMITS = {"tanh": (-0.95, 0.95), "sigmoid": (0.025, 0.975), "softsign": (-0.95, 0.95)}


def config(**changes: Any) -> RunConfig:
    sections: dict[str, Any] = {
        "model": {"hidden": list(SIZES[1:-1]), "initializer": "normalized"},
        "training": {"updates": 100},
        "record": {"every": 10, "bins": 20, "jacobian_every": 50},
    }
    for name, section in changes.items():
        sections[name] = sections[name] | section
    return RunConfig.model_validate({"experiment": "probe", **sections})


def network(
    sizes: tuple[int, ...] = SIZES,
    *,
    activation: str = "tanh",
    dtype: str = "float64",
    gain: float = 2.0,
    cost: str = "negative_log_likelihood",
) -> Network:
    """Random weights and biases; the large gain makes some units saturate."""
    parameters = Parameters(sizes, dtype)
    generator = np.random.default_rng(4)
    for weights, biases in zip(parameters.weights, parameters.biases, strict=True):
        weights[...] = generator.normal(0, math.sqrt(gain / weights.shape[1]), weights.shape)
        biases[...] = generator.normal(0, 0.3, biases.shape)
    return Network(parameters, ACTIVATIONS[activation], COSTS[cost])


def examples(count: int = 300, size: int = SIZES[0]) -> tuple[Values, Labels]:
    generator = np.random.default_rng(6)
    return generator.uniform(-1, 1, (count, size)), generator.integers(0, 9, count)


def recorded(
    net: Network, settings: RunConfig | None = None, *, count: int = 300, update: int = 10
) -> Recorder:
    inputs, labels = examples(count, net.parameters.sizes[0])
    recorder = Recorder(settings or config(), inputs.astype(net.parameters.dtype), labels)
    recorder.record(update, net)
    return recorder


class PlainNetwork:
    """s = z W + b with W (in, out), one cost a mini-batch of ten, gradients by differences."""

    def __init__(self, net: Network, activation: str) -> None:
        self.f = FUNCTIONS[activation]
        self.weights = [w.astype(np.float64).T.copy() for w in net.parameters.weights]
        self.biases = [b.astype(np.float64) for b in net.parameters.biases]

    def activations(self, inputs: Values) -> list[Values]:
        z = [inputs]
        for weights, biases in zip(self.weights[:-1], self.biases[:-1], strict=True):
            z.append(self.f(z[-1] @ weights + biases))
        return z

    def costs(self, inputs: Values, labels: Labels) -> Values:
        """(n_batches,) mean costs of mini-batches of ten."""
        logits = self.activations(inputs)[-1] @ self.weights[-1] + self.biases[-1]
        p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
        return -np.log(p[range(len(labels)), labels]).reshape(-1, 10).mean(axis=1)

    def gradients(self, parameter: Values, inputs: Values, labels: Labels) -> Values:
        """(n_batches, *parameter.shape), dC/dparameter of each mini-batch."""
        step = 1e-5
        result = np.empty((len(labels) // 10, *parameter.shape))
        for place in np.ndindex(parameter.shape):
            value = parameter[place]
            parameter[place] = value + step
            above = self.costs(inputs, labels)
            parameter[place] = value - step
            below = self.costs(inputs, labels)
            parameter[place] = value
            result[(slice(None), *place)] = (above - below) / (2 * step)
        return result


def layer_value(curves: Curves, quantity: str, layer: int) -> float:
    values = curves.series(quantity, layer)[1]
    assert len(values) == 1, f"{quantity} of layer {layer} was recorded {len(values)} times"
    return float(values[0])


PERCENTILES = {name: float(name[1:]) for name in STATISTICS if name.startswith("p")}


def assert_statistics(
    curves: Curves, quantity: str, layer: int, values: Values, tolerance: float
) -> None:
    """Mean, std and percentiles of all `values`, percentiles to a cell of the range."""
    cell = float(values.max() - values.min()) / 16_000
    scale = float(np.abs(values).max())
    for name, expected in (("mean", values.mean()), ("std", values.std())):
        found = layer_value(curves, f"{quantity}_{name}", layer)
        assert found == pytest.approx(expected, abs=tolerance * scale), f"{quantity}_{name}"
    for name, percent in PERCENTILES.items():
        found = layer_value(curves, f"{quantity}_{name}", layer)
        exact = float(np.percentile(values, percent))
        assert found == pytest.approx(exact, abs=cell + tolerance * scale), f"{quantity}_{name}"


@pytest.mark.parametrize("activation", FUNCTIONS)
def test_activations_are_those_of_all_probe_examples(activation: str) -> None:
    net = network(activation=activation)
    inputs, _ = examples()
    recorder = recorded(net)
    histograms = recorder.histograms()
    z = PlainNetwork(net, activation).activations(inputs)[1:]
    lower, upper = LIMITS[activation]
    for layer, values in enumerate(z, start=1):
        assert_statistics(recorder.curves, "activation", layer, values, 1e-13)
        share = np.mean((values < lower) | (values > upper))
        assert layer_value(recorder.curves, "activation_saturated", layer) == share
        counts, edges = np.histogram(values, 20)
        np.testing.assert_array_equal(histograms["activation_counts"][0, layer - 1], counts)
        assert histograms["activation_low"][0, layer - 1] == pytest.approx(edges[0], rel=1e-13)
        assert histograms["activation_high"][0, layer - 1] == pytest.approx(edges[-1], rel=1e-13)


@pytest.mark.parametrize(("dtype", "tolerance"), [("float64", 1e-8), ("float32", 1e-6)])
def test_gradients_are_those_of_the_mean_cost_of_each_batch_of_ten(
    dtype: str, tolerance: float
) -> None:
    """dC/ds summed over a mini-batch is dC/db; both by central differences, 1e-9 off."""
    net = network(dtype=dtype)
    inputs, labels = examples()
    recorder = recorded(net)
    plain = PlainNetwork(net, "tanh")
    wide = inputs.astype(dtype).astype(np.float64)
    for layer in range(1, len(SIZES)):
        backprop = plain.gradients(plain.biases[layer - 1], wide, labels)
        assert backprop.shape == (30, SIZES[layer])
        assert_statistics(recorder.curves, "backprop", layer, backprop, tolerance)
        weights = plain.gradients(plain.weights[layer - 1], wide, labels)
        scale = float(np.abs(weights).max())
        for name, expected in (("mean", weights.mean()), ("std", weights.std())):
            found = layer_value(recorder.curves, f"weight_gradient_{name}", layer)
            assert found == pytest.approx(expected, abs=tolerance * scale)


def test_output_layer_is_seen_apart_from_its_biases() -> None:
    net = network()
    inputs, labels = examples()
    plain = PlainNetwork(net, "tanh")
    parts = plain.activations(inputs)[-1] @ plain.weights[-1]
    curves = recorded(net).curves
    assert layer_value(curves, "logit_std", 3) == pytest.approx(
        math.sqrt(parts.var(axis=0).mean()), rel=1e-12
    )
    priors = np.bincount(labels, minlength=9) / 300
    p = np.exp(plain.biases[-1]) / np.exp(plain.biases[-1]).sum()
    distance = abs(p - priors).sum() / 2
    assert layer_value(curves, "bias_prior_distance", 3) == pytest.approx(distance, rel=1e-12)


def test_shares_of_the_classes_are_those_that_are_given() -> None:
    """Of the whole test set, not of the few probe examples."""
    net, (inputs, labels) = network(), examples()
    priors = np.arange(9) / 36
    recorder = Recorder(config(), inputs, labels, priors)
    recorder.record(10, net)
    p = np.exp(net.parameters.biases[-1]) / np.exp(net.parameters.biases[-1]).sum()
    found = layer_value(recorder.curves, "bias_prior_distance", 3)
    assert found == pytest.approx(abs(p - priors).sum() / 2, rel=1e-12)


def test_gradient_histograms_count_batches_and_units() -> None:
    net = network()
    histograms = recorded(net).histograms()
    assert histograms["updates"].tolist() == [10]
    assert histograms["activation_layers"].tolist() == [1, 2]
    assert histograms["backprop_layers"].tolist() == [1, 2, 3]
    assert histograms["activation_counts"].sum(axis=2).tolist() == [[300 * 8, 300 * 6]]
    assert histograms["backprop_counts"].sum(axis=2).tolist() == [[30 * 8, 30 * 6, 30 * 9]]
    # One row of each of the 30 gradients, since no layer has more units than that.
    assert histograms["weight_gradient_counts"].sum(axis=2).tolist() == [[30 * 12, 30 * 8, 30 * 6]]


def test_weight_gradient_sample_is_of_the_true_gradients() -> None:
    net = network()
    inputs, labels = examples()
    recorder = recorded(net)
    histograms = recorder.histograms()
    plain = PlainNetwork(net, "tanh")
    for layer in range(1, len(SIZES)):
        gradients = plain.gradients(plain.weights[layer - 1], inputs, labels)  # (batch, in, out)
        rows = [gradients[b, :, b % SIZES[layer]] for b in range(30)]
        sample = np.stack(rows)
        low, high = (histograms[f"weight_gradient_{end}"][0, layer - 1] for end in ("low", "high"))
        assert low == pytest.approx(sample.min(), rel=1e-6)
        assert high == pytest.approx(sample.max(), rel=1e-6)
        cell = (high - low) / 16_000
        found = layer_value(recorder.curves, "weight_gradient_p98", layer)
        assert found == pytest.approx(float(np.percentile(sample, 98)), abs=1.01 * cell)


@pytest.mark.parametrize("cost", COSTS)
def test_output_gradient_takes_the_cost_of_the_network(cost: str) -> None:
    net = network(cost=cost)
    inputs, labels = examples()
    logits = net.forward(inputs).logits
    expected = [
        COSTS[cost].evaluate(logits[k : k + 10], labels[k : k + 10])[1].sum(axis=0)
        for k in range(0, 300, 10)
    ]
    assert_statistics(recorded(net).curves, "backprop", 3, np.array(expected), 1e-13)


@pytest.mark.parametrize("activation", FUNCTIONS)
def test_jacobian_is_the_derivative_of_a_layer_at_the_first_example(activation: str) -> None:
    net = network(activation=activation)
    inputs, _ = examples()
    curves = recorded(net, update=50).curves
    plain = PlainNetwork(net, activation)
    z = plain.activations(inputs[:1])
    step = 1e-6
    for layer in (1, 2):
        weights, biases = plain.weights[layer - 1], plain.biases[layer - 1]
        shifts = step * np.eye(len(weights))
        above = plain.f((z[layer - 1] + shifts) @ weights + biases)
        below = plain.f((z[layer - 1] - shifts) @ weights + biases)
        exact = np.linalg.svd((above - below) / (2 * step), compute_uv=False)
        mean = layer_value(curves, "jacobian_singular_mean", layer)
        largest = layer_value(curves, "jacobian_singular_max", layer)
        assert mean == pytest.approx(exact.mean(), rel=1e-7)
        assert largest == pytest.approx(exact.max(), rel=1e-7)


def test_jacobians_are_recorded_at_start_end_and_every_period() -> None:
    net, (inputs, labels) = network(), examples(10)
    recorder = Recorder(config(), inputs, labels)
    for update in (0, 10, 50, 60, 100):
        recorder.record(update, net)
    assert recorder.curves.series("jacobian_singular_max", 2)[0].tolist() == [0, 50, 100]
    rare = Recorder(config(record={"jacobian_every": 0}), inputs, labels)
    for update in (0, 50, 100):
        rare.record(update, net)
    assert rare.curves.series("jacobian_singular_max", 2)[0].tolist() == [0, 100]


def test_jacobians_of_too_large_layers_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Layers of 8 units on 12 inputs and of 6 on 8, where 7 are the most."""
    monkeypatch.setattr("glorot_repro.measure.jacobians.MOST_UNITS", 7)
    curves = recorded(network(), update=50).curves
    assert curves.layers("jacobian_singular_mean") == [2]
    assert curves.layers("jacobian_singular_max") == [2]


def test_jacobians_are_in_every_record_unless_said_otherwise() -> None:
    net, (inputs, labels) = network(), examples(10)
    settings = config()
    record = settings.record.model_copy(update={"jacobian_every": None})
    recorder = Recorder(settings.model_copy(update={"record": record}), inputs, labels)
    for update in (0, 10, 20, 70, 100):
        recorder.record(update, net)
    updates, _ = recorder.curves.series("jacobian_singular_mean", 1)
    assert updates.tolist() == [0, 10, 20, 70, 100]


def test_theory_stands_beside_the_measurement_at_the_start_only() -> None:
    net, (inputs, labels) = network(), examples(20)
    recorder = Recorder(config(), inputs, labels)
    recorder.record(10, net)
    assert not [name for name in recorder.curves.quantities if name.endswith("_theory")]
    recorder.record(0, net)
    layers = {
        name: recorder.curves.layers(name)
        for name in recorder.curves.quantities
        if name.endswith("_theory")
    }
    assert layers == {
        "activation_mean_theory": [1, 2],
        "activation_std_theory": [1, 2],
        "jacobian_singular_mean_theory": [1, 2],
        "backprop_std_theory": [1, 2, 3],
        "weight_gradient_std_theory": [1, 2, 3],
    }


def test_theory_knows_the_initializer_of_each_layer_and_the_first_example() -> None:
    """First and hidden layer linear: q = gain q_0; h = fan_out Var[W] of the layer above."""
    initializer = {"first": {"name": "lecun_normal", "gain": 3.0}, "hidden": "he_normal"}
    settings = config(model={"activation": "linear", "initializer": initializer})
    inputs, labels = examples()
    inputs[0] *= 0.1
    recorder = Recorder(settings, inputs, labels)
    recorder.record(0, network(activation="linear"))
    value = recorder.curves.last
    q0 = float((inputs**2).mean())
    assert value("activation_std_theory", 1) == pytest.approx(math.sqrt(3 * q0), rel=1e-6)
    assert value("activation_std_theory", 2) == pytest.approx(math.sqrt(6 * q0), rel=1e-6)
    gradients = [value("backprop_std_theory", layer) or math.nan for layer in (1, 2, 3)]
    assert gradients[0] / gradients[1] == pytest.approx(math.sqrt(6 * 2 / 8), rel=1e-6)
    assert gradients[1] / gradients[2] == pytest.approx(math.sqrt(9 / (3 * 6)), rel=1e-6)


def test_weights_without_a_mean_of_zero_have_no_theory() -> None:
    """Nor those of an identity, whose mean is within what so few random numbers may have."""
    net = network()
    settings = config(model={"initializer": {"name": "constant", "value": 0.1}})
    for weights in net.parameters.weights:
        weights.fill(0.1)
    curves = recorded(net, settings, update=0).curves
    assert not [name for name in curves.quantities if name.endswith("_theory")]
    for weights in net.parameters.weights:
        weights[...] = np.eye(*weights.shape)
    settings = config(model={"initializer": "identity"})
    curves = recorded(net, settings, update=0).curves
    assert not [name for name in curves.quantities if name.endswith("_theory")]


@pytest.mark.parametrize("name", ["orthogonal", "lsuv", "sparse"])
def test_dependent_weights_have_no_prediction_of_their_singular_values(name: str) -> None:
    """All those of a square orthogonal matrix are 1, where independent weights have mean 0.85."""
    settings = config(model={"initializer": {"first": "standard", "hidden": name}})
    curves = recorded(network(), settings, update=0).curves
    assert curves.layers("jacobian_singular_mean_theory") == [1]
    assert curves.layers("activation_std_theory") == [1, 2]


@pytest.mark.parametrize("mean", [0.0, 2.0])
def test_weights_of_no_known_formula_are_predicted_by_their_own_variance(mean: float) -> None:
    """If their mean is 0 to within its error: 2 is 20 standard errors of it for 96 weights."""
    net = network(activation="linear")
    drawn = np.random.default_rng(8).normal(0, 1, net.parameters.weights[0].shape)
    net.parameters.weights[0][...] = (drawn - drawn.mean()) + mean
    settings = config(model={"activation": "linear", "initializer": {"first": "lsuv"}})
    found = recorded(net, settings, update=0).curves.last("activation_std_theory", 1)
    if mean:
        assert found is None
    else:
        q0 = float((examples()[0] ** 2).mean())
        assert found == pytest.approx(math.sqrt(12 * drawn.var() * q0), rel=1e-6)


def test_jacobian_is_predicted_for_the_example_of_the_measurement() -> None:
    """The first one: a black image leaves all slopes 1, as a linear network has them."""
    inputs, labels = examples(20)
    inputs[0] = 0
    found = []
    for activation in ("tanh", "linear"):
        recorder = Recorder(config(model={"activation": activation}), inputs, labels)
        recorder.record(0, network(activation=activation))
        found.append(recorder.curves.last("jacobian_singular_mean_theory", 2))
    assert found[0] == pytest.approx(found[1], rel=1e-9)


@pytest.mark.parametrize("update", [0, 10])
def test_recording_changes_nothing(update: int) -> None:
    net, (inputs, labels) = network(dtype="float32"), examples()
    inputs = inputs.astype(np.float32)
    before = net.parameters.flat.tobytes(), inputs.tobytes(), labels.tobytes()
    Recorder(config(), inputs, labels).record(update, net)
    assert (net.parameters.flat.tobytes(), inputs.tobytes(), labels.tobytes()) == before


def test_same_network_is_recorded_alike_twice() -> None:
    net = network(dtype="float32")
    first, second = recorded(net, update=0), recorded(net, update=0)
    assert first.curves.to_csv() == second.curves.to_csv()


@pytest.mark.parametrize("sizes", [SIZES, (12, 9)])
def test_recorder_goes_on_from_its_state(sizes: tuple[int, ...]) -> None:
    net, (inputs, labels) = network(sizes), examples(30)
    settings = config(model={"hidden": list(sizes[1:-1])})
    straight = Recorder(settings, inputs, labels)
    straight.record(0, net)
    state = {name: array.copy() for name, array in straight.state().items()}
    straight.record(50, net)

    resumed = Recorder(settings, inputs, labels)
    resumed.record(70, net)  # what a killed run recorded after its checkpoint
    resumed.restore(state)
    resumed.record(50, net)
    assert resumed.curves.to_csv() == straight.curves.to_csv()
    for name, array in resumed.state().items():
        np.testing.assert_array_equal(array, straight.state()[name])


def test_state_before_the_first_record_can_be_restored() -> None:
    inputs, labels = examples(10)
    recorder = Recorder(config(), inputs, labels)
    recorder.restore(recorder.state())
    assert len(recorder.curves) == 0
    recorder.record(0, network())
    assert recorder.histograms()["updates"].tolist() == [0]


def test_network_without_hidden_layers_has_gradients_only() -> None:
    recorder = recorded(network((12, 9)), config(model={"hidden": []}), update=0)
    assert recorder.curves.layers("backprop_std") == [1]
    assert recorder.curves.layers("activation_std") == []
    assert recorder.histograms()["activation_counts"].shape == (1, 0, 20)


def test_fewer_than_ten_examples_are_one_batch() -> None:
    net, (inputs, labels) = network(), examples(7)
    logits = net.forward(inputs).logits
    expected = COSTS["negative_log_likelihood"].evaluate(logits, labels)[1].sum(axis=0)
    assert_statistics(recorded(net, count=7).curves, "backprop", 3, expected, 1e-13)


def test_examples_beyond_the_last_whole_batch_are_left_out() -> None:
    """A test set of 25 images, fewer than record.examples, once ended in a reshape error."""
    net, (inputs, labels) = network(), examples(25)
    ragged, whole = (Recorder(config(), inputs[:n], labels[:n]) for n in (25, 20))
    for recorder in (ragged, whole):
        recorder.record(0, net)
    assert ragged.curves.to_csv() == whole.curves.to_csv()


@pytest.mark.parametrize("bad", [math.nan, math.inf, 1e30, 3e38])
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_diverged_network_is_recorded_without_a_warning(activation: str, bad: float) -> None:
    net = network(activation=activation, dtype="float32")
    for weights in net.parameters.weights:
        weights[0, 0] = bad
    # Update 0 has all there is: theory and Jacobians too.
    histograms = recorded(net, count=20, update=0).histograms()
    for name, per_layer in (("activation", 20), ("backprop", 2)):
        counts = histograms[f"{name}_counts"].sum(axis=2)
        for kind in ("nonfinite", "underflow", "overflow"):
            counts = counts + histograms[f"{name}_{kind}"]
        widths = SIZES[1:-1] if name == "activation" else SIZES[1:]
        assert counts.tolist() == [[per_layer * width for width in widths]]


def test_network_of_zeros_is_seen_as_symmetric() -> None:
    net = network(gain=0.0, dtype="float32")
    for biases in net.parameters.biases:
        biases.fill(0)
    recorder = recorded(net, config(model={"initializer": "zeros"}), update=0)
    value = recorder.curves.last
    assert [value("units_identical", layer) for layer in (1, 2)] == [1, 1]
    state = NetworkState(
        activation_std=[value("activation_std", layer) or 0.0 for layer in (1, 2)],
        backprop_std=[value("backprop_std", layer) or 0.0 for layer in (1, 2)],
        saturated=[value("activation_saturated", layer) for layer in (1, 2)],
        symmetric=[value("units_identical", layer) == 1 for layer in (1, 2)],
        is_bounded=True,
        is_trained=False,
    )
    assert {verdict.reason for verdict in judge(state)} == {"units identical, cannot learn"}
    assert [recorded(network()).curves.last("units_identical", k) for k in (1, 2)] == [0, 0]


def test_units_are_compared_by_what_they_get_and_give() -> None:
    """Layer 1 with equal rows of W_1 and equal columns of W_2; layer 2 with neither."""
    net = network()
    first, second, _ = net.parameters.weights
    first[...] = first[0]
    second[...] = second[:, :1]
    value = recorded(net).curves.last
    assert [value("units_identical", layer) for layer in (1, 2)] == [1, 0]
