"""Initializers against the laws they promise."""

import math
import sys
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from pydantic import TypeAdapter, ValidationError

from glorot_repro.nn.initializers import INITIALIZERS, AnyInitializer, Initializer
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
    "zeros": 0.0,
}
RANDOM = [name for name, section in INITIALIZERS.items() if section.family != "constant"]


def named(value: object) -> Initializer:
    found = TypeAdapter(AnyInitializer).validate_python(value)
    assert isinstance(found, Initializer)
    return found


def draw(value: object, fan_in: int = FAN_IN, fan_out: int = FAN_OUT) -> NDArray[np.float64]:
    return named(value).draw(np.random.default_rng(1), fan_in, fan_out)


@pytest.mark.parametrize("name", RANDOM)
def test_variance_of_a_draw_is_the_formula(name: str) -> None:
    weights = draw(name)
    assert weights.shape == (FAN_OUT, FAN_IN)
    assert named(name).variance(FAN_IN, FAN_OUT) == pytest.approx(VARIANCE[name], rel=1e-12)
    # Relative standard error of a variance: sqrt((kurtosis - 1) / n); 5 of them.
    kurtosis = 1.8 if named(name).family == "uniform" else 3.0
    error = 5 * math.sqrt((kurtosis - 1) / weights.size)
    assert np.mean(weights**2) == pytest.approx(VARIANCE[name], rel=error)
    assert abs(weights.mean()) < 5 * math.sqrt(VARIANCE[name] / weights.size)


@pytest.mark.parametrize("name", RANDOM)
def test_family_shows_in_kurtosis_and_bound(name: str) -> None:
    weights = draw(name)
    kurtosis = np.mean(weights**4) / np.mean(weights**2) ** 2
    std = math.sqrt(VARIANCE[name])
    if named(name).family == "uniform":
        bound = math.sqrt(3) * std
        assert kurtosis == pytest.approx(1.8, abs=0.02)
        assert 0.999 * bound < np.abs(weights).max() <= bound
    else:
        assert kurtosis == pytest.approx(3.0, abs=0.06)
        assert np.abs(weights).max() > 4 * std


@pytest.mark.parametrize("name", RANDOM)
def test_gain_multiplies_the_variance(name: str) -> None:
    once, twice = draw(name), draw({"name": name, "gain": 2.0})
    np.testing.assert_allclose(twice, math.sqrt(2) * once, rtol=1e-12, atol=1e-15)


def test_zeros_and_constant_are_what_they_say() -> None:
    assert not draw("zeros").any()
    assert (draw({"name": "constant", "value": -0.25}) == -0.25).all()


@pytest.mark.parametrize("alias", ["glorot_uniform", "xavier_uniform"])
def test_aliases_are_the_normalized_initializer(alias: str) -> None:
    assert named(alias) == named("normalized")


@pytest.mark.parametrize(
    "value", ["normalised", {"name": "standard", "gain": 0}, {"name": "zeros", "gain": 2}, 3, {}]
)
def test_wrong_initializers_are_refused(value: object) -> None:
    with pytest.raises(ValidationError):
        named(value)


def test_one_name_leaves_the_output_layer_standard() -> None:
    """Figure 7 of the paper shows standard output weights in both of its panels."""
    scheme = NetworkInitializer.model_validate("normalized")
    names = [scheme.of_layer(layer, depth=3).name for layer in (1, 2, 3, 4)]
    assert names == ["normalized", "normalized", "normalized", "standard"]


def test_zeros_hold_for_the_output_layer_too() -> None:
    parameters = Parameters((5, 4, 3))
    NetworkInitializer.model_validate("zeros").initialize(parameters, np.random.SeedSequence(0))
    assert not parameters.flat.any()


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


def test_own_initializer_is_checked_for_its_shape(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "own_initializers.py").write_text(
        "def good(generator, fan_in, fan_out): return generator.normal(size=(fan_out, fan_in))\n"
        "def turned(generator, fan_in, fan_out): return generator.normal(size=(fan_in, fan_out))\n"
    )
    sys.modules.pop("own_initializers", None)
    assert draw("own_initializers:good", 4, 6).shape == (6, 4)
    with pytest.raises(ValidationError, match=r"returned shape \(3, 5\); expected"):
        named("own_initializers:turned")
