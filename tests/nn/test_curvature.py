"""The back-propagated second derivatives against Jacobians by central differences."""

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from glorot_repro.nn.activations import ACTIVATIONS, activation_named
from glorot_repro.nn.costs import COSTS
from glorot_repro.nn.network import Network
from glorot_repro.nn.parameters import Parameters

Values = NDArray[np.floating]


def network_of(sizes: tuple[int, ...], activation: str = "tanh", cost: str = "") -> Network:
    parameters = Parameters(sizes, np.float64)
    generator = np.random.default_rng(3)
    for weights, biases in zip(parameters.weights, parameters.biases, strict=True):
        weights[...] = generator.normal(0, 1.2 / np.sqrt(weights.shape[1]), weights.shape)
        biases[...] = generator.normal(0, 0.3, biases.shape)
    return Network(
        parameters, activation_named(activation), COSTS[cost or "negative_log_likelihood"]
    )


def jacobian(function: Callable[[Values], Values], x: Values, at: Values) -> Values:
    """(outputs, elements): derivatives of function(x) by each element of `at`, which it reads."""
    columns, step = [], 1e-5
    for i in np.ndindex(at.shape):
        kept = at[i]
        at[i] = kept + step
        above = function(x).ravel().copy()
        at[i] = kept - step
        columns.append((above - function(x).ravel()) / (2 * step))
        at[i] = kept
    return np.array(columns).T


def output_hessian(logits: Values, cost: str) -> Values:
    """(classes, classes), in the Gauss-Newton approximation, for one example's logits."""
    p = np.exp(logits) / np.exp(logits).sum()
    softmax_jacobian = np.diag(p) - np.outer(p, p)
    if cost == "squared_error":
        return 2 * softmax_jacobian @ softmax_jacobian
    return softmax_jacobian


def curvature_of(network: Network, inputs: Values) -> Parameters:
    out = network.parameters.like()
    network.curvature(inputs, out=out)
    return out


def gauss_newton(network: Network, inputs: Values, weights: Values, *, is_diagonal: bool) -> Values:
    """diag(J^T H J) by `weights` of the mean cost, with J = dlogits/dweights; H or its diagonal."""
    total = np.zeros(weights.size)
    for example in inputs:
        x = example[None]
        j = jacobian(lambda x: network.forward(x).logits, x, weights)
        hessian = output_hessian(network.forward(x).logits[0], network.cost.name)
        if is_diagonal:
            hessian = np.diag(np.diagonal(hessian))
        total += np.einsum("ki,kl,li->i", j, hessian, j)
    return (total / len(inputs)).reshape(weights.shape)


INPUTS = np.random.default_rng(5).normal(size=(6, 4))


@pytest.mark.parametrize("cost", COSTS)
@pytest.mark.parametrize("sizes", [(4, 3), (4, 5, 3), (4, 5, 6, 3)])
def test_output_layer_has_the_full_gauss_newton_diagonal(sizes: tuple[int, ...], cost: str) -> None:
    network = network_of(sizes, "tanh", cost)
    curvature = curvature_of(network, INPUTS)
    for ours, part in (
        (curvature.weights[-1], network.parameters.weights[-1]),
        (curvature.biases[-1], network.parameters.biases[-1]),
    ):
        expected = gauss_newton(network, INPUTS, part, is_diagonal=False)
        np.testing.assert_allclose(ours, expected, rtol=1e-7)


@pytest.mark.parametrize("cost", COSTS)
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_one_hidden_layer_has_that_of_the_output_diagonal(activation: str, cost: str) -> None:
    """J^T diag(H) J: between its weights and an output there is one path only."""
    network = network_of((4, 5, 3), activation, cost)
    curvature = curvature_of(network, INPUTS)
    for ours, part in (
        (curvature.weights[0], network.parameters.weights[0]),
        (curvature.biases[0], network.parameters.biases[0]),
    ):
        expected = gauss_newton(network, INPUTS, part, is_diagonal=True)
        np.testing.assert_allclose(ours, expected, rtol=1e-6, atol=1e-12)


def test_deep_layers_take_the_diagonal_at_each_layer() -> None:
    """diag(J_l^T diag(..) J_l) from layer to layer, with Jacobians of one layer each."""
    network = network_of((4, 5, 6, 7, 3), "softsign")
    curvature = curvature_of(network, INPUTS)
    expected = [np.zeros_like(weights) for weights in network.parameters.weights]
    for example in INPUTS:
        forward = network.forward(example[None])
        bend = np.diagonal(output_hessian(forward.logits[0], "negative_log_likelihood"))
        for layer in range(3, -1, -1):
            z = forward.layer_inputs[layer][0]
            expected[layer] += np.outer(bend, z**2) / len(INPUTS)
            if layer:
                weights = network.parameters.weights[layer]
                s = forward.pre_activations[layer - 1][0].copy()
                j = weights @ jacobian(lambda s: s / (1 + abs(s)), s, s)
                bend = np.diagonal(j.T @ np.diag(bend) @ j)
    for ours, theirs in zip(curvature.weights, expected, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-7)


def test_what_deep_layers_leave_out_averages_out_over_networks() -> None:
    """For random weights of mean 0 the terms between two units, or two outputs, have mean 0."""
    ratios = []
    for seed in range(40):
        parameters = Parameters((6, 30, 30, 9), np.float64)
        generator = np.random.default_rng(seed)
        for weights in parameters.weights:
            weights[...] = generator.normal(0, 1 / np.sqrt(weights.shape[1]), weights.shape)
        network = Network(parameters, ACTIVATIONS["tanh"], COSTS["negative_log_likelihood"])
        inputs = generator.normal(size=(1, 6))
        biases = parameters.biases[0]
        full = gauss_newton(network, inputs, biases, is_diagonal=False)
        ratios.append(curvature_of(network, inputs).biases[0].sum() / full.sum())
    error = np.std(ratios) / np.sqrt(len(ratios))
    assert np.mean(ratios) == pytest.approx(1, abs=4 * error)


def test_curvature_is_never_negative_and_keeps_float32() -> None:
    network = network_of((4, 5, 6, 3), "gelu")
    narrow = Parameters((4, 5, 6, 3), np.float32)
    narrow.flat[...] = 0
    for ours, theirs in zip(narrow.weights, network.parameters.weights, strict=True):
        ours[...] = theirs
    small = Network(narrow, network.activation, network.cost)
    curvature = narrow.like()
    small.curvature(INPUTS.astype(np.float32), out=curvature)
    assert curvature.flat.dtype == np.float32
    assert (curvature.flat >= 0).all()
    assert all((part > 0).any() for part in curvature.weights)
