"""Which values are about normally distributed over seeds, and on which scale.

Measured over 160 seeds of `configs/ci.yaml`: logarithms of standard deviations, costs and mean
singular values are. Means, percentiles, largest values and counts are not: their tails are heavy,
since the gradients of one network are twice those of another, and since means of gradients are
sums of products. They gave an alarm in 2 of 100 innocent checks, whatever they were divided by.
"""

import math
from collections.abc import Mapping

Key = tuple[int, int, str]

LOGARITHMIC = ("std", "cost")
"""Statistics that are positive; the mean of singular values is one too."""

HEAVY_TAILED = ("mean", "max", "saturated", "error", "distance")


def split_quantity(quantity: str) -> tuple[str, str]:
    """Family and statistic: activation_std is (activation, std), with or without `_theory`."""
    family, _, statistic = quantity.removesuffix("_theory").rpartition("_")
    return family, statistic


def is_percentile(statistic: str) -> bool:
    """Whether a statistic is a percentile, such as p98."""
    return statistic[:1] == "p" and statistic[1:].isdigit()


def is_logarithmic(quantity: str) -> bool:
    """Whether a quantity is compared as its logarithm."""
    return split_quantity(quantity)[1] in LOGARITHMIC or _is_singular_mean(quantity)


def has_band(quantity: str) -> bool:
    """Whether a quantity is compared over seeds at all."""
    if _is_singular_mean(quantity):
        return True
    statistic = split_quantity(quantity)[1]
    return statistic not in HEAVY_TAILED and not is_percentile(statistic)


def on_scale(key: Key, table: Mapping[Key, float]) -> float:
    """The value of `key` on its scale, -inf for the logarithm of 0; NaN where there is none."""
    value = table.get(key, math.nan)
    if not is_logarithmic(key[2]):
        return value
    if value == 0:
        return -math.inf
    return math.log(value) if value > 0 else math.nan


def _is_singular_mean(quantity: str) -> bool:
    return split_quantity(quantity) == ("jacobian_singular", "mean")
