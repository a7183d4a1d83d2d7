"""A figure of the paper as the page shows it: the drawing, and how far it is from the printed."""

import base64
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from glorot_repro.config.experiment import load_experiment
from glorot_repro.config.shipped import config_path
from glorot_repro.report.agreement import PANELS, agreement, summaries
from glorot_repro.report.comparison import AgreementRow
from glorot_repro.report.digitized import DIGITIZED_FIGURES, printed_figure
from glorot_repro.report.figures import FIGURES, PAPER_FIGURES
from glorot_repro.report.page.table import PageTable
from glorot_repro.report.run_labels import run_command
from glorot_repro.report.style import figure_bytes
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
BY_QUANTITY = ("panel", "quantity", "points", "errors", "worst curve", "at", "ours", "printed")
BY_CURVE = (
    "panel",
    "curve",
    "quantity",
    "points",
    "errors",
    "difference",
    "reading error",
    "spread",
)
NOT_KNOWN = "–"

_TITLES = {"fig01": "Examples of Shapeset"}
"""Of figures without printed curves."""


@dataclass(frozen=True)
class FigureView:
    """One figure. image: a data URI; alt: what it shows; command: what trains its runs.

    is_printed: whether the paper has curves there; agreement and curves: how far ours are from
    them, together and one by one, None where there is nothing to compare; errors: root mean
    square difference in errors, one for each row of `agreement`.
    """

    name: str
    number: int
    title: str
    image: str
    alt: str
    n_runs: int
    command: str
    is_printed: bool
    agreement: PageTable | None
    curves: PageTable | None
    errors: Sequence[float] = ()


def figure_views(scale: str, results: Path) -> list[FigureView]:
    """All figures at a scale, those without runs too: they show the printed curves."""
    return [_figure_view(name, scale, results) for name in PAPER_FIGURES]


def _figure_view(name: str, scale: str, results: Path) -> FigureView:
    experiment = load_experiment(config_path(name), scale=scale)
    records = experiment_records(experiment, results, with_unfinished=True)
    title = printed_figure(name).title if name in DIGITIZED_FIGURES else _TITLES.get(name, name)
    number = int(name.removeprefix("fig"))
    state = "drawn over the printed curves" if records else "the printed curves alone: not run yet"
    rows = agreement(records, name) if name in PANELS else []
    together, curves = agreement_tables(rows)
    return FigureView(
        name=name,
        number=number,
        title=title,
        image=data_uri(FIGURES[name](records, scale=scale)),
        alt=f"Figure {number}: {title}; {state}.",
        n_runs=len(records),
        command=run_command(name, scale),
        is_printed=name in DIGITIZED_FIGURES,
        agreement=together,
        curves=curves,
        errors=[one.rms for one in summaries(rows)],
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


def agreement_tables(rows: Sequence[AgreementRow]) -> tuple[PageTable | None, PageTable | None]:
    """How far our curves are from the printed ones, by quantity and panel, and curve by curve.

    None where no printed point is reached.
    """
    compared = [row for row in rows if row.n_points]
    if not compared:
        return None, None
    by_quantity = [
        (
            _words(one.panel),
            _words(one.quantity),
            str(one.n_points),
            _short(one.rms),
            f"{one.worst.curve} {one.worst.side}".strip(),
            *map(_short, (one.worst.worst_x, one.worst.worst_ours, one.worst.worst_printed)),
        )
        for one in summaries(rows)
    ]
    by_curve = [
        (
            _words(row.panel),
            f"{row.curve} {row.side}".strip(),
            _words(row.quantity),
            f"{row.n_points} of {row.n_printed}",
            *map(_short, (row.rms, row.rms_difference, row.reading_error, row.spread)),
        )
        for row in compared
    ]
    return (
        PageTable(AGREEMENT, BY_QUANTITY, by_quantity, frozenset({2, 3, 5, 6, 7})),
        PageTable(
            "Curve by curve, in the units of the figure", BY_CURVE, by_curve, frozenset(range(3, 8))
        ),
    )


def _words(name: str) -> str:
    return name.replace("_", " ")


def _short(value: float) -> str:
    return NOT_KNOWN if math.isnan(value) else f"{value:.3g}"
