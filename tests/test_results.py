"""The results that come with the repository."""

import json
from pathlib import Path

import pytest

from glorot_repro.config.experiment import load_experiment

RESULTS = Path(__file__).parents[1] / "results"
RUNS = sorted(path.parent for path in RESULTS.glob("*/*/*/run.json"))
SCALES = sorted({run.parent.parent.name for run in RUNS})


def test_runs_of_the_scales_that_are_drawn_are_there() -> None:
    assert {"quick", "medium"} <= set(SCALES)


@pytest.mark.parametrize("scale", SCALES)
def test_the_address_of_each_run_is_still_that_of_its_configuration(scale: str) -> None:
    """With another one it would be trained again, and no figure would find it."""
    changed = []
    for run in [run for run in RUNS if run.parent.parent.name == scale]:
        info = json.loads((run / "run.json").read_text())
        experiment = load_experiment(run / "config.yaml", scale=info["scale"])
        (config,) = experiment.runs
        if not (config.hash == info["hash"] and run.name.endswith(f"-{info['hash']}")):
            changed.append(run.name)
    assert not changed
