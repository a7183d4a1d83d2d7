"""Layer Jacobians: measured against the SVD, predicted against simulated matrices."""

import math
from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import norm

from glorot_repro.measure.jacobians import (
    N_SLOPES,
    N_SLOPES_OF_STEPS,
    jacobian_singular_values,
    mean_singular_value,
)
from glorot_repro.measure.quadrature import normal_nodes
from glorot_repro.nn.activations import ACTIVATIONS

Values = NDArray[np.float64]

SLOPES: dict[str, Callable[[Values], Values]] = {
    "linear": lambda u: np.ones_like(u),
    "relu": lambda u: np.heaviside(u, 0.5),
    "tanh": lambda u: 1 - np.tanh(0.6 * u) ** 2,
    "saturated": lambda u: 1 - np.tanh(5 * u) ** 2,
    "softsign": lambda u: (1 + np.abs(0.7 * u)) ** -2,
}


def stratified_normals(n: int) -> Values:
    """n values of N(0, 1) at equal probabilities: the distribution without its sampling noise."""
    grid = np.linspace(-8, 8, 40_001)
    distribution = np.cumsum(np.exp(-(grid**2) / 2))
    distribution /= distribution[-1]
    return np.interp((np.arange(n) + 0.5) / n, distribution, grid)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("shape", [(1, 1), (60, 60), (80, 50), (50, 80)])
def test_singular_values_are_those_of_the_svd(shape: tuple[int, int], dtype: str) -> None:
    generator = np.random.default_rng(sum(shape))
    weights = generator.normal(size=shape).astype(dtype)
    slopes = generator.uniform(0, 1, shape[0]).astype(dtype)
    exact = np.linalg.svd(slopes[:, None].astype(float) * weights, compute_uv=False)
    mean, largest = jacobian_singular_values(slopes, weights)
    assert mean == pytest.approx(exact.mean(), rel=1e-12)
    assert largest == pytest.approx(exact.max(), rel=1e-12)


def test_many_zero_singular_values_cost_no_more_than_stated() -> None:
    generator = np.random.default_rng(0)
    weights = generator.normal(size=(200, 3)) @ generator.normal(size=(3, 200))
    exact = np.linalg.svd(weights, compute_uv=False)
    mean, largest = jacobian_singular_values(np.ones(200), weights)
    assert largest == pytest.approx(exact.max(), rel=1e-12)
    assert mean == pytest.approx(exact.mean(), abs=5e-7 * largest)


def test_vanishing_jacobian_does_not_underflow() -> None:
    weights = np.random.default_rng(1).normal(size=(20, 30))
    mean, largest = jacobian_singular_values(np.ones(20), weights)
    small_mean, small_largest = jacobian_singular_values(np.full(20, 1e-200), weights)
    assert small_mean == pytest.approx(mean * 1e-200, rel=1e-12, abs=0)
    assert small_largest == pytest.approx(largest * 1e-200, rel=1e-12, abs=0)


def test_dead_layer_has_zeros_and_divergence_nan() -> None:
    weights = np.ones((4, 3), np.float32)
    assert jacobian_singular_values(np.zeros(4, np.float32), weights) == (0, 0)
    spoiled = jacobian_singular_values(np.array([1, np.inf, 0, 1], np.float32), weights)
    assert all(math.isnan(value) for value in spoiled)
    assert math.isnan(jacobian_singular_values(np.zeros(0), np.zeros((0, 3)))[0])


@pytest.mark.parametrize("gain", [1 / 3, 1.27])
def test_without_slopes_it_is_the_quarter_circle(gain: float) -> None:
    mean = mean_singular_value(np.ones((1, N_SLOPES)), forward_gain=gain, aspect=1.0)
    assert mean[0] == pytest.approx(8 / (3 * math.pi) * math.sqrt(gain), rel=1e-12)


@pytest.mark.parametrize(("fan_out", "fan_in"), [(500, 500), (500, 1000), (800, 400)])
@pytest.mark.parametrize("name", SLOPES)
def test_prediction_is_the_mean_of_simulated_singular_values(
    name: str, fan_out: int, fan_in: int
) -> None:
    """Corrections of relative order 1/width and the scatter of one draw: 0.3 % at width 500."""
    generator = np.random.default_rng(fan_out + fan_in)
    slopes = SLOPES[name](stratified_normals(fan_out))
    gain = 1.27
    bound = math.sqrt(3 * gain / fan_in)
    weights = generator.uniform(-bound, bound, (fan_out, fan_in))
    simulated = np.linalg.svd(slopes[:, None] * weights, compute_uv=False).mean()
    at_nodes = SLOPES[name](normal_nodes(N_SLOPES)[0])
    predicted = mean_singular_value(at_nodes[None], forward_gain=gain, aspect=fan_out / fan_in)[0]
    assert predicted == pytest.approx(simulated, rel=0.01)


@pytest.mark.parametrize(
    ("size", "tolerance"), [(0.8, 3e-3), (2.6, 5e-3), (8.1, 0.01), (17.0, 0.02)]
)
def test_slopes_that_jump_away_from_0_are_those_of_fewer_units(
    size: float, tolerance: float
) -> None:
    """Of hard_tanh a share P(|s| < 1) of the rows of W is left, and its slopes are 1."""
    share = 2 * norm.cdf(1 / size) - 1
    ones = np.ones((1, N_SLOPES_OF_STEPS))
    exact = share * mean_singular_value(ones, forward_gain=1.0, aspect=share)[0]
    u = normal_nodes(N_SLOPES_OF_STEPS)[0]
    slopes = ACTIVATIONS["hard_tanh"].derivative(size * u[None]).astype(np.float64)
    found = mean_singular_value(slopes, forward_gain=1.0, aspect=1.0)[0]
    assert found == pytest.approx(exact, rel=tolerance)


def test_transposed_linear_layer_has_the_same_singular_values() -> None:
    """W (500, 1000) and its transpose: one matrix, gains 1 and 1/2 over their own fan_in."""
    ones = np.ones((1, N_SLOPES))
    wide = mean_singular_value(ones, forward_gain=1.0, aspect=0.5)[0]
    tall = mean_singular_value(ones, forward_gain=0.5, aspect=2.0)[0]
    assert wide == pytest.approx(tall, rel=1e-9)


def test_rows_are_independent_and_dead_ones_zero() -> None:
    u = normal_nodes(N_SLOPES)[0]
    slopes = np.stack([np.zeros_like(u), SLOPES["tanh"](u), np.full_like(u, np.nan)])
    means = mean_singular_value(slopes, forward_gain=1.0, aspect=1.0)
    alone = mean_singular_value(slopes[1:2], forward_gain=1.0, aspect=1.0)
    assert means[0] == 0
    assert means[1] == alone[0]
    assert math.isnan(means[2])
    assert mean_singular_value(slopes[1:2], forward_gain=0.0, aspect=1.0)[0] == 0
    assert math.isnan(mean_singular_value(slopes[1:2], forward_gain=math.inf, aspect=1.0)[0])
