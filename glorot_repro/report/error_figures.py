"""Figures 11 and 12: the test error of several models during training."""

import math
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from glorot_repro.config.scales import PAPER
from glorot_repro.report.comparison import compare
from glorot_repro.report.digitized import PrintedPanel
from glorot_repro.report.errors_over_time import ERROR_FIGURES, error_panels
from glorot_repro.report.panels import Curve, Panel
from glorot_repro.report.run_labels import (
    commands_text,
    data_text,
    one_seed_note,
    seeds_text,
    updates_text,
)
from glorot_repro.report.sheet import Sheet
from glorot_repro.report.style import model_line, paper_line, write_note
from glorot_repro.report.tables import Table, number_text
from glorot_repro.runs.data_files import unofficial_data_note
from glorot_repro.runs.reading import RunRecord

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_PLOT_HEIGHT = 2.0
_MILLION = 1e6


def error_figure(
    records: Sequence[RunRecord],
    figure: str,
    *,
    overrides: Sequence[str] = (),
    scale: str = PAPER,
) -> "Figure":
    """The figure: for each data set the curves, and the table of models."""
    panels = error_panels(records, figure)
    sheet = Sheet()
    for letter, panel, described in zip("ab", panels, ERROR_FIGURES[figure], strict=False):
        sheet.title(f"({letter}) {panel.title}" if len(panels) > 1 else panel.title)
        draw = partial(draw_errors, panel=panel, printed=described.paper)
        sheet.plot(_PLOT_HEIGHT, draw, x_label="examples seen (millions)")
        table = model_table(figure, panel)
        sheet.wide(table.height, table.draw)
    sheet.caption(caption_text(panels, figure), commands_text(figure, records, overrides, scale))
    return sheet.figure()


def draw_errors(axes: "Axes", panel: Panel, printed: PrintedPanel) -> None:
    """Our curves with their bands over the printed ones, as far as our runs have come.

    Printed ones go straight through places where they are hidden. One that two of ours are held
    against is drawn once: two styles, one on the other, would make a solid line.
    """
    drawn = set()
    for curve in panel.curves:
        line = model_line(curve.label)
        if curve.printed is not None and curve.printed.name not in drawn:
            drawn.add(curve.printed.name)
            is_seen = np.isfinite(curve.printed.y)
            x, y = curve.printed.x[is_seen], curve.printed.y[is_seen]
            axes.plot(x / _MILLION, y, **_printed_line(curve), zorder=1)
        if curve.ours.n_seeds:
            x, mean, spread = curve.ours.x / _MILLION, curve.ours.mean, curve.ours.spread
            axes.fill_between(
                x, mean - spread, mean + spread, color=line["color"], alpha=0.25, linewidth=0
            )
            axes.plot(x, mean, **line, zorder=2)
    ours = [curve.ours for curve in panel.curves if len(curve.ours.x)]
    end = max((float(curve.x[-1]) for curve in ours), default=0) or printed.x.range[1]
    axes.set_xlim(0, 1.02 * end / _MILLION)
    axes.set_ylim(*_bounds(panel.curves, printed, end))
    axes.set_ylabel("test error (percent)")
    axes.locator_params(nbins=6)
    if not ours:
        write_note(axes, "not run\n(paper's curves only)", x=0.97)


MOST_OF_LOWEST = 4
"""Ends of curves that are more times the lowest one stay above the axis."""


def _bounds(curves: Sequence[Curve], printed: PrintedPanel, end: float) -> tuple[float, float]:
    """Of the vertical axis: the printed one, from where curves are, to our highest end.

    One that is many times the lowest has not learned: it would press the others together.
    """
    low, high = printed.y.range
    lasts = _last_errors(curves)
    seen = [c.printed.y[c.printed.x <= end] for c in curves if c.printed is not None]
    visible = np.concatenate([*(c.ours.mean for c in curves), *seen, [math.nan]])
    lowest = float(np.nanmin(visible)) if np.isfinite(visible).any() else low
    above = _above_axis(curves, printed)
    highest = max([high, *(1.05 * lasts[label] for label in lasts if label not in above)])
    return lowest - 0.05 * (highest - lowest), highest


def _above_axis(curves: Sequence[Curve], printed: PrintedPanel) -> list[str]:
    """The models that end above the printed axis and have not learned, while another one has."""
    lasts = _last_errors(curves)
    limit = max(printed.y.range[1], MOST_OF_LOWEST * min(lasts.values(), default=0))
    return [label for label, error in lasts.items() if error > limit]


