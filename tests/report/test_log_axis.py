"""Zero and negative values have a place on a logarithmic axis."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glorot_repro.report.log_axis import is_wide, set_log_y
from glorot_repro.report.style import drawing_style, new_figure

SIZES = st.floats(1e-30, 1e30)
VALUES = st.lists(st.one_of(st.just(0.0), SIZES, SIZES.map(lambda x: -x)), min_size=1, max_size=8)


@settings(max_examples=40)
@given(values=VALUES)
def test_every_value_is_inside_the_axes_and_in_its_order(values: list[float]) -> None:
    axes = new_figure(2, 2).add_subplot()
    axes.plot(range(len(values)), values)
    set_log_y(axes, values)
    ordered = np.unique(values)
    points = np.column_stack([np.zeros(len(ordered)), ordered])
    heights = axes.transAxes.inverted().transform(axes.transData.transform(points))[:, 1]
    assert (heights >= 0).all()
    assert (heights <= 1).all()
    assert (np.diff(heights) > 0).all()


def test_zero_is_a_labelled_line_below_all_others() -> None:
    with drawing_style():
        axes = new_figure(2, 2).add_subplot()
        axes.plot([0, 1, 2, 3], [0.0, 1e-5, 1e-3, 1e-1])
        set_log_y(axes, [0.0, 1e-5, 1e-3, 1e-1])
    labels = {tick.get_text(): tick.get_position()[1] for tick in axes.get_yticklabels()}
    assert labels["0"] == 0.0
    assert labels["$10^{-5}$"] == pytest.approx(1e-5)
    assert any(np.array_equal(line.get_ydata(), [0, 0]) for line in axes.lines)
    # Equal factors are equal distances above the strip.
    heights = axes.transData.transform([(0, 1e-5), (0, 1e-3), (0, 1e-1)])[:, 1]
    assert heights[1] - heights[0] == pytest.approx(heights[2] - heights[1])


def test_no_value_lies_in_the_strip_that_is_not_logarithmic() -> None:
    values = [0.0, 3e-7, -2e-4, 5.0]
    axes = new_figure(2, 2).add_subplot()
    set_log_y(axes, values)
    threshold = axes.yaxis.get_transform().linthresh  # type: ignore[attr-defined]
    assert threshold <= 3e-7


def test_without_zero_it_is_a_plain_logarithmic_axis() -> None:
    axes = new_figure(2, 2).add_subplot()
    set_log_y(axes, [0.1, np.nan, 100.0, np.inf])
    assert axes.get_yscale() == "log"


@pytest.mark.parametrize("values", [[0.0, 0.0], [np.nan], []])
def test_nothing_but_zeros_stays_linear(values: list[float]) -> None:
    axes = new_figure(2, 2).add_subplot()
    set_log_y(axes, values)
    assert axes.get_yscale() == "linear"


def test_wide_is_a_matter_of_positive_sizes() -> None:
    assert is_wide([1e-3, 0.2, np.nan])
    assert is_wide([0.0, 1e-3, 0.2])
    assert not is_wide([0.01, 0.2])
    assert not is_wide([-1e-3, 0.2])
    assert not is_wide([0.0, 0.0])
    assert not is_wide([])
