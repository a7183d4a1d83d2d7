"""Logarithmic axes that show zero and negative values, which a logarithm has no place for."""

import math
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_TICKS = 6
"""Powers of ten with a label, on one side of zero."""

WIDE = 30.0
"""Values that span more than this factor are easier to read on a logarithmic axis."""

STRIP = 0.6
"""Height of the strip between zero and the least power of ten, in decades, at least."""

STRIP_SHARE = 0.09
"""Its height as a share of all decades, at least: room for the label 0 between its neighbors."""

_STRIP = "0.93"


def is_wide(values: ArrayLike) -> bool:
    """Whether a logarithmic axis is the better one: no negative values, and a span above WIDE."""
    finite = _finite(values)
    sizes = finite[finite > 0]
    return bool((finite >= 0).all() and sizes.size and sizes.max() / WIDE > sizes.min())


def set_log_y(axes: "Axes", values: ArrayLike) -> None:
    """Make the vertical axis of `axes`, on which `values` are drawn, logarithmic.

    Values of zero or below are shown where they are: below the power of ten under the least
    non-zero size the axis is linear, down to a line labelled 0. No value lies inside that strip,
    which is gray. If all values are zero, or none is finite, the axis stays linear.
    """
    finite = _finite(values)
    sizes = np.abs(finite[finite != 0])
    if not sizes.size:
        return
    if (finite > 0).all():
        axes.set_yscale("log")
        if sizes.max() < 10 * sizes.min():
            _name_digits(axes)
        return
    lowest = math.floor(math.log10(sizes.min()))
    highest = math.ceil(math.log10(sizes.max()))
    least = max(10.0**lowest, np.finfo(float).tiny)
    has_negative, has_positive = bool((finite < 0).any()), bool((finite > 0).any())
    n_decades = (highest - lowest) * (has_negative + has_positive)
    axes.set_yscale("symlog", linthresh=least, linscale=max(STRIP, STRIP_SHARE * n_decades))
    step = max(1, math.ceil((highest - lowest + 1) / MOST_TICKS))
    powers = [10.0**power for power in range(lowest, highest + 1, step)]
    ticks = [-p for p in reversed(powers)] * has_negative + [0.0] + powers * has_positive
    axes.set_yticks(ticks, [_label(tick) for tick in ticks])
    axes.minorticks_off()
    axes.axhspan(-least * has_negative, least * has_positive, color=_STRIP, linewidth=0, zorder=0)
    axes.axhline(0, color="0.4", linewidth=0.5, zorder=0.5)
    # Room for the lines on the axis itself, and for the largest values.
    margin = 10.0 ** max(0.2, 0.04 * n_decades)
    largest = np.finfo(float).max
    axes.set_ylim(
        max(margin * finite.min(), -largest) if has_negative else -0.12 * least,
        min(margin * finite.max(), largest) if has_positive else 0.12 * least,
    )


def _name_digits(axes: "Axes") -> None:
    """Ticks 0.1, 0.2, 0.5, ... where there would be one power of ten, or none."""
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

    axes.yaxis.set_major_locator(LogLocator(subs=(1, 1.5, 2, 3, 4, 5, 6, 8)))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, position: f"{value:g}"))
    axes.yaxis.set_minor_formatter(NullFormatter())


def _finite(values: ArrayLike) -> NDArray[np.float64]:
    array = np.asarray(values, np.float64).ravel()
    return array[np.isfinite(array)]


def _label(tick: float) -> str:
    if tick == 0:
        return "0"
    sign = "-" if tick < 0 else ""
    return f"${sign}10^{{{round(math.log10(abs(tick)))}}}$"
