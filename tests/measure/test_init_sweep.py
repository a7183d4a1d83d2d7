"""The sweep of initializers: closed forms, theory against drawn networks, lost signals."""

import math
from typing import Any

import numpy as np
import pytest

from glorot_repro.config.sweep import SweepSection
from glorot_repro.measure.init_sweep import (
    LOST,
    Measurement,
    _products_from_top,
    calibrated_gains,
    passage,
    predict_passage,
    sweep,
)
from glorot_repro.nn.activations import ACTIVATIONS
from glorot_repro.nn.parameters import Parameters
from glorot_repro.nn.scheme import NetworkInitializer


def measured(**settings: Any) -> list[Measurement]:
    defaults = {"depths": [5], "width": 100, "examples": 60}
    return sweep(SweepSection.model_validate(defaults | settings))


def test_passage_is_the_geometric_mean_until_the_signal_is_lost() -> None:
    arrives = passage([2.0, 1.0, 0.5])
    assert (arrives.ratio, arrives.lost_after) == (pytest.approx(0.5), None)
    fades = passage([1.0, 1e-2, 1e-4, 0.99e-4, 1e-9, 1e-9])
    assert fades.ratio == pytest.approx(0.99e-4 ** (1 / 3))
    assert fades.lost_after == 4
    grows = passage([1.0, 10.0, 1.1 / LOST, math.inf])
    assert grows.lost_after == 3
    assert passage([1.0, math.nan]).lost_after == 2
    nothing = passage([0.0, 0.0, 0.0])
    assert math.isnan(nothing.ratio)
    assert nothing.lost_after == 1


def test_linear_layers_pass_the_gain_both_ways() -> None:
    forward, factors = predict_passage(ACTIVATIONS["linear"], [0.5, 2.0, 3.0])
    np.testing.assert_allclose(forward, [0.5, 1.0, 3.0], rtol=1e-9)
    np.testing.assert_allclose(factors[:2], [2.0, 3.0], rtol=1e-9)


def test_relu_loses_the_angle_between_examples_as_in_closed_form() -> None:
    """Cho & Saul (2009), n = 1: with gain 2 the correlation goes by the arc-cosine kernel."""
    forward, factors = predict_passage(ACTIVATIONS["relu"], [2.0] * 6)
    correlation, expected = 0.0, []
    for _ in range(6):
        angle = math.acos(correlation)
        correlation = (math.sin(angle) + (math.pi - angle) * correlation) / math.pi
        expected.append(1 - correlation)
    np.testing.assert_allclose(forward, expected, rtol=2e-3)
    np.testing.assert_allclose(factors[:5], 1.0, rtol=1e-6)


def test_backward_variances_begin_at_the_top() -> None:
    """Of four layers: the factor of the third takes the gradient of the fourth to it."""
    assert _products_from_top(np.array([2.0, 3.0, 5.0, math.nan])).tolist() == [1, 5, 15, 30]


def test_calibrated_gains_keep_the_variance_of_pre_activations() -> None:
    for name in ("tanh", "gelu", "softplus"):
        first, *others = calibrated_gains(ACTIVATIONS[name], 1.5, 4) or []
        u = np.random.default_rng(0).normal(0, math.sqrt(1.5), (1, 400_000))
        assert first == 1.5
        assert others == [pytest.approx(1.5 / np.mean(ACTIVATIONS[name](u) ** 2), rel=0.01)] * 3


def test_theory_of_lsuv_knows_its_gain() -> None:
    """s of variance 4 in all layers: g E[f'(s)^2] with g = 4 / E[f(s)^2], here by 400,000 draws."""
    (row,) = measured(activations=["tanh"], initializers=[{"name": "lsuv", "gain": 4.0}])
    s = np.random.default_rng(0).normal(0, 2, 400_000)
    expected = 4 * np.mean(np.cosh(s) ** -4.0) / np.mean(np.tanh(s) ** 2)
    assert row.backward_theory is not None
    assert row.backward_theory.ratio == pytest.approx(expected, rel=0.01)


