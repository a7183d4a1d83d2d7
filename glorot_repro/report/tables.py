"""Tables in figures: each row begins with the line that it is the key of."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from glorot_repro.report.densities import Measured
from glorot_repro.report.style import SMALL

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ROW_HEIGHT = 0.115
"""Inches of a table row: 6-point text and some air."""

SMALLEST = 1e-4
"""Below it numbers are written as 8.9e-05."""

_KEY_WIDTH = 0.085
"""Share of the width that the sample of a line takes, after which the first column begins."""


@dataclass(frozen=True)
class Table:
    """A table of texts.

    ends: where the columns end, as shares of the width; the first is the name of the row. Columns
    are aligned there, to the right. groups: headings over several columns, (text, first, last).
    rows: the line of the row (None where there is none of ours) and the texts.
    """

    names: Sequence[str]
    ends: Sequence[float]
    rows: Sequence[tuple[dict[str, Any] | None, Sequence[str]]]
    groups: Sequence[tuple[str, int, int]] = ()

    @property
    def _n_headers(self) -> int:
        return 2 if self.groups else 1

    @property
    def height(self) -> float:
        """In inches."""
        return ROW_HEIGHT * (self._n_headers + len(self.rows))

    def draw(self, axes: "Axes") -> None:
        """Fills `axes`, which show nothing else."""
        axes.set_axis_off()
        axes.set_xlim(0, 1)
        axes.set_ylim(self._n_headers + len(self.rows), 0)
        for text, first, last in self.groups:
            center = (self.ends[first - 1] + self.ends[last]) / 2
            axes.text(center, 0.5, text, ha="center", va="center_baseline", fontsize=SMALL)
        self._write_row(axes, self._n_headers - 1, self.names)
        axes.plot([0, 1], [self._n_headers] * 2, color="black", linewidth=0.4, clip_on=False)
        for number, (line, texts) in enumerate(self.rows, start=self._n_headers):
            self._write_row(axes, number, texts)
            if line is not None:
                axes.plot([0.0, _KEY_WIDTH], [number + 0.5] * 2, **line)

    def _write_row(self, axes: "Axes", number: int, texts: Sequence[str]) -> None:
        first, *others = texts
        y = number + 0.5
        axes.text(_KEY_WIDTH + 0.02, y, first, va="center_baseline", fontsize=SMALL)
        for end, text in zip(self.ends[1:], others, strict=True):
            axes.text(end, y, text, ha="right", va="center_baseline", fontsize=SMALL)


def number_text(value: float) -> str:
    """Three significant digits, `–` for NaN."""
    if math.isnan(value):
        return "–"
    is_tiny = 0 < abs(value) < SMALLEST
    return f"{value:.2e}" if is_tiny else f"{value:.{_decimals(value)}f}"


def measured_text(measured: Measured) -> str:
    """Mean ± spread to the same decimals; without the spread where there is one seed."""
    if math.isnan(measured.spread):
        return number_text(measured.mean)
    decimals = _decimals(measured.mean)
    return f"{measured.mean:.{decimals}f} ± {measured.spread:.{decimals}f}"


def _decimals(value: float) -> int:
    return 2 if value == 0 else max(0, 2 - math.floor(math.log10(abs(value))))
