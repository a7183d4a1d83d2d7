"""What the evaluations leave in a run directory, finished or not."""

import itertools
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from conftest import SMALL

from glorot_repro.arrays import read_npz, to_npz
from glorot_repro.config.experiment import parse_experiment
from glorot_repro.config.schema import RunConfig
from glorot_repro.errors import StorageError
from glorot_repro.runs.execution import execute
from glorot_repro.runs.observers import Progress, Saving
from glorot_repro.runs.paths import RunDirectory
from glorot_repro.runs.reading import RunRecord, load_run
from glorot_repro.runs.reporter import Reporter
from glorot_repro.training.loop import Training


def small(*overrides: str) -> RunConfig:
    (run,) = parse_experiment(SMALL, ["training.learning_rate=0.3", *overrides]).runs
    return run


def check_against_curves(record: RunRecord) -> None:
    """The bits say what the curves say, at the last evaluation and at the best."""
    updates, validation = record.curves.series("validation_error")
    _, test = record.curves.series("test_error")
    assert record.correctness is not None
    places = {"last": len(updates) - 1, "best": int(validation.argmin())}
    for name, place in places.items():
        answers = getattr(record.correctness, name)
        assert answers.update == updates[place]
        assert answers.validation_error == validation[place]
        assert 100 * answers.n_wrong / answers.n_examples == pytest.approx(test[place], abs=1e-9)


def test_checkpoints_are_written_between_the_start_and_the_end() -> None:
    """The run itself writes what there is at the end, and at the start there is nothing."""
    saving = Saving[Training](small("training.checkpoint_every=7"), 21, lambda training: None)
    assert [n for n in range(22) if saving.is_due(n)] == [7, 14]


def test_progress_is_looked_at_again_however_slow_the_training(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A thousand seconds an update."""
    seconds = itertools.count(0, 1000)
    monkeypatch.setattr(time, "perf_counter", lambda: float(next(seconds)))
    told: list[int] = []
    progress = Progress(lambda n_updates, rate: told.append(n_updates))

    class Slow:
        n_updates = 0

        def advance_to(self, n_updates: int, should_stop: Callable[[], bool]) -> None:
            self.n_updates = n_updates

    training = Slow()
    for n_updates in (0, 1, 2):
        training.n_updates = n_updates
        progress.observe(training)
        assert progress.next_due(n_updates) == n_updates + 1
    assert told == [0, 1, 2]


def test_a_finished_run_tells_which_test_examples_are_right(tmp_path: Path) -> None:
    config = small()
    execute(config, RunDirectory(tmp_path / "run"), Reporter())
    record = load_run(tmp_path / "run")
    check_against_curves(record)
    assert record.correctness is not None
    assert record.correctness.last is not None
    last = record.correctness.last
    assert last.update == config.training.updates
    assert record.info["test_error"] == pytest.approx(100 * last.n_wrong / last.n_examples)
    assert record.info["validation_error"] == last.validation_error
    assert record.info["validation_error"] != record.info["test_error"]


def test_an_unfinished_run_tells_it_with_each_save_and_goes_on(tmp_path: Path) -> None:
    whole, cut = RunDirectory(tmp_path / "whole"), RunDirectory(tmp_path / "cut")
    execute(small(), whole, Reporter())
    for n_updates in (13, 25):
        execute(small(), cut, Reporter(), pause_at=n_updates)
        check_against_curves(load_run(cut.path))
    execute(small(), cut, Reporter())
    assert cut.test_correct.read_bytes() == whole.test_correct.read_bytes()


def test_evaluating_more_often_never_changes_the_training(tmp_path: Path) -> None:
    digests = set()
    for period in (1, 10, 0):
        directory = RunDirectory(tmp_path / str(period))
        info = execute(small(f"evaluation.every={period}"), directory, Reporter())
        digests.add(info["parameters_sha256"])
        assert directory.test_correct.exists() == (period > 0)
    assert len(digests) == 1
    assert load_run(tmp_path / "0").correctness is None


def test_a_checkpoint_without_answers_goes_on_without_claiming_a_best(tmp_path: Path) -> None:
    """A run begun before answers were kept knows of better evaluations only by its curves."""
    directory = RunDirectory(tmp_path / "run")
    execute(small(), directory, Reporter(), pause_at=30)
    state = read_npz(directory.checkpoint)
    old = {name: part for name, part in state.items() if not name.startswith("correctness/")}
    is_error = old["recorder/curves/quantity"] == "validation_error"
    old["recorder/curves/value"][np.flatnonzero(is_error)[0]] = 0.0
    directory.checkpoint.write_bytes(to_npz(old))
    execute(small(), directory, Reporter())
    correctness = load_run(directory.path).correctness
    assert correctness is not None
    assert correctness.last is not None
    assert correctness.last.update == 40
    assert correctness.best is None


def test_damaged_answers_are_one_line(tmp_path: Path) -> None:
    directory = RunDirectory(tmp_path / "run")
    execute(small(), directory, Reporter())
    arrays = read_npz(directory.test_correct)
    directory.test_correct.write_bytes(to_npz(arrays | {"last_correct": np.zeros(2, np.uint8)}))
    with pytest.raises(StorageError, match=r"test_correct\.npz is damaged"):
        load_run(directory.path)


def test_samples_without_images_are_one_line(tmp_path: Path) -> None:
    directory = RunDirectory(tmp_path / "run")
    execute(small(), directory, Reporter())
    directory.samples.write_bytes(to_npz({"labels": np.zeros(3, np.uint8)}))
    with pytest.raises(
        StorageError, match=r"samples\.npz is damaged: expected images, found labels"
    ):
        load_run(directory.path)
