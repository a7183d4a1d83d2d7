"""How wide the bands of other seeds are: what the stated false-alarm rate costs in power.

Each of the m values of a check is compared at the level rate / (10 m): by Bonferroni's inequality
the whole check then gives a false alarm with a probability of at most `rate`, whatever depends on
whatever among the values. The tenth is for tails that are heavier than normal.
"""

import math
import statistics
from collections.abc import Sequence

from glorot_repro.errors import ConfigError
from glorot_repro.runs.baseline import Baseline, statistical_keys
from glorot_repro.runs.seed_scale import is_logarithmic

FALSE_ALARM_RATE = 1e-4
"""Probability that a whole statistical check of an unchanged program fails."""

LEAST_RATE = 1e-8
LARGEST_RATE = 0.5

TAIL_MARGIN = 10
"""How many times rarer alarms would be if all values were normally distributed over seeds.

Those of networks are nearly so: with a margin of 1, checks stated at 1e-4 gave alarms at 1.6e-4,
and at 0.5e-4 with normal values of the same correlations (`benchmarks/false_alarms.py`).
"""

LARGEST_LOGARITHM = 700.0
"""Of a float64."""


def level_of(rate: float, n_values: int) -> float:
    """The level of one of `n_values` values, for a false-alarm rate of the whole check.

    Raises ConfigError for a rate beyond LEAST_RATE and LARGEST_RATE.
    """
    if not LEAST_RATE <= rate <= LARGEST_RATE:
        message = f"the false-alarm rate is {rate:g}; expected {LEAST_RATE:g} to {LARGEST_RATE:g}"
        raise ConfigError(message)
    return rate / (TAIL_MARGIN * max(1, n_values))


def half_width(level: float, n_pinned: int, n_new: int = 1) -> float:
    """Half the width of a band for the mean of `n_new` seeds, in spreads of the baseline.

    level: the probability of values beyond either end. n_pinned: seeds of the baseline, at least 2.
    """
    from scipy.special import stdtrit

    return math.sqrt(1 / n_new + 1 / n_pinned) * -float(stdtrit(n_pinned - 1, level / 2))


def median_factors(baselines: Sequence[Baseline]) -> list[float | None]:
    """By which factor the values of one new seed may differ from each baseline, half of them more.

    For a check of all of them at the default rate; None for a baseline of one seed.
    """
    compared = [{key: one.bands[key] for key in statistical_keys(one.bands)} for one in baselines]
    level = level_of(FALSE_ALARM_RATE, sum(map(len, compared)))
    found = []
    for bands in compared:
        factors = [
            exponential(half_width(level, band.count) * band.width)
            for key, band in bands.items()
            if is_logarithmic(key[2]) and band.width > 0
        ]
        found.append(statistics.median(factors) if factors else None)
    return found


def exponential(number: float) -> float:
    """exp, infinite where a float64 ends."""
    return math.exp(number) if not number > LARGEST_LOGARITHM else math.inf
