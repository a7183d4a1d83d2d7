"""Checkpoints: everything a killed run needs to go on to the same bits."""

import io
import os
import zipfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from glorot_repro.runs.files import storage_error, write_atomically
from glorot_repro.runs.paths import RunDirectory

FORMAT_VERSION = 1

State = dict[str, NDArray]


def save_checkpoint(directory: RunDirectory, state: State) -> None:
    """Write `state` as the newest checkpoint; the one before is kept until the next is whole.

    Raises StorageError if it cannot be written; the older checkpoints are unharmed.
    """
    if _is_whole(directory.checkpoint):
        try:
            os.replace(directory.checkpoint, directory.previous_checkpoint)
        except OSError as error:
            raise storage_error(directory.previous_checkpoint, error, needed_bytes=0) from error
    write_atomically(directory.checkpoint, to_npz(state))


def load_checkpoint(directory: RunDirectory) -> tuple[State | None, list[str]]:
    """The newest checkpoint that is whole, None without one; and a line for each damaged one."""
    notes: list[str] = []
    for path in (directory.checkpoint, directory.previous_checkpoint):
        try:
            return _read(path), notes
        except FileNotFoundError:
            continue
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
            notes.append(f"{path} is damaged ({error}); going back to the checkpoint before it")
    return None, notes


def remove_checkpoints(directory: RunDirectory) -> None:
    """Remove the checkpoints of a finished run."""
    for path in (directory.checkpoint, directory.previous_checkpoint):
        path.unlink(missing_ok=True)


def to_npz(arrays: State, *, compress: bool = False) -> bytes:
    """The bytes of an .npz file with a format version; equal arrays give equal bytes."""
    file = io.BytesIO()
    save = np.savez_compressed if compress else np.savez
    save(file, format_version=np.array(FORMAT_VERSION), **arrays)  # type: ignore[arg-type]
    return file.getvalue()


def _read(path: Path) -> State:
    with np.load(path, allow_pickle=False) as file:
        state = {name: file[name] for name in file.files}
    version = int(state.pop("format_version"))
    if version != FORMAT_VERSION:
        message = f"format version {version}, expected {FORMAT_VERSION}"
        raise ValueError(message)
    return state


def _is_whole(path: Path) -> bool:
    """Whether the file is there with all its parts in place; a cut file has no directory."""
    try:
        with zipfile.ZipFile(path) as archive:
            return bool(archive.namelist())
    except (OSError, zipfile.BadZipFile):
        return False
