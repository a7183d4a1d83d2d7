"""Pinning: which networks, over which seeds, and how long their curves hold."""

import re
from pathlib import Path

import pytest

from glorot_repro.config.experiment import Experiment, parse_experiment
from glorot_repro.errors import ConfigError, DivergedError
from glorot_repro.runs.pinning import UnstableError, check_horizon, measured, pin, pinned_networks

CONFIG = """\
name: tiny
dataset: {name: shapeset, validation_size: 50, test_size: 50}
model: {hidden: [24, 20], activation: tanh, initializer: normalized}
training: {updates: 60, learning_rate: 0.05}
evaluation: {every: 0}
record: {every: 20, examples: 50, bins: 20}
"""


def experiment(*overrides: str) -> Experiment:
    return parse_experiment(CONFIG, overrides)


def test_each_point_of_a_grid_has_a_folder_without_seed_and_hash() -> None:
    one = pinned_networks(experiment("seeds=[0, 1]"))
    assert [network.folder for network in one] == [Path("results/baselines/tiny")]
    several = pinned_networks(
        experiment("grid.model.activation=[tanh, softsign]"), Path("elsewhere")
    )
    assert [str(network.folder) for network in several] == [
        "elsewhere/tanh", "elsewhere/softsign"
    ]  # fmt: skip


def test_two_networks_never_share_a_baseline() -> None:
    """Names are cut at 100 characters: the second network once replaced the first."""
    widths = ", ".join(["20", "30"] * 20)
    with pytest.raises(ConfigError, match="same name"):
        pinned_networks(experiment(f"grid.model.hidden=[[{widths}, 20], [{widths}, 30]]"))


def test_a_search_cannot_be_pinned() -> None:
    with pytest.raises(ConfigError, match="search"):
        pinned_networks(
            experiment("search.training.learning_rate=[0.1, 0.2]", "evaluation.every=5")
        )


def test_a_baseline_holds_all_seeds_and_the_run_of_the_first() -> None:
    (network,) = pinned_networks(experiment())
    baseline = pin(network, (0, 1, 2))
    assert baseline.n_curves == 3
    tables = [measured(network.with_seed(seed)) for seed in (0, 1, 2)]
    for key, band in baseline.bands.items():
        values = [table[key] for table in tables]
        assert band.first == values[0]
        assert band.mean == pytest.approx(sum(values) / 3, rel=1e-12, abs=1e-12)
    assert {key[0] for key in baseline.bands} == {0, 20, 40, 60}


def test_bits_tell_the_dtype_of_the_training() -> None:
    for dtype, bits in (("float32", 32), ("float64", 64)):
        (network,) = pinned_networks(experiment(f"training.dtype={dtype}", "training.updates=0"))
        table = measured(network.config)
        assert {value for key, value in table.items() if key[2].endswith("_bits")} == {bits}


@pytest.mark.parametrize(
    "overrides",
    [
        ("model.initializer={name: constant, value: 0.1}",),
        ("model.hidden=[8, 1, 8]", "record.examples=10"),  # one gradient in layer 2
    ],
)
def test_bits_are_not_those_of_the_edges_of_a_layer_of_equal_values(
    overrides: tuple[str, ...],
) -> None:
    """Edges half a unit from a float32 number are none: such layers counted as float64."""
    table = measured(experiment("training.updates=20", *overrides).runs[0])
    assert {value for key, value in table.items() if key[2].endswith("_bits")} == {32}


def test_an_unstable_horizon_is_refused_with_the_update_that_is_safe() -> None:
    """At a learning rate of 0.5, a rounding grows a thousandfold within 40 updates."""
    (network,) = pinned_networks(
        experiment("training.learning_rate=0.5", "training.updates=400", "record.every=20")
    )
    table = measured(network.config)
    with pytest.raises(UnstableError, match="differ by one rounding") as raised:
        check_horizon(network, table)
    safe = int(str(raised.value).partition("set training.updates to ")[2].partition(",")[0])
    assert 0 < safe < 400
    (shorter,) = pinned_networks(
        experiment("training.learning_rate=0.5", f"training.updates={safe}", "record.every=20")
    )
    check_horizon(shorter, measured(shorter.config))


def test_what_pre_training_makes_of_a_rounding_is_refused_with_its_own_remedy() -> None:
    """Its costs hold, the network that it leaves does not: that is no matter of the training.

    After how many updates it is so depends on the machine's rounding.
    """
    found = []
    for n_updates in range(29, 48, 3):
        (network,) = pinned_networks(
            experiment(
                f"pretraining={{updates: {n_updates}, learning_rate: 0.02}}", "record.every=0"
            )
        )
        try:
            check_horizon(network, measured(network.config))
        except UnstableError as error:
            found.append(str(error))
    at_start = [line for line in found if re.search(r"at update 0 by ", line)]
    assert at_start
    assert all("; lower pretraining.updates or" in line for line in at_start)


def test_a_slow_pre_training_can_be_pinned() -> None:
    (network,) = pinned_networks(experiment("pretraining={updates: 60, learning_rate: 0.001}"))
    check_horizon(network, measured(network.config))


def test_a_diverging_run_cannot_be_pinned() -> None:
    (network,) = pinned_networks(
        experiment("training.learning_rate=1e30", "model.activation=linear")
    )
    with pytest.raises(DivergedError, match="diverged with seed 0"):
        pin(network, (0,))


@pytest.mark.parametrize(
    "rates", [("1e30", "0.001"), ("0.05", "1e30")], ids=["in training", "in pre-training"]
)
def test_a_diverging_run_with_pre_training_cannot_be_pinned(rates: tuple[str, str]) -> None:
    """It was: rows of pre-training, which counts updates of its own, went on to update 80."""
    (network,) = pinned_networks(
        experiment(
            "model.activation=relu",
            f"training.learning_rate={rates[0]}",
            f"pretraining={{updates: 80, learning_rate: {rates[1]}}}",
        )
    )
    with pytest.raises(DivergedError, match="diverged with seed 0"):
        pin(network, (0,))
