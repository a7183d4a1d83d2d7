"""`table1` as its users call it, on an experiment of a few seconds."""

import csv
import io
import json
from pathlib import Path

import pytest
from conftest import Run

TINY = """\
name: table1
dataset: {name: shapeset, validation_size: 200, test_size: 200}
model: {hidden: [16, 16, 16, 16, 16]}
training: {updates: 20, checkpoint_every: 5}
evaluation: {every: 10}
record: {every: 20, examples: 20, bins: 10}
grid:
  - model.activation: [tanh, softsign]
  - dataset: [small_imagenet]
scales: {quick: {}, smoke: {}}
"""


@pytest.fixture
def tiny(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An experiment table1 in the folder of `cli`, and no data."""
    (tmp_path / "configs").mkdir()
    (tmp_path / "configs" / "table1.yaml").write_text(TINY)
    monkeypatch.setenv("GLOROT_DATA", str(tmp_path / "nothing"))


@pytest.mark.usefixtures("tiny")
def test_what_can_be_run_is_run_and_tabulated(process: Run, cli: Run, tmp_path: Path) -> None:
    done = cli("table1", "--run", "--format", "csv")
    assert done.returncode == 0, done.stderr
    assert "small_imagenet" in done.stderr
    rows = list(csv.DictReader(io.StringIO(done.stdout)))  # nothing but the table
    status = {(row["model"], row["dataset"]): row["status"] for row in rows}
    assert status["Tanh", "shapeset"] == status["Softsign", "shapeset"] == "finished"
    assert status["Tanh N", "shapeset"] == "not run"
    assert status["Tanh", "small_imagenet"] == "data not available"
    folder = tmp_path / "results" / "quick" / "figures"
    assert (folder / "table1.csv").read_text() == done.stdout
    assert {path.suffix for path in folder.iterdir()} == {".txt", ".csv", ".md", ".tex"}

    shown = json.loads(process("table1", "--json").stdout)
    (pair,) = [p for p in shown["columns"][0]["pairs"] if p["evaluation"] == "last"]
    assert 0 < pair["p"]["paired"] <= 1
    assert len(shown["files"]) == 4

    quiet = cli("table1", "--run", "--quiet")
    assert not quiet.stdout
    (line,) = quiet.stderr.splitlines()  # an error, since its models are left out
    assert "small_imagenet" in line


@pytest.mark.usefixtures("tiny")
def test_damaged_data_leave_the_table_of_the_rest(cli: Run, tmp_path: Path) -> None:
    """It ended without a table, as it does not where the data are missing."""
    damaged = tmp_path / "nothing" / "small_imagenet" / "small_imagenet-11000.npz"
    damaged.parent.mkdir(parents=True)
    damaged.write_bytes(b"not an archive")
    assert cli("run", "table1", "--scale", "quick", "--only", "tanh").returncode == 0
    done = cli("table1", "--run", "--format", "csv")
    assert done.returncode == 4
    assert "is damaged" in done.stderr.splitlines()[-1]
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    assert "finished" in {row["status"] for row in rows}


@pytest.mark.usefixtures("tiny")
def test_nothing_run_yet_says_how_to_begin(cli: Run) -> None:
    done = cli("table1", "--scale", "smoke")
    assert done.returncode == 0
    assert "not run" in done.stdout
    assert "--run" in done.stderr


@pytest.mark.usefixtures("tiny")
def test_an_unknown_format_is_one_line(cli: Run) -> None:
    done = cli("table1", "--format", "latx")
    assert done.returncode == 2
    assert "did you mean 'latex'" in done.stderr
