"""Initializers against the laws they promise."""

import math
import sys
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from pydantic import TypeAdapter, ValidationError
from scipy.stats import truncnorm

from glorot_repro.nn.activations import ACTIVATIONS
from glorot_repro.nn.initializer import ScaledInitializer
from glorot_repro.nn.initializers import (
    INITIALIZERS,
    RECOMMENDED_GAINS,
    AnyInitializer,
    Initializer,
)
from glorot_repro.nn.parameters import Parameters
from glorot_repro.nn.scheme import NetworkInitializer

FAN_IN, FAN_OUT = 700, 300
VARIANCE = {
    "standard": 1 / (3 * FAN_IN),
    "normalized": 2 / (FAN_IN + FAN_OUT),
    "glorot_normal": 2 / (FAN_IN + FAN_OUT),
    "he_normal": 2 / FAN_IN,
    "he_uniform": 2 / FAN_IN,
    "lecun_normal": 1 / FAN_IN,
    "truncated_normal": 2 / (FAN_IN + FAN_OUT),
    "orthogonal": 1 / FAN_IN,
    "lsuv": 1 / FAN_IN,
    "sparse": 15 / FAN_IN,
    "zeros": 0.0,
}
LAWS = {
    "standard": "uniform",
    "normalized": "uniform",
    "glorot_normal": "normal",
    "he_normal": "normal",
    "he_uniform": "uniform",
    "lecun_normal": "normal",
    "truncated_normal": "truncated normal",
    "orthogonal": "orthogonal",
    "lsuv": "orthogonal",
    "sparse": "sparse normal",
}
KURTOSIS = {
    "uniform": 1.8,
    "normal": 3.0,
    "truncated normal": float(truncnorm(-2, 2).stats("k")) + 3,
    # Of one coordinate of a random unit vector; the longer side is the sphere's dimension.
    "orthogonal": 3 * FAN_IN / (FAN_IN + 2),
    "sparse normal": 3 * FAN_IN / 15,
}
BOUND_IN_STDS = {"uniform": math.sqrt(3), "truncated normal": 2 / truncnorm(-2, 2).std()}


def named(value: object) -> Initializer:
    found = TypeAdapter(AnyInitializer).validate_python(value)
    assert isinstance(found, Initializer)
    return found


def draw(
    value: object, fan_in: int = FAN_IN, fan_out: int = FAN_OUT, seed: int = 1
) -> NDArray[np.float64]:
    return named(value).draw(np.random.default_rng(seed), fan_in, fan_out)


RANDOM = [name for name in INITIALIZERS if (draw(name, 9, 9) != draw(name, 9, 9, seed=2)).any()]
SCALED = [name for name, section in INITIALIZERS.items() if "gain" in section.model_fields]


def law(name: str) -> tuple[float, str]:
    if name not in VARIANCE or name not in LAWS:
        pytest.fail(f"state the variance and the family of {name} in this file")
    return VARIANCE[name], LAWS[name]


@pytest.mark.parametrize("name", RANDOM)
def test_variance_of_a_draw_is_the_formula(name: str) -> None:
    variance, family = law(name)
    weights = draw(name)
    assert weights.shape == (FAN_OUT, FAN_IN)
    assert named(name).family == family
    assert named(name).variance(FAN_IN, FAN_OUT) in (None, pytest.approx(variance, rel=1e-12))
    # Relative standard error of a variance: sqrt((kurtosis - 1) / n); 5 of them.
    error = 5 * math.sqrt((KURTOSIS[family] - 1) / weights.size)
    assert np.mean(weights**2) == pytest.approx(variance, rel=error)
    assert abs(weights.mean()) < 5 * math.sqrt(variance / weights.size)


