"""Filling of convex polygons by the integer scan-line rule of the original Shapeset pictures.

The rule is that of pygame 1.8.1, which the authors name; later releases fill other pixels.
Arrays of polygons have the polygon as their last axis, so that every operation runs over
thousands of neighbours in memory.
"""

import numpy as np
from numpy.typing import NDArray

SIDE = 32
"""Pixels along each side of an image."""

_NOWHERE = 100
"""First and last pixel of a line without pixels: outside the image, and a signed byte."""


def _edge_steps() -> NDArray[np.int8]:
    """cut(k dx / dy), cut towards zero, at element ((dy * 2 SIDE) + dx + SIDE) * SIDE + k.

    62 kB that stay in the cache replace a division per crossing.
    """
    dy = np.arange(SIDE)[:, None, None]
    dx = np.arange(-SIDE, SIDE)[:, None]
    k = np.arange(SIDE)
    return np.trunc(k * dx / np.maximum(dy, 1)).astype(np.int8).ravel()


_EDGE_STEPS = _edge_steps()
_X_OF_PIXEL = np.repeat(np.arange(SIDE, dtype=np.uint8), SIDE)


def filled_runs(
    x: NDArray[np.intp], y: NDArray[np.intp]
) -> tuple[NDArray[np.int8], NDArray[np.int8]]:
    """First and last filled x of every line y of every polygon.

    x, y: (vertices, n), whole numbers 0 to 31, vertices in order around a convex polygon;
    repeated vertices change nothing. Returns two (n, 32) arrays; first and last lie outside the
    image on lines without pixels.

    An edge from its upper end (x1, y1) down to (x2, y2) is crossed by the lines y1 <= y < y2,
    and by y2 if that is the lowest line of the polygon; the crossing is
    x1 + cut((y - y1)(x2 - x1) / (y2 - y1)), cut towards zero. Horizontal edges have no crossing,
    which leaves the notches at the underside of some ellipses. Each line of a convex polygon is
    crossed once by an edge that runs down and once by one that runs up.
    """
    n = x.shape[1]
    next_x, next_y = np.roll(x, -1, axis=0), np.roll(y, -1, axis=0)
    runs_down = y < next_y
    upper_x, upper_y = np.where(runs_down, x, next_x), np.minimum(y, next_y)
    dx = np.where(runs_down, next_x, x) - upper_x
    dy = np.abs(next_y - y)
    is_lowest = np.maximum(y, next_y) == y.max(axis=0)
    n_crossings = np.where(dy == 0, 0, dy + is_lowest).ravel()

    # All crossings in one list, edge by edge; the k-th of an edge is on line upper_y + k.
    begin = np.cumsum(n_crossings) - n_crossings
    in_list = np.arange(n_crossings.sum())
    step = np.repeat(((dy * (2 * SIDE) + dx + SIDE) * SIDE).ravel() - begin, n_crossings)
    step += in_list
    crossing = _EDGE_STEPS.take(step)
    crossing += np.repeat(upper_x.astype(np.int8).ravel(), n_crossings)
    line = (runs_down * n + np.arange(n)) * SIDE + upper_y
    target = np.repeat(line.ravel() - begin, n_crossings)
    target += in_list
    ends = np.full((2, n, SIDE), _NOWHERE, np.int8)
    ends.reshape(-1)[target] = crossing
    return np.minimum(ends[0], ends[1]), np.maximum(ends[0], ends[1])


def masks_of_runs(first: NDArray[np.int8], last: NDArray[np.int8]) -> NDArray[np.uint8]:
    """Masks (n, 1024), 1 inside and 0 outside, pixel (x, y) at element 32 x + y.

    first, last: (n, 32), as `filled_runs` returns them.
    """
    # Bytes wrap around: a pixel left of the run is far above it, so one comparison is enough.
    offset = _X_OF_PIXEL - np.tile(first.view(np.uint8), SIDE)
    return (offset <= np.tile((last - first).view(np.uint8), SIDE)).view(np.uint8)
