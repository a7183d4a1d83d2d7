"""Costs of reconstructions against their formulas and against central differences."""

from typing import Any

import numpy as np
import pytest
from scipy.special import expit, xlogy

from glorot_repro.nn.reconstruction import RECONSTRUCTIONS, cross_entropy

LIMITS = (-1.0, 3.0)
GENERATOR = np.random.default_rng(3)
OUTPUT = GENERATOR.normal(0, 2, (4, 6))
# Costs are typed for labels, which are whole numbers.
INPUT: Any = GENERATOR.uniform(*LIMITS, (4, 6))


@pytest.mark.parametrize("name", RECONSTRUCTIONS)
def test_cost_is_its_formula(name: str) -> None:
    p, u = expit(OUTPUT), (INPUT + 1) / 4
    by_hand: dict[str, Any] = {
        "squared_error": ((OUTPUT - INPUT) ** 2).sum(axis=1),
        "cross_entropy": -(xlogy(u, p) + xlogy(1 - u, 1 - p)).sum(axis=1),
    }
    cost = RECONSTRUCTIONS[name](LIMITS)
    np.testing.assert_allclose(cost.per_example(OUTPUT, INPUT), by_hand[name], rtol=1e-12)
    mean, _ = cost.evaluate(OUTPUT, INPUT)
    assert mean == pytest.approx(by_hand[name].mean(), rel=1e-12)


@pytest.mark.parametrize("name", RECONSTRUCTIONS)
def test_delta_and_curvature_are_central_differences(name: str) -> None:
    cost = RECONSTRUCTIONS[name](LIMITS)
    _, delta = cost.evaluate(OUTPUT, INPUT)
    curvature = cost.curvature(OUTPUT)
    step = 1e-4
    for index in np.ndindex(OUTPUT.shape):
        moved = np.zeros_like(OUTPUT)
        moved[index] = step
        above, below = (cost.evaluate(OUTPUT + d, INPUT)[0] for d in (moved, -moved))
        here = cost.evaluate(OUTPUT, INPUT)[0]
        assert delta[index] == pytest.approx((above - below) / (2 * step), rel=1e-6, abs=1e-7)
        bend = (above - 2 * here + below) / step**2
        assert curvature[index] == pytest.approx(bend, rel=1e-4, abs=1e-5)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_cross_entropy_of_great_outputs_is_finite_and_keeps_the_dtype(dtype: str) -> None:
    y = np.array([[1000.0, -1000.0, 0.0]], dtype)
    x = np.array([[3.0, -1.0, 1.0]], dtype)
    cost = cross_entropy(LIMITS)
    mean, delta = cost.evaluate(y, x)
    assert mean == pytest.approx(np.log(2), rel=1e-6)
    np.testing.assert_allclose(delta, [[0, 0, 0]], atol=1e-7)
    assert delta.dtype == cost.per_example(y, x).dtype == np.dtype(dtype)


@pytest.mark.parametrize("limits", [(None, 1.0), (0.0, None)])
def test_cross_entropy_needs_two_limits(limits: tuple[float | None, float | None]) -> None:
    with pytest.raises(ValueError, match="two limits"):
        cross_entropy(limits)
