"""The experiments of the paper that come with the repository."""

from pathlib import Path

import pytest

from glorot_repro.config.experiment import load_experiment

CONFIGS = Path(__file__).parents[2] / "configs"
PATHS = sorted(CONFIGS.rglob("*.yaml"))


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_a_configuration_is_named_after_its_file_and_has_every_scale(path: Path) -> None:
    experiment = load_experiment(path)
    assert experiment.name == path.stem
    assert experiment.description
    assert set(experiment.scales) == {"paper", "smoke", "quick", "medium"}


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_the_smoke_scale_takes_seconds(path: Path) -> None:
    for run in load_experiment(path, scale="smoke").runs:
        assert run.training.updates <= 100
        assert max(run.model.hidden) <= 64


def test_figures_6_7_and_8_are_made_of_the_same_networks() -> None:
    hashes = [
        [run.hash for run in load_experiment(CONFIGS / f"fig0{n}.yaml").runs] for n in (6, 7, 8)
    ]
    assert hashes[0] == hashes[1] == hashes[2]
    assert len(hashes[0]) == 9


def test_figure_6_has_both_readings_of_normalized() -> None:
    runs = load_experiment(CONFIGS / "fig06.yaml", ["seeds=[0]"]).runs
    assert [run.point["model.initializer"] for run in runs] == [
        "standard",
        "normalized",
        {"first": "standard", "hidden": {"name": "normalized", "gain": 1.27}, "output": "standard"},
    ]
    assert {run.training.updates for run in runs} == {0}
    assert {run.model.hidden for run in runs} == {(1000,) * 5}


def test_the_quick_example_fits_three_minutes_at_nine_milliseconds_an_update() -> None:
    (run,) = load_experiment(CONFIGS / "examples" / "tanh.yaml", scale="quick").runs
    assert run.training.updates * 0.009 < 180
    assert run.model.hidden == (1000,) * 5
