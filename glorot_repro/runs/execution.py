"""Executing one run: from its configuration to its directory."""

import hashlib
import os
import platform
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from glorot_repro.arrays import part_of, prefixed, to_npz
from glorot_repro.config.schema import RunConfig
from glorot_repro.data.changes import check_same_files
from glorot_repro.data.finite import unofficial_files
from glorot_repro.data.images import LabelledImages
from glorot_repro.errors import RunBusyError, StorageError
from glorot_repro.files import write_atomically
from glorot_repro.measure.curves import WHOLE_NETWORK
from glorot_repro.runs.at_hand import of_same_experiment, result_at_hand
from glorot_repro.runs.beginning import initial_network, new_recorder, new_training
from glorot_repro.runs.checkpoint import (
    load_checkpoint,
    remove_checkpoints,
    remove_forgotten_checkpoints,
    save_checkpoint,
)
from glorot_repro.runs.continuation import longest_beginning
from glorot_repro.runs.early_stopping import best_evaluation
from glorot_repro.runs.forcing import begin_from_the_start, is_begun_by
from glorot_repro.runs.info import FINAL, INFO_VERSION, has_come_to, identity, write_info
from glorot_repro.runs.lock import held
from glorot_repro.runs.machine import describe_machine
from glorot_repro.runs.observers import Evaluating, Progress, Recording, Saving
from glorot_repro.runs.own_modules import check_same_modules, module_hashes
from glorot_repro.runs.paths import RunDirectory
from glorot_repro.runs.pretraining import Pretraining
from glorot_repro.runs.reading import read_info
from glorot_repro.runs.reporter import Reporter
from glorot_repro.runs.streams import stream_seeds
from glorot_repro.training.finite import NonFiniteError, check_gradient
from glorot_repro.training.loop import Training, train
from glorot_repro.training.pretraining import LayerPretraining


def execute(
    config: RunConfig,
    directory: RunDirectory,
    reporter: Reporter,
    *,
    should_stop: Callable[[], bool] = lambda: False,
    force: bool = False,
    request: str | None = None,
    pause_at: int | None = None,
) -> dict[str, Any]:
    """Train the run of `config` into `directory`, from its checkpoint if there is one.

    Without one it goes on from a finished run that is the same but for fewer updates, if that run
    has kept its checkpoint and `force` is not given. A finished run is left as it is, with a note
    if it lacks the checkpoint that `config` keeps, unless `force` removes it first: once for each
    `request`, lest a call that is repeated after its worker died starts over. Returns run.json,
    whose status is finished, diverged, interrupted if `should_stop` became true, or paused if
    `pause_at` updates are done and the run has more: a call without it goes on to the same bits.
    Raises StorageError if a file cannot be written, RunBusyError if another process holds the run,
    DataNotAvailableError if the data set is not there, ConfigError if its files or the modules of
    the reader's own are others than those that the run began with, finished or not.
    """
    with ExitStack() as stack:
        try:
            stack.enter_context(held(directory))
        except StorageError as error:
            # A run that has ended has its result in a folder that cannot be written, too.
            info = None if force or isinstance(error, RunBusyError) else read_info(directory)
            if not info or not has_come_to(pause_at, info):
                raise
            return result_at_hand(config, directory, info, reporter)
        begins_anew = force and not is_begun_by(request, directory)
        info = None if begins_anew else read_info(directory)
        if info and has_come_to(pause_at, info):
            if info["status"] in FINAL:
                remove_forgotten_checkpoints(directory)
            return result_at_hand(config, directory, info, reporter)
        if info:
            config = of_same_experiment(config, directory)
        with threadpool_limits(1, user_api="blas"):
            execution = _Execution(config, directory, reporter, may_go_on=not force)
            if begins_anew:  # not before data and network are there
                begin_from_the_start(directory, request)
            return execution.run(should_stop, pause_at)


