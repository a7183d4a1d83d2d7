"""Verdicts: the paper's networks by their predicted numbers, and each criterion at its limit."""

import dataclasses
import math
from pathlib import Path

import numpy as np
import pytest

from glorot_repro.measure.theory import RandomNetwork, predict
from glorot_repro.measure.verdicts import (
    CRITERIA,
    DEAD_SHARE,
    HEALTHY,
    SATURATED_SHARE,
    NetworkState,
    judge,
    judge_training,
    units_are_identical,
)
from glorot_repro.nn.activations import ACTIVATIONS
from glorot_repro.nn.costs import COSTS
from glorot_repro.nn.initializers import INITIALIZERS

SHAPESET_MEAN_SQUARES = (
    np.load(Path(__file__).parent / "files" / "shapeset_mean_squares.npy")[5::10] / 10_000
)
"""Mean squares of Shapeset images; their spread makes the paper's step ratios."""


def state_at_start(activation: str, initializer: str, depth: int = 5) -> NetworkState:
    """The predicted state of a network of width 1000 with standard output weights."""
    sizes = (*[1000] * (depth + 1), 9)
    variance = INITIALIZERS[initializer](name=initializer).variance(1000, 1000)
    assert variance is not None
    prediction = predict(
        RandomNetwork(
            sizes,
            (*[variance] * depth, 1 / 3000),
            ACTIVATIONS[activation],
            COSTS["negative_log_likelihood"],
        ),
        SHAPESET_MEAN_SQUARES[:, None, None],
        np.zeros((len(SHAPESET_MEAN_SQUARES), 1), np.intp),
    )
    return NetworkState(
        activation_std=prediction.activation_std.tolist(),
        backprop_std=prediction.backprop_std[:depth].tolist(),
        saturated=[0.5 if activation == "relu" else 0.0] * depth,
        symmetric=[False] * depth,
        is_bounded=None not in ACTIVATIONS[activation].asymptotes,
        is_trained=False,
    )


def words(state: NetworkState) -> list[str]:
    return [verdict.word for verdict in judge(state)]


HEALTHY_STATE = NetworkState(
    activation_std=[0.4, 0.4, 0.4],
    backprop_std=[0.01, 0.01, 0.01],
    saturated=[0.02, 0.02, 0.02],
    symmetric=[False, False, False],
    is_bounded=True,
    is_trained=False,
)


@pytest.mark.parametrize(
    ("activation", "initializer", "expected"),
    [
        ("tanh", "standard", ["vanishing"] * 5),
        ("tanh", "normalized", [HEALTHY] * 5),
        ("softsign", "standard", ["vanishing"] * 5),
        ("softsign", "normalized", [HEALTHY] * 5),
        ("sigmoid", "standard", ["vanishing"] * 4 + [HEALTHY]),
        ("sigmoid", "normalized", ["vanishing"] * 4 + [HEALTHY]),
        ("relu", "standard", ["vanishing"] * 5),
        ("relu", "he_normal", [HEALTHY] * 5),
        ("linear", "normalized", [HEALTHY] * 5),
    ],
)
def test_networks_of_the_paper(activation: str, initializer: str, expected: list[str]) -> None:
    assert words(state_at_start(activation, initializer)) == expected


def test_slow_decay_counts_with_depth_only() -> None:
    """relu with normalized weights passes 0.71 a layer: 0.25 over 5 layers, 0.01 over 15."""
    assert words(state_at_start("relu", "normalized", depth=5)) == [HEALTHY] * 5
    deep = words(state_at_start("relu", "normalized", depth=15))
    assert set(deep[:4]) == set(deep[-4:]) == {"vanishing"}


def test_growing_linear_network_explodes() -> None:
    assert set(words(state_at_start("linear", "he_normal", depth=8))) == {"exploding", HEALTHY}
    assert words(state_at_start("linear", "he_normal", depth=8))[0] == "exploding"


