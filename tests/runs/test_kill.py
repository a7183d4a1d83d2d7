"""A run that is killed, again and again, ends with the same bits as one that never was."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import Run

from glorot_repro.runs.reading import load_run

LONG = [
    "training.updates=4000",
    "pretraining.updates=1000",
    "pretraining.learning_rate=0.001",
    "training.checkpoint_every=130",
    "record.every=700",
    "evaluation.every=900",
]
LEAST_KILLS = 50


@pytest.mark.slow
def test_a_run_killed_fifty_times_ends_with_the_bits_of_one_never_killed(
    cli: Run, small_config: Path, tmp_path: Path
) -> None:
    whole = cli("run", str(small_config), *LONG, "--results", "whole", "--json")
    (never_killed,) = json.loads(whole.stdout)["runs"]
    config = tmp_path / never_killed["directory"] / "config.yaml"

    kills: dict[str, int] = {}
    lives = 0
    # Every round is a run from nothing to its end; their kills are counted together.
    while sum(kills.values()) < LEAST_KILLS or "during a write" not in kills:
        lives += 1
        assert lives < 40, kills
        done = subprocess.run(
            [sys.executable, str(Path(__file__).with_name("killing.py")), str(config),
             f"killed{lives}", str(lives), "0.25", str(LEAST_KILLS)],
            cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False,
            env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        outcome = json.loads(done.stdout)
        assert outcome["exit"] == 0, done.stderr
        for stage, count in outcome["kills"].items():
            kills[stage] = kills.get(stage, 0) + count

        (killed,) = (tmp_path / f"killed{lives}" / "paper" / "small").iterdir()
        for name in ("curves.csv", "histograms.npz", "test_correct.npz", "config.yaml"):
            assert (killed / name).read_bytes() == config.with_name(name).read_bytes(), name
        info = load_run(killed).info
        assert info["parameters_sha256"] == never_killed["parameters_sha256"]
        assert not list(killed.glob("checkpoint*")), "a finished run keeps no checkpoint"
        assert not list(killed.glob(".*.tmp")), "leavings of a killed write stay behind"