@pytest.mark.parametrize("name", RANDOM)
def test_family_shows_in_kurtosis_and_bound(name: str) -> None:
    variance, family = law(name)
    weights = draw(name)
    squares, fourths = weights**2 / np.mean(weights**2), weights**4 / np.mean(weights**4)
    kurtosis = np.mean(weights**4) / np.mean(weights**2) ** 2
    # The relative error of a quotient of two moments of the same weights; 5 standard errors.
    error = 5 * (fourths - 2 * squares).std() / math.sqrt(weights.size)
    assert kurtosis == pytest.approx(KURTOSIS[family], rel=error)
    std = math.sqrt(variance)
    if family in BOUND_IN_STDS:
        bound = BOUND_IN_STDS[family] * std
        assert 0.999 * bound < np.abs(weights).max() <= bound * (1 + 1e-12)
        assert named(name).bound(FAN_IN, FAN_OUT) == pytest.approx(bound, rel=1e-12)
    else:
        assert np.abs(weights).max() > 4 * std


@pytest.mark.parametrize("name", INITIALIZERS)
@pytest.mark.parametrize(("fan_in", "fan_out"), [(1, 1), (1, 7), (7, 1), (40, 3), (3, 40)])
def test_any_shape_is_drawn_in_memory_order_and_within_the_bound(
    name: str, fan_in: int, fan_out: int
) -> None:
    weights = draw(name, fan_in, fan_out)
    assert weights.shape == (fan_out, fan_in)
    assert weights.dtype == np.float64
    assert weights.flags.c_contiguous
    assert np.isfinite(weights).all()
    bound = named(name).bound(fan_in, fan_out)
    assert bound is None or np.abs(weights).max() <= bound * (1 + 1e-12)


@pytest.mark.parametrize("name", SCALED)
def test_gain_multiplies_the_variance(name: str) -> None:
    once, twice = draw(name), draw({"name": name, "gain": 2.0})
    np.testing.assert_allclose(twice, math.sqrt(2) * once, rtol=1e-12, atol=1e-15)
    bounds = [named({"name": name, "gain": gain}).bound(FAN_IN, FAN_OUT) for gain in (1.0, 2.0)]
    if bounds[0] is not None:
        assert bounds[1] == pytest.approx(math.sqrt(2) * bounds[0], rel=1e-12)


@pytest.mark.parametrize(
    ("gain", "number"),
    [("linear", 1), ("sigmoid", 1), ("tanh", 25 / 9), ("relu", 2), ("selu", 9 / 16)]
    + [("leaky_relu", 2 / (1 + 0.01**2))],
)
def test_a_gain_by_name_is_the_square_of_the_usual_one(gain: str, number: float) -> None:
    by_name = named({"name": "normalized", "gain": gain})
    assert by_name.model_dump() == {"name": "normalized", "gain": pytest.approx(number)}
    assert by_name.variance(3, 5) == pytest.approx(number * 2 / 8)


def test_every_named_gain_is_that_of_an_activation() -> None:
    assert set(RECOMMENDED_GAINS) <= set(ACTIVATIONS)


@pytest.mark.parametrize(("fan_in", "fan_out"), [(50, 50), (70, 30), (30, 70)])
def test_orthogonal_is_orthonormal_on_its_shorter_side(fan_in: int, fan_out: int) -> None:
    weights = draw({"name": "orthogonal", "gain": 4}, fan_in, fan_out)
    gram = weights @ weights.T if fan_out < fan_in else weights.T @ weights
    np.testing.assert_allclose(gram, 4 * np.eye(min(fan_in, fan_out)), atol=1e-12)
    assert np.mean(weights**2) == pytest.approx(4 / max(fan_in, fan_out), rel=1e-12)


def test_orthogonal_matrices_are_spread_evenly() -> None:
    """Without the signs of R, entry (0, 0) of LAPACK's Q is never positive; E[trace^2] is 1."""
    orthogonal = named("orthogonal")
    squares = [orthogonal.draw(np.random.default_rng(s), 4, 4) for s in range(2000)]
    positive = np.mean([q[0, 0] > 0 for q in squares])
    assert positive == pytest.approx(0.5, abs=5 * 0.5 / math.sqrt(2000))
    # The trace of a random orthogonal matrix has mean 0, variance 1 and fourth moment 3.
    traces = np.array([np.trace(q) for q in squares])
    assert abs(traces.mean()) < 5 / math.sqrt(2000)
    assert np.mean(traces**2) == pytest.approx(1, abs=5 * math.sqrt(2 / 2000))


