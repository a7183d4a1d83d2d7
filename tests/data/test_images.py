"""The types that all data sets share."""

import numpy as np
import pytest

from glorot_repro.data.images import LabelledImages, affine_pixel_values


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("index", [slice(1, 3), np.array([2, 0])])
def test_inputs_are_the_pixel_values_of_the_levels(dtype: type, index: slice | np.ndarray) -> None:
    levels = np.arange(256, dtype=np.uint8).repeat(3).reshape(3, 256)
    images = LabelledImages(levels, np.zeros(3, np.uint8), np.linspace(5, 6, 256) ** 2)
    inputs = images.inputs(index, dtype)
    assert inputs.dtype == dtype
    assert inputs.flags.c_contiguous
    np.testing.assert_array_equal(
        inputs, (np.linspace(5, 6, 256) ** 2)[levels[index]].astype(dtype)
    )
    assert len(images) == 3


@pytest.mark.parametrize(("low", "high"), [(-1.0, 1.0), (0.0, 1.0), (-0.5, 2.0)])
def test_affine_pixel_values_reach_both_ends(low: float, high: float) -> None:
    values = affine_pixel_values(low, high)
    assert values[0] == low
    assert values[255] == high
    np.testing.assert_allclose(np.diff(values), (high - low) / 255)
