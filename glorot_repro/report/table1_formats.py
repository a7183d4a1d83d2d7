"""Table 1 as plain text, CSV, Markdown and LaTeX."""

import csv
import io
import textwrap
from collections.abc import Callable, Mapping
from pathlib import Path

from glorot_repro.files import write_atomically
from glorot_repro.measure.correctness import KEPT
from glorot_repro.report.printed_table import printed_table
from glorot_repro.report.table1 import TESTS, Table1
from glorot_repro.report.table1_cells import COLUMNS, DIVERGED, MODELS, UNFINISHED, Cell
from glorot_repro.report.table1_notes import Marks, marked_error, marked_printed, notes, title

EVALUATIONS = ("best", "last")
"""The order of the lines of a model: the printed table matches the best."""

TEXT_MARKS = Marks(
    "{}*",
    "{}+",
    {UNFINISHED: "~", DIVERGED: "x"},
    {"unpaired": "*", "paired": "+", UNFINISHED: "~", DIVERGED: "x"},
)
MARKDOWN_MARKS = Marks(
    "**{}**",
    "{}†",
    {UNFINISHED: "‡", DIVERGED: "§"},
    {"unpaired": "bold", "paired": "†", UNFINISHED: "‡", DIVERGED: "§"},
)
LATEX_MARKS = Marks(
    r"\textbf{{{}}}",
    r"{}$^\dagger$",
    {UNFINISHED: r"$^\ddagger$", DIVERGED: r"$^\S$"},
    {
        "unpaired": "bold",
        "paired": r"$\dagger$",
        UNFINISHED: r"$\ddagger$",
        DIVERGED: r"$\S$",
    },
)

_WIDTH = 99
_PAPER, _OURS = 6, 14


def as_text(table: Table1) -> str:
    """Fixed-width text, at most 99 characters wide: an interval stands beneath its number."""
    margin = max(len(model.name) for model in MODELS) + 6
    headings = [name.ljust(_PAPER + 1 + _OURS) for name in COLUMNS.values()]
    subheadings = [f"{'paper':>{_PAPER}} {'ours':<{_OURS}}"] * len(COLUMNS)
    lines = [*textwrap.wrap(title(table), _WIDTH), ""]
    lines += [" " * margin + "".join(line) for line in (headings, subheadings)]
    for model in MODELS:
        for evaluation in EVALUATIONS:
            blocks = [
                _text_block(table, table.cell(model.name, dataset), evaluation)
                for dataset in COLUMNS
            ]
            for number in range(max(len(block) for block in blocks)):
                name = model.name if evaluation == EVALUATIONS[0] and not number else ""
                start = f"{name:<{margin - 5}}{'' if number else evaluation:<5}"
                parts = [
                    block[number] if number < len(block) else " " * (_PAPER + 1 + _OURS)
                    for block in blocks
                ]
                lines.append(start + "".join(parts))
        lines.append("")
    for note in notes(table, TEXT_MARKS):
        lines += textwrap.wrap(note, _WIDTH, subsequent_indent="   ")
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _text_block(table: Table1, cell: Cell, evaluation: str) -> list[str]:
    """The lines of a cell: what is printed, and under each other what is ours."""
    is_first = evaluation == EVALUATIONS[0]
    ours = textwrap.wrap(cell.status, _OURS - 1) if is_first else []
    if cell.has_numbers:
        ours = [
            marked_error(table, cell, evaluation, TEXT_MARKS),
            *interval_texts(cell, evaluation),
        ]
    printed = marked_printed(cell, TEXT_MARKS) if is_first else ""
    # Numbers end in the same column, whether a mark follows or not.
    printed = printed if printed.endswith("*") else f"{printed} "
    return [
        f"{'' if number else printed:>{_PAPER}} {line:<{_OURS}}" for number, line in enumerate(ours)
    ]


def interval_texts(cell: Cell, evaluation: str) -> list[str]:
    """Over test examples in brackets, over seeds in parentheses, as far as they are known."""
    over_examples, over_seeds = cell.example_interval(evaluation), cell.seed_interval(evaluation)
    found = [f"[{over_examples[0]:.2f}, {over_examples[1]:.2f}]"] if over_examples else []
    return found + ([f"({over_seeds[0]:.2f}, {over_seeds[1]:.2f})"] if over_seeds else [])


def as_markdown(table: Table1) -> str:
    """A table of GitHub's Markdown; bold by the unpaired test, a dagger by the paired one."""
    heads = [f"{name}, {what}" for name in COLUMNS.values() for what in ("paper", "ours")]
    lines = [f"**{title(table)}**", "", _row(["model", "at", *heads])]
    lines.append(_row(["---", "---", *["---:"] * len(heads)]))
    lines += [_row(row) for row in _rows(table, MARKDOWN_MARKS)]
    return "\n".join([*lines, "", *(f"- {note}" for note in notes(table, MARKDOWN_MARKS))]) + "\n"


