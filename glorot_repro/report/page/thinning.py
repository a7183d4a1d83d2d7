"""What of a run goes into the page: which times, with how many digits."""

import math

import numpy as np
from numpy.typing import NDArray


def evenly(n_items: int, at_most: int) -> NDArray[np.intp]:
    """Indices of `at_most` of `n_items`, evenly spaced, the first and the last among them.

    All of them if there are no more; the last alone if `at_most` is 1.
    """
    if n_items <= at_most:
        return np.arange(n_items)
    if at_most <= 1:
        return np.array([n_items - 1])
    return np.rint(np.linspace(0, n_items - 1, at_most)).astype(np.intp)


def rounded(value: float, digits: int = 4) -> float | int | None:
    """The value to `digits` significant digits, None (JSON's null) if it is not finite."""
    if not math.isfinite(value):
        return None
    short = float(f"{value:.{digits}g}")
    if not math.isfinite(short):  # rounded up, beyond the greatest number
        return value
    return int(short) if short.is_integer() and abs(short) < 10**digits else short
