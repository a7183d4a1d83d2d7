"""What a draw of weights is like, in numbers."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

CENTERED_ERRORS = 5
"""Weights are centered if their mean is within so many of its standard errors from 0."""


@dataclass(frozen=True)
class WeightStatistics:
    """Of all weights of one layer. kurtosis: 1.8 for uniform, 3 for normal weights, NaN for a
    constant; zeros: share of weights that are exactly 0."""

    mean: float
    std: float
    mean_square: float
    lowest: float
    highest: float
    kurtosis: float
    zeros: float


def weight_statistics(weights: NDArray[np.float64]) -> WeightStatistics:
    """The statistics of (fan_out, fan_in) weights."""
    mean = float(weights.mean())
    squares = (weights - mean) ** 2
    variance, mean_square = float(squares.mean()), float(np.mean(weights**2))
    if is_rounding(variance, mean_square):
        variance = 0.0
    return WeightStatistics(
        mean=mean,
        std=math.sqrt(variance),
        mean_square=mean_square,
        lowest=float(weights.min()),
        highest=float(weights.max()),
        # Not divided at the end: the fourth power of a weight may be no float64.
        kurtosis=float(np.mean((squares / variance) ** 2)) if variance > 0 else math.nan,
        zeros=np.count_nonzero(weights == 0) / weights.size,
    )


def is_rounding(variance: float, mean_square: float) -> bool:
    """Whether a variance is that of equal float64 numbers, whose mean is rounded."""
    return variance <= float(4 * np.finfo(np.float64).eps) ** 2 * mean_square


def centered_variance(weights: NDArray[np.floating]) -> float | None:
    """Var[W] of weights that are centered, None of others: mean-field theory is for mean 0."""
    mean, std = float(weights.mean()), float(weights.std(dtype=np.float64))
    if abs(mean) > CENTERED_ERRORS * std / math.sqrt(weights.size):
        return None
    return std**2
