"""The report as a whole: what it holds, and how it becomes one HTML file."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib import resources
from itertools import groupby
from pathlib import Path
from typing import Any

from glorot_repro import __version__
from glorot_repro.files import write_atomically
from glorot_repro.report.page.claims_view import ClaimsView
from glorot_repro.report.page.figure_view import FigureView, figure_views
from glorot_repro.report.page.histogram_data import MOST_BINS, TAIL
from glorot_repro.report.page.judged_claims import claims_view
from glorot_repro.report.page.overview import Tile, tiles
from glorot_repro.report.page.run_view import RunView, json_text, run_views
from glorot_repro.report.page.table1_view import Table1View, table1_view
from glorot_repro.runs.catalog import Entry, list_runs

_TEMPLATES = "templates"
MOST_COMPARED = 12
"""Runs in one chart: of more nobody can tell the lines apart."""

_SCRIPTS = ("chart.js", "curves.js", "viewer.js", "runs.js", "compare.js", "claims.js")


@dataclass(frozen=True)
class Report:
    """What a page shows. A part that is empty or None is left out of it."""

    title: str
    subtitle: str
    runs: Sequence[RunView]
    figures: Sequence[FigureView] = field(default=())
    table1: Table1View | None = None
    claims: ClaimsView | None = None

    @property
    def overview(self) -> list[Tile]:
        """What there is, counted."""
        return tiles(self.runs, self.figures, self.table1, self.claims)

    @property
    def viewable_runs(self) -> list[RunView]:
        """The runs that the histogram viewer can show."""
        return [run for run in self.runs if run.has_histograms]

    @property
    def compared_runs(self) -> list[RunView]:
        """The runs that are drawn in one chart; none if they are too few or too many."""
        runs = self._runs_with_curves
        return runs if 2 <= len(runs) <= MOST_COMPARED else []

    @property
    def has_too_many_to_compare(self) -> bool:
        """Whether there would be a chart of fewer runs."""
        return len(self._runs_with_curves) > MOST_COMPARED

    @property
    def _runs_with_curves(self) -> list[RunView]:
        return [run for run in self.runs if run.data is not None and run.data["curves"]]

    @property
    def first_shown(self) -> str:
        """The key of the run that the viewer shows first: the first with the most times."""
        return max(self.viewable_runs, key=lambda run: run.n_times).key

    @property
    def experiments(self) -> list[tuple[str, list[RunView]]]:
        """scale/experiment and its runs."""
        by_name = groupby(self.runs, lambda run: f"{run.scale}/{run.experiment}")
        return [(name, list(runs)) for name, runs in by_name]


def paper_report(scale: str, results: Path) -> Report:
    """The figures of the paper at a scale, and all runs of that scale in a results folder."""
    entries = [entry for entry in list_runs(results) if entry.scale == scale]
    runs = run_views(entries)
    return Report(
        title="Glorot & Bengio (2010), reproduced",
        subtitle=f"Understanding the difficulty of training deep feedforward neural networks, "
        f"at scale {scale}",
        runs=runs,
        figures=figure_views(scale, results),
        table1=table1_view(scale, results),
        claims=claims_view(scale, results, runs),
    )


def runs_report(entries: Sequence[Entry]) -> Report:
    """The chosen runs, by scale and experiment."""
    ordered = sorted(entries, key=lambda entry: (entry.scale, entry.experiment))
    experiments = dict.fromkeys(f"{entry.scale}/{entry.experiment}" for entry in ordered)
    count = "One run" if len(ordered) == 1 else f"{len(ordered)} runs"
    return Report(title=count, subtitle=", ".join(experiments), runs=run_views(ordered))


def to_html(report: Report) -> str:
    """The page: everything in it is escaped but our own templates, styles and scripts."""
    from jinja2 import Environment, PackageLoader, StrictUndefined
    from jinja2.utils import htmlsafe_json_dumps
    from markupsafe import Markup

    environment = Environment(
        loader=PackageLoader("glorot_repro.report.page", _TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )

    def embedded_json(data: dict[str, Any]) -> Markup:
        return htmlsafe_json_dumps(data, dumps=json_text)

    return environment.get_template("report.html.jinja").render(
        report=report,
        version=__version__,
        styles=Markup(_packaged("report.css")),
        scripts=Markup("\n".join(_packaged(name) for name in _SCRIPTS)),
        embedded_json=embedded_json,
        most_bins=MOST_BINS,
        most_compared=MOST_COMPARED,
        tail_percent=100 * TAIL,
    )


def write_report(report: Report, path: Path) -> int:
    """Write the page to `path`; returns its size in bytes. Raises StorageError."""
    # The name of a folder need not be UTF-8.
    content = to_html(report).encode(errors="replace")
    write_atomically(path, content)
    return len(content)


def _packaged(name: str) -> str:
    folder = resources.files("glorot_repro.report.page") / _TEMPLATES
    return (folder / name).read_text(encoding="utf-8")
