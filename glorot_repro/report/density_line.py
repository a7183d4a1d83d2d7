"""One histogram of a run as a line: its density, in bins that its number of values can fill."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from glorot_repro.measure.histograms import Histogram

TAIL = 0.001
"""Share of the values on each side that may lie outside of what is shown."""

FEWEST_BINS, MOST_BINS = 10, 60
"""Bins of the shown range: the cube root of the number of values, between these."""

THINNEST = float(np.finfo(np.float64).tiny)
"""The least width of a bin: one over it is still a number."""

Values = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class DensityLine:
    """x, density: (n,), of bins of equal width; density counts all values of the layer.

    shown: the range without the tails. Where all values are the same, or nearer to each other than
    a bin can be wide (1e-308, as of vanished gradients), `shown` is that value twice and x and
    density are empty, as they are for a layer without a finite value (shown is NaN).
    """

    x: Values
    density: Values
    shown: tuple[float, float]


def density_line(histogram: Histogram) -> DensityLine:
    """The density of a histogram, in bins wide enough to hold some values each."""
    counts = histogram.counts
    nothing = np.empty(0)
    n_bins = len(counts)
    finest = (histogram.high - histogram.low) / n_bins
    is_drawable = THINNEST <= finest < math.inf
    if not counts.any() or not is_drawable or (n_bins > 1 and np.count_nonzero(counts) < 2):
        # The least and the greatest value lie in the first and the last bin, so one bin is one
        # value, or none, around which the recorder has put half a unit.
        value = (histogram.low + histogram.high) / 2
        return DensityLine(nothing, nothing, (value, value))
    edges = histogram.edges
    below = np.concatenate([[0.0], np.cumsum(counts)]) / counts.sum()
    low, high = np.interp((TAIL, 1 - TAIL), below, edges)
    # Whole bins are put together, so that an empty one stays empty; the last may be narrower.
    n_shown = np.clip(round(counts.sum() ** (1 / 3)), FEWEST_BINS, MOST_BINS)
    together = max(1, round((high - low) / n_shown / finest))
    starts = np.arange(0, n_bins, together)
    wide = np.append(edges[starts], edges[-1])
    density = np.add.reduceat(counts, starts) / histogram.n_values / np.diff(wide)
    return DensityLine((wide[1:] + wide[:-1]) / 2, density, (float(low), float(high)))
