"""Statistics of drawn weights against scipy's."""

import math

import numpy as np
import pytest
from scipy.stats import kurtosis

from glorot_repro.measure.weights import CENTERED_ERRORS, centered_variance, weight_statistics


def test_statistics_are_those_of_the_matrix() -> None:
    weights = np.random.default_rng(0).gamma(2.0, size=(30, 40))
    weights[0, :3] = 0
    found = weight_statistics(weights)
    assert found.mean == pytest.approx(weights.mean())
    assert found.std == pytest.approx(weights.std())
    assert found.mean_square == pytest.approx((weights**2).mean())
    assert (found.lowest, found.highest) == (weights.min(), weights.max())
    assert found.kurtosis == pytest.approx(kurtosis(weights, axis=None, fisher=False))
    assert found.zeros == 3 / 1200


@pytest.mark.parametrize("size", [1e-81, 1e80])
def test_kurtosis_is_of_no_size(size: float) -> None:
    """The fourth power of such weights is 0 or infinite."""
    weights = size * np.random.default_rng(0).normal(size=(30, 40))
    expected = kurtosis(weights / size, axis=None, fisher=False)
    assert weight_statistics(weights).kurtosis == pytest.approx(expected)


@pytest.mark.parametrize("constant", [0.5, -0.2, 1e-200, 0.0])
def test_a_constant_has_no_kurtosis(constant: float) -> None:
    """The mean of 30,000 numbers -0.2 is rounded: their kurtosis was 1."""
    found = weight_statistics(np.full((100, 300), constant))
    assert math.isnan(found.kurtosis)
    assert found.std == 0


def test_a_small_spread_about_a_large_mean_is_no_rounding() -> None:
    spread = np.random.default_rng(0).normal(0, 1e-12, (100, 300))
    found = weight_statistics(1 + spread)
    # Numbers near 1 are rounded to 1.1e-16.
    assert found.std == pytest.approx(spread.std(), rel=1e-4)
    assert found.kurtosis == pytest.approx(kurtosis(spread, axis=None, fisher=False), rel=1e-4)


@pytest.mark.parametrize("sign", [-1, 1])
def test_weights_have_a_variance_for_theory_if_their_mean_may_be_zero(sign: int) -> None:
    weights = np.random.default_rng(0).normal(0, 0.1, (20, 50))
    weights -= weights.mean()
    standard_error = float(weights.std()) / math.sqrt(1000)
    near = weights + sign * 0.99 * CENTERED_ERRORS * standard_error
    assert centered_variance(near) == pytest.approx(weights.var())
    assert centered_variance(weights + sign * 1.01 * CENTERED_ERRORS * standard_error) is None
