"""What a command does whose output nobody takes, or finds no room."""

import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from glorot_repro.cli.output import LastingStream


@pytest.fixture
def closed() -> Iterator[int]:
    """A pipe whose reader went away, as `| head` does."""
    reader, writer = os.pipe()
    os.close(reader)
    yield writer
    os.close(writer)


def command(
    *arguments: str, folder: Path, stdout: int, stderr: int = subprocess.PIPE
) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "glorot_repro", *arguments],
        cwd=folder, stdout=stdout, stderr=stderr, text=True, timeout=300, check=False,
    )  # fmt: skip


def statuses(results: Path) -> list[str]:
    return [json.loads(path.read_text())["status"] for path in results.rglob("run.json")]


@pytest.mark.parametrize("arguments", [["configs"], ["config", "table1"]])
def test_a_listing_whose_reader_went_away_ends_well(
    arguments: list[str], closed: int, tmp_path: Path
) -> None:
    """It ended with exit code 1."""
    done = command(*arguments, folder=tmp_path, stdout=closed)
    assert (done.returncode, done.stderr) == (0, "")


def test_characters_that_the_encoding_has_not_are_escaped() -> None:
    """The dagger of Table 1 ended with a traceback in an ISO 8859-1 locale."""
    written = io.BytesIO()
    stream = LastingStream(io.TextIOWrapper(written, encoding="latin-1"))
    stream.write("é, †: McNemar\n")
    stream.check()
    assert written.getvalue() == b"\xe9, \\u2020: McNemar\n"


def test_a_mistake_keeps_its_exit_code_where_nobody_hears_of_it(
    closed: int, tmp_path: Path
) -> None:
    done = command("config", "no_such", folder=tmp_path, stdout=closed, stderr=closed)
    assert done.returncode == 2


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_run_whose_reader_went_away_is_trained(
    jobs: str, closed: int, small_config: Path, tmp_path: Path
) -> None:
    """The first line that nobody took killed the runs under way, or made them failed ones."""
    arguments = ["run", str(small_config), "seeds=[0,1,2]", "--jobs", jobs]
    done = command(*arguments, folder=tmp_path, stdout=closed, stderr=closed)
    assert done.returncode == 0
    assert statuses(tmp_path) == ["finished"] * 3


@pytest.mark.parametrize("closed_too", ["1", "2"])
def test_a_run_without_any_output_is_trained(
    closed_too: str, small_config: Path, tmp_path: Path
) -> None:
    """`>&-` was a traceback after the first run, `2>&-` before it."""
    arguments = ["-m", "glorot_repro", "run", str(small_config), "seeds=[0,1]", "--jobs", "1"]
    done = subprocess.run(
        ["sh", "-c", f'exec "$@" {closed_too}>&-', "sh", sys.executable, *arguments],
        cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert statuses(tmp_path) == ["finished"] * 2


@pytest.fixture
def full() -> Iterator[int]:
    """A file on a disk without room."""
    if not Path("/dev/full").exists():
        pytest.skip("needs /dev/full, as Linux has it")
    with open("/dev/full", "w") as file:
        yield file.fileno()


LOST = (
    "glorot-repro: cannot write stdout: No space left on device; "
    "run the same command again with another place for it"
)


def test_a_full_disk_behind_stdout_is_one_line(full: int, tmp_path: Path) -> None:
    """It was a traceback."""
    done = command("configs", folder=tmp_path, stdout=full)
    assert (done.returncode, done.stderr) == (5, f"{LOST}\n")


def test_a_run_whose_output_finds_no_room_is_trained(
    full: int, small_config: Path, tmp_path: Path
) -> None:
    """It was left where it was when the first line did not fit."""
    done = command("run", str(small_config), folder=tmp_path, stdout=full)
    assert done.returncode == 5
    assert done.stderr.splitlines()[-1] == LOST
    assert statuses(tmp_path) == ["finished"]


def test_what_went_wrong_keeps_its_exit_code_without_room_for_output(
    full: int, small_config: Path, tmp_path: Path
) -> None:
    arguments = ["run", str(small_config), "training.learning_rate=1e30"]
    done = command(*arguments, "model.activation=linear", folder=tmp_path, stdout=full)
    assert done.returncode == 3
    assert done.stderr.splitlines()[-1] == LOST
