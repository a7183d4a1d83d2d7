"""One-pass summaries against numpy's own and exact arithmetic, and on hostile values."""

import math
import statistics

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray

from glorot_repro.measure.histograms import CELLS, Summary, summarize

Array = NDArray[np.floating]
PERCENTS = (0, 1, 2, 50, 98, 99, 100)


def cell_of(summary: Summary) -> float:
    return (summary.highest - summary.lowest) / CELLS


def assert_counts_between_edges(summary: Summary, finite: Array) -> None:
    """Every cumulative count is right for its edge moved by rounding one way or the other."""
    histogram = summary.histogram
    edges = np.linspace(histogram.low, histogram.high, len(histogram.counts) + 1)[1:-1]
    rounding = 4e-16 * max(abs(histogram.low), abs(histogram.high), histogram.high - histogram.low)
    values = np.sort(finite.astype(np.float64))
    cumulative = np.cumsum(histogram.counts)
    assert cumulative[-1] == len(values)
    assert (cumulative[:-1] >= np.searchsorted(values, edges - rounding, side="left")).all()
    assert (cumulative[:-1] <= np.searchsorted(values, edges + rounding, side="right")).all()


def activations(shape: tuple[int, ...] = (300, 1000)) -> NDArray[np.float32]:
    return np.tanh(np.random.default_rng(0).normal(size=shape)).astype(np.float32)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_summary_of_a_layer_is_numpys(dtype: str) -> None:
    values = activations().astype(dtype)
    summary = summarize(values)
    wide = values.astype(np.float64)
    assert summary.n_values == values.size
    assert summary.mean == pytest.approx(wide.mean(), abs=1e-15)
    assert summary.std == pytest.approx(wide.std(), rel=1e-13)
    assert (summary.lowest, summary.highest) == (wide.min(), wide.max())
    np.testing.assert_array_equal(summary.histogram.counts, np.histogram(wide, 1000)[0])
    for percent in PERCENTS:
        exact = float(np.percentile(wide, percent))
        assert summary.percentile(percent) == pytest.approx(exact, abs=cell_of(summary))


@pytest.mark.parametrize("bins", [1, 7, 1000, 3000, 50_000])
def test_percentiles_are_fine_whatever_the_bins(bins: int) -> None:
    values = activations((100, 100))
    summary = summarize(values, bins)
    assert len(summary.histogram.counts) == bins
    assert_counts_between_edges(summary, values.ravel())
    for percent in PERCENTS:
        exact = float(np.percentile(values, percent))
        assert summary.percentile(percent) == pytest.approx(exact, abs=cell_of(summary))


@settings(max_examples=150)
@given(
    values=hnp.arrays(
        st.sampled_from(["float32", "float64"]),
        hnp.array_shapes(max_dims=3, max_side=6),
        elements=st.one_of(
            st.floats(width=32, allow_subnormal=True),
            st.sampled_from([0.0, 0.5, 1.0, 1e-30, 1e30]),
        ),
    ),
    bins=st.integers(1, 30),
)
def test_any_array_is_summarized_as_by_exact_arithmetic(values: Array, bins: int) -> None:
    summary = summarize(values, bins)
    finite = values[np.isfinite(values)].astype(np.float64)
    histogram = summary.histogram
    assert histogram.nonfinite == np.isnan(values).sum()
    assert histogram.underflow == (values == -np.inf).sum()
    assert histogram.overflow == (values == np.inf).sum()
    assert summary.n_values == finite.size == histogram.counts.sum()
    assert histogram.n_values == values.size
    if not finite.size:
        assert math.isnan(summary.mean)
        assert math.isnan(summary.std)
        assert math.isnan(summary.percentile(50))
        return
    assert histogram.low < histogram.high
    assert_counts_between_edges(summary, finite)
    largest = float(np.abs(finite).max())
    extent = float(finite.max() - finite.min())
    assert summary.mean == pytest.approx(statistics.fmean(finite), abs=1e-15 * largest)
    # A variance below n x 2^-52 of the squared range is rounding.
    assert summary.std == pytest.approx(statistics.pstdev(finite.tolist()), rel=1e-12, abs=5e-324)
    for percent in PERCENTS:
        exact = float(np.percentile(finite, percent))
        tolerance = extent / CELLS + 1e-15 * largest
        assert summary.percentile(percent) == pytest.approx(exact, abs=tolerance)


def test_saturated_sigmoid_keeps_its_std() -> None:
    """Units at 1 - 1e-6: float32 sums of squares would give 0 or worse."""
    generator = np.random.default_rng(1)
    values = (1 - 1e-6 * generator.random((300, 1000))).astype(np.float32)
    exact = values.astype(np.float64)
    summary = summarize(values)
    assert summary.std == pytest.approx(exact.std(), rel=1e-10, abs=0)
    assert summary.mean == pytest.approx(exact.mean(), rel=1e-15)


def test_one_outlier_is_the_worst_case_of_the_variance_and_within_its_bound() -> None:
    values = np.full(300_000, 1.0)
    values[0] = -3e10
    exact = abs(values[0] - 1) * math.sqrt(299_999) / 300_000
    assert summarize(values).std == pytest.approx(exact, rel=300_000 * 2**-52)


