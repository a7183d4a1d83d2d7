"""Worker processes: equal bits, interruptions, orphans."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Run
from same_results import files

from glorot_repro.runs.reading import load_run

N_UPDATES = 2000
LONG = ("seeds=[0,1]", f"training.updates={N_UPDATES}", "record.every=1000",
        "evaluation.every=1000", "training.checkpoint_every=300")  # fmt: skip
PLUGIN = """\
import os, sys
import numpy as np
from threadpoolctl import threadpool_info

VARIABLES = {os.environ.get(name) for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS")}
# As numpy was loaded: this is imported before a run limits the threads once more.
N_THREADS = {info["num_threads"] for info in threadpool_info() if info["user_api"] == "blas"}

def watched(s):
    if sys.argv[0] == "-c":
        with open(f"worker-{os.getpid()}", "w") as file:
            file.write(" ".join(map(str, [*sorted(VARIABLES), *N_THREADS])))
    return np.tanh(s)
"""


def wait_until(is_so: Callable[[], object], process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while not is_so():
        assert process.poll() is None, "the command ended too early"
        assert time.monotonic() < deadline
        time.sleep(0.01)


def started(
    arguments: list[str], folder: Path, n_checkpoints: int = 1
) -> "subprocess.Popen[bytes]":
    """The command as a process, of which so many runs have a checkpoint."""
    process = subprocess.Popen(
        [sys.executable, "-m", "glorot_repro", *arguments],
        cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        start_new_session=True,
    )  # fmt: skip
    wait_until(
        lambda: len(list((folder / "cut").rglob("checkpoint.npz"))) >= n_checkpoints, process
    )
    return process


def children(process: "subprocess.Popen[bytes] | subprocess.Popen[str]") -> list[int]:
    text = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text()
    return [int(word) for word in text.split()]


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_side_by_side_gives_the_bytes_of_one_after_the_other(
    process: Run, small_config: Path, tmp_path: Path
) -> None:
    (tmp_path / "mine.py").write_text(PLUGIN)
    arguments = ["run", str(small_config), "seeds=[0,1,2,3]", "model.activation=mine:watched"]
    alone = process(*arguments, "--jobs", "1", "--results", "one")
    assert not list(tmp_path.glob("worker-*"))
    together = process(*arguments, "--jobs", "2", "--results", "two")
    assert (alone.returncode, together.returncode) == (0, 0), together.stderr
    assert files(tmp_path / "one") == files(tmp_path / "two")
    assert len(files(tmp_path / "one")) == 4 * 5
    assert [path.read_text() for path in tmp_path.glob("worker-*")] == ["1 1", "1 1"]
    for path in (tmp_path / "two").rglob("run.json"):
        assert {blas["threads"] for blas in json.loads(path.read_text())["blas"]} == {1}


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="cores are chosen as on Linux")
@pytest.mark.parametrize("n_cores", [1, 2])
def test_without_jobs_there_is_a_worker_for_each_core_at_hand(
    n_cores: int, small_config: Path, tmp_path: Path
) -> None:
    cores = sorted(os.sched_getaffinity(0))[:n_cores]
    if len(cores) < n_cores:
        pytest.skip(f"needs {n_cores} cores")
    (tmp_path / "mine.py").write_text(PLUGIN)
    code = (
        f"import os, runpy, sys; os.sched_setaffinity(0, {cores}); "
        "runpy.run_module('glorot_repro', run_name='__main__', alter_sys=True)"
    )
    subprocess.run(
        [sys.executable, "-c", code, "run", str(small_config), "seeds=[0,1,2]", "--quiet",
         "training.updates=5", "model.activation=mine:watched"],
        cwd=tmp_path, check=True,
    )  # fmt: skip
    # A single run at a time needs no process of its own.
    assert len(list(tmp_path.glob("worker-*"))) == (n_cores if n_cores > 1 else 0)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Run, Path], dict[str, bytes]]:
    """The results of the two long runs, computed once."""
    folder = tmp_path_factory.mktemp("whole")

    def results(cli: Run, config: Path) -> dict[str, bytes]:
        if not files(folder):
            done = cli("run", str(config), *LONG, "--jobs", "1", "--results", str(folder))
            assert done.returncode == 0, done.stderr
        return files(folder)

    return results


Whole = Callable[[Run, Path], dict[str, bytes]]


def test_ctrl_c_stops_all_workers_with_checkpoints(
    cli: Run, small_config: Path, tmp_path: Path, whole: Whole
) -> None:
    arguments = ["run", str(small_config), *LONG, "--results", "cut"]
    process = started([*arguments, "--jobs", "2"], tmp_path)
    workers = children(process)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to the workers as well
    assert process.wait(60) == 130
    assert not any(is_alive(pid) for pid in workers)
    infos = [load_run(path.parent).info for path in (tmp_path / "cut").rglob("run.json")]
    stopped = [info["updates_done"] for info in infos if info["status"] == "interrupted"]
    assert any(0 < n_updates < N_UPDATES for n_updates in stopped)
    assert {info["status"] for info in infos} <= {"interrupted", "finished"}
    assert cli(*arguments, "--jobs", "1").returncode == 0
    assert files(tmp_path / "cut") == whole(cli, small_config)


def test_ctrl_c_while_workers_start_is_one_line(small_config: Path, tmp_path: Path) -> None:
    """Workers that were still importing printed tracebacks, and the command ended with 0."""
    arguments = [sys.executable, "-m", "glorot_repro", "run", str(small_config), *LONG]
    process = subprocess.Popen(
        [*arguments, "--jobs", "2"],
        cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
        text=True,
    )  # fmt: skip
    deadline = time.monotonic() + 60
    while not children(process):
        assert time.monotonic() < deadline
        time.sleep(0.001)
    os.killpg(process.pid, signal.SIGINT)
    _, told = process.communicate(timeout=60)
    assert process.returncode == 130
    assert told.splitlines()[-1] == "interrupted; the same command goes on from here"
    assert "Traceback" not in told
    assert "Fatal" not in told


@pytest.mark.parametrize("jobs", ["1", "2"])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_between_runs_ends_the_command_as_interrupted(
    number: signal.Signals, jobs: str, small_config: Path, tmp_path: Path
) -> None:
    """Runs without updates are never interrupted themselves: the rest was left out with 0."""
    process = subprocess.Popen(
        [sys.executable, "-m", "glorot_repro", "run", str(small_config), "--jobs", jobs,
         "training.updates=0", "model.hidden=[400, 400]", f"seeds={list(range(60))}"],
        cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    deadline = time.monotonic() + 60
    while not list(tmp_path.rglob("run.json")):
        assert time.monotonic() < deadline
        time.sleep(0.001)
    process.send_signal(number)
    _, told = process.communicate(timeout=60)
    assert process.returncode == 130
    assert told.splitlines()[-1] == "interrupted; the same command goes on from here"
    assert len(list(tmp_path.rglob("run.json"))) < 60


def test_the_command_leaves_signals_as_they_were(cli: Run, small_config: Path) -> None:
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    assert cli("run", str(small_config), "training.updates=0").returncode == 0
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == before


def test_workers_do_not_outlive_their_parent(
    cli: Run, small_config: Path, tmp_path: Path, whole: Whole
) -> None:
    arguments = ["run", str(small_config), *LONG, "--results", "cut"]
    process = started([*arguments, "--jobs", "2"], tmp_path)
    workers = children(process)
    assert len(workers) == 2
    process.kill()
    process.wait()
    deadline = time.monotonic() + 20
    while any(is_alive(pid) for pid in workers):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    infos = [load_run(path.parent).info for path in (tmp_path / "cut").rglob("run.json")]
    assert "interrupted" in {info["status"] for info in infos}
    assert "running" not in {info["status"] for info in infos}
    assert cli(*arguments, "--jobs", "1").returncode == 0
    assert files(tmp_path / "cut") == whole(cli, small_config)


def test_a_second_process_on_the_same_run_refuses_with_one_line(
    cli: Run, small_config: Path, tmp_path: Path
) -> None:
    arguments = ["run", str(small_config), *LONG, "training.updates=1000000", "--results", "cut"]
    process = started([*arguments, "--jobs", "2"], tmp_path, n_checkpoints=2)
    second = cli(*arguments, "seeds=[0]")
    assert second.returncode == 5
    assert "is being trained by another process" in second.stderr
    assert len(second.stderr.splitlines()) == 1
    process.send_signal(signal.SIGTERM)
    assert process.wait(60) == 130
    infos = [load_run(path.parent).info for path in (tmp_path / "cut").rglob("run.json")]
    assert [info["status"] for info in infos] == ["interrupted"] * 2


def test_twenty_processes_at_once_do_not_disturb_each_other(
    cli: Run, small_config: Path, tmp_path: Path
) -> None:
    arguments = [str(small_config), "training.updates=5", "--quiet"]
    script = Path(__file__).with_name("crowding.py")
    subprocess.run(
        [sys.executable, str(script), "20", *arguments, "--results", "together"],
        cwd=tmp_path, env={**os.environ, "OPENBLAS_NUM_THREADS": "1"}, check=True, timeout=120,
    )  # fmt: skip
    seeds = f"seeds={[*range(20)]}"
    alone = cli("run", *arguments, seeds, "--results", "alone", "--jobs", "1")
    assert alone.returncode == 0
    assert files(tmp_path / "together") == files(tmp_path / "alone")
    assert len(list((tmp_path / "together").rglob("run.json"))) == 20
    assert not list((tmp_path / "together").rglob("*.tmp"))
