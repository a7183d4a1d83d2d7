"""The histograms of a run as the viewer of the page reads them: few bins, few digits."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from glorot_repro.arrays import Arrays
from glorot_repro.measure.curves import Curves
from glorot_repro.measure.histogram_series import histogram_at, histogram_quantities
from glorot_repro.measure.histograms import Histogram
from glorot_repro.measure.statistics import FAMILIES
from glorot_repro.report.page.thinning import evenly, rounded
from glorot_repro.runs.reading import RunRecord

MOST_BINS = 100
"""Bins of a histogram in the page; a run directory has 1,000."""

FEWEST_BINS = 8

TAIL = 0.001
"""Share of the values that may lie beyond each end of the bins: one far outlier would otherwise
leave the rest in a single bin. The page says how many do."""

MOST_LAYERS = 32
"""Layers of a run in the page, evenly spaced, the first and the last among them."""

FULL = 1000
"""The highest bin of a histogram, as a whole number: half a thousandth is not to be seen."""

BYTES_PER_HISTOGRAM = 380
"""Of JSON, with MOST_BINS bins; measured: 240 to 380."""

MOST_BYTES = 8_000_000
"""Of JSON for all histograms of a page, about."""

MOST_BYTES_OF_RUN = 1_500_000


@dataclass(frozen=True, eq=False)
class Bins:
    """A histogram with few bins: density (n,) of bins of `width` from `low` on.

    outside: share of the values beyond the bins, infinite ones included; NaNs do not count.
    """

    low: float
    width: float
    density: NDArray[np.float64]
    outside: float


def n_bins_for(n_values: int) -> int:
    """Bins that n values can fill without noise: Rice's rule, 2 n^(1/3), within our limits."""
    return min(MOST_BINS, max(FEWEST_BINS, math.ceil(2 * n_values ** (1 / 3))))


def rebin(histogram: Histogram) -> Bins | None:
    """The central values in at most MOST_BINS bins, each of whole bins of the histogram.

    At most TAIL of the values are left out at each end. None if there is no finite value.
    """
    low, high, counts = histogram.low, histogram.high, histogram.counts
    total = int(counts.sum())
    if not (math.isfinite(low) and math.isfinite(high) and low < high and total):
        return None
    below = np.cumsum(counts)
    first = int(np.searchsorted(below, TAIL * total, side="right"))
    last = int(np.searchsorted(below, (1 - TAIL) * total, side="left"))
    group = -(-(last - first + 1) // n_bins_for(total))
    n_bins = -(-(last - first + 1) // group)
    shown = counts[first : first + n_bins * group]
    padded = np.zeros(n_bins * group, np.int64)
    padded[: len(shown)] = shown
    grouped = padded.reshape(n_bins, group).sum(axis=1)
    fine = (high - low) / len(counts)
    n_values = histogram.n_values - histogram.nonfinite
    return Bins(
        low + first * fine,
        group * fine,
        grouped / (n_values * group * fine),
        1 - float(grouped.sum()) / n_values,
    )


def n_records_kept(n_records: int, n_histograms: int, n_runs: int) -> int:
    """How many of the records of a run go into a page of `n_runs` runs, two at least.

    n_histograms: of one record. The runs share MOST_BYTES evenly, a run gets MOST_BYTES_OF_RUN at
    most.
    """
    budget = min(MOST_BYTES_OF_RUN, MOST_BYTES // max(1, n_runs))
    return min(n_records, max(2, budget // (BYTES_PER_HISTOGRAM * max(1, n_histograms))))


def histogram_data(record: RunRecord, n_runs: int) -> dict[str, Any] | None:
    """What `viewer.js` reads, None for a run without histograms: strict JSON.

    updates: of the records in the page, n_records: of the run. quantities: name to layers and to
    histograms[record][layer], each [low, width, highest density, outside, mean, std, bins], where
    bins are in units of the highest density / FULL; null where nothing is finite.
    """
    arrays = record.histograms
    if arrays is None or not len(arrays["updates"]):
        return None
    at_hand = histogram_quantities(arrays)
    layers: dict[str, list[int]] = {
        quantity: arrays[f"{quantity}_layers"][
            evenly(len(arrays[f"{quantity}_layers"]), MOST_LAYERS)
        ].tolist()
        for quantity in FAMILIES
        if quantity in at_hand
    }
    n_records = len(arrays["updates"])
    kept = evenly(n_records, n_records_kept(n_records, sum(map(len, layers.values())), n_runs))
    updates: list[int] = arrays["updates"][kept].tolist()
    moments = _Moments(record.curves)
    return {
        "updates": updates,
        "n_records": n_records,
        "quantities": {
            quantity: {
                "layers": shown,
                "n_layers": len(arrays[f"{quantity}_layers"]),
                "histograms": [
                    [_histogram(arrays, quantity, layer, update, moments) for layer in shown]
                    for update in updates
                ],
            }
            for quantity, shown in layers.items()
        },
    }


class _Moments:
    """Means and standard deviations from the curves, by update, looked up without a search."""

    def __init__(self, curves: Curves) -> None:
        wanted = {f"{quantity}_{moment}" for quantity in FAMILIES for moment in ("mean", "std")}
        self._values = {
            (update, layer, quantity): value
            for update, layer, quantity, value in curves
            if quantity in wanted
        }

    def of(self, update: int, layer: int, quantity: str) -> list[float | int | None]:
        """Mean and standard deviation, None where they are not known."""
        keys = [(update, layer, f"{quantity}_{moment}") for moment in ("mean", "std")]
        return [rounded(self._values.get(key, math.nan)) for key in keys]


def _histogram(
    arrays: Arrays, quantity: str, layer: int, update: int, moments: _Moments
) -> list[Any] | None:
    bins = rebin(histogram_at(arrays, quantity, layer, update))
    if bins is None:
        return None
    highest = float(bins.density.max())
    if highest == 0:  # spread so wide that a density is no number
        return None
    return [
        rounded(bins.low, 6),
        rounded(bins.width, 6),
        rounded(highest),
        rounded(bins.outside, 2),
        *moments.of(update, layer, quantity),
        # A bin that holds something is never drawn as empty: the density may be logarithmic.
        np.maximum(np.rint(bins.density * (FULL / highest)), bins.density > 0).astype(int).tolist(),
    ]
