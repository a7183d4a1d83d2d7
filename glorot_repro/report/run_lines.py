"""The lines of one run on given axes: layers over time, or a quantity over the layers."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from glorot_repro.measure.curves import PRETRAINING_COSTS, WHOLE_NETWORK
from glorot_repro.report.style import layer_line
from glorot_repro.runs.reading import RunRecord

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Values = NDArray[np.float64]

THEORY: dict[str, Any] = {
    "marker": "o",
    "markerfacecolor": "white",
    "markeredgewidth": 0.8,
    "linestyle": "none",
}
"""A prediction: a ring."""

_RING = 3.2
_MOST_NAMED = 16
"""Layers that an axis names."""


def line_of_layer(record: RunRecord, layer: int) -> dict[str, Any]:
    """Color, style and width; the softmax layer is the last step of the ramp, in all plots."""
    return layer_line(max(1, layer), record.config.model.depth + 1)


def layer_name(record: RunRecord, layer: int) -> str:
    """`1`, and for the layer above the hidden ones `6 (softmax)`."""
    return f"{layer} (softmax)" if layer == record.config.model.depth + 1 else str(layer)


def draw_curves(
    axes: "Axes", record: RunRecord, quantity: str, layers: Sequence[int], **look: Any
) -> Values:
    """A line for each layer over updates, and rings for theory; returns the values drawn.

    A dotted line shows where the run diverged, if that was in the phase whose updates the quantity
    has. look: label, color, ... of the line of a whole-network quantity; the next color of the
    axes if not given.
    """
    drawn: list[Values] = []
    color: Any = "black"
    for layer in layers:
        updates, values = record.curves.series(quantity, layer)
        if layer == WHOLE_NETWORK:
            line: dict[str, Any] = {"linewidth": 0.9, **look}
        else:
            line = line_of_layer(record, layer) | {"label": layer_name(record, layer)}
        (curve,) = axes.plot(updates, values, **line, zorder=2 + layer / 1000)
        # Alone between gaps, or the only one, a value needs a mark to be seen.
        alone = _alone(np.isfinite(values))
        color = curve.get_color() if layer == WHOLE_NETWORK else "black"
        marks: dict[str, Any] = {"color": curve.get_color(), "marker": "o", "markersize": 2}
        axes.plot(updates[alone], values[alone], linestyle="none", **marks)
        drawn += [values, _draw_theory(axes, record, quantity, layer)]
    is_of_pretraining = quantity in PRETRAINING_COSTS
    has_ended_here = is_of_pretraining == bool(record.info.get("pretraining"))
    divergence = record.info.get("divergence") if has_ended_here else None
    if divergence:
        axes.axvline(divergence["update"], color=color, linewidth=0.7, linestyle=(0, (1, 2)))
    ending = ending_text(record) + (": dotted" if divergence else "") if has_ended_here else ""
    update = "update of pre-training" if is_of_pretraining else "update"
    axes.set_xlabel(f"{update} ({ending})" if ending else update)
    axes.xaxis.set_major_formatter("{x:,.0f}")
    axes.locator_params(axis="x", nbins=5, integer=True)
    return np.concatenate(drawn) if drawn else np.empty(0)


def ending_text(record: RunRecord) -> str:
    """How a run ended that did not finish, empty for one that did."""
    info = record.info
    status, divergence = info.get("status", "finished"), info.get("divergence")
    if divergence:
        layer = f", layer {divergence['layer']}" if divergence.get("layer") else ""
        return f"diverged at update {divergence['update']:,}{layer}"
    if status != "finished":
        done, planned = info.get("updates_done", 0), info.get("updates", 0)
        return f"{status} after {done:,} of {planned:,} updates"
    return ""


def draw_layers(
    axes: "Axes", record: RunRecord, quantity: str, layers: Sequence[int], at: Sequence[int]
) -> Values:
    """A line for each of the updates `at` over the layers; rings for theory at update 0."""
    drawn: list[Values] = []
    for number, update in enumerate(at, start=1):
        values = [value_at(record, quantity, layer, update) for layer in layers]
        line = layer_line(number, max(2, len(at)))
        axes.plot(layers, values, **line, marker=".", markersize=3, label=f"{update:,}")
        drawn.append(np.array(values))
        if update == 0:
            theory = [value_at(record, f"{quantity}_theory", layer, 0) for layer in layers]
            if np.isfinite(theory).any():
                ring = {"markersize": 1.4 * _RING, "markeredgecolor": "0.3", "zorder": 1.9}
                axes.plot(layers, theory, **{**THEORY, **ring}, label="theory at 0")
                drawn.append(np.array(theory))
    axes.set_xticks(few(layers))
    axes.set_xlabel("layer")
    return np.concatenate(drawn) if drawn else np.empty(0)


def _draw_theory(axes: "Axes", record: RunRecord, quantity: str, layer: int) -> Values:
    updates, values = record.curves.series(f"{quantity}_theory", layer)
    if len(values):
        ring: dict[str, Any] = {"markersize": _RING, "clip_on": False, "zorder": 4}
        color = line_of_layer(record, layer)["color"]
        axes.plot(updates, values, color=color, **THEORY, **ring)
        if not any(line.get_label() == "theory" for line in axes.lines):
            axes.plot([], [], color="0.3", **THEORY, markersize=_RING, label="theory")
    return values


def value_at(record: RunRecord, quantity: str, layer: int, update: int) -> float:
    """One value of a curve, NaN where there is none."""
    updates, values = record.curves.series(quantity, layer)
    found = values[updates == update]
    return float(found[0]) if len(found) else float("nan")


def _alone(is_there: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which values have no neighbor to be joined with."""
    before = np.concatenate([[False], is_there[:-1]])
    after = np.concatenate([is_there[1:], [False]])
    return is_there & ~before & ~after


def few(layers: Sequence[int]) -> list[int]:
    """The layers that an axis names: all, or every second, third, ..."""
    return list(layers[:: -(-len(layers) // _MOST_NAMED)]) if layers else []
