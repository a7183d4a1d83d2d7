"""The place of a second shape: drawn again while it seems to hide too much of the first."""

import numpy as np
from numpy.typing import NDArray

from glorot_repro.data.shapes import Shapes, Whole, stretched_and_placed

MAX_TRIES = 50
"""Places tried before the second shape is given up."""
MAX_OVERLAP = 0.5
"""Largest estimated overlap, relative to the area of the first shape."""

_CANDIDATES_PER_ROUND = 500
"""Once fewer shapes wait, several places are drawn for each: rounds cost the same from there."""


def place_second(
    rng: np.random.Generator, first: Shapes, kinds_and_rotations: Whole
) -> tuple[Shapes, Whole]:
    """A second shape for each of the n first ones, and the number of places rejected, (n,).

    `kinds_and_rotations`, (3, n), are those of the second shapes, kept over all tries. Where
    MAX_TRIES places were rejected, the second shape is given up: its scale and center are NaN.
    """
    n = len(first)
    u = np.full((4, n), np.nan)
    rejections = np.zeros(n, np.intp)
    waiting = np.arange(n)
    n_tried = 0
    while len(waiting) and n_tried < MAX_TRIES:
        n_each = min(MAX_TRIES - n_tried, 1 + _CANDIDATES_PER_ROUND // len(waiting))
        index = np.repeat(waiting, n_each)
        candidate_u = rng.random((4, len(index)))
        candidate = stretched_and_placed(kinds_and_rotations[:, index], candidate_u)
        accepted = ~hides_too_much(first[index], candidate).reshape(-1, n_each)
        # Of several places the first accepted one counts, as if the later ones were never drawn.
        found = accepted.any(axis=1)
        n_rejected = np.where(found, accepted.argmax(axis=1), n_each)
        rejections[waiting] += n_rejected
        chosen = (np.arange(len(waiting)) * n_each + n_rejected)[found]
        u[:, waiting[found]] = candidate_u[:, chosen]
        waiting = waiting[~found]
        n_tried += n_each
    return stretched_and_placed(kinds_and_rotations, u), rejections


def hides_too_much(first: Shapes, second: Shapes) -> NDArray[np.bool_]:
    """Whether the estimated overlap is above MAX_OVERLAP, (n,).

    The estimate is the original's rule of thumb: along the line between the centers, the reach of
    both shapes is compared with the distance. As in the original, the center of the first shape
    (but not its vertices) is cut to whole pixels.
    """
    cut_center = np.trunc(first.center)
    between = second.center - cut_center
    distance = np.hypot(between[0], between[1])
    x, y = between / distance
    shift_x, shift_y = first.center - cut_center
    reach = (first.outline[0] * x + first.outline[1] * y).max(axis=0) + shift_x * x + shift_y * y
    reach -= (second.outline[0] * x + second.outline[1] * y).min(axis=0)
    # Below the distance the share is negative, which accepts the place.
    share = 1 - np.exp2(1 - reach / distance)
    return share * second.area() > MAX_OVERLAP * first.area()
