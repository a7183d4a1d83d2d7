"""Densities of activations and gradients at one update, from the histograms of several seeds."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from glorot_repro.config.schema import PROBE_BATCH
from glorot_repro.measure.histogram_series import histogram_at
from glorot_repro.report.seed_curves import SeedCurves
from glorot_repro.runs.reading import RunRecord

BINS_PER_STD = 8
"""Bins of a drawn curve in one standard deviation: with 30,000 gradients 2 % noise at the peak."""

PEAK_REACH = 0.4
"""The peak is the value at 0 of a parabola through the density within this many std of 0."""


@dataclass(frozen=True)
class Measured:
    """The mean over seeds and their standard deviation (NaN for one seed)."""

    mean: float
    spread: float

    @classmethod
    def over_seeds(cls, values: Sequence[float]) -> "Measured":
        """Of one value a seed; NaN of none."""
        if not values:
            return cls(math.nan, math.nan)
        spread = float(np.std(values, ddof=1)) if len(values) > 1 else math.nan
        return cls(float(np.mean(values)), spread)


@dataclass(frozen=True, eq=False)
class LayerDensity:
    """The density of one layer; curves: at the middles of its bins; stds, peaks: one a seed.

    A peak is the density at 0, NaN where there are too few bins to tell.
    """

    layer: int
    curves: SeedCurves
    stds: NDArray[np.float64]
    peaks: NDArray[np.float64]

    @property
    def x(self) -> NDArray[np.float64]:
        """(n,) middles of the bins."""
        return self.curves.x

    @property
    def density(self) -> NDArray[np.float64]:
        """(n,) averaged over seeds."""
        return self.curves.mean

    @property
    def std(self) -> Measured:
        """The standard deviation over seeds."""
        return Measured.over_seeds(self.stds.tolist())

    @property
    def peak(self) -> Measured:
        """The density at 0 over seeds."""
        return Measured.over_seeds(self.peaks[np.isfinite(self.peaks)].tolist())


@dataclass(frozen=True, eq=False)
class _Histogram:
    """Edges (bins + 1,), the density of each bin, and the share below each edge."""

    edges: NDArray[np.float64]
    density: NDArray[np.float64]
    below: NDArray[np.float64]
    std: float


def sum_factor(quantity: str, record: RunRecord) -> float:
    """What turns a stored value into the paper's.

    Stored gradients are those of the mean cost of a mini-batch; figures 7 to 9 sum over its
    examples. It is the mini-batch of the probe examples, whatever the training's is.
    """
    is_gradient = quantity in ("backprop", "weight_gradient")
    return float(min(PROBE_BATCH, record.config.record.examples)) if is_gradient else 1.0


def newest_histograms(records: Sequence[RunRecord]) -> tuple[int, list[RunRecord]]:
    """The newest update of which a run has histograms, and the runs that have them.

    0 and all runs if there are none.
    """
    recorded = [
        set() if record.histograms is None else set(record.histograms["updates"].tolist())
        for record in records
    ]
    if not any(recorded):
        return 0, list(records)
    newest = max(set().union(*recorded))
    pairs = zip(records, recorded, strict=True)
    return newest, [record for record, updates in pairs if newest in updates]


def layer_densities(
    records: Sequence[RunRecord],
    quantity: str,
    *,
    update: int = 0,
    bin_width: float | None = None,
) -> list[LayerDensity]:
    """Densities of hidden layers 1 .. depth after `update` updates, in the units of the paper.

    records: runs that differ in nothing but the seed. bin_width: of the curves; 1/8 of the
    layer's standard deviation by default. A layer that no run has a histogram of, or in which all
    values are the same, is left out.
    """
    depth = max((record.config.model.depth for record in records), default=0)
    densities = []
    for layer in range(1, depth + 1):
        found = [_histogram(record, quantity, layer, update) for record in records]
        histograms = [histogram for histogram in found if histogram is not None]
        if histograms:
            densities.append(_layer_density(layer, histograms, bin_width))
    return densities


def _layer_density(
    layer: int, histograms: Sequence[_Histogram], bin_width: float | None
) -> LayerDensity:
    stds = np.array([histogram.std for histogram in histograms])
    width = bin_width or float(stds.mean()) / BINS_PER_STD
    first = math.floor(min(histogram.edges[0] for histogram in histograms) / width)
    last = math.ceil(max(histogram.edges[-1] for histogram in histograms) / width)
    edges = width * np.arange(first, last + 1)
    # Each seed has edges of its own; the share of values below a point is known at any point.
    below = np.array(
        [np.interp(edges, histogram.edges, histogram.below) for histogram in histograms]
    )
    return LayerDensity(
        layer,
        SeedCurves((edges[1:] + edges[:-1]) / 2, np.diff(below, axis=1) / width, beyond=0.0),
        stds,
        np.array([_peak(histogram) for histogram in histograms]),
    )


def _histogram(record: RunRecord, quantity: str, layer: int, update: int) -> _Histogram | None:
    arrays = record.histograms
    updates, stds = record.curves.series(f"{quantity}_std", layer)
    if arrays is None or update not in updates:
        return None
    try:
        found = histogram_at(arrays, quantity, layer, update)
    except LookupError:
        return None
    factor = sum_factor(quantity, record)
    n_values = found.n_values - found.nonfinite
    std = factor * float(stds[updates.tolist().index(update)])
    if not (found.low < found.high and n_values > 0 and std > 0):
        return None
    edges = factor * found.edges
    density = found.counts / n_values / np.diff(edges)
    below = (found.underflow + np.concatenate([[0.0], np.cumsum(found.counts)])) / n_values
    return _Histogram(edges, density, below, std)


def _peak(histogram: _Histogram) -> float:
    """The density at 0, NaN where there are fewer than five bins to tell it from."""
    centers = (histogram.edges[1:] + histogram.edges[:-1]) / 2 / histogram.std
    near = np.abs(centers) <= PEAK_REACH
    if near.sum() < 5:
        return math.nan
    powers = np.vander(centers[near], 3)
    coefficients, *_ = np.linalg.lstsq(powers, histogram.density[near], rcond=None)
    return float(coefficients[-1])