def test_uncorrected_truncation_loses_the_variance_that_keras_lost() -> None:
    lost = named({"name": "truncated_normal", "corrected": False})
    kept = named("truncated_normal")
    ratio = float(truncnorm(-2, 2).var())
    assert lost.variance(700, 300) == pytest.approx(ratio * 2 / 1000, rel=1e-12)
    assert kept.variance(700, 300) == pytest.approx(2 / 1000, rel=1e-12)
    weights = draw({"name": "truncated_normal", "corrected": False})
    assert np.mean(weights**2) == pytest.approx(ratio * 2 / 1000, rel=0.015)
    assert np.abs(weights).max() <= 2 * math.sqrt(2 / 1000)


@pytest.mark.parametrize(("fan_in", "expected"), [(100, 15), (15, 15), (4, 4)])
def test_sparse_units_have_their_number_of_connections(fan_in: int, expected: int) -> None:
    weights = draw("sparse", fan_in, 50)
    assert ((weights != 0).sum(axis=1) == expected).all()
    assert named("sparse").variance(fan_in, 50) == expected / fan_in
    if fan_in > expected:  # all places are used
        assert ((weights != 0).sum(axis=0) > 0).all()


def test_identity_repeats_the_layer_below() -> None:
    np.testing.assert_array_equal(draw("identity", 5, 3), np.eye(5)[:3])
    np.testing.assert_array_equal(draw({"name": "identity", "gain": 4}, 3, 5), 2 * np.eye(5)[:, :3])
    assert named("identity").variance(5, 3) is None


@pytest.mark.parametrize(("fan_in", "fan_out"), [(5, 3), (3, 5)])
def test_mean_square_of_identity_is_one_over_the_larger_fan(fan_in: int, fan_out: int) -> None:
    identity = named("identity")
    assert isinstance(identity, ScaledInitializer)
    mean_square = np.mean(draw("identity", fan_in, fan_out) ** 2)
    assert identity.unit_variance(fan_in, fan_out) == pytest.approx(mean_square)


def test_zeros_and_constant_are_what_they_say() -> None:
    assert not draw("zeros").any()
    assert (draw({"name": "constant", "value": -0.25}) == -0.25).all()
    assert named({"name": "constant", "value": -0.25}).bound(3, 5) == 0.25


@pytest.mark.parametrize("alias", ["glorot_uniform", "xavier_uniform"])
def test_aliases_are_the_normalized_initializer(alias: str) -> None:
    assert named(alias) == named("normalized")


def test_xavier_normal_is_glorot_normal() -> None:
    assert named("xavier_normal") == named("glorot_normal")


@pytest.mark.parametrize(
    "value",
    [
        "normalised",
        {"name": "orthogonal", "gain": "softsin"},
        {"name": "sparse", "gain": -1},
        {"name": "standard", "gain": 0},
        {"name": "zeros", "gain": 2},
        3,
        {},
    ],
)
def test_wrong_initializers_are_refused(value: object) -> None:
    with pytest.raises(ValidationError):
        named(value)


def test_one_name_leaves_the_output_layer_standard() -> None:
    """Figure 7 of the paper shows standard output weights in both of its panels."""
    scheme = NetworkInitializer.model_validate("normalized")
    names = [scheme.of_layer(layer, depth=3).name for layer in (1, 2, 3, 4)]
    assert names == ["normalized", "normalized", "normalized", "standard"]


@pytest.mark.parametrize("name", ["zeros", "constant"])
def test_equal_weights_hold_for_the_output_layer_too(name: str) -> None:
    """Random output weights would tell the units apart."""
    parameters = Parameters((5, 4, 3))
    NetworkInitializer.model_validate(name).initialize(parameters, np.random.SeedSequence(0))
    value = {"zeros": 0.0, "constant": np.float32(0.01)}[name]
    assert all((weights == value).all() for weights in parameters.weights)
    assert not any(biases.any() for biases in parameters.biases)


