"""The figure of a failed comparison: what was found is seen, a number or not."""

import math
from collections.abc import Sequence

import numpy as np
import pytest
from matplotlib.axes import Axes

from glorot_repro.measure.curves import Curves
from glorot_repro.report.check_figure import check_figure
from glorot_repro.report.style import figure_bytes
from glorot_repro.runs.baseline import pin_curves
from glorot_repro.runs.result import curves_result

PINNED = (0.5, 0.4, 0.3)


def curves(values: Sequence[float | None]) -> Curves:
    found = Curves()
    for number, value in enumerate(values):
        if value is not None:
            found.add(10 * number, 1, "activation_std", value)
    return found


def axes_of(pinned: Sequence[Sequence[float]], found: Sequence[float | None]) -> Axes:
    result = curves_result([curves(found)], pin_curves(list(map(curves, pinned))), "x", None, 1e-4)
    figure = check_figure(result)
    assert figure_bytes(figure, "png")[:4] == b"\x89PNG"
    (axes,) = figure.axes
    return axes


def updates_of(axes: Axes) -> dict[object, list[float]]:
    """The updates that each line has points at, by its label."""
    found: dict[object, list[float]] = {}
    for line in axes.get_lines():
        updates, values = np.asarray(line.get_xdata()), np.asarray(line.get_ydata())
        found[line.get_label()] = updates[np.isfinite(values)].tolist()
    return found


def test_what_is_not_finite_or_missing_is_marked_at_the_lower_edge() -> None:
    """Nothing was drawn of it: the curve ended, and the legend named one that was not there."""
    axes = axes_of([PINNED], [0.5, math.inf, None])
    assert updates_of(axes) == {
        "baseline": [0, 10, 20],
        "found": [0],
        "found: missing": [20],
        "found: not finite": [10],
    }
    axes = axes_of([PINNED], [math.nan, math.nan, math.nan])
    assert updates_of(axes) == {"baseline": [0, 10, 20], "found: not finite": [0, 10, 20]}
    marks = axes.get_lines()[-1]
    _, height = marks.get_transform().transform((0, np.asarray(marks.get_ydata())[0]))
    assert 0 < axes.transAxes.inverted().transform((0, height))[1] < 0.05


def test_a_band_without_bound_is_shaded_to_the_edges() -> None:
    """It had no area: the value looked as if it had no band to be in."""
    axes = axes_of([PINNED, [1.1 * value for value in PINNED]], [0.5, 0.4, math.nan])
    (band,) = axes.collections
    low, high = axes.get_ylim()
    assert 0.5 < high < 1
    shaded = band.get_paths()[0].get_extents()
    assert shaded.ymax > high
    assert shaded.ymin == pytest.approx(0, abs=0.01)


@pytest.mark.parametrize("pinned", [0.5, math.inf, math.nan])
def test_curves_of_one_update_are_drawn_whatever_they_hold(pinned: float) -> None:
    """A subtraction of infinite numbers ended in a warning."""
    rows = [(0, 2, "activation_std", 1.0)]
    baseline = pin_curves([Curves([(0, 1, "activation_std", pinned), *rows])])
    found = [Curves([(0, 1, "activation_std", 0.7), *rows])]
    figure = check_figure(curves_result(found, baseline, "x", "exact", 1e-4))
    assert figure_bytes(figure, "png")[:4] == b"\x89PNG"
    assert updates_of(figure.axes[0])["found"] == [0]