def _last_errors(curves: Sequence[Curve]) -> dict[str, float]:
    """The last error of each model that has one."""
    return {curve.label: last[1] for curve in curves if (last := _last(curve))}


def _last(curve: Curve) -> tuple[float, float] | None:
    """Examples seen at our last error, and that error; None without any."""
    known = np.flatnonzero(np.isfinite(curve.ours.mean))
    if not len(known):
        return None
    return float(curve.ours.x[known[-1]]), float(curve.ours.mean[known[-1]])


def model_table(figure: str, panel: Panel) -> Table:
    """For each model its line, rate, number of seeds, our last error and the paper's there."""
    return Table(
        names=["model", "rate", "seeds", "examples", "ours", "paper", "rms", "errors"],
        ends=[0.33, 0.4, 0.49, 0.635, 0.71, 0.795, 0.9, 1.0],
        rows=[(_line(curve), _row_texts(figure, panel, curve)) for curve in panel.curves],
        groups=[("learning", 1, 1), ("test error %", 4, 5), ("from paper", 6, 7)],
    )


def _line(curve: Curve) -> dict[str, Any]:
    """The line of ours; the gray one of the paper where nothing is run."""
    return model_line(curve.label) if curve.records else _printed_line(curve)


def _printed_line(curve: Curve) -> dict[str, Any]:
    """The gray line of the paper's curve, which may be that of another model of ours."""
    return paper_line(model_line(curve.printed.name if curve.printed else curve.label))


def _row_texts(figure: str, panel: Panel, curve: Curve) -> list[str]:
    if not curve.records:
        return [curve.label, "", "", "not run", "", "", "", ""]
    row = compare(figure, panel, curve)
    examples, error = _last(curve) or (0.0, np.nan)
    printed = np.nan
    if curve.printed is not None and examples:
        is_there = np.isfinite(curve.printed.y) & (curve.printed.x <= examples)
        printed = curve.printed.y[is_there][-1] if is_there.any() else np.nan
    return [
        curve.label,
        f"{curve.records[0].config.training.learning_rate:g}",
        f"{len(curve.records)}",
        f"{examples / _MILLION:g} M",
        number_text(error),
        number_text(float(printed)),
        number_text(row.rms_difference if row else np.nan),
        number_text(row.rms if row else np.nan),
    ]


def caption_text(panels: Sequence[Panel], figure: str) -> str:
    """What is drawn, and what the table says."""
    has_two = any(curve.label == "Tanh as printed" for panel in panels for curve in panel.curves)
    styles = "the same line styles" + (" (Tanh as printed: that of Tanh N)" if has_two else "")
    (number,) = {int(described.figure.removeprefix("fig")) for described in ERROR_FIGURES[figure]}
    paper = f"Gray, in {styles}: the paper's figure {number}"
    curves = [curve for panel in panels for curve in panel.curves if curve.records]
    if not curves:
        return f"{paper}. There are no runs to draw over it."
    records = [record for curve in curves for record in curve.records]
    has_seeds = any(len(curve.records) > 1 for curve in curves)
    planned = sorted({record.config.training.updates for record in records})
    updates = [
        updates_text([record for record in records if record.config.training.updates == n])
        for n in planned
    ]
    data = data_text([{curve.label: curve.records for curve in panel.curves} for panel in panels])
    parts = [
        f"Color: {data}; scale '{records[0].config.scale}', {', '.join(updates)}, "
        f"{seeds_text(records)}" + (" (mean; band: standard deviation)." if has_seeds else "."),
    ]
    if any(curve.printed for panel in panels for curve in panel.curves):
        parts.append(
            f"{paper}. Table: learning rate; number of seeds; the last test error of ours, and the "
            "paper's there; root mean square difference at the printed points that were reached, "
            "and the same in errors: reading error and spread over seeds"
            f"{one_seed_note(curve.records for curve in curves)}."
        )
    else:
        parts.append("Table: learning rate, number of seeds, and the last test error.")
    if any(described.medians for described in ERROR_FIGURES[figure]):
        parts.append("Ours are running medians over 250,000 examples, as the printed points are.")
    names = [
        f"{label} ({panel.title})"
        for panel, described in zip(panels, ERROR_FIGURES[figure], strict=False)
        for label in _above_axis(panel.curves, described.paper)
    ]
    if names:
        parts.append(f"Above the axis: {', '.join(names)}.")
    data_note = unofficial_data_note(record.info for record in records)
    if data_note:
        parts.append(f"{data_note[0].upper()}{data_note[1:]}.")
    return " ".join(parts)
