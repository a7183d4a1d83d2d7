"""Histograms over time: the arrays of the file, and going on from them."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from glorot_repro.measure.histogram_series import (
    FIELDS,
    HistogramSeries,
    check_histograms,
    histogram_at,
    histogram_quantities,
)
from glorot_repro.measure.histograms import summarize

State = dict[str, Any]


def filled(records: list[int], layers: int, bins: int) -> HistogramSeries:
    """Different values in every record and layer, with infinities in some."""
    series = HistogramSeries(bins)
    for update in records:
        for layer in range(1, layers + 1):
            values = np.random.default_rng([update, layer]).normal(layer, 1 + update, 40)
            values[: layer % 3] = np.inf
            values[10 : 10 + update % 4] = np.nan
            series.add(update, layer, summarize(values, bins).histogram)
    return series


def saved(series: HistogramSeries, updates: list[int]) -> State:
    return series.arrays("q", updates) | {"updates": np.array(updates, np.int64)}


def test_arrays_hold_each_histogram_at_its_record_and_layer() -> None:
    series = filled([0, 5, 9], layers=2, bins=7)
    arrays = series.arrays("q", [0, 5, 9])
    assert arrays["q_layers"].tolist() == [1, 2]
    assert series.updates == [0, 5, 9]
    for r, update in enumerate([0, 5, 9]):
        for k, layer in enumerate([1, 2]):
            values = np.random.default_rng([update, layer]).normal(layer, 1 + update, 40)
            values = np.delete(values, [*range(layer % 3), *range(10, 10 + update % 4)])
            counts, edges = np.histogram(values, 7)
            np.testing.assert_array_equal(arrays["q_counts"][r, k], counts)
            assert arrays["q_low"][r, k] == edges[0]
            assert arrays["q_high"][r, k] == edges[-1]
            assert arrays["q_overflow"][r, k] == layer % 3
            assert arrays["q_nonfinite"][r, k] == update % 4
            assert arrays["q_underflow"][r, k] == 0


def test_arrays_have_the_types_of_the_file() -> None:
    arrays = filled([0], layers=2, bins=7).arrays("q", [0])
    assert {name: array.dtype for name, array in arrays.items()} == {
        "q_layers": np.int64,
        "q_counts": np.int64,
        "q_low": np.float64,
        "q_high": np.float64,
        "q_nonfinite": np.int64,
        "q_underflow": np.int64,
        "q_overflow": np.int64,
    }


@settings(max_examples=40)
@given(
    records=st.lists(st.integers(0, 100), min_size=1, max_size=4, unique=True).map(sorted),
    layers=st.integers(0, 3),
    bins=st.integers(1, 9),
)
def test_series_goes_on_from_its_arrays(records: list[int], layers: int, bins: int) -> None:
    series = filled(records, layers, bins)
    before = saved(series, records)
    assert before["q_counts"].shape == (len(records), layers, bins)
    for field in set(FIELDS) - {"counts"}:
        assert before[f"q_{field}"].shape == (len(records), layers)
    restored = HistogramSeries(bins)
    restored.restore(before, "q")
    for name, array in saved(restored, records).items():
        np.testing.assert_array_equal(array, before[name])
        assert array.dtype == before[name].dtype

    for layer in range(1, layers + 1):
        histogram = summarize(np.arange(5.0) * layer, bins).histogram
        series.add(101, layer, histogram)
        restored.add(101, layer, histogram)
    after, expected = saved(restored, [*records, 101]), saved(series, [*records, 101])
    for name, array in after.items():
        np.testing.assert_array_equal(array, expected[name])


def test_restoring_forgets_later_records() -> None:
    series = filled([0, 5], layers=1, bins=3)
    early = saved(filled([0], layers=1, bins=3), [0])
    series.restore(early, "q")
    assert series.updates == [0]
    np.testing.assert_array_equal(series.arrays("q", [0])["q_counts"], early["q_counts"])


@pytest.mark.parametrize("records", [[], [0, 5]])
def test_network_without_hidden_layers_has_arrays_of_no_layers(records: list[int]) -> None:
    arrays = HistogramSeries(4).arrays("activation", records)
    assert arrays["activation_counts"].shape == (len(records), 0, 4)
    assert arrays["activation_low"].shape == (len(records), 0)
    assert arrays["activation_layers"].shape == (0,)


@pytest.mark.parametrize(
    ("name", "array", "found"),
    [
        ("updates", None, "in 1 dimensions as updates, found none"),
        ("q_low", np.zeros(3), "in 2 dimensions as q_low, found float64 in 1"),
        ("q_high", np.full((3, 2), "x"), "in 2 dimensions as q_high, found <U1 in 2"),
        ("q_counts", np.zeros((2, 2, 7)), "q_counts of 3 records and 2 layers, found 2 x 2 x 7"),
        ("q_low", np.zeros((3, 1)), "q_low of 3 records and 2 layers, found 3 x 1"),
    ],
)
def test_arrays_that_are_not_those_of_a_series_are_named(
    name: str, array: NDArray | None, found: str
) -> None:
    arrays = saved(filled([0, 5, 9], layers=2, bins=7), [0, 5, 9])
    check_histograms(arrays)
    changed = {key: value for key, value in arrays.items() if key != name}
    with pytest.raises(ValueError, match=found):
        check_histograms(changed if array is None else {**changed, name: array})


def test_a_histogram_is_found_by_its_update_and_the_number_of_its_layer() -> None:
    series = HistogramSeries(3)
    for update in (0, 5):
        for layer in (2, 3):
            values = np.array([update, update + layer], np.float64)
            series.add(update, layer, summarize(values, 3).histogram)
    arrays = saved(series, [0, 5])
    found = histogram_at(arrays, "q", 3, 5)
    assert (found.low, found.high, found.counts.tolist()) == (5, 8, [1, 0, 1])
    with pytest.raises(LookupError, match="at layer 1 "):
        histogram_at(arrays, "q", 1, 5)


def test_quantities_without_a_layer_or_a_record_have_no_histograms() -> None:
    empty = HistogramSeries(3).arrays("a", [0])
    none = filled([], layers=1, bins=3).arrays("b", [])
    whole = filled([0], layers=1, bins=3).arrays("c", [0])
    assert histogram_quantities(whole | empty | none) == ["c"]


def test_a_series_without_records_or_layers_is_whole() -> None:
    for records, layers in (([], 2), ([0], 0)):
        check_histograms(saved(filled(records, layers=layers, bins=7), records))
