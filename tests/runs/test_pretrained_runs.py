"""Runs with pre-training: their curves, what fine-tuning starts from, and going on after death."""

import hashlib
import json
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from conftest import SMALL, Run

from glorot_repro.cli import reporters
from glorot_repro.config.experiment import parse_experiment
from glorot_repro.config.schema import RunConfig
from glorot_repro.errors import ConfigError
from glorot_repro.runs.beginning import initial_network
from glorot_repro.runs.execution import execute
from glorot_repro.runs.paths import RunDirectory, run_directory
from glorot_repro.runs.reading import load_run
from glorot_repro.runs.reporter import Reporter

PRETRAINED = ["pretraining.updates=20", "pretraining.learning_rate=0.001"]


class DiedError(Exception):
    """Stands for the end of the process: nothing is saved on the way out."""


class Notes(Reporter):
    def __init__(self) -> None:
        self.lines: list[str] = []

    def note(self, line: str) -> None:
        self.lines.append(line)


def run_of(*overrides: str) -> RunConfig:
    (run,) = parse_experiment(SMALL, [*PRETRAINED, *overrides]).runs
    return run


def ends_after(n_calls: int, *, dead: bool) -> Callable[[], bool]:
    calls = iter(range(n_calls))

    def should_stop() -> bool:
        if next(calls, None) is not None:
            return False
        if dead:
            raise DiedError
        return True

    return should_stop


def test_costs_are_recorded_at_the_updates_of_each_layer(tmp_path: Path) -> None:
    directory, notes = RunDirectory(tmp_path), Notes()
    assert execute(run_of(), directory, notes)["status"] == "finished"
    curves = load_run(directory.path).curves
    assert curves.layers("reconstruction_cost") == [1, 2, 3]
    for layer in (1, 2, 3):
        updates, costs = curves.series("reconstruction_cost", layer)
        assert updates.tolist() == [0, 10, 20]
        assert costs[-1] < costs[0]
        assert curves.series("denoising_cost", layer)[0].tolist() == [10, 20]
    first, *others = notes.lines
    assert first == "pre-training layers 1 to 3, 20 updates each"
    assert [line[:7] for line in others] == ["layer 1", "layer 2", "layer 3"]


@pytest.mark.parametrize("hidden", ["[24, 24, 24]", "[400, 24]"], ids=["small", "large"])
def test_fine_tuning_starts_from_the_pretrained_weights(hidden: str, tmp_path: Path) -> None:
    """With an update of either form: their sizes, and what they give at rates of 0, decide."""
    still = [f"model.hidden={hidden}", "training.learning_rate=0"]
    hashes = {}
    for rate in ("0", "0.001"):
        run = run_of(*still, f"pretraining.learning_rate={rate}")
        directory = RunDirectory(tmp_path / rate)
        hashes[rate] = execute(run, directory, Reporter())["parameters_sha256"]
        curves = load_run(directory.path).curves
        # With nothing learned since, the last record shows what the first has shown.
        for layer in curves.layers("activation_std"):
            _, values = curves.series("activation_std", layer)
            np.testing.assert_allclose(values, values[0])
    untouched = parse_experiment(SMALL, still).runs[0]
    plain = execute(untouched, RunDirectory(tmp_path / "plain"), Reporter())
    assert hashes["0"] == plain["parameters_sha256"]
    assert hashes["0.001"] != plain["parameters_sha256"]


def test_no_theory_of_random_weights_is_written_beside_trained_ones(tmp_path: Path) -> None:
    directory = RunDirectory(tmp_path)
    execute(run_of(), directory, Reporter())
    assert not [q for q in load_run(directory.path).curves.quantities if q.endswith("_theory")]


@pytest.mark.parametrize("tied", ["true", "false"])
def test_a_run_that_died_in_any_phase_goes_on_to_the_same_bits(tied: str, tmp_path: Path) -> None:
    run = run_of(f"pretraining.tied={tied}")
    whole, cut = RunDirectory(tmp_path / "whole"), RunDirectory(tmp_path / "cut")
    expected = execute(run, whole, Reporter())
    # A checkpoint is made every 7 updates: within layers 1, 2 and 3, and after them.
    for n_calls in (12, 25, 33, 50):
        with pytest.raises(DiedError):
            execute(run, cut, Reporter(), should_stop=ends_after(n_calls, dead=True))
        assert cut.checkpoint.exists()
    assert execute(run, cut, Reporter())["parameters_sha256"] == expected["parameters_sha256"]
    for name in ("curves.csv", "histograms.npz"):
        assert (cut.path / name).read_bytes() == (whole.path / name).read_bytes()


def test_an_interrupted_pretraining_goes_on_to_the_same_bits(tmp_path: Path) -> None:
    run = run_of()
    whole, cut = RunDirectory(tmp_path / "whole"), RunDirectory(tmp_path / "cut")
    expected = execute(run, whole, Reporter())
    info = execute(run, cut, Reporter(), should_stop=ends_after(5, dead=False))
    assert info["pretraining"]["layer"] == 1
    assert 0 < info["pretraining"]["updates_done"] <= 5
    for _ in range(20):
        if info["status"] == "finished":
            break
        assert info["status"] == "interrupted"
        info = execute(run, cut, Reporter(), should_stop=ends_after(11, dead=False))
    assert info["pretraining"] is None
    assert info["parameters_sha256"] == expected["parameters_sha256"]
    for name in ("curves.csv", "histograms.npz"):
        assert (cut.path / name).read_bytes() == (whole.path / name).read_bytes()


