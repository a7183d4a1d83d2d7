"""Runs that another process trains: the others are none the worse for it."""

from pathlib import Path

import pytest
from conftest import SMALL, Run

import glorot_repro
from glorot_repro.config.experiment import load_experiment, parse_experiment
from glorot_repro.errors import RunBusyError
from glorot_repro.runs import lock
from glorot_repro.runs.lock import held
from glorot_repro.runs.paths import run_directory, search_report
from glorot_repro.runs.search import read_report


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """This process waits for no lock; whoever holds one here goes on holding it."""
    monkeypatch.setattr(lock, "LOCK_SECONDS", 0.05)


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_run_that_another_process_trains_leaves_the_others_to_finish(
    jobs: str, cli: Run, small_config: Path, tmp_path: Path
) -> None:
    """It stopped those under way and those that waited."""
    arguments = ["seeds=[1,0,2]"]
    _, busy, _ = load_experiment(small_config, arguments).runs
    with held(run_directory(tmp_path / "results", busy)):
        done = cli("run", str(small_config), *arguments, "--jobs", jobs)
    assert done.returncode == 5
    assert "2 runs: 2 finished" in done.stdout
    lines = done.stderr.splitlines()
    if jobs == "1":  # of two, the others may have finished when it is known
        assert f"{busy.address}: another process trains it; the others go on" in lines
    assert lines[-1].startswith("glorot-repro: ")
    assert f"{busy.address} is being trained by another process; wait for it" in lines[-1]
    assert cli("run", str(small_config), *arguments, "--jobs", jobs).returncode == 0


def test_all_runs_that_other_processes_train_are_told_in_one_line(
    cli: Run, small_config: Path, tmp_path: Path
) -> None:
    runs = load_experiment(small_config, ["seeds=[0,1]"]).runs
    first, second = (run_directory(tmp_path / "results", one) for one in runs)
    with held(first), held(second):
        done = cli("run", str(small_config), "seeds=[0,1]", "--jobs", "1", "--quiet")
    assert done.returncode == 5
    assert done.stderr == (
        "glorot-repro: 2 runs are being trained by other processes; wait for them, or stop them: "
        f"{runs[0].address}, {runs[1].address}\n"
    )


def test_a_candidate_that_another_process_trains_leaves_its_grid_point_undecided(
    cli: Run, tmp_path: Path
) -> None:
    """It stopped the search of all grid points."""
    path = tmp_path / "x.yaml"
    path.write_text(
        SMALL.replace("small", "x") + "grid: {model.activation: [tanh, softsign]}\n"
        "search: {training.learning_rate: [0.01, 0.1]}\n"
    )
    busy = load_experiment(path, []).runs[0]
    with held(run_directory(tmp_path / "results", busy)):
        done = cli("run", str(path), "--jobs", "1")
    assert done.returncode == 5
    assert f"{busy.address} is being trained by another process" in done.stderr.splitlines()[-1]
    report = search_report(tmp_path / "results", "paper", "x")
    points = (read_report(report) or {})["points"]
    assert [point["point"] for point in points] == [{"model.activation": "softsign"}]
    assert cli("run", str(path), "--jobs", "1").returncode == 0
    assert len((read_report(report) or {})["points"]) == 2


def test_a_notebook_hears_of_it_after_the_others(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    few, told = {"training.updates": 0, "seeds": [1, 0, 2]}, list[str]()
    _, busy, _ = parse_experiment(SMALL, ["training.updates=0", "seeds=[1,0,2]"]).runs
    with (
        held(run_directory(Path("results"), busy)),
        pytest.raises(RunBusyError, match=f"{busy.address} is being trained by another"),
    ):
        glorot_repro.run(SMALL, few, jobs=1, tell=told.append)
    assert sum("finished after 0 updates" in line for line in told) == 2
