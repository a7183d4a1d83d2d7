"""A disk that fills up in the middle of any write damages nothing, nor does a read-only folder."""

import errno
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import SMALL, Run
from same_results import files

from glorot_repro.config.experiment import load_experiment, parse_experiment
from glorot_repro.errors import StorageError
from glorot_repro.runs.execution import execute
from glorot_repro.runs.paths import RunDirectory
from glorot_repro.runs.reporter import Reporter


def full_from(write: int) -> Callable[[int], None]:
    """Stands for os.fsync on a disk that has room for the first `write` - 1 calls."""
    n_calls = 0
    flush = os.fsync

    def fsync(descriptor: int) -> None:
        nonlocal n_calls
        n_calls += 1
        if n_calls >= write:
            raise OSError(errno.ENOSPC, "No space left on device")
        flush(descriptor)

    return fsync


def test_a_full_disk_at_any_write_is_one_line_and_the_run_goes_on_later(tmp_path: Path) -> None:
    # What takes long between the writes is left out; there are as many of them.
    cheap = ["model.hidden=[8]", "dataset.validation_size=20", "dataset.test_size=20",
             "record.examples=10"]  # fmt: skip
    (run,) = parse_experiment(SMALL, cheap).runs
    whole = RunDirectory(tmp_path / "whole")
    expected = execute(run, whole, Reporter())

    lines = []
    for write in range(1, 200, 3):
        directory = RunDirectory(tmp_path / f"cut{write}")
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(os, "fsync", full_from(write))
            try:
                execute(run, directory, Reporter())
            except StorageError as error:
                lines.append(str(error))
            else:
                break  # there was room for every write of the run
        info = execute(run, directory, Reporter())
        assert info["status"] == "finished"
        assert info["parameters_sha256"] == expected["parameters_sha256"]
        for name in ("curves.csv", "histograms.npz", "test_correct.npz", "config.yaml"):
            assert (directory.path / name).read_bytes() == (whole.path / name).read_bytes()
    # Five checkpoints of five files each, the start and the end, two flushes a file: a third of it.
    assert len(lines) > 13
    for line in lines:
        assert re.search(r"No space left .*[\d,]+ bytes needed, [\d,]+ bytes free", line)
        assert "\n" not in line


PLUGIN = """\
import errno, os
import numpy as np

def full(*_):
    raise OSError(errno.ENOSPC, "No space left on device")

def filling(s):
    if os.path.exists("full"):
        os.fsync = full
    return np.tanh(s)
"""


def test_the_command_on_a_full_disk_is_one_line_with_exit_code_5(
    process: Run, small_config: Path, tmp_path: Path
) -> None:
    (tmp_path / "mine.py").write_text(PLUGIN)
    arguments = ["run", str(small_config), "seeds=[0,1]", "model.activation=mine:filling"]
    assert process(*arguments, "--jobs", "1", "--results", "whole").returncode == 0
    for n_jobs in ("1", "2"):
        cut = [*arguments, "--jobs", n_jobs, "--results", f"cut{n_jobs}"]
        (tmp_path / "full").touch()
        stopped = process(*cut, "--quiet")
        assert stopped.returncode == 5
        (line,) = stopped.stderr.splitlines()
        line = line.replace(f"{tmp_path}/", "")
        assert re.search(r"cannot write cut\d/.*[\d,]+ bytes needed, [\d,]+ bytes free", line)
        (tmp_path / "full").unlink()
        assert process(*cut).returncode == 0
        assert files(tmp_path / f"cut{n_jobs}") == files(tmp_path / "whole")


# The superuser may write everywhere, unless his processes give that power up.
OBEDIENT = """\
import ctypes, os, sys
ctypes.CDLL(None).prctl(24, 1, 0, 0, 0)  # PR_CAPBSET_DROP, CAP_DAC_OVERRIDE
os.execv(sys.executable, [sys.executable, "-m", "glorot_repro", *sys.argv[1:]])
"""


@pytest.mark.skipif(sys.platform != "linux", reason="powers are given up as Linux has them")
@pytest.mark.parametrize("n_jobs", [1, 2])
def test_a_read_only_folder_is_one_line_with_exit_code_5(
    n_jobs: int, small_config: Path, tmp_path: Path
) -> None:
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o555)
    done = subprocess.run(
        [sys.executable, "-c", OBEDIENT, "run", str(small_config), "seeds=[0,1]",
         "--results", str(locked), "--jobs", str(n_jobs)],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 5
    (line,) = done.stderr.splitlines()
    assert f"cannot write {locked}/" in line
    assert "make its folder writable or choose another folder" in line
    assert not list(locked.iterdir())


def test_a_folder_that_turns_read_only_leaves_a_run_that_goes_on(
    cli: Run, small_config: Path, tmp_path: Path
) -> None:
    assert cli("run", str(small_config), "--results", "whole").returncode == 0
    cut = ["run", str(small_config), "--results", "cut"]
    (config,) = load_experiment(small_config).runs
    directory = RunDirectory(tmp_path / "cut" / "paper" / "small" / config.address)
    assert execute(config, directory, Reporter(), pause_at=20)["status"] == "paused"
    directory.path.chmod(0o555)
    try:
        done = subprocess.run(
            [sys.executable, "-c", OBEDIENT, *cut, "--quiet"],
            cwd=tmp_path, capture_output=True, text=True, check=False,
        )  # fmt: skip
    finally:
        directory.path.chmod(0o755)
    assert done.returncode == 5
    assert len(done.stderr.splitlines()) == 1
    assert json.loads(directory.info.read_bytes())["updates_done"] == 20
    assert cli(*cut).returncode == 0
    assert files(tmp_path / "cut") == files(tmp_path / "whole")