@pytest.mark.parametrize("initializer", ["standard", "normalized", "he_uniform", "sparse", "lsuv"])
def test_measurement_is_the_theory(initializer: str) -> None:
    """Within 3 standard errors each, and 6 % on average over activations and both ways.

    A variance of 200 units scatters by sqrt(2 / 200) = 10 %; a ratio is the fourth root of the
    share that four such layers leave, 10 % x sqrt(4) / 4 = 5 %.
    """
    rows = measured(initializers=[initializer], width=200, examples=100)
    assert [row.activation for row in rows] == list(ACTIVATIONS)
    off = []
    for row in rows:
        assert row.forward_theory is not None
        assert row.backward_theory is not None
        off.append(math.log(row.forward.ratio / row.forward_theory.ratio))
        off.append(math.log(row.backward.ratio / row.backward_theory.ratio))
    assert max(map(abs, off)) < 0.16
    assert np.mean(np.abs(off)) < 0.06


def test_measurement_is_that_of_the_drawn_network_written_out() -> None:
    initializer = {"name": "normalized", "gain": 4.0}
    (row,) = measured(
        activations=["tanh"], initializers=[initializer], depths=[3], width=20, examples=15, seed=5
    )
    generator = np.random.default_rng(5)
    inputs, gradient = (generator.standard_normal((15, 20)) for _ in range(2))
    drawn = Parameters((20, 20, 20, 20, 1), np.float64)
    scheme = NetworkInitializer.model_validate({"first": initializer, "hidden": initializer})
    scheme.initialize(drawn, np.random.SeedSequence(5))
    first, second, third, _ = drawn.weights
    z1 = np.tanh(inputs @ first.T)
    z2 = np.tanh(z1 @ second.T)
    z3 = np.tanh(z2 @ third.T)
    delta3 = gradient * (1 - z3**2)
    delta1 = (delta3 @ third * (1 - z2**2)) @ second * (1 - z1**2)
    forward = z3.var(axis=0).mean() / z1.var(axis=0).mean()
    backward = np.mean(delta1**2) / np.mean(delta3**2)
    assert row.forward.ratio == pytest.approx(math.sqrt(forward), rel=1e-12)
    assert row.backward.ratio == pytest.approx(math.sqrt(backward), rel=1e-12)


def test_the_depth_at_which_the_signal_is_lost_is_that_of_the_ratio() -> None:
    """Standard weights in linear layers: a third a layer, below 1e-4 after 1 + 9 layers."""
    (row,) = measured(activations=["linear"], initializers=["standard"], depths=[30], width=300)
    assert row.forward.ratio == pytest.approx(1 / 3, rel=0.05)
    assert row.backward.ratio == pytest.approx(1 / 3, rel=0.05)
    assert row.forward_theory is not None
    assert row.forward_theory.lost_after == 10
    assert row.lost_after in (9, 10, 11)


def test_a_shallow_network_is_the_lower_part_of_a_deep_one() -> None:
    """Of the same weights: the forward passage does not depend on what else is swept."""
    alone = measured(activations=["tanh"], initializers=["normalized"], depths=[4])
    among = measured(activations=["relu", "tanh"], initializers=["normalized"], depths=[4, 9])
    assert among[2].activation == "tanh"
    assert among[2].depth == alone[0].depth
    assert among[2].forward.ratio == pytest.approx(alone[0].forward.ratio, rel=1e-12)


@pytest.mark.parametrize("activation", ["softplus", "sigmoid", "tanh"])
def test_equal_values_of_all_examples_are_no_signal(activation: str) -> None:
    """Their rounding was one: softplus(0) = log 2 for each example, forward factor 1."""
    (found,) = measured(activations=[activation], initializers=["zeros"])
    assert math.isnan(found.forward.ratio)
    assert found.forward.lost_after == 1


def test_initializers_that_theory_does_not_know_are_measured_all_the_same() -> None:
    identity, zeros, constant = measured(
        activations=["linear"], initializers=["identity", "zeros", "constant"]
    )
    assert identity.forward_theory is None
    assert identity.forward.ratio == pytest.approx(1, rel=1e-12)
    assert math.isnan(zeros.forward.ratio)
    assert zeros.lost_after == 1
    assert constant.backward_theory is None
    (small,) = measured(activations=["linear"], initializers=["identity"], width=5)
    assert small.forward_theory is None


@pytest.mark.parametrize("settings", [{"width": 1}, {"depths": [100], "width": 20}])
def test_extreme_networks_warn_nobody(settings: dict[str, Any]) -> None:
    rows = measured(initializers=["sparse", "lsuv", "he_normal"], **settings)
    assert len(rows) == 3 * len(ACTIVATIONS)
