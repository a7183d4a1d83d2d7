"""Checkpoints: everything a killed run needs to go on to the same bits."""

import os
import zipfile
from pathlib import Path

from glorot_repro.arrays import Arrays, DamagedFileError, OtherFormatError, read_npz, to_npz
from glorot_repro.config.experiment import load_run_config
from glorot_repro.errors import ConfigError, StorageError
from glorot_repro.files import storage_error, write_atomically
from glorot_repro.runs.paths import RunDirectory


def save_checkpoint(directory: RunDirectory, state: Arrays) -> None:
    """Write `state` as the newest checkpoint; the one before is kept until the next is whole.

    Raises StorageError if it cannot be written; the older checkpoints are unharmed.
    """
    if _is_whole(directory.checkpoint):
        try:
            os.replace(directory.checkpoint, directory.previous_checkpoint)
        except OSError as error:
            raise storage_error(directory.previous_checkpoint, error, needed_bytes=0) from error
    write_atomically(directory.checkpoint, to_npz(state))


def load_checkpoint(directory: RunDirectory) -> tuple[Arrays | None, list[str]]:
    """The newest checkpoint that is whole, None without one; and a line for each damaged one.

    Raises StorageError for one of another format, which another version of this program can read.
    """
    state = None
    damages: list[str] = []
    for path in (directory.checkpoint, directory.previous_checkpoint):
        try:
            state = read_npz(path)
            break
        except FileNotFoundError:
            continue
        except OtherFormatError as error:
            message = f"{error}; go on with the version that wrote it, or start again with --force"
            raise StorageError(message) from error
        except DamagedFileError as error:
            damages.append(str(error))
    where = "the beginning" if state is None else "the checkpoint before it"
    return state, [f"{damage}; going back to {where}" for damage in damages]


def remove_checkpoints(directory: RunDirectory) -> None:
    """Remove the checkpoints of a finished run."""
    for path in (directory.checkpoint, directory.previous_checkpoint):
        path.unlink(missing_ok=True)


def remove_forgotten_checkpoints(directory: RunDirectory) -> None:
    """Remove the checkpoints of a finished run that was killed before it did so itself.

    A run whose configuration keeps its checkpoint, or cannot be read, is left as it is.
    """
    if not directory.has_checkpoint:
        return
    try:
        keeps = load_run_config(directory.config).training.keep_checkpoint
    except ConfigError:
        return
    if not keeps:
        remove_checkpoints(directory)


def _is_whole(path: Path) -> bool:
    """Whether the file is there with all its parts in place; a cut file has no directory."""
    try:
        with zipfile.ZipFile(path) as archive:
            return bool(archive.namelist())
    except (OSError, zipfile.BadZipFile):
        return False
