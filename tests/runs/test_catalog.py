"""Finding runs by a part of their name, and what state they are in."""

import json
import platform
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from glorot_repro.errors import ConfigError, StorageError
from glorot_repro.runs.catalog import find_run, list_runs, remove_runs
from glorot_repro.runs.paths import RunDirectory
from glorot_repro.runs.reading import read_info


def made(results: Path, name: str, **info: Any) -> Path:
    path = results / name
    path.mkdir(parents=True)
    (path / "run.json").write_text(json.dumps({"status": "finished", **info}))
    return path


@pytest.fixture
def results(tmp_path: Path) -> Path:
    for name in ("paper/one/tanh-seed0-aa", "paper/one/tanh-seed1-ab", "quick/one/tanh-seed0-aa",
                 "quick/two/relu-seed0-ac"):  # fmt: skip
        made(tmp_path, name)
    return tmp_path


def test_runs_are_listed_by_scale_experiment_and_name(results: Path) -> None:
    (results / "quick" / "figures").mkdir()
    assert [entry.full_name for entry in list_runs(results)] == [
        "paper/one/tanh-seed0-aa",
        "paper/one/tanh-seed1-ab",
        "quick/one/tanh-seed0-aa",
        "quick/two/relu-seed0-ac",
    ]
    assert list_runs(results / "nothing") == []


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("r", "quick/two/relu-seed0-ac"),
        ("tanh-seed1", "paper/one/tanh-seed1-ab"),
        ("two/", "quick/two/relu-seed0-ac"),
        ("quick/one", "quick/one/tanh-seed0-aa"),
    ],
)
def test_the_unique_beginning_of_a_name_is_enough(name: str, found: str, results: Path) -> None:
    assert find_run(results, name).full_name == found


def test_a_directory_is_found_whatever_the_folder_of_results(results: Path) -> None:
    entry = find_run(Path("elsewhere"), str(results / "quick" / "two" / "relu-seed0-ac"))
    assert (entry.scale, entry.experiment, entry.name) == ("quick", "two", "relu-seed0-ac")


def test_a_whole_name_is_not_ambiguous(results: Path) -> None:
    made(results, "quick/two/relu-seed0-ac-more")
    assert find_run(results, "relu-seed0-ac").name == "relu-seed0-ac"


def test_an_ambiguous_beginning_names_the_candidates(results: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        find_run(results, "tanh-seed0")
    message = str(caught.value)
    assert "paper/one/tanh-seed0-aa" in message
    assert "quick/one/tanh-seed0-aa" in message
    assert "tanh-seed1" not in message
    with pytest.raises(ConfigError, match="begins with 'sine'"):
        find_run(results, "sine")
    with pytest.raises(ConfigError, match="begins with 'aaa"):
        find_run(results, 300 * "a")  # longer than the name of a file may be: a traceback


def test_no_name_is_the_name_of_no_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`rm --yes "$UNSET"` removed the only run, or that of the working directory."""
    monkeypatch.chdir(made(tmp_path, "paper/one/tanh-seed0-aa"))
    with pytest.raises(ConfigError, match="found ''"):
        find_run(tmp_path, "")


def test_a_running_run_whose_process_is_gone_was_killed(tmp_path: Path) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    alive = {"host": platform.node(), "pid": 1}
    made(tmp_path, "a/b/alive", status="running", process=alive)
    made(tmp_path, "a/b/dead", status="running", process={**alive, "pid": gone.pid})
    made(tmp_path, "a/b/far", status="running", process={"host": "elsewhere.", "pid": gone.pid})
    (made(tmp_path, "a/b/cut") / "run.json").write_text('{"status": "fin')
    statuses = {entry.name: entry.status for entry in list_runs(tmp_path)}
    assert statuses == {"alive": "running", "cut": "damaged", "dead": "killed", "far": "running"}


@pytest.mark.parametrize("text", ["", "null", "3", "[1]", '"x"', "[" * 100_000])
def test_a_file_that_holds_no_object_is_a_damaged_run(tmp_path: Path, text: str) -> None:
    """JSON that is no object ended `runs`, `show` and `run` of the whole folder in a traceback."""
    path = made(tmp_path, "a/b/odd")
    (path / "run.json").write_text(text)
    assert [entry.status for entry in list_runs(tmp_path)] == ["damaged"]
    with pytest.raises(StorageError, match=r"run\.json cannot be read: ") as caught:
        read_info(RunDirectory(path))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("info", "key"),
    [
        ({"updates_done": "40"}, "updates_done"),
        ({"updates": None}, "updates"),
        ({"validation_error": "low"}, "validation_error"),
        ({"divergence": {"layer": 1}}, "divergence.update"),
        ({"divergence": 40}, "divergence"),
        ({"blas": [{"threads": 1}]}, "blas.0.library"),
        ({"seconds": {"total": "long"}}, "seconds.total"),
        ({"machine": []}, "machine"),
    ],
)
def test_a_file_of_other_types_is_a_damaged_run(
    tmp_path: Path, info: dict[str, Any], key: str
) -> None:
    """Each was a traceback of those who showed it, with all the other runs."""
    path = made(tmp_path, "a/b/odd", **info)
    assert [entry.status for entry in list_runs(tmp_path)] == ["damaged"]
    with pytest.raises(StorageError, match=rf"run\.json is damaged: {key}: ") as caught:
        read_info(RunDirectory(path))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "process",
    [None, [], {}, {"host": platform.node()}, {"host": platform.node(), "pid": "1"}],
)
def test_a_run_of_an_unknown_process_may_be_alive(tmp_path: Path, process: Any) -> None:
    """A process that is null ended `runs` and `show` in a traceback."""
    made(tmp_path, "a/b/odd", status="running", process=process)
    assert [entry.status for entry in list_runs(tmp_path)] == ["running"]


def test_a_run_that_is_being_trained_is_not_removed(results: Path) -> None:
    entry = find_run(results, "relu")
    with FileLock(entry.path / ".lock"), pytest.raises(StorageError, match="being trained"):
        remove_runs([entry])
    assert (entry.path / "run.json").exists()
    remove_runs([entry])
    assert not entry.path.exists()
    assert len(list_runs(results)) == 3


def test_the_run_of_the_working_directory_is_removed_as_a_whole(
    results: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its files were, and then the command failed at the folder `.`."""
    run = results / "quick/two/relu-seed0-ac"
    monkeypatch.chdir(run)
    entry = find_run(results, ".")
    assert entry.full_name == "quick/two/relu-seed0-ac"
    remove_runs([entry])
    assert not run.exists()
