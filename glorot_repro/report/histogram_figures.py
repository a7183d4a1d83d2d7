"""Figures 6, 7 and 8: densities of activations and gradients right after initialization."""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from glorot_repro.report.agreement import HISTOGRAM_QUANTITIES
from glorot_repro.report.densities import (
    BINS_PER_STD,
    LayerDensity,
    layer_densities,
    sum_factor,
)
from glorot_repro.report.digitized import PrintedPanel, printed_figure
from glorot_repro.report.drawing import ROW_HEIGHT, draw_densities, draw_table, table_rows
from glorot_repro.report.panels import INITIALIZER_PANELS, InitializerPanel
from glorot_repro.report.style import COLUMN_WIDTH, MEDIUM, SMALL, drawing_style, new_figure
from glorot_repro.runs.reading import RunRecord

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# Inches, from the edges of the figure.
_LEFT, _RIGHT = 0.42, 0.08
_TITLE, _PLOT, _X_LABEL, _GAP = 0.2, 1.35, 0.32, 0.12
_CAPTION_LINE = 0.105
_CAPTION_COLUMNS = 76

_X_LABELS = {
    "fig06": "activation value",
    "fig07": "back-propagated gradient dCost/ds",
    "fig08": "weight gradient dCost/dW",
}


@dataclass(frozen=True, eq=False)
class HistogramPanel:
    """What one panel shows: its runs, our densities of them (maybe none), the printed curves."""

    panel: InitializerPanel
    records: list[RunRecord]
    densities: list[LayerDensity]
    printed: PrintedPanel


def histogram_panels(records: Sequence[RunRecord], figure: str) -> list[HistogramPanel]:
    """The panels of `fig06`, `fig07` or `fig08`, all of them, with or without runs."""
    printed = printed_figure(figure)
    panels = []
    for panel in INITIALIZER_PANELS:
        runs = panel.records(records)
        densities = layer_densities(runs, HISTOGRAM_QUANTITIES[figure])
        panels.append(HistogramPanel(panel, runs, densities, printed.panel(panel.printed)))
    return panels


def histogram_figure(records: Sequence[RunRecord], figure: str) -> "Figure":
    """The figure: a panel for each initializer, one above the other, each with its table."""
    panels = histogram_panels(records, figure)
    caption = textwrap.wrap(caption_text(panels, figure), _CAPTION_COLUMNS)
    tables = [ROW_HEIGHT * table_rows(panel.densities, panel.printed) for panel in panels]
    height = sum(_TITLE + _PLOT + _X_LABEL + table + _GAP for table in tables)
    height += _CAPTION_LINE * (len(caption) + 1)
    with drawing_style():
        drawn = new_figure(COLUMN_WIDTH, height)

        def place(left: float, top: float, inches_high: float) -> tuple[float, float, float, float]:
            return (
                left / COLUMN_WIDTH,
                1 - (top + inches_high) / height,
                (COLUMN_WIDTH - left - _RIGHT) / COLUMN_WIDTH,
                inches_high / height,
            )

        top = 0.0
        for letter, panel, table in zip("abc", panels, tables, strict=True):
            title = f"({letter}) {panel.panel.title}"
            drawn.text(0.02, 1 - (top + 0.13) / height, title, fontsize=MEDIUM)
            top += _TITLE
            axes = drawn.add_axes(place(_LEFT, top, _PLOT))
            draw_densities(axes, panel.densities, panel.printed)
            axes.set_xlabel(_X_LABELS[figure])
            axes.yaxis.set_label_coords(-0.085, 0.5)
            top += _PLOT + _X_LABEL
            draw_table(drawn.add_axes(place(_RIGHT, top, table)), panel.densities, panel.printed)
            top += table + _GAP
        drawn.text(
            0.02,
            1 - top / height,
            "\n".join(caption),
            fontsize=SMALL,
            va="top",
            linespacing=1.2,
        )
    return drawn


def caption_text(panels: Sequence[HistogramPanel], figure: str) -> str:
    """What was run, and how it was drawn, from the configuration of the runs."""
    quantity = HISTOGRAM_QUANTITIES[figure]
    paper = f"Gray: curves printed in the paper's figure {int(figure[3:])}"
    record = next((panel.records[0] for panel in panels if panel.densities), None)
    if record is None:
        return f"{paper}. There are no runs to draw over them."
    config = record.config
    hidden = config.model.hidden
    widths = str(hidden[0]) if len(set(hidden)) == 1 else ", ".join(map(str, hidden))
    seeds = sorted({run.config.seed for panel in panels for run in panel.records})
    parts = [
        f"Color: {config.dataset.name}, {len(hidden)} hidden layers of {widths} "
        f"{config.model.activation} units, before the first update, "
        f"{config.record.examples} test examples, {_seeds_text(seeds)}, scale '{config.scale}'.",
        f"{paper} (five layers of 1000 tanh units).",
    ]
    factor = sum_factor(quantity, record)
    if factor != 1:
        parts.append(
            f"Gradients are sums over mini-batches of {factor:g}, as in the paper: "
            f"{factor:g} times the stored gradients of the mean cost."
        )
    parts.append(
        f"Histograms of {config.record.bins} bins, drawn in bins of 1/{BINS_PER_STD} standard "
        f"deviation{' and averaged over seeds' if len(seeds) > 1 else ''}."
    )
    return " ".join(parts)


def _seeds_text(seeds: Sequence[int]) -> str:
    if len(seeds) == 1:
        return f"seed {seeds[0]}"
    return f"seeds {', '.join(map(str, seeds))} (mean ± standard deviation over seeds)"
