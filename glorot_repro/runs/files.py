"""The one way in which files are written: whole, or not at all."""

import os
import shutil
from pathlib import Path

from glorot_repro.errors import StorageError


def write_atomically(path: Path, data: bytes) -> None:
    """Put `data` at `path`: written beside it, flushed, renamed; the folder is flushed too.

    Missing folders are made. At no moment does `path` hold a part of `data`.
    Raises StorageError, one line with needed and free bytes, if that fails; `path` is unharmed.
    """
    beside = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(beside, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, path)
        flush_folder(path.parent)
    except OSError as error:
        _remove_quietly(beside)
        raise storage_error(path, error, needed_bytes=len(data)) from error


def remove_leavings(folder: Path) -> None:
    """Remove what writers that were killed left in `folder`; no writer may be at work there."""
    for path in folder.glob(".*.tmp"):
        path.unlink(missing_ok=True)


def flush_folder(folder: Path) -> None:
    """Make renames in `folder` survive a loss of power."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def storage_error(path: Path, error: OSError, *, needed_bytes: int) -> StorageError:
    """What to tell the user: the file, the reason, the bytes needed and the bytes free."""
    place = path.parent
    while not place.exists() and place != place.parent:
        place = place.parent
    free = shutil.disk_usage(place).free
    reason = error.strerror or str(error)
    return StorageError(
        f"cannot write {path}: {reason} ({needed_bytes:,} bytes needed, {free:,} bytes free); "
        "free some space or choose another folder with --results, then run the same command again"
    )


def _remove_quietly(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError:
        return  # the folder itself is not writable: the error under way says so
