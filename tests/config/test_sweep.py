"""Settings of the sweep, and single initializers, from the command line."""

import pytest

from glorot_repro.config.sweep import initializer_named, sweep_settings
from glorot_repro.errors import ConfigError
from glorot_repro.nn.activations import ACTIVATIONS


def test_defaults_sweep_every_activation() -> None:
    assert sweep_settings([]).activations == tuple(ACTIVATIONS)


def test_options_are_read_as_in_the_yaml() -> None:
    settings = sweep_settings(
        [
            "activations=[tanh, relu]",
            "initializers=[xavier_uniform, {name: orthogonal, gain: relu}]",
            "depths=[2, 100]",
            "width=8",
        ]
    )
    assert settings.activations == ("tanh", "relu")
    assert settings.initializers == (
        initializer_named("normalized"),
        initializer_named("orthogonal", ["gain=2"]),
    )
    assert (settings.depths, settings.width) == ((2, 100), 8)


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ("depths=[1]", "expected a whole number from 2 to 1000, found 1"),
        ("depths=[]", "at least 1"),
        ("activations=[tahn]", "did you mean 'tanh'"),
        ("initializers=[normalised]", "did you mean 'normalized'"),
        ("initializers=[{name: sparse, gain: rleu}]", "did you mean 'relu'"),
        ("widht=3", "did you mean 'width'"),
        ("width", "expected key=value"),
        ("width=10000", "expected at most 400,000,000 weights"),
        ("examples=100000", "examples=100000: expected at most 400,000,000 activations"),
    ],
)
def test_mistakes_are_one_line(option: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message) as caught:
        sweep_settings([option])
    assert "\n" not in str(caught.value)


def test_unknown_initializers_and_options_name_the_nearest() -> None:
    with pytest.raises(ConfigError, match="did you mean 'truncated_normal'"):
        initializer_named("truncted_normal")
    with pytest.raises(ConfigError, match="did you mean 'connections'"):
        initializer_named("sparse", ["conections=3"])
