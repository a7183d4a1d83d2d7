"""A figure of runs of the reader's own: a row for each run, a panel for each update."""

import textwrap
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from glorot_repro.errors import ConfigError
from glorot_repro.measure.curves import WHOLE_NETWORK
from glorot_repro.report.log_axis import is_wide, set_log_y
from glorot_repro.report.run_description import run_description, run_name
from glorot_repro.report.run_lines import (
    draw_curves,
    draw_histograms,
    draw_layers,
    draw_ridge,
    ending_text,
)
from glorot_repro.report.run_plots import (
    chosen_layers,
    chosen_updates,
    legend_parts,
    quantities_of,
    start_at_zero,
    with_unit,
)
from glorot_repro.report.style import MEDIUM, SMALL, drawing_style, layer_line, new_figure
from glorot_repro.runs.reading import RunRecord

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Inches.
_LEFT, _GAP, _LEGEND = 0.56, 0.5, 0.82
_HEIGHT, _X_LABEL, _TITLE, _SPACE = 1.6, 0.34, 0.16, 0.1
_LINE = 0.105
_LETTER = 0.045
"""Of a line of text of SMALL size, and of one of its letters, on average."""
_ONE_WIDE, _MANY_WIDE = 2.3, 1.75
_RIDGE = 0.12
"""Of one layer of a ridge plot, at least."""

Values = NDArray[np.float64]


@dataclass(frozen=True)
class Choice:
    """What to draw of the runs. None: all layers; the first and the last update; a logarithmic
    axis where values span more than two decades."""

    quantity: str
    layers: Sequence[int] | None = None
    at: Sequence[int] | None = None
    log: bool | None = None


@dataclass(frozen=True)
class Row:
    """Panels side by side, with one legend to their right.

    panels: title and what draws it; it returns the values on the vertical axis. height: inches.
    is_ridge: the vertical axis has the names of layers instead of values.
    """

    header: str
    description: str
    panels: "list[tuple[str, Callable[[Axes], Values]]]"
    legend: str
    height: float = _HEIGHT
    is_ridge: bool = False


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


def default_kind(records: Sequence[RunRecord], quantity: str) -> str:
    """`histogram` for a quantity with histograms, `layers` for runs with one record of it."""
    for record in records:
        if quantity in quantities_of(record, of_histograms=True):
            return "histogram"
        layers = chosen_layers(record, quantity)
        if layers == [WHOLE_NETWORK] or len(chosen_updates(record, quantity)) > 1:
            return "curves"
    return "layers"


def _curves(records: Sequence[RunRecord], choice: Choice) -> list[Row]:
    layers = [chosen_layers(record, choice.quantity, choice.layers) for record in records]
    if all(one == [WHOLE_NETWORK] for one in layers):
        return [_whole_networks(records, choice)]
    return [
        _row(
            record,
            [("", partial(draw_curves, record=record, quantity=choice.quantity, layers=chosen))],
            "layer",
        )
        for record, chosen in zip(records, layers, strict=True)
    ]


def _whole_networks(records: Sequence[RunRecord], choice: Choice) -> Row:
    """One panel with a line for each run, whose names are numbered in the header."""

    def draw(axes: "Axes") -> Values:
        drawn = []
        for number, record in enumerate(records, start=1):
            look = layer_line(number, max(2, len(records))) | {"label": str(number)}
            drawn.append(draw_curves(axes, record, choice.quantity, [WHOLE_NETWORK], **look))
        axes.set_xlabel("update")
        return np.concatenate(drawn)

    if len(records) == 1:
        only = partial(
            draw_curves,
            record=records[0],
            quantity=choice.quantity,
            layers=[WHOLE_NETWORK],
            color="black",
        )
        return _row(records[0], [("", only)], "")
    names = [
        f"{number}: {run_name(record)}{f' ({ending})' if (ending := ending_text(record)) else ''}"
        for number, record in enumerate(records, start=1)
    ]
    return Row("\n".join(names), "", [("", draw)], "run")


def _layers(records: Sequence[RunRecord], choice: Choice) -> list[Row]:
    rows = []
    for record in records:
        layers = chosen_layers(record, choice.quantity, choice.layers)
        if layers == [WHOLE_NETWORK]:
            message = f"'{choice.quantity}' is one number for the whole network: use --kind curves"
            raise ConfigError(message)
        at = chosen_updates(record, choice.quantity, choice.at)
        draw = partial(draw_layers, record=record, quantity=choice.quantity, layers=layers, at=at)
        rows.append(_row(record, [("", draw)], "update"))
    return rows


def _densities(
    records: Sequence[RunRecord],
    choice: Choice,
    draw: "Callable[..., Values]",
) -> list[Row]:
    rows = []
    is_ridge = draw is draw_ridge
    for record in records:
        layers = chosen_layers(record, choice.quantity, choice.layers, of_histograms=True)
        panels: list[tuple[str, Callable[[Axes], Values]]] = [
            (
                f"update {update:,}",
                partial(
                    draw, record=record, quantity=choice.quantity, layers=layers, update=update
                ),
            )
            for update in chosen_updates(record, choice.quantity, choice.at, of_histograms=True)
        ]
        row = _row(record, panels, "" if is_ridge else "layer")
        height = max(_HEIGHT, _RIDGE * len(layers)) if is_ridge else _HEIGHT
        rows.append(replace(row, height=height, is_ridge=is_ridge))
    return rows


KINDS: Mapping[str, Callable[[Sequence[RunRecord], Choice], list[Row]]] = {
    "curves": _curves,
    "layers": _layers,
    "histogram": partial(_densities, draw=draw_histograms),
    "ridge": partial(_densities, draw=draw_ridge),
}
"""Kind -> the rows of its figure."""


def _row(
    record: RunRecord, panels: "list[tuple[str, Callable[[Axes], Values]]]", legend: str
) -> Row:
    return Row(run_name(record), run_description(record), panels, legend)


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
