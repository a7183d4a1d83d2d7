"""Student's t, without scipy: how far a new value may lie from the mean of a few others."""

import math

SMALLEST_LEVEL = 1e-13
"""Two-sided tail below which the difference from 1 has no digits left in float64."""


def two_sided_tail(t: float, degrees: int) -> float:
    """P(|T| > t) for t >= 0 and a whole number of degrees of freedom, exact to about 1e-16.

    The finite series of Abramowitz & Stegun, 26.7.3 (odd) and 26.7.4 (even).
    """
    angle = math.atan2(t, math.sqrt(degrees))
    sine, cosine = math.sin(angle), math.cos(angle)
    is_odd = degrees % 2
    term = cosine if is_odd else 1.0
    total = 0.0
    for k in range(2 + is_odd, degrees + 1 + is_odd, 2):
        total += term
        term *= cosine * cosine * (k - 1) / k
    inside = (angle + sine * total) * 2 / math.pi if is_odd else sine * total
    return max(0.0, 1 - inside)


def student_bound(level: float, degrees: int) -> float:
    """t with P(|T| > t) = level.

    Raises ValueError unless SMALLEST_LEVEL <= level < 1 and degrees >= 1.
    """
    if not (SMALLEST_LEVEL <= level < 1 and degrees >= 1):
        message = f"no bound at level {level} with {degrees} degrees of freedom"
        raise ValueError(message)
    low, high = 0.0, 1.0
    while two_sided_tail(high, degrees) > level:
        low, high = high, 2 * high
    for _ in range(100):
        middle = (low + high) / 2
        if two_sided_tail(middle, degrees) > level:
            low = middle
        else:
            high = middle
    return high
