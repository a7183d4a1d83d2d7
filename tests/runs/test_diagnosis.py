"""The likely cause in words, for faults that are really made."""

import dataclasses
import math
from collections.abc import Callable
from functools import partial

import numpy as np
import pytest

from glorot_repro.config.experiment import parse_experiment
from glorot_repro.config.schema import RunConfig
from glorot_repro.measure import recorder
from glorot_repro.measure.curve_rows import curve_rows
from glorot_repro.measure.curves import Curves
from glorot_repro.nn import activations, costs, initializer_independent, scheme
from glorot_repro.nn.initializer_structured import Zeros
from glorot_repro.nn.initializers import Initializer, Normalized, Standard
from glorot_repro.nn.network import Network
from glorot_repro.runs import beginning, execution
from glorot_repro.runs.baseline import Baseline, bands_of, pin_curves
from glorot_repro.runs.pinning import measured
from glorot_repro.runs.result import curves_result, exact_result

Patch = Callable[[pytest.MonkeyPatch], None]

CONFIG = """\
name: tiny
dataset: {name: shapeset, validation_size: 100, test_size: 100}
model: {hidden: [60, 50, 40, 30], activation: softsign, initializer: normalized}
training: {updates: 20, learning_rate: 0.1}
evaluation: {every: 0}
record: {every: 10, examples: 100, bins: 50}
"""


