"""The two comparisons: what they let pass, what they find, and how often they find nothing."""

import math

import numpy as np
import pytest

from glorot_repro.runs.band_width import half_width
from glorot_repro.runs.baseline import Band, Key, bands_of, statistical_keys
from glorot_repro.runs.deviations import (
    Reading,
    compare_exactly,
    compare_statistically,
    exact_tolerance,
)

PIN: dict[Key, float] = {
    (0, 1, "activation_mean"): 0.001,
    (0, 1, "activation_std"): 0.5,
    (0, 1, "activation_p98"): 0.9,
    (0, 1, "activation_saturated"): 0.02,
    (0, 1, "activation_bits"): 32.0,
    (0, 1, "backprop_mean"): 1e-6,
    (0, 1, "backprop_std"): 0.01,
    (0, 0, "validation_cost"): 2.0,
    (0, 0, "validation_error"): 80.0,
}
TOLERANCES: dict[Key, float] = {
    # A mean near zero is compared in units of the standard deviation.
    (0, 1, "activation_mean"): 0.5 * 1e-4,
    (0, 1, "activation_std"): 0.5 * 1e-4,
    (0, 1, "activation_p98"): 0.9 * 1e-3,
    (0, 1, "activation_saturated"): 1e-3,
    (0, 1, "backprop_mean"): 0.01 * 1e-3,
    (0, 1, "backprop_std"): 0.01 * 1e-3,
    (0, 0, "validation_cost"): 2.0 * 1e-4,
    (0, 0, "validation_error"): 1.0,
}


@pytest.mark.parametrize("key", TOLERANCES)
def test_exact_comparison_ends_at_the_tolerance(key: Key) -> None:
    for factor, n_deviations in ((0.99, 0), (1.01, 1)):
        table = PIN | {key: PIN[key] + factor * TOLERANCES[key]}
        deviations = compare_exactly(table, bands_of([PIN])).deviations
        assert len(deviations) == n_deviations
        if deviations:
            assert deviations[0].quantity == key[2]
            assert deviations[0].excess == pytest.approx(1.01)


@pytest.mark.parametrize("value", [64.0, math.nan, math.inf, -math.inf])
def test_other_bits_and_lost_numbers_deviate(value: float) -> None:
    key = (0, 1, "activation_bits")
    (deviation,) = compare_exactly(PIN | {key: value}, bands_of([PIN])).deviations
    assert deviation.excess == math.inf


@pytest.mark.parametrize("quantity", ["training_cost", "validation_cost", "test_cost"])
def test_costs_are_compared_as_closely_as_activations(quantity: str) -> None:
    key = (40, 0, quantity)
    assert exact_tolerance(key, {key: 2.0}) == pytest.approx(2e-4)


@pytest.mark.parametrize("quantity", ["activation_nonfinite", "backprop_bits", "units_identical"])
def test_counts_are_compared_exactly(quantity: str) -> None:
    key = (40, 1, quantity)
    assert exact_tolerance(key, {key: 1000.0}) == 0


def test_a_distance_is_in_units_of_what_is_allowed_on_its_side() -> None:
    low, high = (Reading(0, 1, "a_std", value, 1.0, 0.6, 3.0) for value in (0.5, 4.0))
    assert (low.allowed, high.allowed) == (pytest.approx(0.4), 2)
    assert (low.excess, high.excess) == (pytest.approx(1.25), 1.5)
    assert (low.ratio, high.ratio) == (0.5, 4)
    assert Reading(0, 1, "a_std", 1.0, 0.0, 0.0, 0.0).ratio is None
    assert Reading(0, 1, "a_std", None, 1.0, 0.6, 3.0).ratio is None


def test_a_missing_value_deviates_and_a_new_one_does_not() -> None:
    less = {key: value for key, value in PIN.items() if key[2] != "backprop_std"}
    more = {**PIN, (0, 1, "activation_kurtosis"): 3.0}
    assert [one.value for one in compare_exactly(less, bands_of([PIN])).deviations] == [None]
    assert not compare_exactly(more, bands_of([PIN])).deviations


