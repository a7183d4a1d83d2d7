"""The fill rule: the original's own polygons, and a slow fill written from the rule."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from glorot_repro.data.polygons import filled_runs, masks_of_runs

CASES = json.loads(
    (Path(__file__).parent / "files" / "shapeset_raster_cases.json").read_text(encoding="utf-8")
)

Points = list[tuple[int, int]]


def fill(vertices: NDArray[Any]) -> NDArray[np.uint8]:
    """Mask [x, y] of one polygon, vertices (k, 2)."""
    x, y = vertices.astype(np.intp).T[..., None]
    return masks_of_runs(*filled_runs(x, y)).reshape(32, 32)


def fill_slowly(points: Points) -> NDArray[np.uint8]:
    """The rule line by line, in whole numbers, filling between sorted pairs of crossings."""
    mask = np.zeros((32, 32), np.uint8)
    lowest = max(y for _, y in points)
    for line in range(32):
        crossings = []
        for (xa, ya), (xb, yb) in zip(points, points[1:] + points[:1], strict=True):
            (x1, y1), (x2, y2) = ((xa, ya), (xb, yb)) if ya < yb else ((xb, yb), (xa, ya))
            if y1 != y2 and (y1 <= line < y2 or line == y2 == lowest):
                distance = abs((line - y1) * (x2 - x1)) // (y2 - y1)
                crossings.append(x1 + (distance if x2 > x1 else -distance))
        crossings.sort()
        for begin, end in zip(crossings[::2], crossings[1::2], strict=True):
            mask[begin : end + 1, line] = 1
    return mask


def is_convex(points: Points) -> bool:
    """Whether no two turns go opposite ways and some turn is one."""
    n = len(points)
    turns = set()
    for i in range(n):
        (xa, ya), (xb, yb), (xc, yc) = (points[(i + j) % n] for j in range(3))
        turns.add(np.sign((xb - xa) * (yc - yb) - (yb - ya) * (xc - xb)))
    return len(turns - {0}) == 1


def stretched_circle(n: int, numbers: tuple[float, float, float, float]) -> Points:
    """A cut ellipse of n vertices, often with flat steps and repeated vertices."""
    width, height, turn, start = numbers
    angle = 2 * np.pi * (np.arange(n) / n + start)
    corner = (width * np.cos(angle) + 1j * height * np.sin(angle)) * np.exp(2j * np.pi * turn)
    return [(int(c.real), int(c.imag)) for c in corner + 16 + 16j]


coordinates = st.integers(0, 31)
triangles = st.lists(st.tuples(coordinates, coordinates), min_size=3, max_size=3)
sizes = st.floats(1, 15)
ellipses = st.builds(
    stretched_circle,
    st.integers(4, 20),
    st.tuples(sizes, sizes, st.floats(0, 1), st.floats(0, 1)),
)
polygons = triangles | ellipses


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_polygon_of_the_original_is_filled_exactly(
    case: dict[str, list[tuple[int, int, int]]],
) -> None:
    expected = np.zeros((32, 32), np.uint8)
    for y, first_x, last_x in case["rows"]:
        expected[first_x : last_x + 1, y] = 1
    np.testing.assert_array_equal(fill(np.array(case["vertices"])), expected)


@given(triangles.filter(is_convex))
def test_triangle_agrees_with_the_slow_fill(points: Points) -> None:
    np.testing.assert_array_equal(fill(np.array(points)), fill_slowly(points))


@given(ellipses)
def test_ellipse_agrees_with_the_slow_fill(points: Points) -> None:
    if len({y for _, y in points}) > 1:
        np.testing.assert_array_equal(fill(np.array(points)), fill_slowly(points))


@given(polygons, st.integers(0, 20), st.booleans(), st.integers(0, 20))
def test_order_start_and_repeats_of_vertices_do_not_matter(
    points: Points, start: int, reverse: bool, repeated: int
) -> None:
    other = np.roll(points, start, axis=0)[:: -1 if reverse else 1]
    other = np.repeat(other, np.where(np.arange(len(points)) == repeated % len(points), 3, 1), 0)
    np.testing.assert_array_equal(fill(other), fill(np.array(points)))


@given(polygons)
def test_mirror_in_x_mirrors_the_mask(points: Points) -> None:
    mirrored = np.array([(31 - x, y) for x, y in points])
    np.testing.assert_array_equal(fill(mirrored), fill(np.array(points))[::-1])


def test_mirror_in_y_gives_another_mask() -> None:
    points = np.array([[10, 4], [20, 18], [4, 12]])
    assert (fill(points * [1, -1] + [0, 31]) != fill(points)[:, ::-1]).any()


def test_polygons_are_filled_independently() -> None:
    rng = np.random.default_rng(4)
    vertices = rng.integers(0, 32, (2, 3, 300))
    together = masks_of_runs(*filled_runs(*vertices))
    alone = [fill(vertices[..., i].T).ravel() for i in range(300)]
    np.testing.assert_array_equal(together, alone)


def test_flat_line_fills_nothing_and_no_polygons_are_no_masks() -> None:
    assert fill(np.array([[4, 9], [20, 9], [12, 9]])).sum() == 0
    nothing = np.empty((3, 0), np.intp)
    assert masks_of_runs(*filled_runs(nothing, nothing)).shape == (0, 1024)
