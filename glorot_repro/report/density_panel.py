"""A panel of densities: its curves and its table, drawn on axes."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from glorot_repro.report.comparison import compare, together
from glorot_repro.report.densities import LayerDensity
from glorot_repro.report.digitized import PrintedPanel
from glorot_repro.report.histogram_panels import HISTOGRAM_FIGURES, HistogramPanel
from glorot_repro.report.style import PAPER_LINE, layer_line, write_note
from glorot_repro.report.tables import Table, measured_text, number_text

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_GROWTH = 2.0
"""The paper's range of densities is stretched by this much at most."""

INNER = 0.9
"""Share of the printed range in which our peaks stretch it: trained units pile up at its ends."""


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
    reach = INNER * np.abs(printed.x.range).max()
    peak = max(
        (float(d.density[np.abs(d.x) <= reach].max(initial=0)) for d in densities), default=0.0
    )
    if peak > high:
        high *= min(MOST_GROWTH, 1.08 * peak / high)
    axes.set_xlim(*printed.x.range)
    axes.set_ylim(low, high)
    axes.set_ylabel("probability density")
    axes.locator_params(nbins=5)
    if not densities:
        write_note(axes, "not run\n(paper's curves only)")


def density_table(figure: str, panel: HistogramPanel) -> Table:
    """Std and peak of each layer beside the printed ones, and how far the curve is from it."""
    described = HISTOGRAM_FIGURES[figure]
    ours = {density.layer: density for density in panel.densities}
    series = {s.layer: s for s in panel.printed.series if s.layer}
    last = max(ours, default=0)
    rows: list[tuple[dict[str, Any] | None, list[str]]] = []
    for layer in sorted({*ours, *series}):
        density, printed = ours.get(layer), series.get(layer)
        compared = [
            row
            for curve in panel.curves
            if curve.layer == layer and curve.quantity == f"{described.quantity}_density"
            if (row := compare(figure, panel, curve))
        ]
        texts = [
            str(layer),
            "–" if density is None else measured_text(density.std),
            "–" if printed is None else number_text(float(printed.derived["std"])),
            "–" if density is None else measured_text(density.peak),
            "–" if printed is None else number_text(float(printed.derived[described.peak])),
            number_text(together(compared)[0]),
        ]
        rows.append((layer_line(layer, last) if density else None, texts))
    return Table(
        names=["layer", "ours", "paper", "ours", "paper", "errors"],
        ends=[0.13, 0.43, 0.56, 0.77, 0.88, 1.0],
        rows=rows,
        groups=[("standard deviation", 1, 2), ("density at 0", 3, 4), ("curve", 5, 5)],
    )
