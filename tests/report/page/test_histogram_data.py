"""The viewer's histograms hold what the run directory's do, in fewer bins."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_up_runs import BINS, EVERY, MakeRun, std_of

from glorot_repro.measure.histograms import Histogram
from glorot_repro.report.page.curve_data import curve_data
from glorot_repro.report.page.histogram_data import (
    FULL,
    MOST_BINS,
    MOST_BYTES,
    TAIL,
    histogram_data,
    n_records_kept,
    rebin,
)
from glorot_repro.report.page.run_view import json_text
from glorot_repro.runs.reading import load_run


@given(
    st.lists(st.integers(0, 10_000), min_size=1, max_size=300).filter(any),
    st.integers(0, 50),
)
def test_no_value_is_lost_but_those_outside(counts: list[int], n_infinite: int) -> None:
    array = np.array(counts, np.int64)
    bins = rebin(Histogram(-1.0, 2.0, array, nonfinite=3, underflow=n_infinite))
    assert bins is not None
    assert len(bins.density) <= MOST_BINS
    inside = float(bins.density.sum() * bins.width)
    assert inside + bins.outside == pytest.approx(1)
    share_of_infinite = n_infinite / (array.sum() + n_infinite)
    assert -1e-12 <= bins.outside - share_of_infinite <= 2 * TAIL + 1e-12
    # Each bin is a whole number of the run's bins, so its mass is that of a slice of them.
    fine = 3 / len(counts)
    first, group = round((bins.low + 1) / fine), round(bins.width / fine)
    for k, density in enumerate(bins.density):
        mass = array[first + k * group : first + (k + 1) * group].sum()
        assert density * bins.width == pytest.approx(mass / (array.sum() + n_infinite))


def test_a_far_outlier_does_not_take_the_bins() -> None:
    counts = np.zeros(1000, np.int64)
    counts[100:140] = 1000
    counts[-1] = 1
    bins = rebin(Histogram(0.0, 1000.0, counts))
    assert bins is not None
    assert (bins.low, len(bins.density)) == (100.0, 40)
    assert bins.outside == pytest.approx(1 / 40_001)


@pytest.mark.parametrize(("low", "high"), [(np.nan, np.nan), (1.0, 1.0)])
def test_nothing_finite_is_nothing_to_draw(low: float, high: float) -> None:
    assert rebin(Histogram(low, high, np.zeros(10, np.int64))) is None


def test_few_values_get_few_bins() -> None:
    counts = np.zeros(1000, np.int64)
    counts[:64] = 1
    bins = rebin(Histogram(0.0, 1.0, counts))
    assert bins is not None
    assert len(bins.density) == 8  # 2 n^(1/3)


def test_the_data_of_a_run_are_its_densities(make_run: MakeRun) -> None:
    data = histogram_data(load_run(make_run().path), n_runs=1)
    assert data is not None
    assert data["updates"] == [0, EVERY, 2 * EVERY, 3 * EVERY, 4 * EVERY]
    quantity = data["quantities"]["backprop"]
    assert quantity["layers"] == [1, 2, 3, 4]
    low, width, highest, outside, mean, std, bins = quantity["histograms"][3][1]
    expected = std_of("backprop", 2, 3)
    assert std == pytest.approx(expected, rel=1e-3)
    assert mean == 0
    assert max(bins) == FULL
    # The density of a normal distribution at 0.
    assert highest == pytest.approx(1 / (expected * np.sqrt(2 * np.pi)), rel=0.01)
    centers = low + width * (np.arange(len(bins)) + 0.5)
    density = highest / FULL * np.array(bins)
    spread = np.sqrt((density * centers**2).sum() / density.sum())
    assert spread == pytest.approx(expected, rel=0.03)  # both tails of 0.1 % are left out
    assert 0 < outside <= 2 * TAIL


def test_many_runs_share_the_room(make_run: MakeRun) -> None:
    record = load_run(make_run(n_records=200).path)
    alone, shared = (histogram_data(record, n_runs=n) for n in (1, 100))
    assert alone is not None
    assert shared is not None
    assert len(alone["updates"]) == 200
    assert shared["n_records"] == 200
    assert shared["updates"][-1] == 199 * EVERY
    assert 100 * len(json_text(shared)) < MOST_BYTES
    assert n_records_kept(200, 11, n_runs=10**9) == 2
    curves = curve_data(record.curves, n_runs=10_000)["activation_std"]
    assert (len(curves["updates"]), curves["n_updates"]) == (20, 200)
    assert curves["updates"][-1] == 199 * EVERY


def test_curves_are_those_of_the_run(make_run: MakeRun) -> None:
    data = curve_data(load_run(make_run().path).curves, n_runs=1)
    assert data["activation_std"]["layers"] == [1, 2, 3]
    values = data["activation_std"]["values"]
    assert values[2][4] == pytest.approx(std_of("activation", 3, 4), rel=1e-3)
    assert data["test_error"] == {
        "layers": [0],
        "updates": [0, 100, 200, 300, 400],
        "n_updates": 5,
        "values": [[80, 79, 78, 77, 76]],
    }
    assert BINS > MOST_BINS  # or the test of densities would not rebin
