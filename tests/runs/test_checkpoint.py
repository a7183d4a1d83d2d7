"""Checkpoints survive damage and keep every bit."""

from pathlib import Path

import numpy as np
import pytest
from conftest import SMALL, Run
from same_results import files

from glorot_repro.arrays import to_npz
from glorot_repro.config.experiment import load_run_config, parse_experiment
from glorot_repro.errors import StorageError
from glorot_repro.runs.checkpoint import (
    load_checkpoint,
    remove_checkpoints,
    remove_forgotten_checkpoints,
    save_checkpoint,
)
from glorot_repro.runs.execution import execute
from glorot_repro.runs.info import write_info
from glorot_repro.runs.paths import RunDirectory, run_directory
from glorot_repro.runs.reading import read_info
from glorot_repro.runs.reporter import Reporter

STATE = {"a": np.arange(1000, dtype=np.float32), "b/c": np.array(3), "names": np.array(["x", "yz"])}


@pytest.fixture
def directory(tmp_path: Path) -> RunDirectory:
    return RunDirectory(tmp_path)


def test_what_is_saved_comes_back_bit_for_bit(directory: RunDirectory) -> None:
    save_checkpoint(directory, STATE)
    state, notes = load_checkpoint(directory)
    assert state is not None
    assert notes == []
    assert state.keys() == STATE.keys()
    for name, part in STATE.items():
        assert state[name].dtype == part.dtype
        np.testing.assert_array_equal(state[name], part)


def test_equal_arrays_give_equal_bytes() -> None:
    assert to_npz(STATE) == to_npz(dict(STATE))
    assert to_npz(STATE, compress=True) == to_npz(dict(STATE), compress=True)


def damaged(data: bytes) -> dict[str, bytes]:
    middle = len(data) // 2
    flipped = data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :]
    return {"cut": data[:middle], "empty": b"", "flipped": flipped, "other": b"PK not a zip"}


@pytest.mark.parametrize("kind", ["cut", "empty", "flipped", "other"])
def test_a_damaged_checkpoint_falls_back_to_the_one_before(
    kind: str, directory: RunDirectory
) -> None:
    save_checkpoint(directory, STATE | {"b/c": np.array(1)})
    save_checkpoint(directory, STATE | {"b/c": np.array(2)})
    directory.checkpoint.write_bytes(damaged(directory.checkpoint.read_bytes())[kind])
    state, notes = load_checkpoint(directory)
    assert state is not None
    assert int(state["b/c"]) == 1
    assert len(notes) == 1
    assert "damaged" in notes[0]


def test_a_damaged_checkpoint_never_replaces_a_whole_previous_one(directory: RunDirectory) -> None:
    save_checkpoint(directory, STATE | {"b/c": np.array(1)})
    save_checkpoint(directory, STATE | {"b/c": np.array(2)})
    directory.checkpoint.write_bytes(b"")
    save_checkpoint(directory, STATE | {"b/c": np.array(3)})
    directory.checkpoint.unlink()
    state, _ = load_checkpoint(directory)
    assert state is not None
    assert int(state["b/c"]) == 1


@pytest.mark.parametrize("what", ["checkpoint", "run.json"])
def test_a_run_of_a_newer_version_is_left_as_it_is(
    what: str, cli: Run, small_config: Path, tmp_path: Path
) -> None:
    """Its checkpoint was damaged, so that training began anew, and its run.json like any other."""
    (run,) = parse_experiment(SMALL).runs
    directory = run_directory(tmp_path / "results", run)
    execute(run, directory, Reporter(), pause_at=20)
    if what == "checkpoint":
        with np.load(directory.checkpoint) as archive:
            newer = {**archive, "format_version": np.array(2)}
        directory.checkpoint.unlink()
        np.savez(directory.checkpoint, **newer)
    else:
        directory.info.write_text(
            directory.info.read_text().replace('"format_version": 1', '"format_version": 2')
        )
    before = {path: path.read_bytes() for path in directory.path.iterdir()}
    done = cli("run", str(small_config), "--jobs", "1")
    assert done.returncode == 5, done.stderr
    (line,) = done.stderr.splitlines()[-1:]
    assert "format" in line
    assert {path: path.read_bytes() for path in directory.path.iterdir()} == before


