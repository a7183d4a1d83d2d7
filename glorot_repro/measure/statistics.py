"""The statistics that are recorded of each layer: a new one is one function and one entry."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from glorot_repro.measure.histograms import Summary

Array = NDArray[np.floating]
Asymptotes = tuple[float | None, float | None]

SATURATION_MARGIN = 1 / 40
"""Share of the range beside an asymptote that counts as saturated: |z| > 0.95 for tanh and
softsign, the limit at which the paper's figure 4 was digitized."""


def _percentile(percent: float) -> Callable[[Summary], float]:
    return lambda summary: summary.percentile(percent)


STATISTICS: dict[str, Callable[[Summary], float]] = {
    "mean": lambda summary: summary.mean,
    "std": lambda summary: summary.std,
    "p1": _percentile(1),
    "p2": _percentile(2),
    "p50": _percentile(50),
    "p98": _percentile(98),
    "p99": _percentile(99),
}
"""Of activations, back-propagated gradients and weight gradients alike: the quantity `tanh_std`
would be `{activation,backprop,weight_gradient}_std`."""


def saturated_share(activations: Array, asymptotes: Asymptotes) -> float | None:
    """Share (0 .. 1) of the activations that are as good as at an asymptote of f.

    Between two asymptotes: within 1/40 of their distance from either. With one asymptote: exactly
    at it, as the dead outputs of relu are. None without asymptotes, and for no activations at all.
    NaN counts as not saturated.
    """
    lower, upper = asymptotes
    if not activations.size:
        return None
    if lower is not None and upper is not None:
        margin = SATURATION_MARGIN * (upper - lower)
        at_limit = np.count_nonzero(activations < lower + margin)
        at_limit += np.count_nonzero(activations > upper - margin)
    elif lower is not None:
        at_limit = np.count_nonzero(activations == lower)
    elif upper is not None:
        at_limit = np.count_nonzero(activations == upper)
    else:
        return None
    return int(at_limit) / activations.size


ACTIVATION_STATISTICS: dict[str, Callable[[Array, Asymptotes], float | None]] = {
    "saturated": saturated_share,
}
"""Of activations alone, from their values and the asymptotes of f; None is not recorded."""
