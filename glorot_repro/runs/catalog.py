"""The runs in a results folder: listing them, finding one by a part of its name, removing."""

import os
import platform
import shutil
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from glorot_repro.errors import ConfigError, RunBusyError, StorageError
from glorot_repro.files import storage_error
from glorot_repro.runs.paths import RunDirectory
from glorot_repro.runs.reading import read_info
from glorot_repro.wording import listed


@dataclass(frozen=True)
class Entry:
    """A run in the results folder.

    status: as in run.json; killed for a run that says running, of a process of this machine that
    is gone; damaged if run.json cannot be read. age: seconds since run.json was written.
    """

    path: Path
    scale: str
    experiment: str
    status: str
    age: float
    info: dict[str, Any]

    @property
    def name(self) -> str:
        """The name of the run's directory."""
        return self.path.name

    @property
    def full_name(self) -> str:
        """scale/experiment/run."""
        return f"{self.scale}/{self.experiment}/{self.name}"

    def to_json(self) -> dict[str, Any]:
        """Strict JSON."""
        keys = ("updates_done", "updates", "pretraining", "validation_error", "test_error", "seed")
        return {
            "directory": str(self.path),
            "scale": self.scale,
            "experiment": self.experiment,
            "run": self.name,
            "status": self.status,
            **{key: self.info.get(key) for key in keys},
            "age_seconds": round(self.age, 1),
        }


def list_runs(results: Path) -> list[Entry]:
    """All runs of a results folder, by scale, experiment and name."""
    return [_entry(path.parent) for path in sorted(results.glob("*/*/*/run.json"))]


def scales_of_runs(results: Path) -> set[str]:
    """The scales that a results folder has runs of."""
    return {path.parents[2].name for path in results.glob("*/*/*/run.json")}


def find_run(results: Path, name: str) -> Entry:
    """The run that is the directory `name`, or the only one whose name begins with it.

    A name is that of the directory, with experiment or scale/experiment before it if one likes.
    Raises ConfigError if there is no such run or more than one, and for no name at all.
    """
    if not name:  # such as that of a variable that is not set: it would be any run
        message = "expected a run directory or the beginning of a run's name, found ''"
        raise ConfigError(message)
    path = Path(name)
    if os.path.isfile(RunDirectory(path).info):  # pathlib's raises for what is too long for a file
        # `.` has no name, and is no path to remove.
        return _entry(path.resolve() if path.name in ("", "..") else path)
    entries = list_runs(results)
    exact = [entry for entry in entries if name in _names(entry)]
    found = exact or [entry for entry in entries if any(n.startswith(name) for n in _names(entry))]
    if not found:
        message = (
            f"no run in {results} has a name that begins with '{name}'; see: glorot-repro runs"
        )
        raise ConfigError(message)
    if len(found) > 1:
        named = listed([entry.full_name for entry in found])
        message = f"'{name}' is the beginning of {len(found)} runs: {named}"
        raise ConfigError(message)
    return found[0]


def remove_runs(entries: Sequence[Entry]) -> None:
    """Remove the directories of runs. Raises RunBusyError if one is being trained."""
    for entry in entries:
        directory = RunDirectory(entry.path)
        try:
            with FileLock(directory.lock, blocking=False):
                shutil.rmtree(entry.path)
        except Timeout as error:
            message = f"{entry.path} is being trained by another process; stop it first"
            raise RunBusyError(message) from error
        except OSError as error:
            raise storage_error(entry.path, error, needed_bytes=0) from error


def _names(entry: Entry) -> tuple[str, str, str]:
    return entry.name, f"{entry.experiment}/{entry.name}", entry.full_name


def _entry(path: Path) -> Entry:
    directory = RunDirectory(path)
    # That of a run that lies right below the root has no names for experiment and scale.
    parents = [*path.absolute().parents, Path(), Path()]
    try:
        info = read_info(directory) or {}
        status = str(info.get("status", "damaged"))
    except StorageError:
        info, status = {}, "damaged"
    if status == "running" and not _may_be_alive(info.get("process")):
        status = "killed"
    try:
        age = time.time() - directory.info.stat().st_mtime
    except FileNotFoundError:  # removed since it was listed
        age = 0.0
    return Entry(path, parents[1].name, parents[0].name, status, age, info)


def _may_be_alive(process: object) -> bool:
    """Whether the process that wrote run.json may still be there.

    Always for those of other machines, and where run.json does not tell.
    """
    if not isinstance(process, dict) or process.get("host") != platform.node():
        return True
    pid = process.get("pid")
    if not isinstance(pid, int):
        return True
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):  # gone, or no number of a process at all
        return False
    except PermissionError:
        return True
    return True
