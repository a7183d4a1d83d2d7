"""Settings in words: one notation, whatever they are of."""

from typing import Any

import pytest

from glorot_repro.config.experiment import expand_runs, parse_experiment
from glorot_repro.config.schema import RunConfig
from glorot_repro.config.sweep import initializer_named
from glorot_repro.report.settings_text import layers_text, setting_text


def config_of(settings: str) -> RunConfig:
    (config,) = expand_runs(parse_experiment(f"name: x\n{settings}\n"))
    return config


@pytest.mark.parametrize(
    ("initializer", "text"),
    [
        ("normalized", "normalized"),
        ("{name: orthogonal, gain: tanh}", "orthogonal (gain 2.77778)"),
        (
            "{first: standard, hidden: {name: normalized, gain: 1.27}, output: standard}",
            "first standard, hidden normalized (gain 1.27), output standard",
        ),
    ],
)
def test_an_initializer_is_told_by_its_options(initializer: str, text: str) -> None:
    config = config_of(f"model: {{initializer: {initializer}}}")
    assert setting_text(config.model.initializer) == text


def test_options_that_are_the_default_are_left_out() -> None:
    assert setting_text(initializer_named("truncated_normal")) == "truncated_normal"
    keras = initializer_named("truncated_normal", ["corrected=false", "gain=2"])
    assert setting_text(keras) == "truncated_normal (gain 2, corrected false)"


@pytest.mark.parametrize(
    ("section", "text"),
    [
        ("dataset: {name: shapeset, range: [0, 1]}", "shapeset (range [0, 1])"),
        (
            "dataset: {name: image_folder, path: pets, split: {test: 0.2}}",
            "image_folder (path pets, split (test 0.2))",
        ),
    ],
)
def test_any_section_is_told_in_the_same_notation(section: str, text: str) -> None:
    assert setting_text(config_of(section).dataset) == text


def test_an_optimizer_is_told_by_its_options() -> None:
    config = config_of("training: {optimizer: {name: momentum, momentum: 0.95}}")
    assert setting_text(config.training.optimizer) == "momentum (momentum 0.95)"


@pytest.mark.parametrize(
    ("hidden", "text"),
    [
        ([], "no hidden layer"),
        ([7], "1 layer of 7 tanh units"),
        ([7, 7], "2 layers of 7 tanh units"),
        ([7, 5], "2 layers of 7, 5 tanh units"),
    ],
)
def test_layers_are_told_by_number_and_width(hidden: list[Any], text: str) -> None:
    assert layers_text(hidden, "tanh units") == text
