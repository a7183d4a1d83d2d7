"""Normal expectations against closed forms, and correlated ones against integrals."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import integrate

from glorot_repro.measure.quadrature import CorrelatedProducts, expectation, normal_nodes

Values = NDArray[np.float64]
Function = Callable[[Values], Any]


def normal_integral(function: Function, *, kinks: tuple[float, ...] = (0.0,)) -> float:
    def integrand(u: float) -> float:
        value = function(np.array([u]))[0]
        return float(value) * math.exp(-u * u / 2) / math.sqrt(2 * math.pi)

    edges = [-9.0, *kinks, 9.0]
    return sum(
        integrate.quad(integrand, a, b, epsabs=1e-14, epsrel=1e-12, limit=200)[0]
        for a, b in zip(edges[:-1], edges[1:], strict=True)
    )


@pytest.mark.parametrize("power", range(0, 21, 2))
def test_moments_are_double_factorials(power: int) -> None:
    expected = math.prod(range(power - 1, 0, -2))
    assert expectation(normal_nodes()[0] ** power) == pytest.approx(expected, rel=1e-10)


@pytest.mark.parametrize("scale", [0.1, 1.0, 10.0])
@pytest.mark.parametrize(
    ("name", "function", "tolerance"),
    [
        ("tanh squared", lambda s: np.tanh(s) ** 2, 1e-10),
        ("slope of tanh squared", lambda s: (1 - np.tanh(s) ** 2) ** 2, 1e-10),
        ("softsign squared", lambda s: (s / (1 + np.abs(s))) ** 2, 1e-8),
        ("slope of softsign squared", lambda s: (1 + np.abs(s)) ** -4.0, 2e-4),
        ("relu", lambda s: np.maximum(s, 0), 1e-6),
        ("relu squared", lambda s: np.maximum(s, 0) ** 2, 1e-10),
        ("slope of relu", lambda s: (s > 0) * 1.0, 1e-12),
        ("slope of hard_tanh", lambda s: (np.abs(s) < 1) * 1.0, 6e-3),
    ],
)
def test_expectation_is_the_integral(
    name: str, function: Function, tolerance: float, scale: float
) -> None:
    scaled = function(scale * normal_nodes()[0])
    kinks = (-1 / scale, 0.0, 1 / scale) if scale > 0.2 else (0.0,)
    exact = normal_integral(lambda u: function(scale * u), kinks=kinks)
    assert expectation(scaled) == pytest.approx(exact, rel=tolerance), name


def pair_products(f: Function, correlation: float, scales: tuple[float, float]) -> float:
    """E[f(a u) f(b u')] by the quadrature, as an entry of one batch of two examples."""
    u = normal_nodes()[0]
    values = np.stack([f(scale * u) for scale in scales])[None]
    correlations = np.array([[[1.0, correlation], [correlation, 1.0]]])
    products = CorrelatedProducts(values)(correlations)[0]
    assert products[0, 1] == products[1, 0]
    return float(products[0, 1])


@pytest.mark.parametrize("correlation", [-1.0, -0.7, 0.0, 0.3, 0.95, 1.0])
@pytest.mark.parametrize(
    "f", [lambda s: np.tanh(s), lambda s: 1 / (1 + np.exp(-s)), lambda s: np.exp(s / 3)]
)
def test_correlated_product_is_the_double_integral(f: Function, correlation: float) -> None:
    u, weights = normal_nodes()
    x, y = np.meshgrid(u[::4], u[1::4], indexing="ij")
    w = np.outer(weights[::4], weights[1::4])
    other = correlation * x + math.sqrt(1 - correlation**2) * y
    exact = float((w * f(0.8 * x) * f(0.5 * other)).sum() / w.sum())
    # The exact side is a rule of 256 x 256 nodes, not shifted symmetrically: 1e-5.
    found = pair_products(f, correlation, (0.8, 0.5))
    assert found == pytest.approx(exact, abs=2e-5)


@pytest.mark.parametrize(
    "correlation", [-1.0, -0.99, -0.9, -0.5, 0.0, 0.5, 0.9, 0.97, 0.99, 0.999, 1.0]
)
def test_relu_follows_the_arc_cosine_kernels(correlation: float) -> None:
    """Cho & Saul (2009): (pi - theta) / 2 pi for slopes, which has the slowest series of all."""
    angle = math.acos(correlation)
    slope = (math.pi - angle) / (2 * math.pi)
    value = (math.sin(angle) + (math.pi - angle) * correlation) / (2 * math.pi)
    found_slope = pair_products(lambda s: (s > 0) * 1.0, correlation, (1.0, 2.0))
    found_value = pair_products(lambda s: np.maximum(s, 0), correlation, (1.0, 2.0))
    tolerance = 1e-6 if abs(correlation) <= 0.9 else 0.003
    assert found_slope == pytest.approx(slope, abs=tolerance)
    assert found_value == pytest.approx(2 * value, abs=1e-5 if correlation > -1 else 2e-4)
    step = CorrelatedProducts((normal_nodes()[0] > 0).astype(np.float64)[None, None])
    with_itself = step.with_itself(np.array([[correlation]]))
    assert with_itself[0, 0] == pytest.approx(slope, abs=tolerance)


def test_diagonal_is_the_mean_square() -> None:
    u = normal_nodes()[0]
    values = np.stack([(0.5 * u > 0) * 1.0, np.tanh(30 * u), u])[None]
    products = CorrelatedProducts(values)
    diagonal = np.diagonal(products(np.ones((1, 3, 3))), axis1=1, axis2=2)
    np.testing.assert_allclose(diagonal, expectation(values**2), rtol=1e-12)
    np.testing.assert_allclose(diagonal, products.mean_squares, rtol=1e-12)
