"""Whole pictures of Shapeset-3x2: background, one or two shapes, label."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from glorot_repro.data.pairs import place_second
from glorot_repro.data.polygons import SIDE, filled_runs, masks_of_runs
from glorot_repro.data.shapes import (
    Reals,
    Shapes,
    Whole,
    kinds_and_rotations,
    stretched_and_placed,
    whole_numbers,
)

N_DARK = 115
"""Dark gray levels: 0 to 114."""
LOWEST_BRIGHT = 140
"""Bright gray levels: 140 to 255. Those between never occur."""

CLASS_NAMES = ("T", "P", "E", "T+P", "P+E", "T+E", "T+T", "P+P", "E+E")
"""Kinds of shape present, in the order of the labels."""
_LABEL_OF_PAIR = np.array([[6, 3, 5], [3, 7, 4], [5, 4, 8]])

_N_PAINTED_AT_ONCE = 256
"""Pictures whose masks stay in the second-level cache while they are painted."""


@dataclass(frozen=True, eq=False)
class Pictures:
    """n pictures and all that was drawn for them.

    images: (n, 1024), gray levels, pixel (x, y) at element 32 x + y; labels: (n,);
    background: (n,), gray level; level: (2, n), gray levels of the shapes;
    first: the n first shapes; pair: (m,), index of the pictures for which a second shape was
    asked for; second: these m shapes; rejections: (m,), places rejected for them;
    is_given_up: (m,), whether no place was found, so that the picture has one shape only.
    """

    images: NDArray[np.uint8]
    labels: NDArray[np.uint8]
    background: NDArray[np.uint8]
    level: NDArray[np.uint8]
    first: Shapes
    pair: Whole
    second: Shapes
    rejections: Whole
    is_given_up: NDArray[np.bool_]


def draw_pictures(rng: np.random.Generator, n: int, bright_background: float) -> Pictures:
    """n pictures, a bright background with probability `bright_background`, else a dark one.

    Only uniform reals are drawn from `rng`, all of one kind for all pictures at once.
    """
    u = rng.random((15, n))
    is_bright = u[0] < bright_background
    pair = np.flatnonzero(whole_numbers(u[1], 2))
    background = _levels(u[2], is_bright)
    level = np.array([_levels(u[3], ~is_bright), _levels(u[4], ~is_bright)])

    first = stretched_and_placed(kinds_and_rotations(u[5:8]), u[8:12])
    second, rejections = place_second(rng, first[pair], kinds_and_rotations(u[12:15, pair]))
    is_given_up = np.isnan(second.center[0])
    shown, in_front = pair[~is_given_up], second[~is_given_up]

    labels = first.kind.astype(np.uint8)
    labels[shown] = _LABEL_OF_PAIR[first.kind[shown], in_front.kind]
    images = np.empty((n, SIDE * SIDE), np.uint8)
    images[:] = background[:, None]
    paint(images, np.arange(n), first.vertices(), level[0])
    paint(images, shown, in_front.vertices(), level[1, shown])
    return Pictures(images, labels, background, level, first, pair, second, rejections, is_given_up)


def paint(
    images: NDArray[np.uint8], index: Whole, vertices: Reals, level: NDArray[np.uint8]
) -> None:
    """Fill one polygon in each image that `index`, (k,), names; overwrites these images.

    images: (n, 1024); vertices: (2, at least 3, k), pixels, cut here; level: (k,).
    """
    for start in range(0, len(index), _N_PAINTED_AT_ONCE):
        part = slice(start, start + _N_PAINTED_AT_ONCE)
        x, y = vertices[..., part].astype(np.intp)
        mask = masks_of_runs(*filled_runs(x, y))
        old = images[index[part]]
        # Bytes wrap around: old + (level - old) is the level.
        images[index[part]] = old + mask * (level[part, None] - old)


def _levels(u: Reals, is_bright: NDArray[np.bool_]) -> NDArray[np.uint8]:
    n_bright = 256 - LOWEST_BRIGHT
    bright = LOWEST_BRIGHT + whole_numbers(u, n_bright)
    return np.where(is_bright, bright, whole_numbers(u, N_DARK)).astype(np.uint8)
