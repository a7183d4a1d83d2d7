"""Densities and their table, drawn on axes."""

import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from glorot_repro.report.densities import LayerDensity, Measured
from glorot_repro.report.digitized import PrintedPanel
from glorot_repro.report.style import MEDIUM, PAPER_LINE, SMALL, layer_line

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ROW_HEIGHT = 0.115
"""Inches of a table row: 6-point text and some air."""

HEADER_ROWS = 2

MOST_GROWTH = 2.0
"""The paper's range of densities is stretched by this much at most."""

_COLUMNS = {"layer": 0.13, "std": 0.45, "std printed": 0.62, "peak": 0.84, "peak printed": 1.0}
"""Where the columns of the table end, as a share of its width."""

_HEADINGS = {"standard deviation": ("std", "std printed"), "peak at 0": ("peak", "peak printed")}


def draw_densities(axes: "Axes", densities: Sequence[LayerDensity], printed: PrintedPanel) -> None:
    """The printed curves in gray, ours over them, on the axes of the printed panel.

    The vertical range grows where one of our curves needs more than the paper's, at most to
    MOST_GROWTH times it, so that the paper's curves stay visible.
    """
    for series in printed.series:
        axes.plot(series.x, series.y, **PAPER_LINE, solid_capstyle="butt", zorder=1)
    low, high = printed.y.range
    for density in densities:
        line = layer_line(density.layer, densities[-1].layer)
        axes.plot(density.x, density.density, **line, zorder=2 + density.layer)
    peak = max((float(density.density.max()) for density in densities), default=0.0)
    if peak > high:
        high *= min(MOST_GROWTH, 1.08 * peak / high)
    axes.set_xlim(*printed.x.range)
    axes.set_ylim(low, high)
    axes.set_ylabel("probability density")
    axes.locator_params(nbins=5)
    if not densities:
        axes.text(
            0.03,
            0.93,
            "not run\n(paper's curves only)",
            transform=axes.transAxes,
            ha="left",
            va="top",
            fontsize=MEDIUM,
        )


def table_rows(densities: Sequence[LayerDensity], printed: PrintedPanel) -> int:
    """Rows of the table: the layers of ours and of the printed panel."""
    return HEADER_ROWS + len(_layers(densities, printed))


def draw_table(axes: "Axes", densities: Sequence[LayerDensity], printed: PrintedPanel) -> None:
    """Std and peak of each layer beside the printed ones; the first column is the key of lines."""
    n_rows = table_rows(densities, printed)
    axes.set_axis_off()
    axes.set_xlim(0, 1)
    axes.set_ylim(n_rows, 0)
    for heading, columns in _HEADINGS.items():
        center = sum(_COLUMNS[column] for column in columns) / 2 - 0.07
        axes.text(center, 0.5, heading, ha="center", va="center_baseline", fontsize=SMALL)
    _write_row(axes, 1, ["layer", "ours", "paper", "ours", "paper"])
    axes.plot([0, 1], [HEADER_ROWS] * 2, color="black", linewidth=0.4, clip_on=False)
    ours = {density.layer: density for density in densities}
    for row, layer in enumerate(_layers(densities, printed), start=HEADER_ROWS):
        density, series = ours.get(layer), printed.of_layer(layer)
        _write_row(
            axes,
            row,
            [
                str(layer),
                "–" if density is None else measured_text(density.std),
                "–" if series is None else number_text(float(series.derived["std"])),
                "–" if density is None else measured_text(density.peak),
                "–" if series is None else number_text(float(series.derived["peak"])),
            ],
        )
        if density is not None:
            line = layer_line(layer, densities[-1].layer)
            axes.plot([0.0, 0.085], [row + 0.5] * 2, **line)


def number_text(value: float) -> str:
    """Three significant digits, `–` for NaN."""
    return "–" if math.isnan(value) else f"{value:.{_decimals(value)}f}"


def measured_text(measured: Measured) -> str:
    """Mean ± spread to the same decimals; without the spread where there is one seed."""
    if math.isnan(measured.spread):
        return number_text(measured.mean)
    decimals = _decimals(measured.mean)
    return f"{measured.mean:.{decimals}f} ± {measured.spread:.{decimals}f}"


def _decimals(value: float) -> int:
    return 2 if value == 0 else max(0, 2 - math.floor(math.log10(abs(value))))


def _layers(densities: Sequence[LayerDensity], printed: PrintedPanel) -> list[int]:
    ours = {density.layer for density in densities}
    return sorted(ours | {series.layer for series in printed.series if series.layer is not None})


def _write_row(axes: "Axes", row: int, texts: Iterable[str]) -> None:
    for x, text in zip(_COLUMNS.values(), texts, strict=True):
        axes.text(x, row + 0.5, text, ha="right", va="center_baseline", fontsize=SMALL)
