"""A disk that fills up in the middle of any write damages nothing."""

import errno
import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import SMALL

from glorot_repro.config.experiment import load_experiment
from glorot_repro.errors import StorageError
from glorot_repro.runs.execution import Reporter, execute
from glorot_repro.runs.paths import RunDirectory


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
    config = tmp_path / "small.yaml"
    config.write_text(SMALL)
    (run,) = load_experiment(config).runs
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
