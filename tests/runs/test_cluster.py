"""Runs on a Dask cluster: a real scheduler and two real workers on this machine."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from conftest import Run
from same_results import files

from glorot_repro.config.experiment import load_experiment
from glorot_repro.runs.cluster import Cluster
from glorot_repro.runs.job import Job
from glorot_repro.runs.paths import run_directory
from glorot_repro.runs.reading import load_run

ARGUMENTS = ("seeds=[0,1,2]", "training.updates=2000", "record.every=1000",
             "evaluation.every=1000", "training.checkpoint_every=150")  # fmt: skip
ENDLESS = "training.updates=100000000"


def wait_for(look: Callable[..., "re.Match[str] | bool | None"]) -> "re.Match[str]":
    deadline = time.monotonic() + 120
    while not (found := look()):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return found  # type: ignore[return-value]


class Dask:
    """A scheduler and two workers of one thread each."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        log = folder / "scheduler.log"
        self._scheduler = self._process(
            "dask_scheduler", log, "--host", "127.0.0.1", "--port", "0", "--no-dashboard"
        )
        found = wait_for(lambda: re.search(r"Scheduler at:\s+(tcp://\S+)", log.read_text()))
        self.address = found.group(1)
        self.workers = [
            self._process(
                "dask_worker", folder / f"{number}.log", self.address, "--nworkers", "1",
                "--nthreads", "1", "--no-nanny", "--no-dashboard",
                "--local-directory", str(folder),
            )
            for number in range(2)
        ]  # fmt: skip
        for number in range(2):
            worker_log = folder / f"{number}.log"
            wait_for(lambda log=worker_log: "Registered to" in log.read_text())

    def close(self) -> None:
        for process in (*self.workers, self._scheduler):
            process.kill()
            process.wait()

    def _process(self, module: str, log: Path, *arguments: str) -> "subprocess.Popen[bytes]":
        with log.open("wb") as file:
            return subprocess.Popen(
                [sys.executable, "-m", f"distributed.cli.{module}", *arguments],
                cwd=self._folder, stdout=file, stderr=file, env=dict(os.environ),
            )  # fmt: skip


@pytest.fixture
def dask(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dask]:
    cluster = Dask(tmp_path_factory.mktemp("dask"))
    yield cluster
    cluster.close()