def test_pickles_are_not_read(directory: RunDirectory) -> None:
    np.savez(directory.checkpoint, format_version=1, a=np.array([{}], dtype=object))
    state, notes = load_checkpoint(directory)
    assert state is None
    assert "damaged" in notes[0]


def test_no_checkpoint_is_no_state(directory: RunDirectory) -> None:
    assert load_checkpoint(directory) == (None, [])
    save_checkpoint(directory, STATE)
    remove_checkpoints(directory)
    assert load_checkpoint(directory) == (None, [])


def test_removing_removes_the_one_before_too(directory: RunDirectory) -> None:
    for _ in range(2):
        save_checkpoint(directory, STATE)
    assert directory.previous_checkpoint.exists()
    remove_checkpoints(directory)
    assert load_checkpoint(directory) == (None, [])


@pytest.mark.parametrize("text", [None, "", "name: x\nmodle: {}\n"])
def test_a_checkpoint_whose_configuration_cannot_be_read_is_left(
    directory: RunDirectory, text: str | None
) -> None:
    if text is not None:
        directory.config.write_text(text)
    save_checkpoint(directory, STATE)
    remove_forgotten_checkpoints(directory)
    assert directory.checkpoint.exists()


def test_without_a_whole_checkpoint_the_run_goes_back_to_the_beginning(
    directory: RunDirectory,
) -> None:
    """The note spoke of pickles, and of a checkpoint before it."""
    directory.checkpoint.write_bytes(b"junk")
    state, (note,) = load_checkpoint(directory)
    assert state is None
    assert note.endswith("is damaged: it is no whole zip archive; going back to the beginning")


def test_a_run_that_another_experiment_resumes_keeps_its_names(tmp_path: Path) -> None:
    """Its config.yaml and run.json, in the folder of the first, told the names of the second."""
    (first,) = parse_experiment(SMALL).runs
    text = SMALL.replace("name: small", "name: other") + "grid: {model.activation: [tanh]}\n"
    (second,) = parse_experiment(text).runs
    directory = run_directory(tmp_path, first)
    before = execute(first, directory, Reporter(), pause_at=20)
    assert run_directory(tmp_path, second) == directory
    after = execute(second, directory, Reporter())
    assert after["status"] == "finished"
    for key in ("experiment", "scale", "address", "hash", "started"):
        assert after[key] == before[key]
    assert load_run_config(directory.config) == first


def test_a_run_that_has_ended_needs_no_folder_to_write_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (config,) = parse_experiment(SMALL).runs
    directory = run_directory(tmp_path, config)

    def refuse(*_: object) -> None:
        message = "read-only"
        raise StorageError(message)

    done = execute(config, directory, Reporter())
    monkeypatch.setattr("glorot_repro.runs.lock._acquired", refuse)
    assert execute(config, directory, Reporter()) == done
    with pytest.raises(StorageError, match="read-only"):
        execute(config, directory, Reporter(), force=True)
    other = config.model_copy(update={"seed": 1})
    with pytest.raises(StorageError, match="read-only"):
        execute(other, run_directory(tmp_path, other), Reporter())


def test_a_run_that_resumes_has_the_measurements_of_its_checkpoint(tmp_path: Path) -> None:
    """They were missing, or those of a later moment, until its next checkpoint."""
    (config,) = parse_experiment(SMALL).runs
    found = []

    class Looking(Reporter):
        def started(self, *_: object) -> None:
            found.append(files(tmp_path))

    directory = RunDirectory(tmp_path / config.address)
    execute(config, directory, Reporter(), pause_at=20)
    paused = files(tmp_path)
    for measured in (directory.curves, directory.histograms, directory.test_correct):
        measured.unlink()
    execute(config, directory, Looking(), pause_at=30)
    assert found == [paused]


def test_a_resumed_run_tells_all_the_time_that_each_part_took(directory: RunDirectory) -> None:
    """The total was that of the whole run, and its parts those since the resumption."""
    config = parse_experiment(SMALL).runs[0]
    before = execute(config, directory, Reporter(), pause_at=20)["seconds"]
    parts = {"recording": 100.0, "evaluation": 200.0, "saving": 300.0}
    info = read_info(directory)
    assert info is not None
    assert before.keys() == {"total", *parts}
    write_info(directory, info | {"seconds": before | parts})
    after = execute(config, directory, Reporter())["seconds"]
    for name, seconds in parts.items():
        assert seconds <= after[name] < seconds + after["total"]
