"""Costs of a reconstruction: how far an auto-encoder's output is from what it was given.

Vincent, Larochelle, Bengio & Manzagol (2008), section 2.1. A cost is the sum over the units of the
input, its mean that over the examples of a mini-batch.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from glorot_repro.nn.costs import Cost

Array = NDArray[np.floating]
Targets = NDArray[Any]
"""What the output is compared with: (batch, inputs), in its dtype."""
Limits = tuple[float | None, float | None]
"""Least and greatest value of an input, None where there is none."""


def squared_error(limits: Limits) -> Cost:
    """Sum over units of (y - x)^2 for an output y of any size, whatever the limits of x."""

    def per_example(y: Array, x: Targets) -> Array:
        difference = y - x
        return np.asarray((difference * difference).sum(axis=1))

    def evaluate(y: Array, x: Targets) -> tuple[float, Array]:
        delta: Array = y - x
        mean_cost = float(np.dot(delta.ravel(), delta.ravel())) / len(x)
        delta *= 2 / len(x)
        return mean_cost, delta

    def curvature(y: Array) -> Array:
        return np.full_like(y, 2 / len(y))

    return Cost("squared_error", evaluate, per_example, curvature)


def cross_entropy(limits: Limits) -> Cost:
    """Sum over units of -(u log p + (1 - u) log(1 - p)), p = sigmoid(y).

    u is x between its limits, moved to 0 .. 1; so is the reconstruction, p. Raises ValueError if a
    limit is missing.
    """
    low, high = limits
    if low is None or high is None:
        message = "cross_entropy needs inputs between two limits"
        raise ValueError(message)
    width = high - low

    def share(x: Targets) -> Array:
        u: Array = x - low
        u /= width
        return u

    def per_example(y: Array, x: Targets) -> Array:
        # log(1 + e^y) - u y, of which neither term overflows.
        cost = np.log1p(np.exp(-np.abs(y)))
        cost += np.maximum(y, 0)
        cost -= share(x) * y
        return np.asarray(cost.sum(axis=1))

    def evaluate(y: Array, x: Targets) -> tuple[float, Array]:
        mean_cost = float(per_example(y, x).mean(dtype=np.float64))
        delta = _sigmoid(y)
        delta -= share(x)
        delta /= len(x)
        return mean_cost, delta

    def curvature(y: Array) -> Array:
        p = _sigmoid(y)
        return p * (1 - p) / len(y)

    return Cost("cross_entropy", evaluate, per_example, curvature)


RECONSTRUCTIONS: dict[str, Callable[[Limits], Cost]] = {
    "squared_error": squared_error,
    "cross_entropy": cross_entropy,
}
"""Each makes the cost for inputs between two limits."""


def _sigmoid(y: Array) -> Array:
    # One call of tanh, which never overflows: 1 / (1 + e^-y) = (1 + tanh(y / 2)) / 2.
    p = y * 0.5
    np.tanh(p, out=p)
    p += 1
    p *= 0.5
    return p
