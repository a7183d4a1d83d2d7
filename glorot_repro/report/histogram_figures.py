"""Figures 4, 6, 7 and 8: densities of activations and gradients."""

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from glorot_repro.config.scales import PAPER
from glorot_repro.report.densities import BINS_PER_STD, sum_factor
from glorot_repro.report.density_panel import density_table, draw_densities
from glorot_repro.report.histogram_panels import HISTOGRAM_FIGURES, HistogramPanel, histogram_panels
from glorot_repro.report.panels import Panel
from glorot_repro.report.run_labels import (
    commands_text,
    data_text,
    one_seed_note,
    runs_text,
    seeds_text,
    updates_reached,
)
from glorot_repro.report.settings_text import layers_text
from glorot_repro.report.sheet import Sheet
from glorot_repro.runs.reading import RunRecord

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_PLOT_HEIGHT = 1.35


def histogram_figure(
    records: Sequence[RunRecord],
    figure: str,
    *,
    overrides: Sequence[str] = (),
    scale: str = PAPER,
) -> "Figure":
    """The figure: a panel for each model, one above the other, each with its table."""
    described = HISTOGRAM_FIGURES[figure]
    panels = histogram_panels(records, figure)
    sheet = Sheet()
    for letter, panel in zip("abc", panels, strict=False):
        title = f"({letter}) {panel.title}"
        sheet.title(title, _when_text(panel) if described.is_trained else "")
        draw = partial(draw_densities, densities=panel.densities, printed=panel.printed)
        sheet.plot(_PLOT_HEIGHT, draw, x_label=described.x_label)
        table = density_table(figure, panel)
        sheet.wide(table.height, table.draw)
    sheet.caption(caption_text(panels, figure), commands_text(figure, records, overrides, scale))
    return sheet.figure()


def _when_text(panel: HistogramPanel) -> str:
    """The runs, and the update that is drawn where they have come farther."""
    text = runs_text(panel.records)
    is_last = updates_reached(panel.records) == (panel.update, panel.update)
    return text if is_last else f"{text}; drawn: update {panel.update:,}"


def caption_text(panels: Sequence[Panel], figure: str) -> str:
    """What was run, and how it was drawn, from the configuration of the runs."""
    described = HISTOGRAM_FIGURES[figure]
    paper = f"Gray: curves printed in the paper's figure {int(figure[3:])}"
    gaps = "gaps are where others hide them, and their densities at 0 tell the layers"
    runs = [record for panel in panels for record in panel.records]
    if not runs:
        return f"{paper}; {gaps}. There are no runs to draw over them."
    config = runs[0].config
    has_seeds = any(len(panel.records) > 1 for panel in panels)
    what = f"{data_text([{panel.title: panel.records} for panel in panels])}; "
    if not described.is_trained:
        layers = layers_text(config.model.hidden, f"{config.model.activation} units")
        what += f"{layers}, before the first update, "
    what += f"{config.record.examples} test examples, {seeds_text(runs)}"
    if has_seeds:
        what += " (mean ± standard deviation over seeds)"
    when = ", after training of unknown length" if described.is_trained else ""
    parts = [
        f"Color: {what}, scale '{config.scale}'.",
        f"{paper} (five layers of 1000 units{when}); {gaps}.",
    ]
    factor = sum_factor(described.quantity, runs[0])
    if factor != 1:
        parts.append(
            f"Gradients are sums over mini-batches of {factor:g}, as in the paper: "
            f"{factor:g} times the stored gradients of the mean cost."
        )
    width = described.bin_width
    bins = f"{width:g}" if width else f"1/{BINS_PER_STD} standard deviation"
    parts.append(
        f"Histograms of {config.record.bins} bins, drawn in bins of {bins}"
        f"{' and averaged over seeds' if has_seeds else ''}. Errors: root mean square difference "
        "of the curve from the print, in errors (of reading, and spread over seeds"
        f"{one_seed_note(panel.records for panel in panels)})."
    )
    return " ".join(parts)
