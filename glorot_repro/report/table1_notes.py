"""What stands beneath Table 1: what the marks and intervals mean, and what is not as printed."""

from collections.abc import Mapping
from dataclasses import dataclass

from glorot_repro.report.printed_table import printed_table
from glorot_repro.report.run_labels import text_by_name
from glorot_repro.report.table1 import Table1
from glorot_repro.report.table1_cells import COLUMNS, DIVERGED, FINISHED, MODELS, UNFINISHED, Cell
from glorot_repro.runs.data_files import unofficial_data_note


@dataclass(frozen=True)
class Marks:
    """How a format marks a number, `{}` standing for it; names: how the notes call the marks."""

    unpaired: str
    paired: str
    status: Mapping[str, str]
    names: Mapping[str, str]

    def marked(self, number: str, *, groups: tuple[bool, bool], status: str = FINISHED) -> str:
        """A number, by whether it is in the best group by the unpaired and the paired test."""
        for is_in, pattern in zip(groups, (self.unpaired, self.paired), strict=True):
            number = pattern.format(number) if is_in else number
        return number + self.status.get(status, "")


def marked_error(table: Table1, cell: Cell, evaluation: str, marks: Marks) -> str:
    """The mean error of a cell that has one, with two decimals and its marks."""
    groups = (
        cell.model in table.best_group(cell.dataset, evaluation, "unpaired"),
        cell.model in table.best_group(cell.dataset, evaluation, "paired"),
    )
    return marks.marked(f"{cell.error(evaluation):.2f}", groups=groups, status=cell.status)


def marked_printed(cell: Cell, marks: Marks) -> str:
    """The printed error of a cell, marked as in the best group where it is bold in print."""
    printed = printed_table()
    is_bold = cell.model in printed.bold[cell.dataset]
    error = printed.errors[cell.dataset][cell.model]
    return marks.marked(f"{error:.2f}", groups=(is_bold, False))


def title(table: Table1) -> str:
    """What the table shows, at which scale, after how many updates, with which seeds."""
    cells = [cell for cell in table.cells.values() if cell.has_numbers]
    updates = sorted({cell.updates for cell in cells})
    seeds = sorted({seed for cell in cells for seed in cell.seeds})
    parts = [
        f"scale {table.scale}",
        *([", ".join(f"{n:,}" for n in updates) + " updates"] if updates else []),
        *([f"seed{'s' * (len(seeds) > 1)} {', '.join(map(str, seeds))}"] if seeds else []),
    ]
    return f"Table 1: test error in percent; {', '.join(parts)}"


def notes(table: Table1, marks: Marks) -> list[str]:
    """The notes, one a line, as far as there is something that they are about."""
    cells = [cell for cell in table.cells.values() if cell.has_numbers]
    level = printed_table().level
    lines = [
        "best: test error at the evaluation with the lowest validation error; last: at the last "
        "evaluation; paper: as printed; on Shapeset, the lowest points of figure 11's curves"
    ]
    if cells:
        lines.append("[ ]: 95 % interval over the test examples (Wilson)")
    if any(len(cell.seeds) > 1 for cell in cells):
        lines.append("( ): 95 % interval of the mean over seeds (Student's t)")
    lines.append(
        f"{marks.names['unpaired']}: the best of its column, or not different from it at "
        f"p = {level} by the two-proportion test; for the paper, what it prints in bold"
    )
    if cells:
        lines.append(
            f"{marks.names['paired']}: the same by the exact McNemar test on the same test examples"
        )
    lines += _progress(cells, marks) + _fewer_seeds(cells)
    provisional = [
        name
        for dataset, name in COLUMNS.items()
        if table.is_provisional(dataset) and any(c.has_numbers for c in table.column(dataset))
    ]
    if provisional:
        lines.append(f"provisional, since not all models are finished: {', '.join(provisional)}")
    data_note = unofficial_data_note(
        {"unofficial_data_files": cell.unofficial_data_files} for cell in cells
    )
    settings = [_data(table), _rates(table)] if cells else []
    return lines + ([data_note] if data_note else []) + settings


def _progress(cells: list[Cell], marks: Marks) -> list[str]:
    """A line for each number of updates at which cells stand that are not finished."""
    places: dict[tuple[str, str], list[str]] = {}
    for cell in cells:
        words = {
            UNFINISHED: f"unfinished: reached {cell.updates_done:,} of {cell.updates:,} updates",
            DIVERGED: f"diverged after {cell.updates_done:,} of {cell.updates:,} updates",
        }
        if cell.status in words:
            place = f"{cell.model} on {COLUMNS[cell.dataset]}"
            places.setdefault((cell.status, words[cell.status]), []).append(place)
    return [
        f"{marks.names[status]}: {words}: {', '.join(found)}"
        for (status, words), found in places.items()
    ]


def _fewer_seeds(cells: list[Cell]) -> list[str]:
    """A line for the cells that have not all seeds that others have."""
    seeds = {seed for cell in cells for seed in cell.seeds}
    fewer = [
        f"{cell.model} on {COLUMNS[cell.dataset]} ({', '.join(map(str, cell.seeds))})"
        for cell in cells
        if set(cell.seeds) != seeds
    ]
    return [f"fewer seeds: {', '.join(fewer)}"] if fewer else []


def _data(table: Table1) -> str:
    columns = [
        text_by_name(
            {cell.model: [cell.data] for cell in table.column(dataset) if cell.has_numbers}
        )
        for dataset in COLUMNS
    ]
    return f"data, by column: {'; '.join(filter(None, columns))}"


def _rates(table: Table1) -> str:
    rows = []
    for model in MODELS:
        rates = [table.cell(model.name, dataset).learning_rate for dataset in COLUMNS]
        rows.append(f"{model.name} {', '.join('-' if r is None else f'{r:g}' for r in rates)}")
    return f"learning rates, by column: {'; '.join(rows)}"
