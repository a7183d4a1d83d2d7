"""The update with tied weights against central differences and against one written plainly."""

import math
from dataclasses import replace

import numpy as np
import pytest
from closed_forms import FUNCTIONS
from numpy.typing import NDArray
from scipy.special import expit, xlogy

from glorot_repro.nn.activations import ACTIVATIONS, Activation
from glorot_repro.nn.network import Network
from glorot_repro.nn.parameters import Parameters
from glorot_repro.nn.reconstruction import RECONSTRUCTIONS
from glorot_repro.training.blocking import backward_block
from glorot_repro.training.finite import NonFiniteError
from glorot_repro.training.tied import TiedUpdate

Array = NDArray[np.floating]
Weights = tuple[Array, Array, Array]

N_INPUTS, N_UNITS, BATCH = 7, 5, 4


def mean_cost(weights: Weights, noisy: Array, clean: Array, activation: str, cost: str) -> float:
    """By the textbook: y = f(x W + b) W^T + c, inputs between -1 and 1."""
    w, b, c = weights
    y = FUNCTIONS[activation](noisy @ w.T + b) @ w + c
    if cost == "squared_error":
        return float(((y - clean) ** 2).sum(axis=1).mean())
    u, p = (clean + 1) / 2, expit(y)
    return float(-(xlogy(u, p) + xlogy(1 - u, 1 - p)).sum(axis=1).mean())


def numerical_step(
    weights: Weights, noisy: Array, clean: Array, kinds: tuple[str, str], rate: float
) -> Weights:
    """The weights after a step down the central difference of the cost."""
    after = tuple(part.copy() for part in weights)
    for part, changed in zip(weights, after, strict=True):
        for index in np.ndindex(part.shape):
            kept, step = part[index], 1e-6
            part[index] = kept + step
            above = mean_cost(weights, noisy, clean, *kinds)
            part[index] = kept - step
            below = mean_cost(weights, noisy, clean, *kinds)
            part[index] = kept
            changed[index] -= rate * (above - below) / (2 * step)
    return after  # type: ignore[return-value]


def auto_encoder(activation: str = "tanh", cost: str = "squared_error") -> Network:
    parameters = Parameters((N_INPUTS, N_UNITS, N_INPUTS), np.float64)
    generator = np.random.default_rng(5)
    parameters.weights[0][...] = generator.normal(0, 0.5, (N_UNITS, N_INPUTS))
    for biases in parameters.biases:
        biases[...] = generator.normal(0, 0.3, biases.shape)
    return Network(parameters, ACTIVATIONS[activation], RECONSTRUCTIONS[cost]((-1.0, 1.0)))


def batches(count: int) -> list[tuple[Array, Array]]:
    generator = np.random.default_rng(6)
    clean = generator.uniform(-1, 1, (count, BATCH, N_INPUTS))
    return list(zip(clean * (generator.random(clean.shape) > 0.3), clean, strict=True))


def now(update: TiedUpdate) -> Parameters:
    out = Parameters((N_INPUTS, N_UNITS, N_INPUTS), np.float64)
    update.read_parameters(out)
    return out


@pytest.mark.parametrize("cost", RECONSTRUCTIONS)
@pytest.mark.parametrize("activation", ["tanh", "sigmoid", "softsign", "gelu"])
def test_every_step_goes_down_the_central_difference_of_the_cost(
    activation: str, cost: str
) -> None:
    """More steps than are put off, so that each form of the products is met."""
    update = TiedUpdate(auto_encoder(activation, cost), BATCH)
    for noisy, clean in batches(9):
        before = now(update)
        weights = (before.weights[0], before.biases[0], before.biases[1])
        expected = numerical_step(weights, noisy, clean, (activation, cost), 0.1)
        cost_before = mean_cost(weights, noisy, clean, activation, cost)
        assert update.step(noisy, clean, 0.1) == pytest.approx(cost_before, rel=1e-12)
        after = now(update)
        np.testing.assert_allclose(after.weights[0], expected[0], atol=1e-9)
        np.testing.assert_array_equal(after.weights[1], after.weights[0].T)
        for biases, others in zip(after.biases, expected[1:], strict=True):
            np.testing.assert_allclose(biases, others, atol=1e-9)


