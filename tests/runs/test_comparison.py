"""Differences of two runs, of known size."""

import math
from pathlib import Path

import pytest

from glorot_repro.config.experiment import parse_experiment
from glorot_repro.config.schema import RunConfig
from glorot_repro.measure.curves import Curves
from glorot_repro.runs.comparison import config_differences, curve_differences
from glorot_repro.runs.reading import RunRecord


def config(text: str = "") -> RunConfig:
    (run,) = parse_experiment(f"name: x\n{text}").runs
    return run


def record(*rows: tuple[int, int, str, float]) -> RunRecord:
    return RunRecord(Path(), config(), {}, Curves(rows))


def test_only_settings_that_differ_are_named() -> None:
    first = config("model: {hidden: [3, 4]}\ntraining: {learning_rate: 0.1}\n")
    second = config("model: {hidden: [3], activation: relu}\ntraining: {learning_rate: 0.1}\n")
    assert config_differences(first, second) == {
        "model.hidden": ([3, 4], [3]),
        "model.activation": ("tanh", "relu"),
    }
    assert config_differences(first, first) == {}
    assert config_differences(config(), config("seeds: [1]\n")) == {"seed": (0, 1)}


def test_the_size_of_a_difference_is_the_largest_over_shared_updates() -> None:
    first = record((0, 1, "a", 1.0), (5, 1, "a", 4.0), (9, 1, "a", 2.0), (0, 0, "b", 7.0))
    second = record((0, 1, "a", 1.5), (5, 1, "a", 1.0), (8, 1, "a", 0.0), (0, 0, "b", 7.0))
    (one,) = curve_differences(first, second)
    assert (one.quantity, one.layer, one.n_shared, one.n_different) == ("a", 1, 2, 2)
    assert (one.largest, one.at, one.last) == (3.0, 5, (2.0, 0.0))
    assert one.relative == pytest.approx(3 / 4)


def test_equal_curves_have_no_differences_and_one_bit_is_one() -> None:
    rows = [(0, 0, "b", 0.1), (1, 0, "b", math.nan)]
    assert curve_differences(record(*rows), record(*rows)) == []
    (one,) = curve_differences(record(*rows), record((0, 0, "b", math.nextafter(0.1, 1)), rows[1]))
    assert one.layer is None
    assert one.largest == math.nextafter(0.1, 1) - 0.1


def test_what_is_no_number_in_one_of_them_has_no_size() -> None:
    (one,) = curve_differences(record((0, 0, "b", math.nan)), record((0, 0, "b", 1.0)))
    assert (one.n_different, one.largest, one.at, one.last) == (1, None, 0, (None, 1.0))
    (one,) = curve_differences(record((0, 2, "b", 1.0)), record())
    assert (one.n_shared, one.largest, one.last) == (0, None, (1.0, None))
