"""Forward and backward against central differences and hand-written formulas."""

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glorot_repro.nn.activations import ACTIVATIONS, activation_named
from glorot_repro.nn.costs import COSTS, log_softmax
from glorot_repro.nn.network import Network
from glorot_repro.nn.parameters import ALIGNMENT_BYTES, Parameters


def random_network(
    sizes: tuple[int, ...], activation: str = "tanh", cost: str = "negative_log_likelihood"
) -> Network:
    parameters = Parameters(sizes, np.float64)
    generator = np.random.default_rng(7)
    for weights, biases in zip(parameters.weights, parameters.biases, strict=True):
        weights[...] = generator.normal(0, 1.2 / np.sqrt(weights.shape[1]), weights.shape)
        biases[...] = generator.normal(0, 0.3, biases.shape)
    return Network(parameters, activation_named(activation), COSTS[cost])


@pytest.mark.parametrize("cost", COSTS)
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_gradient_is_the_central_difference_of_the_cost(activation: str, cost: str) -> None:
    network = random_network((6, 5, 4, 3), activation, cost)
    generator = np.random.default_rng(1)
    inputs, labels = generator.normal(size=(7, 6)), generator.integers(0, 3, 7)
    gradient = network.parameters.like()
    network.gradient(inputs, labels, out=gradient)

    values, step = network.parameters.flat, 1e-6
    scratch = network.parameters.like()
    used = np.zeros(len(values), dtype=bool)
    marks = network.parameters.like()
    for part in (*marks.weights, *marks.biases):
        part.fill(1)
    used = marks.flat == 1
    for i in np.flatnonzero(used):
        kept = values[i]
        values[i] = kept + step
        above = network.gradient(inputs, labels, out=scratch)
        values[i] = kept - step
        below = network.gradient(inputs, labels, out=scratch)
        values[i] = kept
        assert gradient.flat[i] == pytest.approx((above - below) / (2 * step), rel=2e-6, abs=2e-9)
    assert not gradient.flat[~used].any()


@pytest.mark.parametrize("cost", COSTS)
def test_mean_cost_is_the_mean_of_the_examples(cost: str) -> None:
    logits = np.random.default_rng(0).normal(0, 3, (20, 5))
    labels = np.arange(20) % 5
    mean, _ = COSTS[cost].evaluate(logits, labels)
    assert mean == pytest.approx(COSTS[cost].per_example(logits, labels).mean(), rel=1e-12)
    p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    y = np.eye(5)[labels]
    by_hand = {
        "negative_log_likelihood": -(y * np.log(p)).sum(axis=1).mean(),
        "squared_error": ((p - y) ** 2).sum(axis=1).mean(),
    }
    assert mean == pytest.approx(by_hand[cost], rel=1e-12)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_log_softmax_is_stable_and_independent_by_row(dtype: str) -> None:
    rows = np.array([[1000.0, 0.0, -1000.0], [1.0, 1.0, 1.0], [-1e4, -1e4, 0.0]], dtype=dtype)
    together = log_softmax(rows)
    assert together.dtype == dtype
    assert np.isfinite(together).all()
    np.testing.assert_allclose(together[1], -np.log(3), rtol=1e-6)
    for i in range(3):
        np.testing.assert_array_equal(log_softmax(rows[i : i + 1])[0], together[i])


@settings(max_examples=30)
@given(
    sizes=st.lists(st.integers(1, 40), min_size=2, max_size=5),
    dtype=st.sampled_from(["float32", "float64"]),
)
def test_parameters_are_aligned_views_of_one_array(sizes: list[int], dtype: str) -> None:
    parameters = Parameters(sizes, dtype)
    for number, part in enumerate([*parameters.weights, *parameters.biases], start=1):
        part.fill(number)
        assert np.shares_memory(part, parameters.flat)
    for number, part in enumerate([*parameters.weights, *parameters.biases], start=1):
        assert (part == number).all()  # no two overlap
    assert all(weights.ctypes.data % ALIGNMENT_BYTES == 0 for weights in parameters.weights)
    other = parameters.like()
    other.copy_from(parameters)
    assert all((a == b).all() for a, b in zip(other.weights, parameters.weights, strict=True))


@pytest.mark.parametrize(("dtype", "per_line"), [("float32", 16), ("float64", 8)])
def test_no_more_places_are_unused_than_alignment_takes(dtype: str, per_line: int) -> None:
    """Checkpoints hold the flat array: those of another layout could not be read."""
    sizes = (3, 5, 16, 1, 7)
    lines = sum(math.ceil(a * b / per_line) for a, b in pairwise(sizes))
    assert Parameters(sizes, dtype).flat.shape == (lines * per_line + sum(sizes[1:]),)


def test_forward_is_row_by_row_the_formula_of_the_paper() -> None:
    network = random_network((4, 3, 2), "softsign")
    x = np.random.default_rng(2).normal(size=(5, 4))
    w1, w2 = (weights.T for weights in network.parameters.weights)  # the paper's s = z W + b
    b1, b2 = network.parameters.biases
    s = x @ w1 + b1
    result = network.forward(x)
    np.testing.assert_allclose(result.pre_activations[0], s)
    np.testing.assert_allclose(result.activations[0], s / (1 + abs(s)))
    np.testing.assert_allclose(result.logits, (s / (1 + abs(s))) @ w2 + b2)


def test_softmax_regression_has_no_hidden_layer() -> None:
    network = random_network((4, 3))
    assert network.depth == 0
    gradient = network.parameters.like()
    inputs, labels = np.ones((2, 4)), np.array([0, 2])
    network.gradient(inputs, labels, out=gradient)
    p = np.exp(log_softmax(network.forward(inputs).logits))
    expected = (p - np.eye(3)[labels]).T @ inputs / 2
    np.testing.assert_allclose(gradient.weights[0], expected)
