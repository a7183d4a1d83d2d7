"""Rows of the tidy table from plain arrays: for networks that other programs train."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import ArrayLike

from glorot_repro.measure.curves import Row
from glorot_repro.measure.histograms import summarize
from glorot_repro.measure.statistics import STATISTICS


def curve_rows(
    update: int, family: str, arrays: Iterable[ArrayLike], *, first_layer: int = 1
) -> list[Row]:
    """Rows (update, layer, quantity, value) of one array per layer, for `Curves` and its CSV.

    family: what the arrays are: `activation`, `backprop` (dC/ds), `weight_gradient` (dC/dW), or a
    name of your own. arrays: of any shape, float16, float32 or float64, those of `first_layer`
    first; anything numpy.asarray takes, such as a PyTorch tensor on the CPU or a JAX array.
    Each layer gives `{family}_mean`, `_std`, `_p1`, `_p2`, `_p50`, `_p98`, `_p99`, and `_bits`,
    the size of a number, so that a change of dtype is seen. NaN and infinities are left out of
    the statistics and counted in `{family}_nonfinite`.
    Raises ValueError for an array without numbers in it, or of another kind.
    """
    rows: list[Row] = []
    for layer, given in enumerate(arrays, start=first_layer):
        values = np.asarray(given)
        if not values.size or not np.issubdtype(values.dtype, np.floating):
            message = (
                f"{family} of layer {layer}: expected an array of floating-point numbers, found "
                f"shape {values.shape} of {values.dtype}"
            )
            raise ValueError(message)
        summary = summarize(values)
        measured = {name: function(summary) for name, function in STATISTICS.items()}
        measured["bits"] = 8.0 * values.dtype.itemsize
        measured["nonfinite"] = float(values.size - summary.n_values)
        rows += [(update, layer, f"{family}_{name}", value) for name, value in measured.items()]
    return rows