@pytest.mark.parametrize(
    ("changes", "word", "phrase"),
    [
        ({"symmetric": [True, True, True]}, "symmetric", "units identical, cannot learn"),
        ({"activation_std": [0.4, math.nan, 0.4]}, "exploding", "no longer finite"),
        ({"backprop_std": [0.01, math.inf, 0.01]}, "exploding", "no longer finite"),
        ({"activation_std": [0.4, 0.0, 0.4]}, "dead", "same value"),
        ({"backprop_std": [0.0, 0.0, 0.01]}, "dead", "no gradient"),
        ({"saturated": [0, SATURATED_SHARE + 0.01, 0]}, "saturated", "16%"),
        ({"saturated": [0, DEAD_SHARE + 0.01, 0], "is_bounded": False}, "dead", "96%"),
        ({"saturated": [0, DEAD_SHARE + 0.01, 0]}, "saturated", "96%"),
        ({"activation_std": [0.4, 0.068, 0.06]}, "vanishing", "0.17 times those of layer 1"),
        ({"activation_std": [0.1, 0.6, 0.6]}, "exploding", "6 times those of layer 1"),
        ({"backprop_std": [0.001, 0.001, 0.01]}, "vanishing", "0.1 times those of layer 3"),
        ({"backprop_std": [0.06, 0.06, 0.01]}, "exploding", "6 times those of layer 3"),
        ({"activation_std": [0.4, 0.2, 0.2]}, "vanishing", "0.5 times those of the layer below"),
        ({"backprop_std": [0.005, 0.005, 0.01]}, "vanishing", "0.5 times those of the layer above"),
        ({"activation_std": [0.2, 0.4, 0.4]}, "exploding", "2 times those of the layer below"),
        ({"backprop_std": [0.02, 0.02, 0.01]}, "exploding", "2 times those of the layer above"),
    ],
)
def test_each_criterion_gives_its_word_and_its_number(
    changes: dict[str, object], word: str, phrase: str
) -> None:
    verdict = judge(dataclasses.replace(HEALTHY_STATE, **changes))[1]  # type: ignore[arg-type]
    assert verdict.word == word
    assert phrase in verdict.reason


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"saturated": [SATURATED_SHARE - 0.01] * 3},
        {"saturated": [None, math.nan, None]},
        {"saturated": [DEAD_SHARE - 0.01] * 3, "is_bounded": False},
        {"activation_std": [0.4, 0.25, 0.16], "backprop_std": [0.004, 0.0063, 0.01]},
        {"activation_std": [0.4, 0.1, 0.4], "is_trained": True},
        {"backprop_std": [0.01, 0.004, 0.01], "is_trained": True},
    ],
)
def test_just_inside_every_limit_is_healthy(changes: dict[str, object]) -> None:
    state = dataclasses.replace(HEALTHY_STATE, **changes)  # type: ignore[arg-type]
    assert words(state) == [HEALTHY] * 3


@pytest.mark.parametrize(
    ("share", "word"),
    [(0.59, "vanishing"), (0.61, HEALTHY), (1 / 0.61, HEALTHY), (1 / 0.59, "exploding")],
)
@pytest.mark.parametrize("way", ["activation_std", "backprop_std"])
def test_three_fifths_of_a_signal_have_to_pass_a_layer(way: str, share: float, word: str) -> None:
    stds = [0.1, 0.1 * share]
    state = NetworkState(
        activation_std=stds if way == "activation_std" else [0.1, 0.1],
        backprop_std=stds[::-1] if way == "backprop_std" else [0.1, 0.1],
        saturated=[None, None],
        symmetric=[False, False],
        is_bounded=False,
        is_trained=False,
    )
    at_the_end = 1 if way == "activation_std" else 0
    assert words(state)[at_the_end] == word


def test_symmetry_outranks_silence_and_divergence_everything() -> None:
    zeros = dataclasses.replace(
        HEALTHY_STATE,
        activation_std=[0.0, 0.0, math.inf],
        backprop_std=[0.0] * 3,
        symmetric=[True] * 3,
    )
    assert words(zeros) == ["symmetric", "symmetric", "exploding"]


def test_every_word_of_the_table_can_be_reached() -> None:
    assert {criterion.word for criterion in CRITERIA} == {
        "vanishing",
        "exploding",
        "saturated",
        "dead",
        "symmetric",
    }


def test_training_is_judged_by_its_end_and_remembers_its_start() -> None:
    first = dataclasses.replace(HEALTHY_STATE, activation_std=[0.4, 0.4, 0.05])
    last = dataclasses.replace(HEALTHY_STATE, saturated=[0.3, 0.0, 0.0], is_trained=True)
    verdicts = judge_training(first, last)
    assert [verdict.word for verdict in verdicts] == ["saturated", HEALTHY, HEALTHY]
    assert verdicts[0].reason.endswith("; healthy at the start")
    assert "start" not in verdicts[1].reason
    assert verdicts[2].reason.endswith("; vanishing at the start")


def test_network_without_hidden_layers_has_no_verdicts() -> None:
    assert judge(NetworkState([], [], [], [], is_bounded=True, is_trained=False)) == []


def test_units_are_identical_by_what_comes_in_and_what_goes_out() -> None:
    """Zeros below random output weights do learn: their units get different gradients."""
    same_in, same_out = np.tile(np.arange(4.0), (3, 1)), np.full((2, 3), 0.5)
    assert units_are_identical(same_in, same_out)
    other_in, other_out = same_in.copy(), same_out.copy()
    other_in[2, 1] += 1e-9
    other_out[1, 2] += 1e-9
    assert not units_are_identical(other_in, same_out)
    assert not units_are_identical(same_in, other_out)
    assert not units_are_identical(same_in[:1], same_out[:, :1])
    # Classes may differ: what counts is that no unit differs from another.
    assert units_are_identical(same_in, np.array([[1.0, 1, 1], [2, 2, 2]]))
