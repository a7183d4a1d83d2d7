"""Triangles, parallelograms and ellipses: how Shapeset-3x2 draws, stretches and places them.

The distributions are those of the authors' own generator of 2009. Arrays of shapes have the
shape as their last axis; coordinates are pixels, 0 to 32, axis 0 is x.
"""

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from glorot_repro.data.polygons import SIDE

Reals = NDArray[np.float64]
Whole = NDArray[np.intp]

N_VERTICES = np.array([3, 4, 20])
"""Vertices of kind 0 triangle (T), 1 parallelogram (P), 2 ellipse (E)."""
MAX_VERTICES = 20

FULL_TURN = 255
"""Steps of a full turn: the angle index i means 2 pi i / 255."""
N_ROTATIONS = 254
"""Final rotation indices 0 to 253: the original never draws the last step."""
SMALLEST_SCALE, LARGEST_SCALE = 0.2 * SIDE, 0.8 * SIDE

N_PRE_ROTATIONS = np.array([85, 63, 12])
_TURN = 2 * np.pi / FULL_TURN * np.arange(FULL_TURN)
_COS, _SIN, _TAN = np.cos(_TURN), np.sin(_TURN), np.tan(_TURN)


def _pre_rotations() -> Whole:
    """(3, 85): pre-rotation index of each kind for each draw r below N_PRE_ROTATIONS[kind].

    They are small turns either way; 254 is twice as likely as the others for triangles.
    """
    table = np.zeros((3, 85), np.intp)
    table[0] = [*range(43), *range(214, 255), 254]
    table[1, :63] = [*range(32), *range(224, 255)]
    table[2, :12] = [*range(7), *range(250, 255)]
    return table


def _regular_polygons() -> Reals:
    """(2, 20, 3): x and y of the vertices of each kind on a circle of radius 0.5.

    The last vertex is repeated where a kind has fewer than 20.
    """
    j = np.minimum(np.arange(MAX_VERTICES)[:, None], N_VERTICES - 1)
    angle = 2 * np.pi * (j / N_VERTICES + 1 / (2 * N_VERTICES) + 1 / 4)
    return 0.5 * np.array([np.cos(angle), np.sin(angle)])


PRE_ROTATIONS = _pre_rotations()
_REGULAR = _regular_polygons()
_AREA = N_VERTICES * np.sin(2 * np.pi / N_VERTICES) / (2 * np.pi)
"""Area of the regular polygons relative to their circle."""


@dataclass(frozen=True, eq=False)
class Shapes:
    """n shapes, all that was drawn for them but their gray levels.

    kind, pre_rotation, rotation: (n,), whole numbers; scale: (2, n), pixels, the larger first;
    center: (2, n), pixels, x and y; outline: (2, 20, n), pixels, x and y of the vertices about
    the origin, the last vertex repeated where a kind has fewer than 20.
    """

    kind: Whole
    pre_rotation: Whole
    rotation: Whole
    scale: Reals
    center: Reals
    outline: Reals

    def __len__(self) -> int:
        return len(self.kind)

    def __getitem__(self, index: Whole | NDArray[np.bool_]) -> "Shapes":
        """The chosen shapes."""
        return Shapes(**{f.name: getattr(self, f.name)[..., index] for f in fields(self)})

    def vertices(self) -> Reals:
        """(2, 20, n), pixels: the vertices in the image, not cut."""
        return self.outline + self.center[:, None]

    def area(self) -> Reals:
        """(n,), square pixels: exact area of the uncut polygon."""
        return np.pi / 4 * self.scale[0] * self.scale[1] * _AREA[self.kind]


def whole_numbers(u: Reals, n: int | Whole) -> Whole:
    """Uniform on 0 to n - 1, from u uniform on [0, 1)."""
    return (u * n).astype(np.intp)


def kinds_and_rotations(u: Reals) -> Whole:
    """(3, n): kind, pre-rotation index and rotation index, from uniform u (3, n)."""
    kind = whole_numbers(u[0], 3)
    pre_rotation = PRE_ROTATIONS[kind, whole_numbers(u[1], N_PRE_ROTATIONS[kind])]
    return np.array([kind, pre_rotation, whole_numbers(u[2], N_ROTATIONS)])


def stretched_and_placed(kinds_and_rotations: Whole, u: Reals) -> Shapes:
    """n shapes of the given kinds and rotations (3, n), from uniform u (4, n).

    u[0] and u[1] give the scales, u[2] and u[3] the place; where u is NaN, these are NaN.
    """
    kind, pre_rotation, rotation = kinds_and_rotations
    scale = scales(u[:2])
    outline = outlines(kind, pre_rotation, rotation, scale)
    return Shapes(kind, pre_rotation, rotation, scale, centers(outline, u[2:]), outline)


def scales(u: Reals) -> Reals:
    """(2, n), pixels, the larger first, from uniform u (2, n)."""
    drawn = SMALLEST_SCALE + (LARGEST_SCALE - SMALLEST_SCALE) * u
    return np.array([np.maximum(drawn[0], drawn[1]), np.minimum(drawn[0], drawn[1])])


def outlines(kind: Whole, pre_rotation: Whole, rotation: Whole, scale: Reals) -> Reals:
    """(2, 20, n), pixels: vertices about the origin.

    The regular polygon is turned by its pre-rotation theta1, stretched by the two scales, turned
    by theta2 = -atan((s1 / s0) tan theta1), which makes the base edge horizontal again, and
    turned by the rotation theta3. All of it is one linear map per shape.
    """
    cos1, sin1 = _COS[pre_rotation], _SIN[pre_rotation]
    slope = scale[1] / scale[0] * _TAN[pre_rotation]
    cos2 = 1 / np.sqrt(1 + slope * slope)
    sin2 = -slope * cos2
    cos3, sin3 = _COS[rotation], _SIN[rotation]
    cos, sin = cos2 * cos3 - sin2 * sin3, sin2 * cos3 + cos2 * sin3
    x, y = _REGULAR[..., kind]
    long_x, long_y = scale[0] * cos1, -scale[0] * sin1
    short_x, short_y = scale[1] * sin1, scale[1] * cos1
    outline = np.empty((2, MAX_VERTICES, len(kind)))
    np.multiply(cos * long_x - sin * short_x, x, out=outline[0])
    outline[0] += (cos * long_y - sin * short_y) * y
    np.multiply(sin * long_x + cos * short_x, x, out=outline[1])
    outline[1] += (sin * long_y + cos * short_y) * y
    return outline


def centers(outline: Reals, u: Reals) -> Reals:
    """(2, n), pixels: uniform over the places that keep the vertices in [1, 31), from u (2, n)."""
    lowest = 1 - outline.min(axis=1)
    highest = SIDE - 1 - outline.max(axis=1)
    return lowest + (highest - lowest) * u
