"""Statistics of drawn weights against scipy's."""

import math

import numpy as np
import pytest
from scipy.stats import kurtosis

from glorot_repro.measure.weights import weight_statistics


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


def test_a_constant_has_no_kurtosis() -> None:
    found = weight_statistics(np.full((2, 3), 0.5))
    assert math.isnan(found.kurtosis)
    assert found.std == 0
