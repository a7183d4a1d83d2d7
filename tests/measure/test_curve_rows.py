"""Rows of the tidy table from the arrays of another program."""

import numpy as np
import pytest
from numpy.typing import ArrayLike

from glorot_repro.measure.curve_rows import curve_rows
from glorot_repro.measure.curves import Curves


def test_statistics_are_those_of_numpy() -> None:
    arrays = [np.random.default_rng(layer).normal(layer, 2, (30, 40)) for layer in (1, 2)]
    curves = Curves(curve_rows(7, "activation", arrays))
    for layer, array in enumerate(arrays, start=1):
        expected = {"mean": array.mean(), "std": array.std(), "p98": np.percentile(array, 98)}
        for name, value in expected.items():
            updates, found = curves.series(f"activation_{name}", layer)
            assert updates.tolist() == [7]
            # A percentile is exact to one of 16,000 cells of the range.
            assert found[0] == pytest.approx(value, rel=1e-9, abs=np.ptp(array) / 16_000)


def test_numbers_tell_their_size_and_those_that_are_not_finite() -> None:
    narrow = np.array([1.0, 2.0, np.nan], np.float32)
    rows = curve_rows(0, "mine", [narrow, narrow.astype(np.float64)], first_layer=3)
    values = {(layer, quantity): value for _, layer, quantity, value in rows}
    assert (values[3, "mine_bits"], values[4, "mine_bits"]) == (32, 64)
    assert values[3, "mine_nonfinite"] == 1
    assert values[3, "mine_mean"] == pytest.approx(1.5)


@pytest.mark.parametrize("wrong", [[], [1, 2], ["a"]])
def test_arrays_without_numbers_are_named(wrong: ArrayLike) -> None:
    with pytest.raises(ValueError, match="activation of layer 2"):
        curve_rows(0, "activation", [[0.5], wrong])
