"""A run of the reader's own functions, whose module has been edited since."""

import json
from pathlib import Path
from typing import Any

import pytest
from conftest import Run

from glorot_repro.config.experiment import load_experiment
from glorot_repro.config.schema import RunConfig
from glorot_repro.errors import ConfigError
from glorot_repro.runs.execution import execute
from glorot_repro.runs.own_modules import check_same_modules, module_hashes
from glorot_repro.runs.paths import run_directory
from glorot_repro.runs.reporter import Reporter

MODULE = """\
import numpy as np

def wave(s):
    return {slope} * np.sin(s)

def flat(generator, fan_in, fan_out):
    return generator.normal(0, fan_in ** -0.5, (fan_out, fan_in))
"""

EXPERIMENT = """\
name: own
dataset: {name: shapeset, validation_size: 20, test_size: 20}
model: {hidden: [8], activation: 'waves:wave', initializer: 'waves:flat'}
training: {updates: 20, keep_checkpoint: true}
evaluation: {every: 0}
record: {every: 10, examples: 2, bins: 10}
"""
CHANGED = "the source of module waves has changed since the run began"


def write_module(folder: Path, *, slope: float, note: str = "") -> None:
    (folder / "waves.py").write_text(MODULE.format(slope=slope) + note)


@pytest.fixture
def _own(tmp_path: Path) -> None:
    write_module(tmp_path, slope=1)
    (tmp_path / "own.yaml").write_text(EXPERIMENT)


def infos(results: Path) -> dict[int, Any]:
    """run.json of each run, by its updates."""
    found = [json.loads(path.read_text()) for path in results.rglob("run.json")]
    return {info["updates"]: info for info in found}


# Processes of their own: one process imports a module once.


@pytest.mark.usefixtures("_own")
@pytest.mark.parametrize("edit", [{"slope": 0.1}, {"slope": 1, "note": "# why not\n"}])
def test_a_finished_run_is_not_the_result_of_an_edited_module(
    process: Run, tmp_path: Path, edit: dict[str, Any]
) -> None:
    """The old table was shown, without a word."""
    assert process("run", "own.yaml").returncode == 0
    before = infos(tmp_path)[20]
    assert list(before["own_modules"]) == ["waves"]
    write_module(tmp_path, **edit)
    refused = process("run", "own.yaml")
    assert (refused.returncode, refused.stdout) == (2, "")
    (line,) = refused.stderr.splitlines()
    assert CHANGED in line
    assert "--force" in line
    assert process("run", "own.yaml", "--force").returncode == 0
    after = infos(tmp_path)[20]
    is_equal = after["parameters_sha256"] == before["parameters_sha256"]
    assert is_equal == (edit["slope"] == 1)


@pytest.mark.usefixtures("_own")
def test_a_longer_run_goes_on_from_no_run_of_another_source(process: Run, tmp_path: Path) -> None:
    """One run was trained with both functions."""
    assert process("run", "own.yaml").returncode == 0
    write_module(tmp_path, slope=0.1)
    longer = process("run", "own.yaml", "training.updates=40")
    assert longer.returncode == 0
    assert "going on from" not in longer.stderr
    assert process("run", "own.yaml", "training.updates=40", "--results", "new").returncode == 0
    mixed, pure = (infos(tmp_path / name)[40] for name in ("results", "new"))
    assert mixed["parameters_sha256"] == pure["parameters_sha256"]

    write_module(tmp_path, slope=1)
    again = process("run", "own.yaml", "training.updates=60")
    assert again.returncode == 0
    assert "going on from" in again.stderr


def test_an_unfinished_run_does_not_go_on_with_an_edited_module(
    process: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = loaded(tmp_path, monkeypatch, "waves_of_a_cut_run")
    directory = run_directory(tmp_path / "results", run)
    cut = execute(run, directory, Reporter(), should_stop=lambda: True)
    assert cut["status"] == "interrupted"

    module = tmp_path / "waves_of_a_cut_run.py"
    source = module.read_text()
    module.write_text(MODULE.format(slope=0.1))
    refused = process("run", "own.yaml")
    assert refused.returncode == 2
    assert (
        "the source of module waves_of_a_cut_run has changed since the run began" in refused.stderr
    )
    module.write_text(source)
    assert process("run", "own.yaml").returncode == 0


def test_runs_from_before_modules_were_recorded_are_accepted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = loaded(tmp_path, monkeypatch, "waves_of_an_old_run")
    recorded = module_hashes(run)
    assert list(recorded) == ["waves_of_an_old_run"]
    check_same_modules(run, recorded)
    check_same_modules(run, {})
    with pytest.raises(ConfigError, match="source of module waves_of_an_old_run has changed"):
        check_same_modules(run, dict.fromkeys(recorded, 64 * "0"))


def test_what_is_not_the_reader_s_own_has_no_module() -> None:
    assert module_hashes(RunConfig(experiment="x")) == {}


def test_functions_of_numpy_and_scipy_are_not_the_reader_s_own() -> None:
    """Another version of them makes no other run: run.json tells the versions."""
    for reference in ("numpy:sin", "scipy.special:erf"):
        run = RunConfig.model_validate({"experiment": "x", "model": {"activation": reference}})
        assert module_hashes(run) == {}


def loaded(folder: Path, monkeypatch: pytest.MonkeyPatch, module: str) -> RunConfig:
    """The run of the experiment with the functions of `module`, a name that is used once."""
    (folder / f"{module}.py").write_text(MODULE.format(slope=1))
    (folder / "own.yaml").write_text(EXPERIMENT.replace("waves", module))
    monkeypatch.syspath_prepend(folder)
    (run,) = load_experiment(folder / "own.yaml").runs
    return run
