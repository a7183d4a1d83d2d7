"""The densities of one run on given axes: over each other, or one above the other."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from glorot_repro.errors import ConfigError
from glorot_repro.report.density_line import DensityLine, density_line
from glorot_repro.report.run_lines import (
    Values,
    few,
    layer_name,
    line_of_layer,
    value_at,
)
from glorot_repro.report.style import TOO_LARGE
from glorot_repro.runs.reading import RunRecord

if TYPE_CHECKING:
    from matplotlib.axes import Axes

INTERVAL = "theory,\nmean ± std"

_TRIANGLE: dict[str, Any] = {
    "linestyle": "none",
    "marker": "^",
    "markersize": 3,
    "markerfacecolor": "white",
    "markeredgewidth": 0.7,
}

_RIDGE = 0.85
"""Height of the highest peak of a ridge, in distances between ridges."""


def draw_histograms(
    axes: "Axes", record: RunRecord, quantity: str, layers: Sequence[int], update: int
) -> Values:
    """The density of each layer's values after `update` updates; returns the densities drawn.

    A layer whose values are all the same is a vertical line. Triangles below are the theory's mean
    plus and minus one standard deviation, at update 0.
    """
    lines = _density_lines(record, quantity, layers, update)
    theory = _theory(record, quantity, layers, update)
    for layer, line in lines.items():
        look = line_of_layer(record, layer)
        label = layer_name(record, layer)
        if len(line.x):
            axes.plot(line.x, line.density, **look, label=label, zorder=2 + layer / 1000)
        elif np.isfinite(line.shown[0]):
            axes.axvline(line.shown[0], **look, label=f"{label}, all {line.shown[0]:.3g}")
        else:
            axes.plot([], [], **look, label=f"{label}, none finite")
        if layer in theory:
            # At the foot of the axes: a logarithmic one has no 0.
            place = {"color": look["color"], "clip_on": False, "zorder": 4}
            foot = axes.get_xaxis_transform()
            axes.plot(theory[layer], [0, 0], **_TRIANGLE, **place, transform=foot)
    if theory:
        axes.plot([], [], color="0.3", **_TRIANGLE, label=INTERVAL)
    _set_range(axes, lines, theory)
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
    theory = _theory(record, quantity, layers, update)
    for row, (layer, line) in enumerate(lines.items()):
        look = line_of_layer(record, layer) | {"linestyle": "-"}
        axes.axhline(row, color="0.7", linewidth=0.4, zorder=0.5)
        if len(line.x):
            y = row + _RIDGE * line.density / line.density.max()
            axes.fill_between(line.x, row, y, color=look["color"], alpha=0.3, linewidth=0)
            axes.plot(line.x, y, **look)
        elif np.isfinite(line.shown[0]):
            axes.plot([line.shown[0]] * 2, [row, row + _RIDGE], **look)
        if layer in theory:
            label = INTERVAL if layer == min(theory) else "_"
            y = np.full(2, row + 0.02)
            axes.plot(theory[layer], y, "k|-", markersize=6, linewidth=0.8, label=label, zorder=4)
    _set_range(axes, lines, theory)
    axes.set_ylim(-0.15, len(lines))
    names = ["softmax" if layer > record.config.model.depth else str(layer) for layer in lines]
    rows = few(range(len(lines)))
    axes.set_yticks(rows, [names[row] for row in rows])
    axes.tick_params(axis="y", length=0)
    axes.set_xlabel(quantity)
    axes.set_ylabel("layer")
    return np.empty(0)


def _density_lines(
    record: RunRecord, quantity: str, layers: Sequence[int], update: int
) -> dict[int, DensityLine]:
    return {layer: density_line(record.histogram(quantity, layer, update)) for layer in layers}


def _theory(
    record: RunRecord, quantity: str, layers: Sequence[int], update: int
) -> dict[int, tuple[float, float]]:
    """Mean minus and plus one std of the layers that have a prediction; nothing after update 0."""
    intervals = {}
    for layer in layers:
        std = value_at(record, f"{quantity}_std_theory", layer, update)
        mean = value_at(record, f"{quantity}_mean_theory", layer, update)
        if np.isfinite(std):
            center = mean if np.isfinite(mean) else 0.0  # gradients have the mean 0
            intervals[layer] = (center - std, center + std)
    return intervals


def _set_range(
    axes: "Axes", lines: Mapping[int, DensityLine], theory: Mapping[int, tuple[float, float]]
) -> None:
    ends = np.array([*(line.shown for line in lines.values()), *theory.values()]).ravel()
    ends = ends[np.isfinite(ends)]
    if not len(ends):
        return
    low, high = ends.min(), ends.max()
    with np.errstate(over="ignore", invalid="ignore"):
        margin = 0.04 * (high - low) if high > low else max(0.5, abs(high) / 10)
        limits = low - margin, high + margin
    if not np.isfinite(limits).all():
        raise ConfigError(TOO_LARGE)
    axes.set_xlim(*limits)
    axes.locator_params(axis="x", nbins=4)
