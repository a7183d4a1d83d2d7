"""Are two error rates different, and how well is one known: intervals and tests, by scipy."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

CONFIDENCE = 0.95
"""Of every interval in here."""

Interval = tuple[float, float]


def wilson_interval(n_wrong: int, n_examples: int) -> Interval:
    """Wilson's 95 % interval of an error rate (0 .. 1), from independent examples."""
    from scipy.stats import binomtest

    interval = binomtest(n_wrong, n_examples).proportion_ci(CONFIDENCE, method="wilson")
    return float(interval.low), float(interval.high)


def student_interval(values: Sequence[float]) -> Interval | None:
    """Student's 95 % interval of the mean of independent values; None of fewer than two."""
    from scipy.stats import t

    if len(values) < 2:
        return None
    mean, spread = float(np.mean(values)), float(np.std(values, ddof=1))
    reach = float(t.ppf((1 + CONFIDENCE) / 2, len(values) - 1)) * spread / math.sqrt(len(values))
    return mean - reach, mean + reach


def two_proportion_p(first: tuple[float, int], second: tuple[float, int]) -> float:
    """Two-sided p of equal error rates, by the pooled z test of two independent samples.

    first, second: how many were wrong (a mean over seeds need not be whole), and of how many.
    Knows nothing of the examples being the same, as whoever has only a printed table.
    """
    from scipy.stats import norm

    (wrong, n), (other_wrong, other_n) = first, second
    pooled = (wrong + other_wrong) / (n + other_n)
    variance = pooled * (1 - pooled) * (1 / n + 1 / other_n)
    if variance <= 0:
        return 1.0  # all are right, or all are wrong
    return float(2 * norm.sf(abs(wrong / n - other_wrong / other_n) / math.sqrt(variance)))


def paired_p(differences: NDArray[np.int64]) -> float:
    """Two-sided p of equal error rates of two models that were trained with several seeds each.

    differences: (n,) for each test example, in how many more seeds the first has it right than
    the second. Examples are independent; seeds that share them are not, so it is the sign of a
    whole example's difference that is as likely + as - if the models are equal. The distribution
    of the sum over all signs is exact; where no difference is beyond 1 it is McNemar's test.
    """
    from scipy.stats import binom, binomtest

    sizes, counts = np.unique(np.abs(differences[differences != 0]), return_counts=True)
    if not len(sizes):
        return 1.0
    if len(sizes) == 1:
        n_first = int(np.count_nonzero(differences > 0))
        return float(binomtest(n_first, int(counts[0])).pvalue)
    # Of the examples of one size m, k are positive: m k is binomial on a lattice of step m.
    probability = np.ones(1)
    for size, count in zip(sizes.tolist(), counts.tolist(), strict=True):
        lattice = np.zeros(size * count + 1)
        lattice[::size] = binom.pmf(np.arange(count + 1), count, 0.5)
        probability = np.convolve(probability, lattice)
    total = len(probability) - 1
    sums = 2 * np.arange(total + 1) - total
    return min(1.0, float(probability[np.abs(sums) >= abs(int(differences.sum()))].sum()))