def _row(fields: list[str]) -> str:
    return f"| {' | '.join(fields)} |"


def _rows(table: Table1, marks: Marks) -> list[list[str]]:
    """A row for each model and evaluation: model, evaluation, and paper, ours for each column."""
    rows = []
    for model in MODELS:
        for evaluation in EVALUATIONS:
            row = [model.name if evaluation == EVALUATIONS[0] else "", evaluation]
            for dataset in COLUMNS:
                cell = table.cell(model.name, dataset)
                ours = cell.status
                if cell.has_numbers:
                    error = marked_error(table, cell, evaluation, marks)
                    ours = " ".join([error, *interval_texts(cell, evaluation)])
                row += [marked_printed(cell, marks), ours]
            rows.append(row)
    return rows


def as_latex(table: Table1) -> str:
    r"""A `tabular`, to be put into a document with \input; needs no packages.

    Bold by the unpaired test, a dagger by the paired one; the notes follow in small print.
    """
    heads = "".join(rf" & \multicolumn{{2}}{{c}}{{{name}}}" for name in COLUMNS.values())
    lines = [
        rf"\begin{{tabular}}{{ll{'rr' * len(COLUMNS)}}}",
        r"\hline",
        rf" & {heads} \\",
        rf"model & at{' & paper & ours' * len(COLUMNS)} \\",
        r"\hline",
        *(rf"{' & '.join(row)} \\" for row in _rows(table, LATEX_MARKS)),
        r"\hline",
        r"\end{tabular}",
        "",
        r"{\small",
        *(rf"{_escaped(line)}\par" for line in (f"{title(table)}.", *notes(table, LATEX_MARKS))),
        "}",
    ]
    return "\n".join(lines) + "\n"


def _escaped(note: str) -> str:
    return note.replace("%", r"\%").replace("_", r"\_")


CSV_HEADER = (
    *("dataset", "model", "evaluation", "status", "updates_done", "updates", "learning_rate"),
    *("seeds", "printed", "printed_is_bold", "error", "examples_low", "examples_high"),
    *("seeds_low", "seeds_high", "n_examples", "at_updates"),
    *(f"{test}_{what}" for test in TESTS for what in ("is_best", "p_to_best")),
)
"""One row for each cell and evaluation; empty where there is nothing. Errors are in percent."""


def as_csv(table: Table1) -> str:
    """A tidy table, one row for each cell and evaluation."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(CSV_HEADER)
    printed = printed_table()
    for (model, dataset), cell in table.cells.items():
        for evaluation in KEPT:
            has_numbers = cell.has_numbers
            writer.writerow(
                (
                    *(dataset, model, evaluation, cell.status),
                    *(_number(cell.updates_done, has_numbers), _number(cell.updates, has_numbers)),
                    _number(cell.learning_rate, has_numbers),
                    " ".join(map(str, cell.seeds)),
                    *(printed.errors[dataset][model], int(model in printed.bold[dataset])),
                    _number(cell.error(evaluation), has_numbers),
                    *(cell.example_interval(evaluation) or ("", "")),
                    *(cell.seed_interval(evaluation) or ("", "")),
                    _number(cell.counts(evaluation)[1], has_numbers),
                    " ".join(str(score.update) for score in cell.of(evaluation)),
                    *_tests(table, cell, evaluation),
                )
            )
    return text.getvalue()


def _number(value: float | None, is_there: bool) -> float | str:
    return "" if value is None or not is_there else value


def _tests(table: Table1, cell: Cell, evaluation: str) -> list[float | str]:
    fields: list[float | str] = []
    for test in TESTS:
        group = table.best_group(cell.dataset, evaluation, test)
        fields.append(int(cell.model in group) if group and cell.has_numbers else "")
        p = table.p_to_best(cell.model, cell.dataset, evaluation, test)
        fields.append("" if p is None else p)
    return fields


FORMATS: Mapping[str, tuple[str, Callable[[Table1], str]]] = {
    "text": ("txt", as_text),
    "csv": ("csv", as_csv),
    "markdown": ("md", as_markdown),
    "latex": ("tex", as_latex),
}
"""Name of a format -> the end of its file's name, and what writes it."""


def write_table(table: Table1, folder: Path) -> list[Path]:
    """Writes table1.txt, .csv, .md and .tex into `folder`; returns their paths.

    Raises StorageError if one cannot be written.
    """
    paths = []
    for suffix, formatted in FORMATS.values():
        path = folder / f"table1.{suffix}"
        write_atomically(path, formatted(table).encode())
        paths.append(path)
    return paths