def test_dead_and_saturated_percentiles_are_exact() -> None:
    values = np.maximum(np.random.default_rng(2).normal(size=10_000), 0).astype(np.float32)
    summary = summarize(np.minimum(values, np.float32(2)))
    assert [summary.percentile(percent) for percent in (1, 2, 49)] == [0, 0, 0]
    assert summary.percentile(99) == 2
    assert 0 < summary.percentile(55) < 0.2


def test_outlier_costs_percentiles_one_cell_of_the_whole_range() -> None:
    values = np.append(np.linspace(-1, 1, 10_000), 1e4)
    summary = summarize(values)
    assert cell_of(summary) == pytest.approx(0.625, rel=1e-3)
    assert summary.percentile(50) == pytest.approx(0, abs=cell_of(summary))


@pytest.mark.parametrize("value", [0.0, -0.25, 1.0, 1e-40, -1e30, 1.7e308])
def test_constant_layer_is_one_bin(value: float) -> None:
    summary = summarize(np.full((3, 4), value))
    histogram = summary.histogram
    assert (summary.mean, summary.std, summary.percentile(2)) == (value, 0, value)
    assert histogram.counts.max() == histogram.counts.sum() == 12
    assert histogram.low < value < histogram.high
    edges = np.linspace(histogram.low / 2, histogram.high / 2, len(histogram.counts) + 1)
    filled = int(histogram.counts.argmax())
    assert edges[filled] <= value / 2 <= edges[filled + 1]


def test_percentiles_of_a_constant_layer_are_its_value_to_the_last_bit() -> None:
    """Between two equal values was another, 1e-16 away: p2 and p98 of one number differed."""
    for value in np.random.default_rng(3).normal(size=100).tolist():
        summary = summarize(np.full(7, value))
        assert {summary.percentile(percent) for percent in PERCENTS} == {value}


@pytest.mark.parametrize("sign", [-1, 1])
def test_a_constant_at_the_end_of_all_numbers_has_finite_edges(sign: int) -> None:
    value = sign * float(np.finfo(np.float64).max)
    histogram = summarize(np.full(3, value)).histogram
    assert math.isfinite(histogram.low)
    assert math.isfinite(histogram.high)
    assert histogram.low < histogram.high


@pytest.mark.parametrize("values", [[], [np.nan], [np.inf, -np.inf, np.nan, np.nan]])
def test_nothing_finite_gives_nan_and_the_counters(values: list[float]) -> None:
    array = np.array(values, np.float32)
    summary = summarize(array, bins=5)
    histogram = summary.histogram
    assert math.isnan(summary.mean)
    assert math.isnan(summary.std)
    assert math.isnan(summary.percentile(50))
    assert math.isnan(histogram.low)
    assert histogram.counts.tolist() == [0] * 5
    assert histogram.nonfinite + histogram.underflow + histogram.overflow == len(values)


def test_infinities_do_not_move_the_moments() -> None:
    values = activations((50, 50))
    spoiled = np.append(values, np.array([np.inf, np.nan, -np.inf, np.inf], np.float32))
    clean, counted = summarize(values), summarize(spoiled)
    np.testing.assert_array_equal(counted.histogram.counts, clean.histogram.counts)
    assert (counted.mean, counted.std) == (clean.mean, clean.std)
    histogram = counted.histogram
    assert (histogram.nonfinite, histogram.underflow, histogram.overflow) == (1, 1, 2)


@pytest.mark.parametrize(
    ("low", "high", "dtype"),
    [
        (-1e30, 2e30, "float32"),
        (-3.4e38, 3.4e38, "float32"),
        (-1.7e308, 1.7e308, "float64"),
        (0.0, 1e-45, "float32"),
        (0.0, 5e-324, "float64"),
        (1.0, 1 + 2**-52, "float64"),
    ],
)
def test_extreme_ranges_give_finite_numbers(low: float, high: float, dtype: str) -> None:
    values = np.array([low, high, low, high], dtype)
    summary = summarize(values, bins=10)
    assert summary.histogram.counts.tolist() == [2] + [0] * 8 + [2]
    lowest, highest = float(values[0]), float(values[1])
    assert summary.mean == pytest.approx(lowest / 2 + highest / 2, rel=1e-15, abs=highest * 1e-15)
    assert summary.std == pytest.approx(highest / 2 - lowest / 2, rel=1e-12, abs=5e-324)


def test_layout_of_the_array_does_not_matter() -> None:
    values = activations((40, 60))
    strided, contiguous = summarize(values.T[::2]), summarize(values.T[::2].copy())
    np.testing.assert_array_equal(strided.histogram.counts, contiguous.histogram.counts)
    assert strided.std == contiguous.std


def test_values_are_left_alone() -> None:
    values = np.array([3e300, -1.7e308, 1.7e308, np.nan])
    before = values.copy()
    summarize(values)
    np.testing.assert_array_equal(values, before)


def test_no_bins_is_an_error() -> None:
    with pytest.raises(ValueError, match="at least 1 bin"):
        summarize(activations((2, 2)), bins=0)
