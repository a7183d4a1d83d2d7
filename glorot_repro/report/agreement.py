"""How far our curves are from the printed ones, figure by figure, and the file of it."""

import csv
import io
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from glorot_repro.errors import StorageError
from glorot_repro.files import write_atomically
from glorot_repro.report.comparison import AgreementRow, panel_rows, together
from glorot_repro.report.cost_surface import cost_panels
from glorot_repro.report.errors_over_time import ERROR_FIGURES, error_panels
from glorot_repro.report.histogram_panels import HISTOGRAM_FIGURES, histogram_panels
from glorot_repro.report.over_time import TIME_FIGURES, time_panels
from glorot_repro.report.panels import Panel
from glorot_repro.runs.lock import held_in_turn
from glorot_repro.runs.reading import RunRecord
from glorot_repro.strict_json import with_nulls

if TYPE_CHECKING:
    from collections.abc import Callable

PANELS: "Mapping[str, Callable[[Sequence[RunRecord]], Sequence[Panel]]]" = {
    "fig05": cost_panels,
    **{name: partial(histogram_panels, figure=name) for name in HISTOGRAM_FIGURES},
    **{name: partial(time_panels, figure=name) for name in TIME_FIGURES},
    **{name: partial(error_panels, figure=name) for name in ERROR_FIGURES},
}
"""Figure -> what it shows of the runs of one scale, before it is drawn."""


def agreement(records: Sequence[RunRecord], figure: str) -> list[AgreementRow]:
    """A row for each printed curve of a figure and each panel of ours that it lies under.

    A curve without a run has a row too, with n_points 0; one of a network that is not the printed
    one (another depth, say) has none. Raises KeyError for a figure without printed curves.
    """
    return panel_rows(figure, PANELS[figure](records))


@dataclass(frozen=True)
class AgreementSummary:
    """All curves of one quantity in a panel together, and the row with the worst point."""

    figure: str
    panel: str
    quantity: str
    n_points: int
    rms: float
    worst: AgreementRow


def summaries(rows: Sequence[AgreementRow]) -> list[AgreementSummary]:
    """One line for each quantity of each panel that has run, in the order of the rows."""
    found = []
    compared = [row for row in rows if row.n_points]
    order = {key: n for n, key in reversed(list(enumerate(map(_group, compared))))}
    for key, members in groupby(sorted(compared, key=lambda row: order[_group(row)]), key=_group):
        group = list(members)
        worst = max(group, key=lambda row: abs(row.worst))
        n_points = sum(row.n_points for row in group)
        found.append(AgreementSummary(*key, n_points, together(group)[0], worst))
    return found


def write_agreement(
    path: Path, rows: Sequence[AgreementRow], *, figures: Iterable[str] = ()
) -> None:
    """Put the rows into agreement.csv, one a line; what is not known is empty.

    figures: those that were drawn, of which there may be no rows. Lines of all others stay as they
    are, also of those that another process writes meanwhile. Raises StorageError, also if the file
    there is damaged.
    """
    names = [field.name for field in fields(AgreementRow)]
    with held_in_turn(path.with_name(".lock")):
        lines = _other_lines(path, names, {*figures, *(row.figure for row in rows)})
        lines += [[_shown(value) for value in asdict(row).values()] for row in rows]
        text = io.StringIO()
        # By figure; within one the order of the rows is that of its panels.
        in_order = sorted(lines, key=lambda row: row[0])
        csv.writer(text, lineterminator="\n").writerows([names, *in_order])
        write_atomically(path, text.getvalue().encode())


def _other_lines(path: Path, names: list[str], figures: set[str]) -> list[list[str]]:
    """The lines of other figures in the file; none of a file of other columns, or without it."""
    try:
        lines = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8"))))
    except FileNotFoundError:
        return []
    except (OSError, ValueError, csv.Error) as error:
        message = f"{path} cannot be read: {error}"
        raise StorageError(message) from error
    if lines[:1] != [names]:
        return []
    return [line for line in lines[1:] if line and line[0] not in figures]


def row_to_json(row: AgreementRow) -> dict[str, Any]:
    """A row for strict JSON: None for what is not known."""
    return dict(with_nulls(asdict(row)))


def _group(row: AgreementRow) -> tuple[str, str, str]:
    return row.figure, row.panel, row.quantity


def _shown(value: str | float) -> str:
    """Six digits: more than any reading has."""
    if isinstance(value, float):
        return "" if math.isnan(value) else f"{value:.6g}"
    return str(value)