class _Execution:
    """The parts of one run while it is executed."""

    def __init__(
        self, config: RunConfig, directory: RunDirectory, reporter: Reporter, *, may_go_on: bool
    ) -> None:
        """may_go_on: whether it may begin where a shorter run ended."""
        self._may_go_on = may_go_on
        self._config = config
        self._directory = directory
        self._reporter = reporter
        self._images: dict[str, LabelledImages] = {}
        self._dataset = config.dataset
        self._test_images = self._dataset.test_images(self._seeds("evaluation_data"))
        network = initial_network(config)
        self._training = new_training(config, network)
        self._recorder = new_recorder(config, self._test_images)
        table = self._test_images.pixel_values
        limits = float(table.min()), float(table.max())
        self._pretraining = Pretraining(config, network, self._recorder, limits)
        self._seconds_before = 0.0
        self._parts_before: dict[str, float] = {}
        self._start = time.perf_counter()
        self._started = datetime.now(UTC).isoformat(timespec="seconds")
        self._recording = Recording(config, self._recorder)
        self._evaluating = Evaluating(config, self._recorder.curves, self._evaluation_images)
        self._saving = Saving(config, config.training.updates, self._save_training)

    def run(self, should_stop: Callable[[], bool], pause_at: int | None) -> dict[str, Any]:
        last = self._config.training.updates
        goal = last if pause_at is None else min(pause_at, last)
        is_resumed = self._resume()
        self._write_beginning()
        self._reporter.started(self._config, self._directory.path, self._training.n_updates)
        observers = (self._recording, self._evaluating, self._saving, Progress(self._tell))
        divergence = None
        try:
            if not is_resumed and not self._pretrain(should_stop):
                self._save(self._pretraining.state())
                return self._write_info("interrupted")
            is_done = train(
                self._training,
                goal,
                observers,
                should_stop=should_stop,
                is_resumed=is_resumed,
            )
            # The last update, too, which no other one follows to notice.
            check_gradient(self._training.network().parameters, "weight")
        except NonFiniteError as error:
            is_done = True
            n_updates = self._pretraining.n_updates or self._training.n_updates
            divergence = {
                "update": n_updates + 1,
                "layer": error.layer,
                "quantity": error.what,
            }
        if not is_done or (goal < last and not divergence):
            self._save_training(self._training)
            return self._write_info("paused" if is_done else "interrupted")
        return self._finish(divergence)

    def _pretrain(self, should_stop: Callable[[], bool]) -> bool:
        """Pre-train what is left to pre-train; returns whether supervised training may begin."""
        updates = self._config.pretraining.updates
        if not updates:
            return True

        def save(layer: LayerPretraining) -> None:
            self._save(self._pretraining.state())

        saving = Saving(self._config, updates, save)
        note, tell = self._reporter.note, self._reporter.pretraining
        if not self._pretraining.run([saving], should_stop=should_stop, note=note, tell=tell):
            return False
        # An update may have taken a copy of the parameters when it was made.
        self._training = new_training(self._config, self._pretraining.network)
        return True

    def _seeds(self, stream: str) -> np.random.SeedSequence:
        return stream_seeds(self._config.seed, stream)

    def _evaluation_images(self) -> dict[str, LabelledImages]:
        if not self._images:
            validation = self._dataset.validation_images(self._seeds("evaluation_data"))
            self._images = {"validation": validation, "test": self._test_images}
        return self._images

    def _resume(self) -> bool:
        directory = self._directory
        if not directory.has_checkpoint:
            shorter = longest_beginning(self._config, directory) if self._may_go_on else None
            if shorter is None:
                return False
            self._reporter.note(f"going on from the end of {shorter.path}")
            directory = shorter
        state, notes = load_checkpoint(directory)
        for note in notes:
            self._reporter.note(note)
        if state is None:
            return False
        began_with = read_info(directory) or {}
        check_same_modules(self._config, began_with.get("own_modules", {}))
        check_same_files(self._dataset, began_with.get("data_files", {}))
        self._started = began_with.get("started") or self._started
        self._seconds_before = float(state["seconds"])
        self._parts_before = began_with.get("seconds", {})
        self._recorder.restore(part_of(state, "recorder/"))
        self._evaluating.restore(part_of(state, "correctness/"))
        if directory is self._directory:  # these files may be those of another moment, or gone
            self._write_measurements()
        if self._pretraining.is_in(state):
            self._pretraining.restore(state)
            return False
        self._training.restore(state)
        return True

    def _save_training(self, training: Training) -> None:
        self._save(training.state())

    def _save(self, trained: dict[str, NDArray]) -> None:
        state = {
            **trained,
            **prefixed("recorder/", self._recorder.state()),
            **prefixed("correctness/", self._evaluating.correctness.arrays()),
            "seconds": np.array(self._seconds()),
        }
        save_checkpoint(self._directory, state)
        self._write_measurements()
        self._write_info("running")

    def _write_beginning(self) -> None:
        write_atomically(self._directory.config, self._config.to_yaml().encode())
        n_images = self._config.record.sample_images
        if n_images:
            images = self._test_images.images[:n_images].reshape(-1, *self._dataset.image_shape)
            labels = self._test_images.labels[:n_images]
            write_atomically(
                self._directory.samples,
                to_npz({"images": images, "labels": labels}, compress=True),
            )
        self._write_info("running")

    def _write_measurements(self) -> None:
        write_atomically(self._directory.curves, self._recorder.curves.to_csv())
        write_atomically(
            self._directory.histograms, to_npz(self._recorder.histograms(), compress=True)
        )
        correctness = self._evaluating.correctness.arrays()
        if correctness:
            write_atomically(self._directory.test_correct, to_npz(correctness, compress=True))

    def _finish(self, divergence: dict[str, Any] | None) -> dict[str, Any]:
        if self._config.training.keep_checkpoint and not divergence:
            self._save_training(self._training)
        else:
            self._write_measurements()
        info = self._write_info("diverged" if divergence else "finished", divergence)
        if not self._config.training.keep_checkpoint:
            remove_checkpoints(self._directory)
        return info

    def _seconds(self) -> float:
        return self._seconds_before + time.perf_counter() - self._start

    def _seconds_of_parts(self) -> dict[str, float]:
        """What the total is spent on besides training, before a resumption too."""
        parts = {
            "recording": self._recording.seconds,
            "evaluation": self._evaluating.seconds,
            "saving": self._saving.seconds,
        }
        return {name: round(self._parts_before.get(name, 0) + s, 3) for name, s in parts.items()}

    def _tell(self, n_updates: int, updates_per_second: float) -> None:
        error = self._recorder.curves.last("validation_error", WHOLE_NETWORK)
        self._reporter.advanced(n_updates, updates_per_second, error)

    def _write_info(self, status: str, divergence: dict[str, Any] | None = None) -> dict[str, Any]:
        config, curves = self._config, self._recorder.curves
        parameters = self._training.network().parameters
        files = self._dataset.provenance()
        info = {
            "format_version": INFO_VERSION,
            "status": status,
            "updates_done": self._training.n_updates,
            "updates": config.training.updates,
            "pretraining": self._pretraining.progress,
            "divergence": divergence,
            **identity(config),
            "validation_error": curves.last("validation_error"),
            "test_error": curves.last("test_error"),
            "best": best_evaluation(curves),
            "parameters_sha256": hashlib.sha256(parameters.flat.tobytes()).hexdigest(),
            "data_files": files,
            "unofficial_data_files": unofficial_files(self._dataset, files),
            "own_modules": module_hashes(config),
            "started": self._started,
            "process": {"host": platform.node(), "pid": os.getpid()},
            "seconds": {"total": round(self._seconds(), 3), **self._seconds_of_parts()},
            **describe_machine(),
        }
        write_info(self._directory, info)
        return info
