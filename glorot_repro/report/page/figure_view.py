"""A figure of the paper as the page shows it: the drawing, and how far it is from the printed."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from glorot_repro.config.experiment import load_experiment
from glorot_repro.config.shipped import config_path
from glorot_repro.report.agreement import PANELS, agreement, summaries
from glorot_repro.report.digitized import DIGITIZED_FIGURES, printed_figure
from glorot_repro.report.figures import FIGURES
from glorot_repro.report.page.table import Table
from glorot_repro.report.style import figure_bytes
from glorot_repro.runs.reading import RunRecord
from glorot_repro.runs.records import experiment_records

if TYPE_CHECKING:
    from matplotlib.figure import Figure

LARGEST_SVG = 400_000
"""Bytes; a figure that needs more is embedded as PNG."""

_MEDIA_TYPES = {"svg": "image/svg+xml", "png": "image/png"}

AGREEMENT = (
    "How far these runs are from the printed curves: root mean square difference in units of "
    "reading error and spread over seeds; with one seed the reading error alone"
)
COLUMNS = ("panel", "quantity", "points", "errors", "worst curve", "at", "ours", "printed")

_TITLES = {"fig01": "Examples of Shapeset"}
"""Of figures without printed curves."""


@dataclass(frozen=True)
class FigureView:
    """One figure. image: a data URI; alt: what it shows; command: what trains its runs.

    agreement: how far our curves are from the printed ones; None where there is nothing to compare.
    """

    name: str
    number: int
    title: str
    image: str
    alt: str
    n_runs: int
    command: str
    agreement: Table | None


def figure_views(scale: str, results: Path) -> list[FigureView]:
    """All figures at a scale, those without runs too: they show the printed curves."""
    return [_figure_view(name, scale, results) for name in sorted(FIGURES)]


def _figure_view(name: str, scale: str, results: Path) -> FigureView:
    experiment = load_experiment(config_path(name), scale=scale)
    records = experiment_records(experiment, results, with_unfinished=True)
    title = printed_figure(name).title if name in DIGITIZED_FIGURES else _TITLES.get(name, name)
    number = int(name.removeprefix("fig"))
    state = "drawn over the printed curves" if records else "the printed curves alone: not run yet"
    return FigureView(
        name=name,
        number=number,
        title=title,
        image=data_uri(FIGURES[name](records)),
        alt=f"Figure {number}: {title}; {state}.",
        n_runs=len(records),
        command=f"glorot-repro run {name} --scale {scale}",
        agreement=agreement_table(name, records),
    )


def data_uri(figure: "Figure") -> str:
    """The figure as a URI that holds it whole: SVG, or PNG where that would be too much."""
    file_format = "svg"
    content = figure_bytes(figure, file_format)
    if len(content) > LARGEST_SVG:
        file_format = "png"
        content = figure_bytes(figure, file_format)
    encoded = base64.b64encode(content).decode("ascii")
    return f"data:{_MEDIA_TYPES[file_format]};base64,{encoded}"


def agreement_table(name: str, records: Sequence[RunRecord]) -> Table | None:
    """For each quantity of a panel how far ours is from the printed curves, and the worst point."""
    if name not in PANELS:
        return None
    rows = [
        (
            one.panel.replace("_", " "),
            one.quantity.replace("_", " "),
            str(one.n_points),
            f"{one.rms:.3g}",
            f"{one.worst.curve} {one.worst.side}".strip(),
            *(
                f"{value:.3g}"
                for value in (one.worst.worst_x, one.worst.worst_ours, one.worst.worst_printed)
            ),
        )
        for one in summaries(agreement(records, name))
    ]
    return Table(AGREEMENT, COLUMNS, rows, frozenset({2, 3, 5, 6, 7})) if rows else None