def _bound_of_five(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(
        Normalized, "bound", lambda self, fan_in, fan_out: math.sqrt(5 / (fan_in + fan_out))
    )


def _variance_times(factor: float, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(
        Normalized, "unit_variance", lambda self, fan_in, fan_out: 2 * factor / (fan_in + fan_out)
    )


def _biases_of(size: float, patch: pytest.MonkeyPatch) -> None:
    given = execution.initial_network

    def changed(config: RunConfig) -> Network:
        network = given(config)
        for biases in network.parameters.biases:
            biases[:] = size
        return network

    patch.setattr(execution, "initial_network", changed)


def _wrong_fan(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Normalized, "unit_variance", lambda self, fan_in, fan_out: 1 / fan_out)


def _layer_drawn_by(layer: int, initializer: Initializer, patch: pytest.MonkeyPatch) -> None:
    of_layer = scheme.NetworkInitializer.of_layer

    def changed(self: scheme.NetworkInitializer, number: int, depth: int) -> Initializer:
        return initializer if number == layer else of_layer(self, number, depth)

    patch.setattr(scheme.NetworkInitializer, "of_layer", changed)


def _slope_not_squared(patch: pytest.MonkeyPatch) -> None:
    def wrong(s: np.ndarray, z: np.ndarray, out: np.ndarray) -> None:
        np.subtract(1, np.abs(z), out=out)

    softsign = activations.ACTIVATIONS["softsign"]
    changed = activations.Activation("softsign", softsign.write, wrong, softsign.asymptotes)
    patch.setattr(beginning, "activation_named", lambda name: changed)


def _one_sided_percentile(patch: pytest.MonkeyPatch) -> None:
    patch.setitem(recorder.STATISTICS, "p1", lambda summary: summary.percentile(2))


def _std_of_a_sample(patch: pytest.MonkeyPatch) -> None:
    patch.setitem(recorder.STATISTICS, "std", lambda summary: 1.01 * summary.std)


def _output_normalized(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(initializer_independent.Standard, "unit_variance", lambda self, a, b: 2 / (a + b))


def _double_cost(patch: pytest.MonkeyPatch) -> None:
    name = "negative_log_likelihood"
    given = costs.COSTS[name]

    def evaluate(logits: np.ndarray, labels: np.ndarray) -> tuple[float, np.ndarray]:
        value, delta = given.evaluate(logits, labels)
        return 2 * value, 2 * delta

    patch.setitem(costs.COSTS, name, dataclasses.replace(given, evaluate=evaluate))


FAULTS: dict[str, tuple[Patch, str]] = {
    "bound": (_bound_of_five, "gain: every layer"),
    "biases": (
        partial(_biases_of, 0.01),
        "biases or inputs: means of activations moved by up to 0.",
    ),
    "small biases": (
        partial(_biases_of, 3e-4),
        "biases or inputs: means of activations moved by up to 0.00",
    ),
    "gain 1.1": (partial(_variance_times, 1.1), "gain: every layer"),
    "gain 1.04": (partial(_variance_times, 1.04), "gain: every layer"),
    "gain 1.004": (partial(_variance_times, 1.004), "gain: every layer"),
    "gain of a layer": (partial(_layer_drawn_by, 2, Normalized(gain=1.02)), "layer 2 only"),
    "zeros": (partial(_layer_drawn_by, 3, Zeros()), "the values of layer 3 are all equal"),
    "fan": (_wrong_fan, "wrong fan"),
    "layer": (partial(_layer_drawn_by, 3, Standard()), "layer 3 only"),
    "slope": (_slope_not_squared, "the derivative of the activation"),
    "percentile": (_one_sided_percentile, "how a statistic is computed (p1)"),
    "std": (_std_of_a_sample, "how a statistic is computed (std)"),
    "output": (_output_normalized, "the weights of the output layer"),
    "cost": (_double_cost, "batch averaging (sum or mean), or the cost (factor 2)"),
}


def run_config(*overrides: str) -> RunConfig:
    return parse_experiment(CONFIG, overrides).runs[0]


@pytest.fixture(scope="module")
def pinned() -> Baseline:
    return Baseline(bands_of([measured(run_config())]), (0,))


@pytest.mark.parametrize("fault", FAULTS)
def test_faults_are_named(fault: str, pinned: Baseline, monkeypatch: pytest.MonkeyPatch) -> None:
    patch, cause = FAULTS[fault]
    patch(monkeypatch)
    result = exact_result("tiny", measured(run_config()), pinned)
    assert result.cause is not None
    assert cause in result.cause


@pytest.mark.parametrize(
    ("override", "update", "cause"),
    [
        ("training.dtype=float64", 0, "dtype: float64 found where the baseline has float32"),
        ("training.learning_rate=0.102", 10, "training: the start agrees"),
        ("seeds=[1]", 0, "other random numbers"),
        ("record.every=20", 10, "training ended before update 10: it diverged, or records changed"),
    ],
)
def test_settings_that_change_unseen_are_named(
    override: str, update: int, cause: str, pinned: Baseline
) -> None:
    result = exact_result("tiny", measured(run_config(override)), pinned)
    assert result.comparison.deviations[0].update == update
    assert result.cause is not None
    assert cause in result.cause


def test_an_equal_run_has_no_cause(pinned: Baseline) -> None:
    result = exact_result("tiny", measured(run_config()), pinned)
    assert result.has_passed
    assert (result.cause, result.summary) == (None, "")


def of_arrays(
    seed: int, *, spoil: Callable[[list[np.ndarray]], object] = lambda layers: None
) -> Curves:
    layers = list(np.random.default_rng(seed).normal(0, 0.5, (3, 40, 30)))
    spoil(layers)
    return Curves(curve_rows(0, "activation", layers))


@pytest.mark.parametrize("mode", ["exact", "statistical"])
def test_nan_that_was_left_out_of_the_statistics_is_named(mode: str) -> None:
    def spoil(layers: list[np.ndarray]) -> None:
        layers[1][:2] = np.nan

    pinned = pin_curves([of_arrays(seed) for seed in range(12)])
    result = curves_result([of_arrays(0, spoil=spoil)], pinned, "mine", mode, 1e-4)
    assert result.cause is not None
    assert result.cause.startswith("NaN or infinity in the network: 60 values of layer 2")


@pytest.mark.parametrize("mode", ["exact", "statistical"])
def test_a_layer_without_spread_is_named_and_its_deviation_is_0(mode: str) -> None:
    def spoil(layers: list[np.ndarray]) -> None:
        layers[2][:] = 0

    pinned = pin_curves([of_arrays(seed) for seed in range(12)])
    result = curves_result([of_arrays(0, spoil=spoil)], pinned, "mine", mode, 1e-4)
    assert result.cause is not None
    assert result.cause.startswith("the values of layer 3 are all equal")
    (std,) = [one for one in result.comparison.deviations if one.quantity == "activation_std"]
    assert std.value == 0
    assert math.isfinite(std.excess)


def test_a_number_size_that_is_none_is_nan_in_the_network() -> None:
    """It was "dtype: floatnan found where the baseline has float64"."""
    rows = [(update, layer, quantity, math.nan) for update, layer, quantity, _ in of_arrays(0)]
    pinned = pin_curves([of_arrays(0)])
    result = curves_result([Curves(rows)], pinned, "mine", None, 1e-4)
    assert result.cause is not None
    assert result.cause.startswith("NaN or infinity in the network")


def test_layers_that_are_gone_are_named() -> None:
    """It read that the quantities were no longer measured, which they were in the other layers."""
    pinned = pin_curves([of_arrays(0)])
    fewer = Curves([row for row in of_arrays(0) if row[1] < 3])
    cause = curves_result([fewer], pinned, "mine", None, 1e-4).cause
    assert cause is not None
    assert cause.startswith("nothing is measured in layer 3: the network has fewer layers")
    other = Curves([row for row in of_arrays(0) if row[2] != "activation_p50"])
    assert curves_result([other], pinned, "mine", None, 1e-4).cause == (
        "no longer measured: activation_p50"
    )


@pytest.mark.parametrize(("first", "cause"), [(2, "layer 5 only"), (0, "layer 4 only")])
def test_layers_are_named_by_their_numbers(first: int, cause: str) -> None:
    """Curves of another program may begin at layer 4; the cause counted from 1."""

    def of_layers(factor: float) -> Curves:
        layers = np.random.default_rng(0).normal(0, 0.5, (3, 40, 30))
        layers[first // 2 :] *= factor
        return Curves(curve_rows(0, "activation", layers, first_layer=4))

    result = curves_result([of_layers(1.5)], pin_curves([of_layers(1.0)]), "mine", None, 1e-4)
    assert result.cause == f"{cause}: its initializer or activation, factor 1.5"


def test_small_factors_over_seeds_are_not_told_as_other_random_numbers() -> None:
    """Which other seeds always are: three layers of 1.08 each were "other random numbers"."""

    def stds(seed: int, factor: float = 1.0) -> Curves:
        spread = np.random.default_rng(seed).normal(0, 0.01, 3)
        sizes = 0.5 * factor ** np.arange(1, 4) * np.exp(spread)
        return Curves((0, layer, "activation_std", size) for layer, size in enumerate(sizes, 1))

    pinned = pin_curves([stds(seed) for seed in range(30)])
    cause = curves_result([stds(30, 1.08)], pinned, "mine", None, 1e-4).cause
    assert cause is not None
    assert cause.startswith("initializer, activation or inputs: no layer alone changed by more")
    assert cause.count("1.0") == 3
