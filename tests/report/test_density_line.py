"""A histogram as the line of its density."""

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from glorot_repro.measure.histograms import summarize
from glorot_repro.report.density_line import MOST_BINS, THINNEST, density_line


@settings(max_examples=40)
@example(values=[0.0, 5e-324], bins=2, n_bad=0)
@example(values=[0.0, 1e-306], bins=300, n_bad=1)
@given(
    values=st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=60),
    bins=st.integers(1, 300),
    n_bad=st.integers(0, 3),
)
def test_the_area_is_the_share_of_finite_values(values: list[float], bins: int, n_bad: int) -> None:
    array = np.array(values + [np.nan] * n_bad)
    line = density_line(summarize(array, bins).histogram)
    if len(set(values)) == 1 or (max(values) - min(values)) / bins < THINNEST:
        assert len(line.x) == 0 or bins == 1
        return
    # Bins lie side by side: the middles of neighbors are one width apart but for the last.
    low, high = min(values), max(values)
    edges = [low]
    for middle in line.x:
        edges.append(2 * middle - edges[-1])
    assert edges[-1] == pytest.approx(high, abs=1e-6 * (high - low) + 1e-9)
    assert np.sum(line.density * np.diff(edges)) == pytest.approx(
        len(values) / len(array), rel=1e-4
    )
    assert low <= line.shown[0] <= line.shown[1] <= high


def test_normal_values_give_the_normal_density() -> None:
    values = np.random.default_rng(0).standard_normal(200_000)
    line = density_line(summarize(values, 1000).histogram)
    assert 30 < len(line.x) < 2 * MOST_BINS
    # A bin of 1/8 standard deviation at the peak holds 10,000 values: 1 %, five times that.
    assert line.density == pytest.approx(norm.pdf(line.x), abs=0.05 * norm.pdf(0))
    assert line.shown == pytest.approx(tuple(norm.ppf([0.001, 0.999])), abs=0.1)


def test_equal_values_are_a_point_and_empty_bins_stay_empty() -> None:
    assert density_line(summarize(np.full(9, 0.25), 50).histogram).shown == (0.25, 0.25)
    for bins in (50, 1):  # one bin without a finite value was a traceback
        nothing = density_line(summarize(np.full(9, np.nan), bins).histogram)
        assert np.isnan(nothing.shown).all()
    line = density_line(summarize(np.repeat([0.0, 1.0], 1000), 50).histogram)
    assert np.count_nonzero(line.density) == 2
