"""Runs of the reader's own functions whose module is gone: what is on disk needs none."""

import json
from pathlib import Path

import pytest
from conftest import Run

from glorot_repro import load_run

MODULE = """\
import numpy as np
from glorot_repro.nn.activations import Activation

def wave(s):
    return np.sin(s)

def slope(s, z, out):
    np.copyto(out, 1 - z * z)

bounded = Activation("bounded", np.tanh, slope, (-1.0, 1.0))

def flat(generator, fan_in, fan_out):
    return generator.normal(0, fan_in ** -0.5, (fan_out, fan_in))
"""

EXPERIMENT = """\
name: own
dataset: {name: shapeset, validation_size: 20, test_size: 20}
model: {hidden: [8, 8], activation: 'gone:wave', initializer: 'gone:flat'}
training: {updates: 10}
evaluation: {every: 0}
record: {every: 10, examples: 2, bins: 10}
"""


@pytest.fixture
def run(process: Run, tmp_path: Path) -> Path:
    """The directory of a run whose module has gone since; this process never had it."""
    return trained(process, tmp_path, "grid.model.initializer=[gone:flat]")


def trained(process: Run, folder: Path, *overrides: str) -> Path:
    (folder / "gone.py").write_text(MODULE)
    (folder / "own.yaml").write_text(EXPERIMENT)
    done = process("run", "own.yaml", "--quiet", *overrides)
    assert done.returncode == 0, done.stderr
    (folder / "gone.py").unlink()
    (directory,) = (folder / "results").glob("*/*/*/")
    return directory


def test_results_are_read_without_the_module(cli: Run, run: Path, tmp_path: Path) -> None:
    """Every command ended with 2: the module does not import."""
    shown = json.loads(cli("show", "gone", "--json").stdout)
    assert [layer["layer"] for layer in shown["layers"]] == [1, 2]
    for arguments in (
        ("show", "gone"),
        ("export", "gone", "--to", "csv", "--out", "a.csv"),
        ("export", "gone", "--to", "npz", "--out", "a.npz"),
        ("plot", "gone", "--quantity", "activation_std"),
        ("compare", "gone", "gone"),
        ("report", "gone"),
    ):
        done = cli(*arguments)
        assert (done.returncode, done.stderr) == (0, ""), arguments
    assert "does not import" not in (tmp_path / "results" / "report.html").read_text()
    assert load_run(run).config.model.activation == "gone:wave"


def test_a_pre_trained_run_is_read_without_the_module(
    process: Run, cli: Run, tmp_path: Path
) -> None:
    """Whether cross-entropy fits the activation was asked once more."""
    trained(
        process,
        tmp_path,
        "model.activation=gone:bounded",
        "pretraining={updates: 2, reconstruction: cross_entropy}",
    )
    assert cli("export", "seed0", "--to", "csv").returncode == 0


def test_limits_of_an_activation_are_asked_of_its_module(
    process: Run, cli: Run, tmp_path: Path
) -> None:
    """Only it tells which share at a limit is too large."""
    run = trained(process, tmp_path, "model.activation=gone:bounded")
    assert cli("export", "seed0", "--to", "csv").returncode == 0
    done = cli("show", "seed0")
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert str(run.relative_to(tmp_path)) in line
    assert "'gone:bounded' does not import: ModuleNotFoundError" in line


def test_a_run_is_not_trained_without_the_module(process: Run, run: Path) -> None:
    done = process("run", str(run / "config.yaml"), "--results", "new")
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert "config.yaml:" in line
    assert "activation 'gone:wave' does not import" in line
