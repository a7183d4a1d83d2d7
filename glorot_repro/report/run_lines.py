"""The lines of one run on given axes: layers over time, over each other, as densities."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from glorot_repro.measure.curves import WHOLE_NETWORK
from glorot_repro.report.density_line import DensityLine, density_line
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

INTERVAL = "theory,\nmean ± std"

_RING = 3.2
_RIDGE = 0.85
"""Height of the highest peak of a ridge, in distances between ridges."""

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

    A dotted line shows where the run diverged. look: label, color, ... of the line of a
    whole-network quantity; the next color of the axes if not given.
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
    divergence = record.info.get("divergence")
    if divergence:
        axes.axvline(divergence["update"], color=color, linewidth=0.7, linestyle=(0, (1, 2)))
    ending = ending_text(record)
    axes.set_xlabel(f"update ({ending})" if ending else "update")
    axes.xaxis.set_major_formatter("{x:,.0f}")
    axes.locator_params(axis="x", nbins=5, integer=True)
    return np.concatenate(drawn) if drawn else np.empty(0)


def ending_text(record: RunRecord) -> str:
    """How a run ended that did not finish, empty for one that did."""
    info = record.info
    status, divergence = info.get("status", "finished"), info.get("divergence")
    if divergence:
        layer = f", layer {divergence['layer']}" if divergence.get("layer") else ""
        return f"diverged at {divergence['update']:,}{layer}: dotted"
    if status != "finished":
        return f"{status}: {info.get('updates_done', 0):,} of {info.get('updates', 0):,} done"
    return ""


def draw_layers(
    axes: "Axes", record: RunRecord, quantity: str, layers: Sequence[int], at: Sequence[int]
) -> Values:
    """A line for each of the updates `at` over the layers; rings for theory at update 0."""
    drawn: list[Values] = []
    for number, update in enumerate(at, start=1):
        values = [_value(record, quantity, layer, update) for layer in layers]
        line = layer_line(number, max(2, len(at)))
        axes.plot(layers, values, **line, marker=".", markersize=3, label=f"{update:,}")
        drawn.append(np.array(values))
        if update == 0:
            theory = [_value(record, f"{quantity}_theory", layer, 0) for layer in layers]
            if np.isfinite(theory).any():
                ring = {"markersize": 1.4 * _RING, "markeredgecolor": "0.3", "zorder": 1.9}
                axes.plot(layers, theory, **{**THEORY, **ring}, label="theory at 0")
                drawn.append(np.array(theory))
    axes.set_xticks(_few(layers, _MOST_NAMED))
    axes.set_xlabel("layer")
    return np.concatenate(drawn) if drawn else np.empty(0)


def draw_histograms(
    axes: "Axes", record: RunRecord, quantity: str, layers: Sequence[int], update: int
) -> Values:
    """The density of each layer's values after `update` updates; returns the densities drawn.

    A layer whose values are all the same is a vertical line. Triangles below are the theory's mean
    plus and minus one standard deviation, at update 0.
    """
    lines = _density_lines(record, quantity, layers, update)
    for layer, line in lines.items():
        look = line_of_layer(record, layer)
        label = layer_name(record, layer)
        if len(line.x):
            axes.plot(line.x, line.density, **look, label=label, zorder=2 + layer / 1000)
        elif np.isfinite(line.shown[0]):
            axes.axvline(line.shown[0], **look, label=f"{label}, all {line.shown[0]:.3g}")
        else:
            axes.plot([], [], **look, label=f"{label}, none finite")
    theory = {layer: _theory_interval(record, quantity, layer, update) for layer in lines}
    for layer, interval in theory.items():
        if interval is not None:
            color = line_of_layer(record, layer)["color"]
            axes.plot(
                interval,
                [0, 0],
                linestyle="none",
                marker="^",
                markersize=3,
                markerfacecolor="white",
                markeredgewidth=0.7,
                color=color,
                clip_on=False,
                zorder=4,
            )
    if any(theory.values()):
        look = {"color": "0.3", "marker": "^", "markerfacecolor": "white", "markersize": 3}
        axes.plot([], [], **look, linestyle="none", markeredgewidth=0.7, label=INTERVAL)
    _set_range(axes, list(lines.values()))
    axes.set_xlabel(quantity)
    axes.set_ylabel("probability density")
    return np.concatenate([line.density for line in lines.values()] or [np.empty(0)])


def draw_ridge(
    axes: "Axes", record: RunRecord, quantity: str, layers: Sequence[int], update: int
) -> Values:
    """The densities of the layers one above the other, each scaled to its own peak.

    At update 0 a bar is the mean that theory predicts, plus and minus one standard deviation.
    Returns no values, since the vertical axis has no numbers.
    """
    lines = _density_lines(record, quantity, layers, update)
    for row, (layer, line) in enumerate(lines.items()):
        look = line_of_layer(record, layer) | {"linestyle": "-"}
        if len(line.x):
            y = row + _RIDGE * line.density / line.density.max()
            axes.fill_between(line.x, row, y, color=look["color"], alpha=0.3, linewidth=0)
            axes.plot(line.x, y, **look)
        elif np.isfinite(line.shown[0]):
            axes.plot([line.shown[0]] * 2, [row, row + _RIDGE], **look)
        axes.axhline(row, color="0.7", linewidth=0.4, zorder=0.5)
        theory = _theory_interval(record, quantity, layer, update)
        if theory is not None:
            label = INTERVAL if row == 0 else "_"
            y = [row + 0.02] * 2
            axes.plot(theory, y, "k|-", markersize=6, linewidth=0.8, label=label, zorder=4)
    _set_range(axes, list(lines.values()))
    axes.set_ylim(-0.15, len(lines))
    names = ["softmax" if layer > record.config.model.depth else str(layer) for layer in lines]
    rows = _few(range(len(lines)), _MOST_NAMED)
    axes.set_yticks(rows, [names[row] for row in rows])
    axes.tick_params(axis="y", length=0)
    axes.set_xlabel(quantity)
    axes.set_ylabel("layer")
    return np.empty(0)


def _draw_theory(axes: "Axes", record: RunRecord, quantity: str, layer: int) -> Values:
    updates, values = record.curves.series(f"{quantity}_theory", layer)
    if len(values):
        ring: dict[str, Any] = {"markersize": _RING, "clip_on": False, "zorder": 4}
        color = line_of_layer(record, layer)["color"]
        axes.plot(updates, values, color=color, **THEORY, **ring)
        if not any(line.get_label() == "theory" for line in axes.lines):
            axes.plot([], [], color="0.3", **THEORY, markersize=_RING, label="theory")
    return values


def _density_lines(
    record: RunRecord, quantity: str, layers: Sequence[int], update: int
) -> dict[int, DensityLine]:
    return {layer: density_line(record.histogram(quantity, layer, update)) for layer in layers}


def _theory_interval(
    record: RunRecord, quantity: str, layer: int, update: int
) -> tuple[float, float] | None:
    std = _value(record, f"{quantity}_std_theory", layer, 0)
    if update != 0 or not np.isfinite(std):
        return None
    mean = _value(record, f"{quantity}_mean_theory", layer, 0)
    mean = mean if np.isfinite(mean) else 0.0  # gradients are centered
    return mean - std, mean + std


def _value(record: RunRecord, quantity: str, layer: int, update: int) -> float:
    updates, values = record.curves.series(quantity, layer)
    found = values[updates == update]
    return float(found[0]) if len(found) else float("nan")


def _set_range(axes: "Axes", lines: Sequence[DensityLine]) -> None:
    ends = np.array([line.shown for line in lines]).reshape(-1, 2)
    ends = ends[np.isfinite(ends).all(axis=1)]
    if not len(ends):
        return
    low, high = ends[:, 0].min(), ends[:, 1].max()
    margin = 0.04 * (high - low) if high > low else max(0.5, abs(high) / 10)
    axes.set_xlim(low - margin, high + margin)
    axes.locator_params(axis="x", nbins=4)


def _alone(is_there: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which values have no neighbor to be joined with."""
    before = np.concatenate([[False], is_there[:-1]])
    after = np.concatenate([is_there[1:], [False]])
    return is_there & ~before & ~after


def _few(numbers: Sequence[int], most: int) -> list[int]:
    """All numbers, or every second, third, ... so that there are at most `most`."""
    return list(numbers[:: -(-len(numbers) // most)]) if numbers else []
