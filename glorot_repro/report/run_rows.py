"""The kinds of plots of runs, as rows of panels: what is drawn where, and by whom."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from glorot_repro.errors import ConfigError
from glorot_repro.measure.curves import WHOLE_NETWORK
from glorot_repro.report.run_densities import draw_histograms, draw_ridge
from glorot_repro.report.run_description import qualified_name, run_description
from glorot_repro.report.run_lines import draw_curves, draw_layers, ending_text
from glorot_repro.report.run_plots import chosen_layers, chosen_updates, quantities_of
from glorot_repro.report.style import layer_line
from glorot_repro.runs.reading import RunRecord

if TYPE_CHECKING:
    from matplotlib.axes import Axes

HEIGHT = 1.6
"""Inches of a panel."""

_RIDGE = 0.12
"""Inches of one layer of a ridge plot, at least."""

Values = NDArray[np.float64]


@dataclass(frozen=True)
class Choice:
    """What to draw of the runs. None: all layers; the first and the last update; a logarithmic
    axis where values span more than a factor of 30, `log_axis.WIDE`."""

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
    height: float = HEIGHT
    is_ridge: bool = False


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
    endings = [ending_text(record) for record in records]
    names = [
        f"{number}: {qualified_name(record)}{f' ({ending})' if ending else ''}"
        for number, (record, ending) in enumerate(zip(records, endings, strict=True), start=1)
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
        height = max(HEIGHT, _RIDGE * len(layers)) if is_ridge else HEIGHT
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
    ending = ending_text(record)
    description = run_description(record) + (f"; {ending}" if ending else "")
    return Row(qualified_name(record), description, panels, legend)
