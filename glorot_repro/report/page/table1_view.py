"""Table 1 as the page shows it: the printed numbers and ours, model by model."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from glorot_repro.config.experiment import load_experiment
from glorot_repro.config.shipped import config_path
from glorot_repro.report.printed_table import printed_table
from glorot_repro.report.table1 import Table1, experiment_table
from glorot_repro.report.table1_cells import COLUMNS, DIVERGED, MODELS, UNFINISHED, Cell
from glorot_repro.report.table1_formats import EVALUATIONS, interval_texts
from glorot_repro.report.table1_notes import Marks, notes, title

_STATUS_MARKS = {UNFINISHED: "‡", DIVERGED: "§"}

MARKS = Marks("{}", "{}", _STATUS_MARKS, {"unpaired": "bold", "paired": "†", **_STATUS_MARKS})
"""How the notes call the marks; the page sets them itself."""


@dataclass(frozen=True)
class Number:
    """One number of the table, or a word in its place.

    is_bold: in the best group by the unpaired test, for the paper as printed; marks: what stands
    behind it; intervals: what stands beneath it; has_value: False for a word.
    """

    text: str
    is_bold: bool = False
    marks: str = ""
    intervals: Sequence[str] = ()
    has_value: bool = True


@dataclass(frozen=True)
class ModelRows:
    """The rows of one model: printed, one a data set; ours, by evaluation, one a data set each."""

    model: str
    printed: Sequence[Number]
    ours: Sequence[tuple[str, Sequence[Number]]]


@dataclass(frozen=True)
class Table1View:
    """Table 1. columns: the data sets; n_cells_run: how many of the cells have numbers of ours."""

    title: str
    columns: Sequence[str]
    models: Sequence[ModelRows]
    notes: Sequence[str]
    n_cells: int
    n_cells_run: int
    command: str


def table1_view(scale: str, results: Path) -> Table1View:
    """The table of the runs of a scale; every cell that has not run says so."""
    table = experiment_table(load_experiment(config_path("table1"), scale=scale), results)
    return Table1View(
        title=title(table).removeprefix("Table 1: ").capitalize(),
        columns=list(COLUMNS.values()),
        models=[_model_rows(table, model.name) for model in MODELS],
        notes=notes(table, MARKS),
        n_cells=len(table.cells),
        n_cells_run=sum(cell.has_numbers for cell in table.cells.values()),
        command=f"glorot-repro table1 --scale {scale} --run",
    )


def _model_rows(table: Table1, model: str) -> ModelRows:
    cells = [table.cell(model, dataset) for dataset in COLUMNS]
    return ModelRows(
        model,
        [_printed(cell) for cell in cells],
        [
            (evaluation, [_ours(table, cell, evaluation) for cell in cells])
            for evaluation in EVALUATIONS
        ],
    )


def _printed(cell: Cell) -> Number:
    printed = printed_table()
    error = printed.errors[cell.dataset][cell.model]
    return Number(f"{error:.2f}", is_bold=cell.model in printed.bold[cell.dataset])


def _ours(table: Table1, cell: Cell, evaluation: str) -> Number:
    error = cell.error(evaluation)
    if error is None:
        return Number(cell.status, has_value=False)
    in_group = {
        test: cell.model in table.best_group(cell.dataset, evaluation, test)
        for test in ("unpaired", "paired")
    }
    return Number(
        f"{error:.2f}",
        is_bold=in_group["unpaired"],
        marks=("†" if in_group["paired"] else "") + _STATUS_MARKS.get(cell.status, ""),
        intervals=interval_texts(cell, evaluation),
    )