def test_a_cluster_loses_a_worker_and_gives_the_local_bytes(
    dask: Dask, cli: Run, small_config: Path, tmp_path: Path
) -> None:
    """With --force what the other worker took over started over: Dask repeats the whole task."""
    command = subprocess.Popen(
        [sys.executable, "-m", "glorot_repro", "run", str(small_config), *ARGUMENTS,
         "--scheduler", dask.address, "--results", "cluster", "--force"],
        cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    results = tmp_path / "cluster"
    deadline = time.monotonic() + 120
    while len(list(results.rglob("checkpoint.npz"))) < 2:  # each worker is in the middle of a run
        assert command.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.01)
    dask.workers[0].kill()
    out, err = command.communicate(timeout=120)
    assert command.returncode == 0, err
    assert "its worker was lost; another one resumes it" in err
    assert re.search(r"2,000 updates, from update [1-9]", err)
    assert "3 runs: 3 finished" in out
    local = cli("run", str(small_config), *ARGUMENTS, "--results", "local", "--jobs", "1")
    assert local.returncode == 0
    assert files(results) == files(tmp_path / "local")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_the_runs_of_a_cluster_with_checkpoints(
    number: signal.Signals, dask: Dask, small_config: Path, tmp_path: Path
) -> None:
    """Dask refused the request to stop, and nobody heard of it: the command went on for ever."""
    command = subprocess.Popen(
        [sys.executable, "-m", "glorot_repro", "run", str(small_config), *ARGUMENTS,
         "seeds=[0,1,2,3,4,5]", ENDLESS, "--scheduler", dask.address, "--results", "cluster"],
        cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        wait_for(lambda: len(list(tmp_path.rglob("checkpoint.npz"))) == 2)
        command.send_signal(number)
        _, told = command.communicate(timeout=120)
    finally:
        command.kill()
    assert command.returncode == 130
    assert told.splitlines()[-1] == "interrupted; the same command goes on from here"
    infos = [load_run(path.parent).info for path in tmp_path.rglob("run.json")]
    assert [info["status"] for info in infos] == ["interrupted"] * 2  # the others never began
    assert all(info["updates_done"] > 0 for info in infos)


def test_runs_of_a_cluster_do_not_outlive_their_command(
    dask: Dask, small_config: Path, tmp_path: Path
) -> None:
    """A command that was killed left its runs to train to their end, for nobody."""
    command = subprocess.Popen(
        [sys.executable, "-m", "glorot_repro", "run", str(small_config), *ARGUMENTS,
         "seeds=[0,1,2,3,4,5]", ENDLESS, "--scheduler", dask.address, "--quiet"],
        cwd=tmp_path,
    )  # fmt: skip
    try:
        wait_for(lambda: len(list(tmp_path.rglob("checkpoint.npz"))) == 2)
    finally:
        command.kill()
        command.wait()
    begun = list(tmp_path.rglob("run.json"))
    wait_for(lambda: {load_run(path.parent).info["status"] for path in begun} == {"interrupted"})


def test_leaving_a_cluster_stops_the_runs_there(
    dask: Dask, small_config: Path, tmp_path: Path
) -> None:
    """Dask cancels what waits; what it had begun went on to its end."""
    job = endless_job(small_config, tmp_path)
    cluster = Cluster(dask.address)
    cluster.start(job)
    wait_for(job.directory.checkpoint.exists)
    cluster.close()
    wait_for(lambda: load_run(job.directory.path).info["status"] == "interrupted")


def test_a_run_for_which_there_is_no_worker_stops(
    dask: Dask, small_config: Path, tmp_path: Path
) -> None:
    """It would have waited for a worker to come, and been trained then."""
    for process in dask.workers:
        process.terminate()
        process.wait()
    cluster = Cluster(dask.address)
    cluster.start(endless_job(small_config, tmp_path))
    cluster.stop()
    told: list[str] = []
    deadline = time.monotonic() + 120
    while not told:
        assert time.monotonic() < deadline
        cluster.wait(0.1, lambda job, message: told.append(message["kind"]))
    assert told == ["dropped"]
    cluster.close()


def endless_job(small_config: Path, folder: Path) -> Job:
    (config,) = load_experiment(small_config, [*ARGUMENTS, ENDLESS, "seeds=[0]"]).runs
    return Job(config, run_directory(folder / "results", config))


def test_without_a_scheduler_it_is_one_line(small_config: Path) -> None:
    code = (
        "import sys\nfrom glorot_repro.runs import cluster\nfrom glorot_repro.cli import main\n"
        "cluster.CONNECT_SECONDS = 0.3\n"
        f"sys.argv = ['', 'run', {str(small_config)!r}, '--scheduler', 'tcp://127.0.0.1:1']\n"
        "main()\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert "no Dask scheduler answers at tcp://127.0.0.1:1" in done.stderr


def test_a_wrong_address_is_one_line(cli: Run, small_config: Path) -> None:
    done = cli("run", str(small_config), "--scheduler", "localhost")
    assert done.returncode == 2
    assert done.stderr == (
        "glorot-repro: --scheduler: expected an address such as tcp://host:8786, "
        "found 'localhost'\n"
    )
    both = cli("run", str(small_config), "--scheduler", "tcp://127.0.0.1:1", "--jobs", "2")
    assert both.returncode == 2
    assert "give one of them" in both.stderr


def test_without_dask_it_is_one_line(process: Run, small_config: Path, tmp_path: Path) -> None:
    (tmp_path / "distributed.py").write_text("raise ImportError('not installed')\n")
    done = process("run", str(small_config), "--scheduler", "tcp://127.0.0.1:1")
    assert done.returncode == 2
    assert done.stderr == (
        "glorot-repro: --scheduler needs Dask: pip install 'glorot_repro[cluster]'\n"
    )