def test_the_layer_in_training_and_its_updates_are_told(
    cli: Run, small_config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Long pre-training was one line, and then nothing for hours."""
    monkeypatch.setattr(reporters, "PLAIN_SECONDS", 0.0)
    done = cli("run", str(small_config), *PRETRAINED)
    assert done.returncode == 0, done.stderr
    lines = [line for line in done.stderr.splitlines() if line.startswith("pre-training layer ")]
    for layer in (1, 2, 3):
        own = [line for line in lines if line.startswith(f"pre-training layer {layer} of 3, ")]
        assert own[0].endswith(", update 0 of 20, 0 updates/s")
        assert ", update 20 of 20, " in own[-1]
    assert "update 40 of 40, " in done.stderr


def test_side_by_side_and_one_after_the_other_tell_the_same_of_pretraining(
    cli: Run, small_config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a worker process tells passes through a pipe."""
    monkeypatch.setattr(reporters, "PLAIN_SECONDS", 0.0)
    done = cli("run", str(small_config), *PRETRAINED, "seeds=[0, 1]", "--jobs", "2")
    assert done.returncode == 0, done.stderr
    for seed in (0, 1):
        last = rf"^seed{seed}-\w+: pre-training layer 3 of 3, update 20 of 20, [\d,]+ updates/s$"
        assert re.search(last, done.stderr, re.MULTILINE)


def test_runs_and_show_tell_how_far_pretraining_is(cli: Run, tmp_path: Path) -> None:
    """They told 0 of the updates that come after it."""
    run = run_of()
    directory = run_directory(tmp_path / "results", run)
    execute(run, directory, Reporter(), should_stop=ends_after(45, dead=False))
    info = json.loads(directory.info.read_text())
    progress = info["pretraining"]
    assert (progress["layer"], progress["layers"], progress["updates"]) == (2, 3, 20)
    told = f"pre-training layer 2 of 3, update {progress['updates_done']} of 20"
    (line,) = cli("runs").stdout.splitlines()[1:]
    assert f"interrupted  {told}  " in line
    assert json.loads(cli("runs", "--json").stdout)["runs"][0]["pretraining"] == progress
    facts = cli("show", "seed0").stdout.splitlines()
    assert f"updates           0 of 40, {told}" in facts

    del progress["layers"], progress["updates"]  # as earlier versions wrote it
    directory.info.write_text(json.dumps(info))
    assert "  0/40  " in cli("runs").stdout
    assert "updates           0 of 40" in cli("show", "seed0").stdout.splitlines()


def test_recording_more_often_changes_no_bit(tmp_path: Path) -> None:
    often = run_of("record.every=3")
    seldom = run_of("record.every=0")
    first = execute(often, RunDirectory(tmp_path / "often"), Reporter())
    second = execute(seldom, RunDirectory(tmp_path / "seldom"), Reporter())
    assert first["parameters_sha256"] == second["parameters_sha256"]


def test_a_diverged_layer_ends_the_run(tmp_path: Path) -> None:
    directory = RunDirectory(tmp_path)
    info = execute(run_of("pretraining.learning_rate=1e6"), directory, Reporter())
    assert info["status"] == "diverged"
    assert info["divergence"]["layer"] == 1
    assert info["divergence"]["quantity"].startswith("reconstruction")
    assert info["updates_done"] == 0


def test_options_without_pretraining_change_no_address() -> None:
    plain = parse_experiment(SMALL).runs[0]
    assert parse_experiment(SMALL, ["pretraining.noise=0.5"]).runs[0].hash == plain.hash
    assert run_of().hash != plain.hash
    assert "pretraining" not in plain.canonical()


def test_a_network_without_hidden_layers_is_not_trained_again_for_its_pretraining(
    cli: Run, small_config: Path
) -> None:
    """It had an address of its own, and the same bits."""
    grid = ("run", str(small_config), "grid.model.depth=[0, 1]", "--jobs", "1")
    assert cli(*grid).returncode == 0
    done = cli(*grid, *PRETRAINED, "--json")
    assert done.returncode == 0, done.stderr
    flat, deep = json.loads(done.stdout)["runs"]
    assert flat["hash"] == parse_experiment(SMALL, ["model.depth=0"]).runs[0].hash
    assert deep["hash"] == run_of("model.depth=1").hash != flat["hash"]
    names = {path.name for path in small_config.parent.glob("results/paper/small/*")}
    assert len(names) == 3


def test_cross_entropy_is_refused_for_activations_without_limits() -> None:
    options = ["pretraining.reconstruction=cross_entropy", "model.activation=relu"]
    with pytest.raises(ConfigError, match="pretraining.reconstruction=.*'squared_error', since"):
        run_of(*options)
    assert run_of(*options, "model.depth=1").model.depth == 1


def test_the_initial_network_is_that_of_the_run(tmp_path: Path) -> None:
    """Pre-training that moves nothing leaves the initializer's weights, lsuv's scale included."""
    run = run_of("model.initializer=lsuv", "pretraining.learning_rate=0", "training.updates=0")
    info = execute(run, RunDirectory(tmp_path), Reporter())
    flat = initial_network(run).parameters.flat

    assert info["parameters_sha256"] == hashlib.sha256(flat.tobytes()).hexdigest()
