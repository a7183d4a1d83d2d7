"""The heat map of `init sweep`: which initializer fits which activation."""

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from glorot_repro.measure.init_sweep import Measurement, Passage
from glorot_repro.report.settings_text import setting_text
from glorot_repro.report.style import MEDIUM, SMALL, drawing_style, new_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_CELL_WIDTH = 0.47
_CELL_HEIGHT = 0.26
_LETTER = 0.058
"""Inches of a letter of a label, on average."""
_TITLE = 0.24
_NAMES = 0.45
"""Inches below the lowest panel, for the slanted names of the activations."""
_CAPTION = 0.12
_MARGIN = 0.08
_LONGEST_TITLE = 3.75
"""Inches, which titles may take however few the cells."""

_DARK = 0.6
"""Of the color range: from here on numbers are white."""

_WIDEST_FACTOR = 2.0
"""Colors end at this factor on the variance per layer, or its inverse."""


def sweep_figure(measurements: Sequence[Measurement], caption: str) -> "Figure":
    """Three panels for the networks of one depth: forward, backward, and where either is lost.

    Rows are initializers, columns activations. In the first two the color is the factor on the
    variance per layer, white at 1; the upper number is as measured, the lower one theory.
    caption: what was measured, in one line.
    """
    depth = measurements[0].depth
    columns = list(dict.fromkeys(m.activation for m in measurements))
    rows = list(dict.fromkeys(setting_text(m.initializer) for m in measurements))
    table = {(setting_text(m.initializer), m.activation): m for m in measurements}
    cells = [[table[row, column] for column in columns] for row in rows]

    left = 0.12 + _LETTER * max(len(row) for row in rows)
    wide, high = _CELL_WIDTH * len(columns), _CELL_HEIGHT * len(rows)
    width = max(left + wide + _MARGIN, _LONGEST_TITLE)
    height = 3 * (_TITLE + high) + _NAMES + _CAPTION + _MARGIN
    with drawing_style():
        figure = new_figure(width, height)
        panels: tuple[Callable[[Axes], None], ...] = (
            lambda axes: _draw_ratios(axes, cells, "forward"),
            lambda axes: _draw_ratios(axes, cells, "backward"),
            lambda axes: _draw_lost(axes, cells, depth),
        )
        titles = (
            f"forward: factor per layer on Var[z]; below it theory (depth {depth})",
            f"backward: factor per layer on E[(dC/ds)²]; below it theory (depth {depth})",
            "layers after which signal or gradient is lost (1 % of its std, or 100 times)",
        )
        for number, (draw, title) in enumerate(zip(panels, titles, strict=True)):
            bottom = height - (number + 1) * (_TITLE + high)
            axes = figure.add_axes((left / width, bottom / height, wide / width, high / height))
            draw(axes)
            # From the edge of the figure, since a title may be wider than the cells.
            axes.set_title(title, fontsize=MEDIUM, loc="left", x=(_MARGIN - left) / wide, pad=3)
            axes.set_yticks(range(len(rows)), rows)
            names = columns if number == len(panels) - 1 else [""] * len(columns)
            axes.set_xticks(
                range(len(columns)), names, rotation=40, ha="right", rotation_mode="anchor"
            )
            axes.tick_params(length=0)
        figure.text(_MARGIN / width, _MARGIN / height, caption, fontsize=SMALL, va="bottom")
    return figure


def _draw_ratios(axes: "Axes", cells: list[list[Measurement]], way: str) -> None:
    ratios = np.array([[getattr(m, way).ratio for m in row] for row in cells])
    with np.errstate(divide="ignore", invalid="ignore"):
        colors = np.clip(np.log(ratios) / math.log(_WIDEST_FACTOR), -1, 1)
    _show(axes, colors, "PuOr_r", -1.25, 1.25)
    for y, row in enumerate(cells):
        for x, m in enumerate(row):
            ink, pale = ("white", "0.85") if abs(colors[y, x]) > _DARK else ("black", "0.35")
            theory: Passage | None = getattr(m, f"{way}_theory")
            above = _shown(getattr(m, way).ratio)
            axes.text(x, y - 0.2, above, ha="center", va="center", color=ink)
            if theory is not None:
                below = _shown(theory.ratio)
                axes.text(x, y + 0.22, below, ha="center", va="center", color=pale)


def _draw_lost(axes: "Axes", cells: list[list[Measurement]], depth: int) -> None:
    lost = np.array([[m.lost_after or depth * 2 for m in row] for row in cells], np.float64)
    _show(axes, np.log(np.minimum(lost, depth)), "Greys_r", -math.log(depth), math.log(depth))
    for y, row in enumerate(cells):
        for x, m in enumerate(row):
            text = f"> {depth}" if m.lost_after is None else str(m.lost_after)
            axes.text(x, y, text, ha="center", va="center", fontsize=SMALL)


def _show(axes: "Axes", values: NDArray[np.float64], colors: str, low: float, high: float) -> None:
    axes.imshow(values, cmap=colors, vmin=low, vmax=high, aspect="auto", interpolation="nearest")
    for edge in range(1, values.shape[0]):
        axes.axhline(edge - 0.5, color="white", linewidth=0.6)
    for edge in range(1, values.shape[1]):
        axes.axvline(edge - 0.5, color="white", linewidth=0.6)


def _shown(value: float) -> str:
    if math.isnan(value):
        return "none"
    return f"{value:.2g}" if value < 0.1 else f"{value:.3g}"
