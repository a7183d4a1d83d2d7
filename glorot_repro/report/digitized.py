"""The paper's printed curves, read off its figures: data files of the package."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
from numpy.typing import NDArray

EPOCH = 20_000
"""Updates in an epoch of the paper's figures: 200,000 examples."""

DIGITIZED_FIGURES = tuple(f"fig{number:02d}" for number in range(2, 13))
"""The figures with printed curves; figure 1 shows images."""


@dataclass(frozen=True)
class PrintedAxis:
    """One axis of a printed panel; range: its first and last value."""

    label: str
    unit: str
    range: tuple[float, float]


@dataclass(frozen=True, eq=False)
class PrintedSeries:
    """One printed curve.

    points: (n, 2), x and y, or (n, 3), two coordinates and y; NaN where the curve is hidden or
    outside the frame. layer: None for curves of the whole network. model: activation,
    initializer, depth and so on as far as the paper tells. derived: numbers computed from the
    points (`std`, `peak`, ...). reading_error: `x` and `y` of one point in data units. other: what
    only some figures have (`side`, `markers`, ...).
    """

    name: str
    layer: int | None
    statistic: str
    points: NDArray[np.float64]
    model: Mapping[str, Any] = field(default_factory=dict)
    derived: Mapping[str, Any] = field(default_factory=dict)
    reading_error: Mapping[str, float] = field(default_factory=lambda: {"x": 0.0, "y": 0.0})
    other: Mapping[str, Any] = field(default_factory=dict)

    @property
    def x(self) -> NDArray[np.float64]:
        """(n,) first coordinates."""
        return self.points[:, 0]

    @property
    def y(self) -> NDArray[np.float64]:
        """(n,) values."""
        return self.points[:, -1]

    @property
    def side(self) -> str:
        """`upper`, `lower` or `half_width` of curves that are drawn on both sides of 0, else ``."""
        return str(self.other.get("side", ""))

    @property
    def as_drawn(self) -> "PrintedSeries":
        """The curve with a point for each of its vertices, where `points` are thinned."""
        if "points_dense" not in self.other:
            return self
        return replace(self, points=_points(self.other["points_dense"]))

    @property
    def point_errors(self) -> NDArray[np.float64]:
        """(n,) reading errors of the values: of y, and of x where the curve is steep."""
        errors = np.full(len(self.points), float(self.reading_error["y"]))
        is_seen = np.isfinite(self.y)
        x, first = np.unique(self.x[is_seen], return_index=True)
        if self.points.shape[1] == 2 and len(x) > 1:
            slopes = np.interp(self.x, x, np.gradient(self.y[is_seen][first], x))
            errors = np.hypot(errors, self.reading_error["x"] * slopes)
        return errors


@dataclass(frozen=True, eq=False)
class PrintedPanel:
    """One panel: its name (`top`, `bottom`, `left`, `right` or `main`), axes and curves."""

    name: str
    x: PrintedAxis
    y: PrintedAxis
    series: tuple[PrintedSeries, ...]

    def of_layer(self, layer: int) -> PrintedSeries | None:
        """The first curve of a layer, None if there is none."""
        return next((series for series in self.series if series.layer == layer), None)

    def find(self, statistic: str, layer: int, side: str = "") -> PrintedSeries | None:
        """The curve of one statistic of a layer, None if there is none."""
        wanted = (statistic, layer, side)
        found = (s for s in self.series if (s.statistic, s.layer, s.side) == wanted)
        return next(found, None)

    def named(self, name: str) -> PrintedSeries:
        """The curve of this name. Raises KeyError if there is none."""
        return {series.name: series for series in self.series}[name]


@dataclass(frozen=True, eq=False)
class PrintedFigure:
    """One figure of the paper; notes: what was found out while reading it."""

    number: int
    title: str
    panels: tuple[PrintedPanel, ...]
    notes: tuple[str, ...]

    def panel(self, name: str) -> PrintedPanel:
        """The panel of this name. Raises KeyError if there is none."""
        return {panel.name: panel for panel in self.panels}[name]


@cache
def printed_figure(name: str) -> PrintedFigure:
    """The printed figure `fig02` .. `fig12`. Raises KeyError for any other name."""
    if name not in DIGITIZED_FIGURES:
        raise KeyError(name)
    text = (resources.files("glorot_repro.paper") / f"{name}.json").read_text(encoding="utf-8")
    data = json.loads(text)
    return PrintedFigure(
        data["figure"],
        data["title"],
        tuple(_panel(panel) for panel in data["panels"]),
        tuple(data["notes"]),
    )


def _panel(data: dict[str, Any]) -> PrintedPanel:
    return PrintedPanel(
        data["panel"],
        _axis(data["x"]),
        _axis(data["y"]),
        tuple(_series(series, data["reading_error"]) for series in data["series"]),
    )


def _axis(data: dict[str, Any]) -> PrintedAxis:
    low, high = data["range"]
    return PrintedAxis(data["label"], data["unit"], (float(low), float(high)))


def _series(data: dict[str, Any], panel_error: dict[str, float]) -> PrintedSeries:
    own = ("name", "layer", "statistic", "points", "model", "derived", "reading_error")
    error = {**panel_error, **data.get("reading_error", {})}
    return PrintedSeries(
        name=data["name"],
        layer=data.get("layer"),
        statistic=data["statistic"],
        points=_points(data["points"]),
        model=data.get("model", {}),
        derived=data.get("derived", {}),
        reading_error={"x": error["x"], "y": error["y"]},
        other={key: value for key, value in data.items() if key not in own},
    )


def _points(rows: list[list[float | None]]) -> NDArray[np.float64]:
    return np.array(
        [[math.nan if value is None else value for value in row] for row in rows], np.float64
    )
