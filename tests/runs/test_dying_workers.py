"""Workers that die, or are told to stop, and functions that fail: what becomes of the runs."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import Run
from same_results import files

from glorot_repro.runs.worker import COMMAND

PLUGIN = """\
import os, sys
import numpy as np

CALLS = 0

def once_deadly(s):
    global CALLS
    CALLS += s.shape == (10, 24)
    if CALLS == 60 and not os.path.exists("died"):
        open("died", "w").close()
        os.kill(os.getpid(), 9)
    return np.tanh(s)

def once_told_to_stop(s):
    global CALLS
    CALLS += s.shape == (10, 24)
    if CALLS == 60 and not os.path.exists("told"):
        open("told", "w").close()
        os.kill(os.getpid(), 15)
    return np.tanh(s)

def once_hit_by_a_nameless_signal(s):
    if s.shape == (10, 24) and not os.path.exists("hit"):
        open("hit", "w").close()
        os.kill(os.getpid(), 40)
    return np.tanh(s)

def deadly(s):
    if sys.argv[0] == "-c" and os.path.exists("deadly"):
        with open("deaths", "a") as file:
            file.write("x")
        os.kill(os.getpid(), 9)
    return np.tanh(s)

def broken(s):
    if os.path.exists("deadly") and s.shape == (10, 24):
        raise RuntimeError("no such sine")
    return np.tanh(s)
"""


def test_a_dead_worker_resumes_its_run_only(
    process: Run, cli: Run, small_config: Path, tmp_path: Path
) -> None:
    (tmp_path / "mine.py").write_text(PLUGIN)
    arguments = ["run", str(small_config), "grid.model.activation=[mine:once_deadly, tanh]"]
    done = cli(*arguments, "--jobs", "2", "--results", "cut")
    assert done.returncode == 0, done.stderr
    assert "killed by SIGKILL; resuming it (1 of 3 times)" in done.stderr
    assert done.stderr.count("from update 14") == 1  # the last checkpoint before the 20th update
    assert done.stderr.count("40 updates") == 3
    assert "2 runs: 2 finished" in done.stdout
    process(*arguments, "--jobs", "1", "--results", "whole")
    assert files(tmp_path / "cut") == files(tmp_path / "whole")


@pytest.mark.skipif(sys.platform != "linux", reason="signal 40 has no name on Linux")
def test_a_worker_that_is_killed_by_a_signal_without_a_name_is_missed(
    process: Run, small_config: Path, tmp_path: Path
) -> None:
    """Nobody heard of its death: the command waited for ever."""
    (tmp_path / "mine.py").write_text(PLUGIN)
    own = "model.activation=mine:once_hit_by_a_nameless_signal"
    done = process("run", str(small_config), own, "seeds=[0,1]", "--jobs", "2")
    assert done.returncode == 0, done.stderr
    assert "its worker was killed by signal 40; resuming it (1 of 3 times)" in done.stderr
    assert "2 runs: 2 finished" in done.stdout


def test_a_worker_whose_parent_died_while_it_wrote_ends() -> None:
    """A task that was cut is no JSON; its worker waited for ever."""
    done = subprocess.run(
        [sys.executable, "-c", COMMAND],
        input='{"config": "name: x',
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_worker_that_is_told_to_stop_takes_no_other_run(
    process: Run, small_config: Path, tmp_path: Path
) -> None:
    """It dropped the run it was at and every other one that waited, and all ended with 0."""
    (tmp_path / "mine.py").write_text(PLUGIN)
    done = process(
        "run", str(small_config), "--jobs", "2",
        "grid.model.activation=[mine:once_told_to_stop, tanh, relu, sigmoid, softsign]",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "5 runs: 5 finished" in done.stdout
    assert done.stderr.count("its worker was told to stop; resuming it (1 of 3 times)") == 1
    assert "2 of 3" not in done.stderr  # the worker that went was not given the run once more


def test_a_run_whose_worker_always_dies_fails_and_the_others_go_on(
    process: Run, cli: Run, small_config: Path, tmp_path: Path
) -> None:
    (tmp_path / "mine.py").write_text(PLUGIN)
    (tmp_path / "deadly").touch()
    arguments = ["run", str(small_config), "grid.model.activation=[mine:deadly, mine:broken, tanh]"]
    done = cli(*arguments, "--jobs", "2")
    assert done.returncode == 1
    assert (tmp_path / "deaths").read_text() == "x" * 4  # the first time and three resumptions
    assert "killed by SIGKILL; it had been resumed 3 times" in done.stdout
    assert "RuntimeError: no such sine" in done.stdout
    assert "2 of 3 runs failed" in done.stderr.splitlines()[-1]
    shown = json.loads(cli("runs", "--json").stdout)["runs"]
    assert sorted(run["status"] for run in shown) == ["failed", "failed", "finished"]

    (tmp_path / "deadly").unlink()
    again = process(*arguments, "--jobs", "1")
    assert again.returncode == 0, again.stderr


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_function_that_fails_during_training_fails_its_run_alone(
    jobs: str, process: Run, small_config: Path, tmp_path: Path
) -> None:
    (tmp_path / "watching.py").write_text(PLUGIN)
    arguments = ("run", str(small_config), "--jobs", jobs, "seeds=[0,1]")
    (tmp_path / "deadly").touch()
    done = process(*arguments, "model.activation=watching:broken")
    assert done.returncode == 1
    assert "2 of 2 runs failed" in done.stderr
    assert "Traceback" not in done.stderr
    infos = [json.loads(path.read_text()) for path in tmp_path.rglob("run.json")]
    assert [info["failure"] for info in infos] == 2 * ["RuntimeError: no such sine"]


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_quiet_tells_why_a_run_failed(
    jobs: str, process: Run, small_config: Path, tmp_path: Path
) -> None:
    """It said that one of two runs had failed, and to try again."""
    (tmp_path / "mine.py").write_text(PLUGIN)
    (tmp_path / "deadly").touch()
    axis = "grid.model.activation=[mine:broken, tanh]"
    done = process("run", str(small_config), axis, "--jobs", jobs, "--quiet")
    assert (done.returncode, done.stdout) == (1, "")
    first, last = done.stderr.splitlines()
    assert re.fullmatch(r"small/mine_broken-seed0-\w{8}: failed: RuntimeError: no such sine", first)
    assert last.startswith("glorot-repro: 1 of 2 runs failed; ")
