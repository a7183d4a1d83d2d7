"""Running experiments from a program or a notebook."""

import json
import signal
from collections.abc import Callable, Mapping
from os import PathLike
from pathlib import Path
from typing import Any

from glorot_repro.config.dump import yaml_text
from glorot_repro.config.experiment import Experiment, load_experiment, parse_experiment
from glorot_repro.config.shipped import find_config
from glorot_repro.data.finite import forget_images
from glorot_repro.errors import ConfigError, RunFailedError
from glorot_repro.runs.interrupts import request_on
from glorot_repro.runs.job import Job
from glorot_repro.runs.local import agenda_of, local_workers
from glorot_repro.runs.own_modules import forget_own_functions
from glorot_repro.runs.reading import RunRecord
from glorot_repro.runs.records import experiment_records
from glorot_repro.runs.scheduler import Scheduler, Watcher
from glorot_repro.wording import counted

Tell = Callable[[str], object]


def run(
    config: str | PathLike[str] | Mapping[str, Any],
    overrides: Mapping[str, Any] | None = None,
    *,
    scale: str | None = None,
    results: str | PathLike[str] = "results",
    jobs: int | None = None,
    force: bool = False,
    tell: Tell | None = None,
) -> list[RunRecord]:
    """Train the runs of an experiment that are not finished yet; returns all of them, in order.

    config: the path of a YAML file, the name of an experiment that comes with the package, the
    text of a YAML file (any text of more than one line), or its content as a dict.
    overrides: dotted keys and their values, {"training.updates": 100}. scale, results, jobs and
    force: as the options of `glorot-repro run`. tell: called with a line when a run begins and
    ends, such as `print`; what it raises is raised after all runs have stopped with a checkpoint.

    Images and modules of the reader's own are taken as they are at the time of the call.
    A run that diverged is returned with what it has: `record.info["status"]` says so. Of an
    experiment with `search`, the winners' runs are returned. Raises ConfigError for a mistake in
    the configuration or in jobs, RunFailedError if a run could not be brought to its end,
    RunBusyError if another process trains a run, DataNotAvailableError and StorageError if files
    are missing or cannot be written, after the others have ended, and KeyboardInterrupt after all
    runs have stopped with a checkpoint: the same call goes on from it.
    """
    if jobs is not None and jobs < 1:
        message = f"jobs: expected a whole number of at least 1, found {jobs}"
        raise ConfigError(message)
    forget_own_functions()
    forget_images()
    experiment = _experiment(config, _arguments(overrides or {}), scale)
    folder = Path(results)
    with request_on(signal.SIGINT) as should_stop:
        workers = local_workers(experiment, folder, should_stop, n_jobs=jobs, force=force)
        try:
            scheduler = Scheduler(workers, _Teller(tell or _ignore), should_stop=should_stop)
            outcomes = scheduler.run(agenda_of(experiment, folder, force=force))
        finally:
            workers.close()
        if should_stop():
            raise KeyboardInterrupt
    if scheduler.busy:
        raise scheduler.busy
    for job, info in outcomes:
        if info["status"] == "failed":
            message = f"{job.directory.path}: {info['failure']}"
            raise RunFailedError(message)
    return experiment_records(experiment, folder, with_unfinished=True)


def _experiment(
    config: str | PathLike[str] | Mapping[str, Any], arguments: list[str], scale: str | None
) -> Experiment:
    if isinstance(config, Mapping):
        text = yaml_text(json.loads(_json("config", config)))
        return parse_experiment(text, arguments, scale, source="config")
    if isinstance(config, str) and "\n" in config:
        return parse_experiment(config, arguments, scale, source="config")
    return load_experiment(find_config(config), arguments, scale)


def _arguments(overrides: Mapping[str, Any]) -> list[str]:
    """As the command line takes them: JSON is YAML."""
    return [f"{key}={_json(key, value)}" for key, value in overrides.items()]


def _json(name: str, value: Any) -> str:
    try:
        # As they are: YAML knows no pairs of \u escapes, which JSON writes beyond U+FFFF.
        return json.dumps(value, default=_plain, ensure_ascii=False)
    except (TypeError, ValueError) as error:
        message = f"{name}: expected words, numbers, lists and dicts, found {error}"
        raise ConfigError(message) from error


def _plain(value: Any) -> Any:
    """What numpy's scalars and arrays, and paths, mean."""
    if isinstance(value, PathLike):
        return str(value)
    if hasattr(value, "tolist"):
        return value.tolist()
    message = f"a {type(value).__name__}"
    raise TypeError(message)


class _Teller(Watcher):
    """One line for each beginning and end."""

    def __init__(self, tell: Tell) -> None:
        self._tell = tell

    def started(self, job: Job, n_updates: int) -> None:
        resumed = f", from update {n_updates:,}" if n_updates else ""
        self._tell(f"{job.directory.path}: {counted(job.n_updates, 'update')}{resumed}")

    def note(self, line: str) -> None:
        self._tell(line)

    def ended(self, job: Job, info: dict[str, Any]) -> None:
        updates = counted(info.get("updates_done", 0), "update")
        self._tell(f"{job.directory.path}: {info['status']} after {updates}")


def _ignore(line: str) -> None:
    """The line is not told to anybody."""
