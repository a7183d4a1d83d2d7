"""LSUV: the variances that it promises, and what it leaves alone."""

import math
from typing import Any

import numpy as np
import pytest

from glorot_repro.nn.activations import ACTIVATIONS
from glorot_repro.nn.calibration import calibrate
from glorot_repro.nn.costs import COSTS
from glorot_repro.nn.network import Network
from glorot_repro.nn.parameters import Parameters
from glorot_repro.nn.scheme import NetworkInitializer

INPUTS = 3 * np.random.default_rng(2).normal(size=(200, 30)) + 1


def initialized(
    initializer: Any, activation: str = "tanh", sizes: tuple[int, ...] = (30, 40, 25, 50, 7)
) -> tuple[Network, NetworkInitializer]:
    scheme = NetworkInitializer.model_validate(initializer)
    network = Network(
        Parameters(sizes, np.float64), ACTIVATIONS[activation], COSTS["negative_log_likelihood"]
    )
    scheme.initialize(network.parameters, np.random.SeedSequence(1))
    return network, scheme


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("gain", [1.0, 2.0])
def test_pre_activations_have_the_variance(activation: str, gain: float) -> None:
    network, scheme = initialized({"name": "lsuv", "gain": gain}, activation)
    assert scheme.needs_examples(network.depth)
    calibrate(network, scheme, INPUTS)
    for s in network.forward(INPUTS).pre_activations:
        assert s.var() == pytest.approx(gain, rel=1e-12)


def test_rows_stay_orthogonal_and_other_layers_as_they_were() -> None:
    network, scheme = initialized({"first": "standard", "hidden": "lsuv", "output": "normalized"})
    before = [weights.copy() for weights in network.parameters.weights]
    calibrate(network, scheme, INPUTS)
    first, second, third, output = network.parameters.weights
    np.testing.assert_array_equal(first, before[0])
    np.testing.assert_array_equal(output, before[3])
    assert not np.allclose(second, before[1])
    np.testing.assert_allclose(
        second @ second.T, (second @ second.T)[0, 0] * np.eye(25), atol=1e-12
    )
    np.testing.assert_allclose(third / before[2], (third / before[2])[0, 0])


def test_a_signal_that_is_zero_leaves_finite_weights() -> None:
    network, scheme = initialized("lsuv", sizes=(30, 4, 3))
    before = network.parameters.flat.copy()
    calibrate(network, scheme, np.zeros((5, 30)))
    np.testing.assert_array_equal(network.parameters.flat, before)


@pytest.mark.parametrize("size", [1e200, math.inf, math.nan])
def test_a_signal_whose_variance_is_not_finite_leaves_the_weights(size: float) -> None:
    """An infinite variance would make them zero."""
    network, scheme = initialized("lsuv", sizes=(30, 4, 3))
    before = network.parameters.flat.copy()
    with np.errstate(all="ignore"):
        calibrate(network, scheme, size * INPUTS)
    np.testing.assert_array_equal(network.parameters.weights[0], before[:120].reshape(4, 30))


def test_a_scheme_without_lsuv_needs_no_examples() -> None:
    scheme = NetworkInitializer.model_validate({"hidden": "lsuv", "first": "normalized"})
    assert not scheme.needs_examples(1)
    assert scheme.needs_examples(2)
    assert NetworkInitializer.model_validate({"output": "lsuv"}).needs_examples(2)
    assert not NetworkInitializer.model_validate("orthogonal").needs_examples(5)
