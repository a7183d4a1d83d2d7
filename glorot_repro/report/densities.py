"""Densities of activations and gradients at the start, from the histograms of several seeds."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from glorot_repro.config.schema import PROBE_BATCH
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
    """The density of one layer: x and density (n,), averaged over seeds; std and peak."""

    layer: int
    x: NDArray[np.float64]
    density: NDArray[np.float64]
    std: Measured
    peak: Measured


@dataclass(frozen=True, eq=False)
class _Histogram:
    """Edges (bins + 1,), the density of each bin, and the share below each edge."""

    edges: NDArray[np.float64]
    density: NDArray[np.float64]
    below: NDArray[np.float64]
    std: float


def sum_factor(quantity: str, record: RunRecord) -> float:
    """What turns a stored value into the paper's.

    Stored gradients are those of the mean cost of a mini-batch; figures 7 and 8 sum over its
    examples. It is the mini-batch of the probe examples, whatever the training's is.
    """
    is_gradient = quantity in ("backprop", "weight_gradient")
    return float(min(PROBE_BATCH, record.config.record.examples)) if is_gradient else 1.0


def layer_densities(records: Sequence[RunRecord], quantity: str) -> list[LayerDensity]:
    """Densities of hidden layers 1 .. depth at update 0, in the units of figures 6 to 8.

    records: runs that differ in nothing but the seed. A layer that no run has a histogram of,
    or in which all values are the same, is left out.
    """
    depth = max((record.config.model.depth for record in records), default=0)
    densities = []
    for layer in range(1, depth + 1):
        found = [_histogram(record, quantity, layer) for record in records]
        histograms = [histogram for histogram in found if histogram is not None]
        if histograms:
            densities.append(_layer_density(layer, histograms))
    return densities


def _layer_density(layer: int, histograms: Sequence[_Histogram]) -> LayerDensity:
    std = Measured.over_seeds([histogram.std for histogram in histograms])
    width = std.mean / BINS_PER_STD
    first = math.floor(min(histogram.edges[0] for histogram in histograms) / width)
    last = math.ceil(max(histogram.edges[-1] for histogram in histograms) / width)
    edges = width * np.arange(first, last + 1)
    # Each seed has edges of its own; the share of values below a point can be averaged.
    below = np.mean(
        [np.interp(edges, histogram.edges, histogram.below) for histogram in histograms], axis=0
    )
    peaks = [_peak(histogram) for histogram in histograms]
    return LayerDensity(
        layer,
        (edges[1:] + edges[:-1]) / 2,
        np.diff(below) / width,
        std,
        Measured.over_seeds([peak for peak in peaks if math.isfinite(peak)]),
    )


def _histogram(record: RunRecord, quantity: str, layer: int) -> _Histogram | None:
    arrays = record.histograms
    updates, stds = record.curves.series(f"{quantity}_std", layer)
    if arrays is None or 0 not in arrays["updates"] or 0 not in updates:
        return None
    layers = arrays[f"{quantity}_layers"].tolist()
    if layer not in layers:
        return None
    at = (arrays["updates"].tolist().index(0), layers.index(layer))
    factor = sum_factor(quantity, record)
    low, high = (factor * float(arrays[f"{quantity}_{end}"][at]) for end in ("low", "high"))
    counts = arrays[f"{quantity}_counts"][at].astype(np.float64)
    underflow, overflow = (int(arrays[f"{quantity}_{end}flow"][at]) for end in ("under", "over"))
    n_values = counts.sum() + underflow + overflow
    std = factor * float(stds[updates.tolist().index(0)])
    if not (low < high and n_values > 0 and std > 0):
        return None
    edges = np.linspace(low, high, len(counts) + 1)
    density = counts / n_values / np.diff(edges)
    below = (underflow + np.concatenate([[0.0], np.cumsum(counts)])) / n_values
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