def test_reading_and_resuming_change_no_bit() -> None:
    read, cut, untouched = (TiedUpdate(auto_encoder(), BATCH) for _ in range(3))
    for noisy, clean in batches(11):
        read.step(noisy, clean, 0.05)
        now(read)
        cut.step(noisy, clean, 0.05)
        state = cut.state()
        cut = TiedUpdate(auto_encoder(), BATCH)
        cut.restore(state)
        untouched.step(noisy, clean, 0.05)
    assert now(read).flat.tobytes() == now(untouched).flat.tobytes() == now(cut).flat.tobytes()


def test_a_cost_that_is_not_finite_changes_nothing() -> None:
    update = TiedUpdate(auto_encoder(), BATCH)
    (good, other) = batches(2)
    update.step(*good, 0.05)
    before = now(update).flat.copy()
    with pytest.raises(NonFiniteError):
        update.step(other[0] * np.nan, other[1], 0.05)
    np.testing.assert_array_equal(now(update).flat, before)


def test_a_cost_that_is_not_finite_is_told_though_its_gradient_is() -> None:
    net = auto_encoder()
    net.cost = replace(net.cost, evaluate=lambda y, x: (math.inf, np.zeros_like(y)))
    update = TiedUpdate(net, BATCH)
    with pytest.raises(NonFiniteError) as caught:
        update.step(*batches(1)[0], 0.05)
    assert (caught.value.layer, caught.value.what) == (None, "cost")


@pytest.mark.parametrize("layer", [1, 2])
def test_a_gradient_that_is_not_finite_changes_nothing_and_is_named(layer: int) -> None:
    """Of the encoder by its slope, of the decoder by the cost's gradient."""
    net = auto_encoder()
    if layer == 1:
        net.activation = Activation("broken", np.tanh, lambda s, z, out: out.fill(np.inf))
    else:
        net.cost = replace(net.cost, evaluate=lambda y, x: (0.0, np.full_like(y, np.inf)))
    update = TiedUpdate(net, BATCH)
    before = now(update).flat.copy()
    with pytest.raises(NonFiniteError) as caught:
        update.step(*batches(1)[0], 0.05)
    assert (caught.value.layer, caught.value.what) == (layer, "gradient")
    np.testing.assert_array_equal(now(update).flat, before)


def test_inputs_of_another_shape_are_refused() -> None:
    update = TiedUpdate(auto_encoder(), BATCH)
    with pytest.raises(ValueError, match="expected inputs of shape"):
        update.step(np.zeros((BATCH, 3)), np.zeros((BATCH, 3)), 0.1)


def test_products_that_are_cut_into_terms_are_summed() -> None:
    """As at the paper's size, whose products have four and five; smaller ones have one."""
    sizes, generator = (1024, 400, 1024), np.random.default_rng(0)
    assert backward_block(10, sizes[0], sizes[1])[0] < sizes[1]
    cost = RECONSTRUCTIONS["squared_error"]((-1.0, 1.0))
    network = Network(Parameters(sizes, np.float64), ACTIVATIONS["tanh"], cost)
    network.parameters.weights[0][...] = generator.normal(0, 0.03, (400, 1024))
    update = TiedUpdate(network, 10)
    for _ in range(3):
        x = generator.uniform(-1, 1, (10, 1024))
        now = Parameters(sizes, np.float64)
        update.read_parameters(now)
        expected = mean_cost(
            (now.weights[0], now.biases[0], now.biases[1]), x, x, "tanh", "squared_error"
        )
        assert update.step(x, x, 0.001) == pytest.approx(expected, rel=1e-12)
