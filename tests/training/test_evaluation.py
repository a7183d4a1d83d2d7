"""The error and the cost on a fixed set of images, against the network written plainly."""

import math

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.special import softmax

from glorot_repro.data.images import LabelledImages, affine_pixel_values
from glorot_repro.nn.activations import ACTIVATIONS
from glorot_repro.nn.costs import COSTS
from glorot_repro.nn.network import Network
from glorot_repro.nn.parameters import Parameters
from glorot_repro.training.evaluation import CHUNK, evaluate

SIZES = (6, 5, 4)


def images(count: int) -> LabelledImages:
    generator = np.random.default_rng(count)
    levels = generator.integers(0, 256, (count, SIZES[0]), dtype=np.uint8)
    labels = generator.integers(0, SIZES[-1], count, dtype=np.uint8)
    return LabelledImages(levels, labels, affine_pixel_values(-1.0, 1.0))


def costs_by_hand(name: str, p: NDArray[np.float64], labels: NDArray[np.uint8]) -> NDArray:
    if name == "squared_error":
        return ((p - np.eye(SIZES[-1])[labels]) ** 2).sum(axis=1)
    return -np.log(p[np.arange(len(labels)), labels])


@pytest.mark.parametrize("cost", COSTS)
@pytest.mark.parametrize("count", [1, CHUNK, CHUNK + 1, 2 * CHUNK + 120])
def test_every_example_counts_alike(count: int, cost: str) -> None:
    parameters = Parameters(SIZES, np.float64)
    parameters.flat[...] = np.random.default_rng(0).normal(size=parameters.flat.shape)
    fixed = images(count)
    found = evaluate(Network(parameters, ACTIVATIONS["tanh"], COSTS[cost]), fixed)

    (first, output), (first_biases, output_biases) = parameters.weights, parameters.biases
    z = np.tanh((fixed.images / 127.5 - 1) @ first.T + first_biases)
    p = softmax(z @ output.T + output_biases, axis=1)
    n_wrong = sum(int(p[i].argmax() != fixed.labels[i]) for i in range(count))
    assert found.error == pytest.approx(100 * n_wrong / count, abs=1e-12)
    assert np.count_nonzero(~found.is_correct) == n_wrong
    np.testing.assert_array_equal(found.is_correct, p.argmax(axis=1) == fixed.labels)
    expected = costs_by_hand(cost, p, fixed.labels).mean()
    assert found.cost == pytest.approx(expected, rel=1e-12)


def test_a_network_beyond_all_numbers_is_evaluated_without_a_warning() -> None:
    parameters = Parameters(SIZES, np.float32)
    parameters.flat.fill(3e38)
    network = Network(parameters, ACTIVATIONS["linear"], COSTS["negative_log_likelihood"])
    assert math.isnan(evaluate(network, images(20)).cost)