def test_layers_of_a_mapping_are_kept_apart() -> None:
    scheme = NetworkInitializer.model_validate(
        {"first": "standard", "hidden": {"name": "normalized", "gain": 1.27}}
    )
    parameters = Parameters((64, 500, 500, 9), np.float64)
    scheme.initialize(parameters, np.random.SeedSequence(3))
    first, hidden, output = parameters.weights
    assert first.var() == pytest.approx(1 / (3 * 64), rel=0.03)
    assert 500 * hidden.var() == pytest.approx(1.27, rel=0.02)
    assert np.abs(output).max() <= 1 / math.sqrt(500)
    assert not any(bias.any() for bias in parameters.biases)


def test_weights_of_a_layer_do_not_depend_on_the_dtype_or_on_other_layers() -> None:
    scheme = NetworkInitializer.model_validate("normalized")
    deep = Parameters((20, 30, 30, 7), np.float64)
    shallow = Parameters((20, 30, 7), np.float32)
    for parameters in (deep, shallow):
        scheme.initialize(parameters, np.random.SeedSequence(5))
    np.testing.assert_array_equal(deep.weights[0].astype(np.float32), shallow.weights[0])
    assert not np.array_equal(deep.weights[1][:, :20], deep.weights[0])


def test_each_layer_draws_from_the_child_of_the_seeds_that_has_its_number() -> None:
    """From one stream for all, layers of equal widths would have equal weights."""
    parameters = Parameters((20, 30, 30, 7), np.float64)
    scheme = NetworkInitializer.model_validate({"hidden": "he_normal", "output": "lecun_normal"})
    scheme.initialize(parameters, np.random.SeedSequence(5))
    children = np.random.SeedSequence(5).spawn(4)[1:]
    for weights, child, gain in zip(parameters.weights, children, (2, 2, 1), strict=True):
        normal = np.random.default_rng(child).standard_normal(weights.shape)
        expected = math.sqrt(gain / weights.shape[1]) * normal
        np.testing.assert_allclose(weights, expected, rtol=1e-12)


@pytest.mark.parametrize(("first", "expected"), [({}, "he_normal"), ({"first": "zeros"}, "zeros")])
def test_the_first_layer_is_as_the_hidden_ones_unless_given(
    first: dict[str, str], expected: str
) -> None:
    scheme = NetworkInitializer.model_validate({"hidden": "he_normal", **first})
    assert [scheme.of_layer(layer, depth=2).name for layer in (1, 2, 3)] == [
        expected, "he_normal", "standard",
    ]  # fmt: skip


def test_initializing_leaves_nothing_of_what_was_there() -> None:
    fresh, used = Parameters((5, 4, 3)), Parameters((5, 4, 3))
    used.flat.fill(7)
    for parameters in (fresh, used):
        NetworkInitializer.model_validate("normalized").initialize(
            parameters, np.random.SeedSequence(0)
        )
    np.testing.assert_array_equal(used.flat, fresh.flat)
    assert not any(biases.any() for biases in used.biases)


def test_own_initializer_is_checked_for_its_weights(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "own_initializers.py").write_text(
        "def good(generator, fan_in, fan_out): return generator.normal(size=(fan_out, fan_in))\n"
        "def turned(generator, fan_in, fan_out): return generator.normal(size=(fan_in, fan_out))\n"
        "import numpy\n"
        "def own_way(generator, fan_in, fan_out):\n"
        "    return numpy.random.normal(size=(fan_out, fan_in))\n"
        "def infinite(generator, fan_in, fan_out):\n"
        "    return numpy.full((fan_out, fan_in), numpy.inf)\n"
    )
    sys.modules.pop("own_initializers", None)
    assert draw("own_initializers:good", 4, 6).shape == (6, 4)
    with pytest.raises(ValidationError, match=r"returned shape \(3, 5\); expected"):
        named("own_initializers:turned")
    with pytest.raises(ValidationError, match="draws other weights from an equal generator"):
        named("own_initializers:own_way")
    with pytest.raises(ValidationError, match="returned numbers that are not finite"):
        named("own_initializers:infinite")


def test_own_weights_keep_every_digit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "own_digits.py").write_text(
        "def normal(generator, fan_in, fan_out): return generator.normal(size=(fan_out, fan_in))\n"
    )
    weights = draw("own_digits:normal", 4, 6, seed=3)
    np.testing.assert_array_equal(
        weights, np.random.default_rng(3).normal(size=(6, 4)), strict=True
    )
