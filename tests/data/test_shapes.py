"""Single shapes: the recipe step by step, and the drawn parameters of the original's pictures."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from glorot_repro.data.shapes import (
    PRE_ROTATIONS,
    Shapes,
    kinds_and_rotations,
    outlines,
    stretched_and_placed,
)

SAMPLE = np.load(Path(__file__).parent / "files" / "shapeset_sample.npz")
N_VERTICES = {0: 3, 1: 4, 2: 20}


@pytest.fixture(scope="module")
def shapes() -> Shapes:
    u = np.random.default_rng(8).random((7, 60_000))
    return stretched_and_placed(kinds_and_rotations(u[:3]), u[3:])


def recipe(kind: int, turns: tuple[int, int], scale: NDArray[np.float64]) -> NDArray[np.complex128]:
    """Vertices x + i y about the origin, by one turn or stretch after the other."""
    n = N_VERTICES[kind]
    theta1, theta3 = (2 * np.pi * index / 255 for index in turns)
    points = 0.5 * np.exp(2j * np.pi * (np.arange(n) / n + 1 / (2 * n) + 1 / 4))
    points = points * np.exp(1j * theta1)
    points = scale[0] * points.real + 1j * scale[1] * points.imag
    points = points * np.exp(-1j * np.arctan(scale[1] / scale[0] * np.tan(theta1)))
    return points * np.exp(1j * theta3)


def test_outline_follows_the_recipe(shapes: Shapes) -> None:
    for i in range(500):
        turns = (int(shapes.pre_rotation[i]), int(shapes.rotation[i]))
        expected = recipe(int(shapes.kind[i]), turns, shapes.scale[:, i])
        outline = shapes.outline[0, :, i] + 1j * shapes.outline[1, :, i]
        np.testing.assert_allclose(outline[: len(expected)], expected, atol=1e-13)
        np.testing.assert_array_equal(outline[len(expected) :], outline[len(expected) - 1])


@pytest.mark.parametrize("which", [0, 1])
def test_original_vertices_follow_from_the_drawn_parameters(which: int) -> None:
    has_shape = SAMPLE["n_shapes"] > which
    drawn = {name: SAMPLE[name][has_shape, which] for name in SAMPLE.files if SAMPLE[name].ndim > 1}
    kind, pre_rotation, rotation = (
        drawn[name].astype(int) for name in ("kind", "pre_rotation_index", "rotation_index")
    )
    outline = outlines(kind, pre_rotation, rotation, drawn["scale"].T)
    vertices = (outline + drawn["centre"].T[:, None]).astype(int)
    for i in range(len(kind)):
        n = N_VERTICES[kind[i]]
        np.testing.assert_array_equal(vertices[:, :n, i].T, drawn["pixel_vertices"][i, :n])


def test_base_edge_is_horizontal_before_the_last_turn(shapes: Shapes) -> None:
    # The vertices 0 and n - 1 lie beside the top of the circle: the edge between them is a base.
    unturned = outlines(shapes.kind, shapes.pre_rotation, np.zeros_like(shapes.kind), shapes.scale)
    np.testing.assert_allclose(unturned[1, 0], unturned[1, -1], atol=1e-13)


def test_area_is_that_of_the_vertices(shapes: Shapes) -> None:
    x, y = shapes.outline
    twice = (x * np.roll(y, -1, axis=0) - y * np.roll(x, -1, axis=0)).sum(axis=0)
    np.testing.assert_allclose(shapes.area(), twice / 2, rtol=1e-12)


def test_vertices_stay_inside_the_ring(shapes: Shapes) -> None:
    vertices = shapes.vertices()
    assert vertices.min() >= 1
    assert vertices.max() < 31
    # and the room is used up to its ends
    assert vertices.min() < 1.01
    assert vertices.max() > 30.99


def test_pre_rotations_are_the_original_table() -> None:
    for r in range(85):
        assert PRE_ROTATIONS[0, r] == (r if r <= 42 else min(r + 171, 254))
    for r in range(63):
        assert PRE_ROTATIONS[1, r] == (r if r <= 31 else r + 192)
    for r in range(12):
        assert PRE_ROTATIONS[2, r] == (r if r <= 6 else r + 243)


def test_last_pre_rotation_of_triangles_has_double_weight(shapes: Shapes) -> None:
    counts = np.bincount(shapes.pre_rotation[shapes.kind == 0], minlength=255)
    n = counts.sum()
    assert np.count_nonzero(counts) == 84
    deviation = counts[[0, 42, 214, 253, 254]] - n / 85 * np.array([1, 1, 1, 1, 2])
    assert np.abs(deviation).max() < 4 * np.sqrt(2 * n / 85)


def test_last_rotation_never_occurs(shapes: Shapes) -> None:
    counts = np.bincount(shapes.rotation, minlength=255)
    assert counts[254] == 0
    expected = len(shapes) / 254
    chi_square = ((counts[:254] - expected) ** 2 / expected).sum()
    # 253 degrees of freedom: mean 253, deviation sqrt(506), four deviations.
    assert abs(chi_square - 253) < 4 * np.sqrt(506)


@pytest.mark.parametrize("kind", [0, 1, 2])
def test_original_indices_have_the_distribution_drawn_here(kind: int, shapes: Shapes) -> None:
    for ours, name in (
        (shapes.pre_rotation, "pre_rotation_index"),
        (shapes.rotation, "rotation_index"),
    ):
        a = np.bincount(ours[shapes.kind == kind], minlength=255)
        b = np.bincount(SAMPLE[name][SAMPLE["kind"] == kind], minlength=255)
        is_drawn = a > 0
        assert b[~is_drawn].sum() == 0
        # Two samples of n and m: chi-square with one degree of freedom less than used indices.
        n, m = a.sum(), b.sum()
        terms = (a * np.sqrt(m / n) - b * np.sqrt(n / m))[is_drawn] ** 2 / (a + b)[is_drawn]
        freedom = is_drawn.sum() - 1
        assert abs(terms.sum() - freedom) < 4 * np.sqrt(2 * freedom)


def test_scales_are_sorted_and_within_their_range(shapes: Shapes) -> None:
    assert (shapes.scale[0] >= shapes.scale[1]).all()
    assert shapes.scale.min() >= 6.4
    assert shapes.scale.max() < 25.6
    # and the range is used up to its ends
    assert shapes.scale.min() < 6.41
    assert shapes.scale.max() > 25.59
