"""The statistics that are recorded of each layer: a new one is one function and one entry."""

from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.typing import NDArray

from glorot_repro.measure.histograms import Summary

Array = NDArray[np.floating]
Asymptotes = tuple[float | None, float | None]

SATURATION_MARGIN = 1 / 40
"""Share of the range beside an asymptote that counts as saturated: |z| > 0.95 for tanh and
softsign, the limit at which the paper's figure 4 was digitized."""

FULL_SATURATION_MARGIN = 3 / 400
"""The same for what is as good as constant: |z| > 0.985, the last bin of that figure."""


def _percentile(percent: float) -> Callable[[Summary], float]:
    return lambda summary: summary.percentile(percent)


FAMILIES = ("activation", "backprop", "weight_gradient")
"""What the values of a layer are: z, dC/ds and dC/dW; each has all STATISTICS and histograms."""

STATISTICS: dict[str, Callable[[Summary], float]] = {
    "mean": lambda summary: summary.mean,
    "std": lambda summary: summary.std,
    "p1": _percentile(1),
    "p2": _percentile(2),
    "p50": _percentile(50),
    "p98": _percentile(98),
    "p99": _percentile(99),
}
"""Of activations, back-propagated gradients and weight gradients alike: the entry `std` is recorded
as `activation_std`, `backprop_std` and `weight_gradient_std`."""


def saturated_share(
    activations: Array, asymptotes: Asymptotes, share_of_range: float = SATURATION_MARGIN
) -> float | None:
    """Share (0 .. 1) of the activations that are as good as at an asymptote of f.

    Between two asymptotes: within `share_of_range` of their distance from either. With one
    asymptote: exactly at it, as the dead outputs of relu are. None without asymptotes, and for no
    activations at all. NaN counts as not saturated.
    """
    lower, upper = asymptotes
    if not activations.size:
        return None
    if lower is not None and upper is not None:
        margin = share_of_range * (upper - lower)
        at_limit = np.count_nonzero(activations < lower + margin)
        at_limit += np.count_nonzero(activations > upper - margin)
    elif lower is not None:
        at_limit = np.count_nonzero(activations == lower)
    elif upper is not None:
        at_limit = np.count_nonzero(activations == upper)
    else:
        return None
    return int(at_limit) / activations.size


def magnitude_p98(activations: Array, asymptotes: Asymptotes) -> float | None:
    """The 98th percentile of |z|, what figure 3 of the paper marks; None for no activations.

    Not to be had from the percentiles of z where these are not symmetric about 0. NaN if an
    activation is.
    """
    if not activations.size:
        return None
    return float(np.percentile(np.abs(activations), 98))


ACTIVATION_STATISTICS: dict[str, Callable[[Array, Asymptotes], float | None]] = {
    "saturated": saturated_share,
    "fully_saturated": partial(saturated_share, share_of_range=FULL_SATURATION_MARGIN),
    "magnitude_p98": magnitude_p98,
}
"""Of activations alone, from their values and the asymptotes of f; None is not recorded."""