def test_nan_is_expected_of_nan_only() -> None:
    pin = {(0, 1, "activation_p1"): math.nan}
    assert not compare_exactly(dict(pin), bands_of([pin])).deviations
    assert compare_exactly({(0, 1, "activation_p1"): 0.1}, bands_of([pin])).deviations


def test_deviations_come_in_the_order_of_training() -> None:
    pin = {(300, 1, "a_std"): 1.0, (0, 2, "a_std"): 1.0, (0, 1, "a_std"): 1.0}
    found = compare_exactly(dict.fromkeys(pin, 2.0), bands_of([pin])).deviations
    assert [(one.update, one.layer) for one in found] == [(0, 1), (0, 2), (300, 1)]


def test_the_whole_network_comes_after_its_layers() -> None:
    """What deviates first is looked at first: a layer says more than the error of all."""
    pin = {(0, 0, "training_cost"): 1.0, (0, 1, "a_std"): 1.0, (5, 0, "training_cost"): 1.0}
    found = compare_exactly(dict.fromkeys(pin, 2.0), bands_of([pin])).deviations
    assert [(one.update, one.layer) for one in found] == [(0, 1), (0, 0), (5, 0)]


def test_false_alarms_of_a_whole_check_are_as_rare_as_stated() -> None:
    """4000 checks of 20 normal values against 6 seeds, at a rate of 5 %.

    For independent values the probability of an alarm is 1 - (1 - 0.05 / 20)^20 = 4.9 %: both a
    band that is too narrow and one that is too wide fall out of 4 standard errors of 0.34 %.
    """
    rate, n_checks, n_values, n_seeds, n_new = 0.05, 4000, 20, 6, 2
    generator = np.random.default_rng(0)
    keys = [(0, layer, "q") for layer in range(1, n_values + 1)]
    n_alarms = 0
    for _ in range(n_checks):
        draws = generator.normal(0, 1, (n_seeds + n_new, n_values))
        old, new = draws[:n_seeds], draws[n_seeds:]
        # The mean is 0, as far as the exact tolerance, which comes on top, is concerned.
        means, spreads = old.mean(axis=0), old.std(axis=0, ddof=1)
        bands = {
            key: Band(0.0, 0.0, 0.0, float(mean), float(spread), n_seeds)
            for key, mean, spread in zip(keys, means, spreads, strict=True)
        }
        tables = [dict(zip(keys, row.tolist(), strict=True)) for row in new]
        n_alarms += bool(compare_statistically(tables, bands, level=rate / n_values).deviations)
    standard_error = math.sqrt(0.049 * 0.951 / n_checks)
    assert abs(n_alarms / n_checks - 0.049) < 4 * standard_error


def test_a_shift_beyond_the_band_is_found_and_more_seeds_narrow_it() -> None:
    key = (0, 1, "activation_kurtosis")
    bands = {key: Band(1.0, 1.0, 0.01, 1.0, 0.01, 20)}
    # t of 19 degrees at 1e-6 is 7.06: bands of 7.2 spreads with one seed, 3.5 with five.
    for n_new, shift, is_found in ((1, 0.068, False), (1, 0.080, True), (5, 0.045, True)):
        tables = [{key: 1 + shift}] * n_new
        found = compare_statistically(tables, bands, level=1e-6).deviations
        assert bool(found) is is_found


def test_bands_of_a_standard_deviation_are_those_of_its_logarithm() -> None:
    """Values 1, e and 1/e have mean 0 and spread 1 as logarithms."""
    key = (0, 1, "activation_std")
    bands = bands_of([{key: math.exp(number)} for number in (0.0, 1.0, -1.0)])
    bound = half_width(0.1, 3)
    # The tolerance of the exact comparison, 1e-4, comes on top.
    ends = pytest.approx((math.exp(-bound), math.exp(bound)), rel=2e-4)
    for sign in (-1, 1):
        for factor, is_within in ((0.99, True), (1.01, False)):
            table = {key: math.exp(sign * factor * bound)}
            (reading,) = compare_statistically([table], bands, level=0.1).readings
            assert reading.is_within is is_within
            assert reading.expected == pytest.approx(1)
            assert reading.value == pytest.approx(table[key])
            assert (reading.low, reading.high) == ends
    (missing,) = compare_statistically([{}], bands, level=0.1).readings
    assert (missing.value, missing.allowed) == (None, None)
    assert (missing.low, missing.high) == ends


