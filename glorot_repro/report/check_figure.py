"""A failed comparison as a figure: the curve that left its band first, and the band."""

import re
from pathlib import Path
from textwrap import fill as wrap
from typing import TYPE_CHECKING, Any

import numpy as np

from glorot_repro.files import write_atomically
from glorot_repro.report.style import COLUMN_WIDTH, drawing_style, figure_bytes, new_figure
from glorot_repro.runs.deviations import Comparison, Reading
from glorot_repro.runs.result import Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes

HEIGHT = 2.2
"""Inches."""

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
    with drawing_style():
        figure = new_figure(COLUMN_WIDTH, HEIGHT)
        figure.set_layout_engine("constrained")
        axes = figure.add_subplot()
        _draw_readings(curve_of_first_deviation(result.comparison), axes)
        axes.set_title(wrap(f"{result.label}: {result.mode}", TITLE_LETTERS), fontsize="medium")
    write_atomically(path, figure_bytes(figure, "png"))
    return path


def _draw_readings(readings: list[Reading], axes: "Axes") -> None:
    updates = [one.update for one in readings]
    expected = np.array([one.expected for one in readings])
    low = np.array([one.low for one in readings])
    high = np.array([one.high for one in readings])
    found = [np.nan if one.value is None else one.value for one in readings]
    if len(readings) > 1:
        axes.fill_between(updates, low, high, color="0.8", label="band", linewidth=0)
        axes.plot(updates, expected, color="0.4", linewidth=0.7, label="baseline")
        axes.locator_params(axis="x", integer=True)
    else:
        # A band of one update has no area, and a curve of one value no length.
        ends = np.array([expected - low, high - expected])
        bar: dict[str, Any] = {
            "color": "0.4",
            "capsize": 6,
            "marker": "_",
            "markersize": 12,
            "linestyle": "none",
        }
        axes.errorbar(updates, expected, yerr=ends, label="baseline and band", **bar)
        axes.set_xticks(updates)
    axes.plot(updates, found, color="C3", marker="o", markersize=2.5, linewidth=0.9, label="found")
    layer = readings[0].layer
    axes.set_xlabel("update")
    axes.set_ylabel(readings[0].quantity + (f", layer {layer}" if layer else ""))
    axes.legend(fontsize="small", edgecolor="0.8")
