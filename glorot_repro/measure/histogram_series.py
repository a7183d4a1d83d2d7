"""Histograms over training time, as the arrays of histograms.npz."""

import numpy as np
from numpy.typing import NDArray

from glorot_repro.measure.histograms import Histogram
from glorot_repro.wording import listed_numbers

State = dict[str, NDArray]

FIELDS = ("low", "high", "counts", "nonfinite", "underflow", "overflow")


class HistogramSeries:
    """The histograms of one quantity: one for each record and layer."""

    def __init__(self, bins: int) -> None:
        self._bins = bins
        self._records: dict[int, dict[int, Histogram]] = {}

    @property
    def updates(self) -> list[int]:
        """The updates of the records, ascending."""
        return list(self._records)

    def add(self, update: int, layer: int, histogram: Histogram) -> None:
        """Append the histogram of one layer."""
        self._records.setdefault(update, {})[layer] = histogram

    def arrays(self, name: str, updates: list[int]) -> State:
        """The arrays of this quantity at the records `updates`, names beginning with `name`.

        layers: (layers,); counts: (records, layers, bins); low, high: (records, layers), the first
        and last edge of bins of equal width; nonfinite, underflow, overflow: (records, layers).
        """
        layers = list(next(iter(self._records.values()), {}))
        table = [list(self._records.get(update, {}).values()) for update in updates]
        shape = (len(table), len(layers))

        def gathered(field: str, dtype: type) -> NDArray:
            values = [[getattr(histogram, field) for histogram in row] for row in table]
            return np.array(values, dtype).reshape(shape + ((-1,) if field == "counts" else ()))

        counts = (
            gathered("counts", np.int64)
            if table and layers
            else np.zeros((*shape, self._bins), np.int64)
        )
        return {
            f"{name}_layers": np.array(layers, np.int64),
            f"{name}_counts": counts,
            f"{name}_low": gathered("low", np.float64),
            f"{name}_high": gathered("high", np.float64),
            f"{name}_nonfinite": gathered("nonfinite", np.int64),
            f"{name}_underflow": gathered("underflow", np.int64),
            f"{name}_overflow": gathered("overflow", np.int64),
        }

    def restore(self, state: State, name: str) -> None:
        """Go on from the arrays that `arrays` gave, with the updates of the records."""
        parts = [state[f"{name}_{field}"] for field in FIELDS]
        self._records = {
            int(update): {
                int(layer): Histogram(
                    float(parts[0][r, k]),
                    float(parts[1][r, k]),
                    parts[2][r, k],
                    int(parts[3][r, k]),
                    int(parts[4][r, k]),
                    int(parts[5][r, k]),
                )
                for k, layer in enumerate(state[f"{name}_layers"])
            }
            for r, update in enumerate(state["updates"])
        }


def check_histograms(arrays: State) -> None:
    """Raises ValueError, naming an array, unless all are there as `HistogramSeries.arrays` gave."""
    n_records = len(_numbers(arrays, "updates", 1))
    names = [key.rpartition("_")[0] for key in arrays if key.endswith(("_layers", "_counts"))]
    for quantity in sorted(set(names)):
        n_layers = len(_numbers(arrays, f"{quantity}_layers", 1))
        for field in FIELDS:
            array = _numbers(arrays, f"{quantity}_{field}", 3 if field == "counts" else 2)
            if array.shape[:2] != (n_records, n_layers):
                message = (
                    f"expected {quantity}_{field} of {n_records} records and {n_layers} layers, "
                    f"found {' x '.join(map(str, array.shape))}"
                )
                raise ValueError(message)


def _numbers(arrays: State, name: str, n_dimensions: int) -> NDArray:
    array = arrays.get(name)
    if array is None or array.ndim != n_dimensions or not np.issubdtype(array.dtype, np.number):
        found = "none" if array is None else f"{array.dtype} in {array.ndim}"
        message = f"expected numbers in {n_dimensions} dimensions as {name}, found {found}"
        raise ValueError(message)
    return array


def histogram_quantities(arrays: State) -> list[str]:
    """The quantities of which the arrays of a histograms.npz hold histograms."""
    return sorted(
        key.removesuffix("_counts")
        for key, counts in arrays.items()
        if key.endswith("_counts") and counts.size
    )


def histogram_at(arrays: State, quantity: str, layer: int, update: int) -> Histogram:
    """One histogram of the arrays of a histograms.npz; LookupError, in words, without it."""
    quantities = histogram_quantities(arrays)
    if quantity not in quantities:
        at_hand = f"at hand: {', '.join(quantities)}" if quantities else "there are none at all"
        message = f"no histograms of '{quantity}' ({at_hand})"
        raise LookupError(message)
    layers, updates = arrays[f"{quantity}_layers"].tolist(), arrays["updates"].tolist()
    for noun, wanted, known in (("layer", layer, layers), ("update", update, updates)):
        if wanted not in known:
            message = (
                f"no histogram of '{quantity}' at {noun} {wanted:,} "
                f"(at hand: {listed_numbers(known)})"
            )
            raise LookupError(message)
    at = updates.index(update), layers.index(layer)
    low, high, counts, *faults = (arrays[f"{quantity}_{field}"][at] for field in FIELDS)
    return Histogram(float(low), float(high), counts, *(int(fault) for fault in faults))