@pytest.mark.parametrize("value", [1e-3, 50.0])
def test_a_value_that_is_the_same_for_all_seeds_may_round(value: float) -> None:
    """By the tolerance of the exact comparison, 1e-4 of it, whatever its size."""
    key = (0, 1, "activation_std")
    bands = bands_of([{key: value}] * 3)
    for factor, is_within in ((1 + 0.99e-4, True), (1 - 0.99e-4, True), (1 + 1.01e-4, False)):
        (reading,) = compare_statistically([{key: factor * value}], bands, level=0.1).readings
        assert reading.is_within is is_within


def test_a_value_that_is_a_number_for_some_seeds_only_has_no_band() -> None:
    """A layer that is dead for a third of the seeds will be so for a third of the next ones."""
    dead, alive = (0, 1, "activation_std"), (0, 2, "activation_std")
    tables = [{dead: 0.0 if seed % 3 == 0 else 1.0, alive: 1.0 + seed} for seed in range(30)]
    assert statistical_keys(bands_of(tables)) == [alive]


@pytest.mark.parametrize("n_new", [1, 3])
def test_what_is_zero_for_all_seeds_stays_zero(n_new: int) -> None:
    """Zero has no logarithm, and no spread that could be exceeded by chance."""
    dead, alive = (0, 1, "activation_std"), (0, 2, "activation_std")
    bands = bands_of([{dead: 0.0, alive: value} for value in (0.9, 1.0, 1.1)])
    tables: list[dict[Key, float]] = [{dead: 0.0, alive: 1.0} for _ in range(n_new)]
    assert len(compare_statistically(tables, bands, level=1e-6).readings) == 2
    assert not compare_statistically(tables, bands, level=1e-6).deviations
    for value in (1e-30, 0.5, math.nan):
        tables[0][dead] = value
        (found,) = compare_statistically(tables, bands, level=1e-6).deviations
        assert (found.layer, found.expected, found.excess) == (1, 0.0, math.inf)
    del tables[0][dead]
    (missing,) = compare_statistically(tables, bands, level=1e-6).deviations
    assert missing.value is None


def test_no_number_of_seeds_lets_a_layer_die_or_a_cost_become_infinite() -> None:
    """The bands of two seeds reach beyond all numbers, and yet not to 0 and infinity."""
    std, cost = (0, 1, "activation_std"), (0, 0, "validation_cost")
    bands = bands_of([{std: 1.0, cost: 2.0}, {std: 1.4, cost: 2.8}])
    found = compare_statistically([{std: 0.0, cost: math.inf}], bands, level=1e-8).deviations
    assert [one.excess for one in found] == [math.inf, math.inf]
    assert not compare_statistically([{std: 1e-9, cost: 1e9}], bands, level=1e-8).deviations


def test_a_value_that_one_of_several_seeds_lacks_is_missing() -> None:
    key = (0, 1, "activation_std")
    bands = bands_of([{key: 0.9}, {key: 1.1}])
    (reading,) = compare_statistically([{key: 1.0}, {}], bands, level=0.1).readings
    assert reading.value is None


def test_values_with_heavy_tails_and_single_seeds_have_no_band() -> None:
    tables = [PIN, {key: 1.01 * value for key, value in PIN.items()}]
    names = {key[2] for key in statistical_keys(bands_of(tables))}
    assert names == {"activation_std", "activation_bits", "backprop_std", "validation_cost"}
    assert statistical_keys(bands_of([PIN])) == []
