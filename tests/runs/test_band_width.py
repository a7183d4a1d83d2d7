"""The width of bands: levels, Student's quantiles, and what half of the values may change by."""

import math

import numpy as np
import pytest
from scipy import stats

from glorot_repro.runs.band_width import exponential, half_width, level_of, median_factors
from glorot_repro.runs.baseline import Baseline, Key, bands_of


def test_the_levels_of_all_values_add_up_to_a_tenth_of_the_rate() -> None:
    assert 250 * level_of(1e-4, 250) == pytest.approx(1e-5)
    assert level_of(1e-2, 0) == pytest.approx(1e-3)


@pytest.mark.parametrize("level", [1e-7, 1e-15])
@pytest.mark.parametrize(("n_pinned", "n_new"), [(2, 1), (30, 1), (30, 5)])
def test_a_band_leaves_its_level_to_the_tails_of_students_t(
    n_pinned: int, n_new: int, level: float
) -> None:
    t = half_width(level, n_pinned, n_new) / math.sqrt(1 / n_new + 1 / n_pinned)
    # The quantile is found to 1e-8; its tail goes as t^-degrees at most.
    assert 2 * stats.t.sf(t, n_pinned - 1) == pytest.approx(level, rel=1e-6)


def test_half_of_the_values_may_differ_by_more_than_the_median_factor() -> None:
    generator = np.random.default_rng(0)
    spreads = (0.01, 0.02, 0.05)
    keys: list[Key] = [(0, layer, "activation_std") for layer in range(1, 4)]
    tables = [
        {key: math.exp(s * generator.normal()) for key, s in zip(keys, spreads, strict=True)}
        | {(0, 1, "activation_bits"): 32.0}  # the same for all seeds: its band has no width
        for _ in range(30)
    ]
    bands = bands_of(tables)
    two = median_factors([Baseline(bands), Baseline(bands)])
    logarithms = [math.log(table[0, 2, "activation_std"]) for table in tables]
    bound = half_width(level_of(1e-4, 8), 30) * float(np.std(logarithms, ddof=1))
    assert two == [pytest.approx(math.exp(bound))] * 2


def test_values_that_are_not_compared_as_logarithms_have_no_factor() -> None:
    kurtosis: list[dict[Key, float]] = [{(0, 1, "activation_kurtosis"): k} for k in (2.9, 3.0, 3.2)]
    assert median_factors([Baseline(bands_of(kurtosis))]) == [None]


def test_bands_of_two_seeds_may_reach_beyond_all_numbers() -> None:
    """Student's t of one degree is 10,000 and more: its exponential is no float64."""
    assert exponential(710.0) == exponential(math.inf) == math.inf
    assert exponential(-1e5) == 0
    assert exponential(1.0) == pytest.approx(math.e)
    assert math.isnan(exponential(math.nan))


def test_one_seed_has_no_bands() -> None:
    assert median_factors([Baseline(bands_of([{(0, 1, "activation_std"): 1.0}]))]) == [None]
