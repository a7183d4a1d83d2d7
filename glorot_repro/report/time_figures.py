"""Figures 2, 3, 9 and 10: statistics of each layer during training."""

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from glorot_repro.config.scales import PAPER
from glorot_repro.report.comparison import compare, together
from glorot_repro.report.digitized import EPOCH
from glorot_repro.report.over_time import TIME_FIGURES, TimePlot, time_panels
from glorot_repro.report.panels import Curve, Panel
from glorot_repro.report.run_labels import commands_text, data_text, one_seed_note, runs_text
from glorot_repro.report.sheet import Sheet
from glorot_repro.report.style import layer_line, paper_line
from glorot_repro.report.tables import Table, number_text
from glorot_repro.runs.reading import RunRecord

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_PLOT_HEIGHT = 1.15


def time_figure(
    records: Sequence[RunRecord],
    figure: str,
    *,
    overrides: Sequence[str] = (),
    scale: str = PAPER,
) -> "Figure":
    """The figure: for each panel its plots, one above the other, and the table of agreement."""
    described = TIME_FIGURES[figure]
    panels = time_panels(records, figure)
    end = _end(panels)
    sheet = Sheet()
    for letter, panel in zip("abc", panels, strict=False):
        is_print_alone = not panel.records and any(curve.printed for curve in panel.curves)
        note = "not run; the paper's curves alone" if is_print_alone else runs_text(panel.records)
        sheet.title(f"({letter}) {panel.title}", note)
        for plot in described.plots:
            draw = partial(draw_over_time, panel=panel, plot=plot, end=end)
            is_last = plot is described.plots[-1]
            sheet.plot(
                _PLOT_HEIGHT, draw, x_label=f"epochs of {EPOCH:,} updates" if is_last else ""
            )
        table = agreement_table(figure, panel)
        sheet.wide(table.height, table.draw)
    sheet.caption(caption_text(panels, figure), commands_text(figure, records, overrides, scale))
    return sheet.figure()


def draw_over_time(axes: "Axes", panel: Panel, plot: TimePlot, end: float) -> None:
    """The curves of one plot from 0 to `end` epochs, over the printed ones."""
    shown = [curve for curve in panel.curves if (curve.quantity, curve.side) in plot.drawn]
    n_layers = max((curve.layer or 1 for curve in shown), default=1)
    for curve in shown:
        line = layer_line(curve.layer or 1, n_layers)
        if curve.printed is not None:
            marker = {"marker": "o", "markersize": 2.4, "linewidth": 0.7} if plot.markers else {}
            axes.plot(curve.printed.x, curve.printed.y, **{**paper_line(line), **marker}, zorder=1)
        if curve.ours.n_seeds:
            x, mean, spread = curve.ours.x, curve.ours.mean, curve.ours.spread
            axes.fill_between(
                x, mean - spread, mean + spread, color=line["color"], alpha=0.25, linewidth=0
            )
            # One record is no line.
            marker = {"marker": "o", "markersize": 1.8} if len(x) == 1 else {}
            axes.plot(x, mean, **{**line, **marker}, zorder=2 + (curve.layer or 1))
    axes.set_xlim(0, 1.02 * end)
    axes.set_ylim(*(plot.bounds or _bounds(shown, end)))
    axes.set_ylabel(plot.label)
    axes.locator_params(nbins=5)


def agreement_table(figure: str, panel: Panel) -> Table:
    """For each layer its line, and how far its curves are from the printed ones."""
    is_printed = any(curve.printed for curve in panel.curves)
    groups = TIME_FIGURES[figure].groups if is_printed else {}
    layers = sorted({curve.layer for curve in panel.curves if curve.layer})
    rows: list[tuple[dict[str, Any] | None, list[str]]] = []
    for layer in layers:
        texts = [str(layer)]
        for quantities in groups.values():
            found = (
                compare(figure, panel, curve)
                for curve in panel.curves
                if curve.layer == layer and curve.quantity in quantities
            )
            rms, difference = together([row for row in found if row is not None])
            texts += [number_text(difference), number_text(rms)]
        line = layer_line(layer, layers[-1])
        rows.append((line if panel.records else paper_line(line), texts))
    width = min(0.4, 0.87 / max(1, len(groups)))
    ends = [0.13]
    for number in range(len(groups)):
        ends += [0.13 + width * (number + 0.55), 0.13 + width * (number + 1)]
    return Table(
        names=["layer", *["rms", "errors"] * len(groups)],
        ends=ends,
        rows=rows,
        groups=[(text, 2 * n + 1, 2 * n + 2) for n, text in enumerate(groups)],
    )


def caption_text(panels: Sequence[Panel], figure: str) -> str:
    """What is drawn, and what the table says."""
    paper = f"Gray, in the same line styles: the paper's figure {int(figure[3:])}"
    run = [panel.records for panel in panels if panel.records]
    if not run:
        return f"{paper}. There are no runs to draw over it."
    config = run[0][0].config
    has_seeds = any(len(records) > 1 for records in run)
    data = data_text([{panel.title: panel.records} for panel in panels])
    parts = [
        f"Color: {data}; {config.record.examples} test examples, scale '{config.scale}'"
        + ("; mean and standard deviation (band) over seeds." if has_seeds else "; one seed."),
    ]
    if any(curve.printed for panel in panels for curve in panel.curves):
        parts += [
            f"{paper}.",
            "Table: root mean square difference from it at its points that were reached, and the "
            f"same in errors: reading error and spread over seeds{one_seed_note(run)}.",
        ]
    if figure == "fig09":
        parts.append(
            "Gradients are sums over mini-batches of ten, as in the paper: ten times the stored "
            "gradients of the mean cost. The paper draws them on both sides of 0."
        )
    return " ".join(parts)


def _end(panels: Sequence[Panel]) -> float:
    """How far the runs have come, in epochs; the end of the print if there is no run."""
    curves = [curve for panel in panels for curve in panel.curves]
    ours = [curve.ours.x[-1] for curve in curves if len(curve.ours.x)]
    printed = [curve.printed.x[-1] for curve in curves if curve.printed is not None]
    return float(max(ours, default=0)) or float(max(printed, default=1))


def _bounds(curves: Sequence[Curve], end: float) -> tuple[float, float]:
    """Of the vertical axis: both sides of 0 if the curves are, with some air."""
    values = [np.zeros(1)]
    for curve in curves:
        values.append(curve.ours.mean)
        values += [curve.ours.mean + sign * curve.ours.spread for sign in (-1, 1)]
        if curve.printed is not None:
            values.append(curve.printed.y[curve.printed.x <= end])
    all_values = np.concatenate(values)
    all_values = all_values[np.isfinite(all_values)]
    high = 1.08 * float(np.abs(all_values).max()) or 1.0
    is_two_sided = any(curve.side == "lower" for curve in curves)
    return (-high if is_two_sided else 0.0), high
