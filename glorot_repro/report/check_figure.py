"""A failed comparison as a figure: the curve that left its band first, and the band."""

import re
from pathlib import Path
from textwrap import fill as wrap
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from glorot_repro.files import write_atomically
from glorot_repro.report.style import COLUMN_WIDTH, drawing_style, figure_bytes, new_figure
from glorot_repro.runs.deviations import Comparison, Reading
from glorot_repro.runs.result import Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

HEIGHT = 2.2
"""Inches."""

EDGE = 0.025
"""Where updates without a number are marked, as a share of the height."""

TITLE_LETTERS = 44
"""Letters that fit into a line of the title."""


def curve_of_first_deviation(comparison: Comparison) -> list[Reading]:
    """The readings of the quantity and layer that left the band first, by update."""
    first = comparison.deviations[0]
    return [
        one
        for one in comparison.readings
        if (one.layer, one.quantity) == (first.layer, first.quantity)
    ]


def draw_check(result: Result, folder: Path) -> Path:
    """Write a PNG of the curve that left its band first into `folder`; returns its path."""
    name = re.sub(r"[^A-Za-z0-9._+-]+", "-", f"{result.label}-{result.mode}").strip("-.")
    path = folder / f"{name}.png"
    write_atomically(path, figure_bytes(check_figure(result), "png"))
    return path


def check_figure(result: Result) -> "Figure":
    """The curve that left its band first: what was found, the baseline and its band.

    An update where no number was found has a cross at the lower edge. A band without bound goes
    beyond the edge.
    """
    with drawing_style():
        figure = new_figure(COLUMN_WIDTH, HEIGHT)
        figure.set_layout_engine("constrained")
        axes = figure.add_subplot()
        readings = curve_of_first_deviation(result.comparison)
        _fix_height(readings, axes)
        _draw_baseline(readings, axes)
        _draw_found(readings, axes)
        layer = readings[0].layer
        axes.set_xlabel("update")
        axes.set_ylabel(readings[0].quantity + (f", layer {layer}" if layer else ""))
        axes.legend(fontsize="small", edgecolor="0.8")
        axes.set_title(wrap(f"{result.label}: {result.mode}", TITLE_LETTERS), fontsize="medium")
    return figure


def _fix_height(readings: list[Reading], axes: "Axes") -> None:
    """Room for all that is a number, whatever else is drawn."""
    points = [
        (one.update, y)
        for one in readings
        for y in (one.expected, one.low, one.high, one.value)
        if y is not None and np.isfinite(y)
    ]
    if points:
        axes.update_datalim(points)
        axes.autoscale_view()
    axes.set_ylim(axes.get_ylim())


def _draw_baseline(readings: list[Reading], axes: "Axes") -> None:
    updates = np.array([one.update for one in readings])
    expected = _numbers([one.expected for one in readings])
    ends = np.array([[one.low, one.high] for one in readings])
    bottom, top = axes.get_ylim()
    low, high = np.clip(ends.T, 2 * bottom - top, 2 * top - bottom)
    if len(readings) > 1:
        axes.fill_between(updates, low, high, color="0.8", label="band", linewidth=0)
        axes.plot(updates, expected, color="0.4", linewidth=0.7, label="baseline")
        axes.locator_params(axis="x", integer=True)
    else:
        # A band of one update has no area, and a curve of one value no length.
        bar: dict[str, Any] = {
            "color": "0.4",
            "capsize": 6,
            "marker": "_",
            "markersize": 12,
            "linestyle": "none",
        }
        reach = np.array([expected - low, high - expected])
        axes.errorbar(updates, expected, yerr=reach, label="baseline and band", **bar)
        axes.set_xticks(updates)


def _draw_found(readings: list[Reading], axes: "Axes") -> None:
    updates = np.array([one.update for one in readings])
    is_missing = np.array([one.value is None for one in readings])
    found = _numbers([one.value for one in readings])
    is_number = ~np.isnan(found)
    if is_number.any():
        style: dict[str, Any] = {"color": "C3", "marker": "o", "markersize": 2.5, "linewidth": 0.9}
        axes.plot(updates, found, label="found", **style)
    marks = (("+", is_missing, "missing"), ("x", ~is_number & ~is_missing, "not finite"))
    for marker, where, what in marks:
        if where.any():
            axes.plot(
                updates[where],
                np.full(where.sum(), EDGE),
                transform=axes.get_xaxis_transform(),
                color="C3",
                marker=marker,
                markersize=5,
                linestyle="none",
                label=f"found: {what}",
            )


def _numbers(values: list[float | None] | list[float]) -> NDArray[np.float64]:
    """The values with NaN for all that is no finite number."""
    array = np.array(values, dtype=np.float64)
    return np.where(np.isfinite(array), array, np.nan)
