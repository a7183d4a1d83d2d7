"""A figure of runs of the reader's own: a row for each run, a panel for each update."""

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from glorot_repro.errors import ConfigError
from glorot_repro.report.log_axis import is_wide, set_log_y
from glorot_repro.report.run_plots import legend_parts, start_at_zero, with_unit
from glorot_repro.report.run_rows import KINDS, Choice, Row, Values, default_kind
from glorot_repro.report.style import MEDIUM, SMALL, drawing_style, new_figure
from glorot_repro.runs.reading import RunRecord

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Inches.
_LEFT, _GAP, _LEGEND = 0.56, 0.5, 0.82
_X_LABEL, _TITLE, _SPACE = 0.34, 0.16, 0.1
_ONE_WIDE, _MANY_WIDE = 2.3, 1.75
_LINE = 0.105
_LETTER = 0.045
"""Of a line of text of SMALL size, and of one of its letters, on average."""


def run_figure(records: Sequence[RunRecord], choice: Choice, kind: str | None = None) -> "Figure":
    """The figure of some runs: of the given kind, one of KINDS, or that of `default_kind`.

    Raises ConfigError for a quantity, layer or update that a run does not have, naming those that
    it has, and for an option that means nothing to the kind.
    """
    name = kind or default_kind(records, choice.quantity)
    if name == "curves" and choice.at is not None:
        message = "--at is for --kind layers, histogram and ridge; curves are over all updates"
        raise ConfigError(message)
    if name == "ridge" and choice.log is not None:
        message = "--log and --linear are not for --kind ridge, whose peaks are all of one height"
        raise ConfigError(message)
    rows = KINDS[name](records, choice)
    with drawing_style():
        return _composed(rows, choice, is_shared=name in ("curves", "layers"))


def _composed(rows: Sequence[Row], choice: Choice, *, is_shared: bool) -> "Figure":
    n_columns = max(len(row.panels) for row in rows)
    wide = _ONE_WIDE if n_columns == 1 else _MANY_WIDE
    width = _LEFT + n_columns * wide + (n_columns - 1) * _GAP + _LEGEND
    texts = [_wrapped(row, width) for row in rows]
    title = _TITLE if any(name for row in rows for name, _ in row.panels) else 0.0
    heights = [
        _SPACE + _LINE * len(lines) + title + _SPACE / 2 + row.height + _X_LABEL
        for row, lines in zip(rows, texts, strict=True)
    ]
    height = sum(heights)
    figure = new_figure(width, height)
    drawn: list[tuple[Axes, Values]] = []
    top = 0.0
    for row, lines, high in zip(rows, texts, heights, strict=True):
        n_names = len(lines) - _n_lines(row.description, width)
        for number, line in enumerate(lines):
            y = 1 - (top + _SPACE + number * _LINE) / height
            size, color = (MEDIUM, "black") if number < n_names else (SMALL, "0.3")
            figure.text(0.06 / width, y, line, fontsize=size, color=color, va="top")
        panels = []
        for column, (name, draw) in enumerate(row.panels):
            left = (_LEFT + column * (wide + _GAP)) / width
            bottom = 1 - (top + high - _X_LABEL) / height
            axes = figure.add_axes((left, bottom, wide / width, row.height / height))
            values = draw(axes)
            axes.set_title(name, fontsize=SMALL, pad=3)
            axes.yaxis.set_label_coords(-(_LEFT - 0.15) / wide, 0.5)
            if is_shared:
                axes.set_ylabel(with_unit(choice.quantity))
            elif column:
                axes.set_ylabel("")
            if row.is_ridge and column:
                axes.set_yticklabels([])
            panels.append(axes)
            if not row.is_ridge:
                drawn.append((axes, values))
        _add_legend(panels, row.legend)
        top += high
    _scale(drawn, choice.log, is_shared=is_shared)
    return figure


def _wrapped(row: Row, width: float) -> list[str]:
    columns = _columns(width)
    names = [
        part
        for name in row.header.splitlines()
        for part in textwrap.wrap(name, round(0.85 * columns))
    ]
    return names + textwrap.wrap(row.description, columns)


def _n_lines(text: str, width: float) -> int:
    return len(textwrap.wrap(text, _columns(width)))


def _columns(width: float) -> int:
    return int((width - 0.12) / _LETTER)


def _add_legend(panels: "Sequence[Axes]", title: str) -> None:
    handles, labels = legend_parts(*panels)
    if not handles:
        return
    panels[-1].legend(
        handles,
        labels,
        title=title or None,
        loc="upper left",
        bbox_to_anchor=(1.02, 1.04),
        borderaxespad=0,
        frameon=False,
        handlelength=1.6,
        handletextpad=0.5,
        fontsize=SMALL,
        title_fontsize=SMALL,
        alignment="left",
    )


def _scale(drawn: "Sequence[tuple[Axes, Values]]", log: bool | None, *, is_shared: bool) -> None:
    """One vertical axis for all panels of curves, one of its own for each panel of densities."""
    if not is_shared:
        for axes, values in drawn:
            if log:
                set_log_y(axes, values)
            else:
                start_at_zero(axes, values)
        return
    pooled = np.concatenate([values for _, values in drawn])
    if log or (log is None and is_wide(pooled)):
        for axes, _ in drawn:
            set_log_y(axes, pooled)
    limits = [axes.get_ylim() for axes, _ in drawn]
    for axes, _ in drawn:
        axes.set_ylim(min(low for low, _ in limits), max(high for _, high in limits))
