"""Locks: one process trains a run at a time, one writes a file that many add to at a time."""

import contextlib
import errno
from collections.abc import Iterator
from pathlib import Path

from filelock import BaseFileLock, FileLock, Timeout

from glorot_repro.errors import RunBusyError, StorageError
from glorot_repro.files import remove_leavings, storage_error
from glorot_repro.runs.paths import RunDirectory

LOCK_SECONDS = 2.0
"""Seconds to wait for the lock of a run: a process that was killed holds it until it is gone."""

_FOR_EVER = -1.0

_NO_LOCKS = (errno.ENOLCK, errno.EOPNOTSUPP)


@contextlib.contextmanager
def held(directory: RunDirectory) -> Iterator[None]:
    """Hold the run, whose folder is made if it is missing, and tidy what killed writers left.

    Raises RunBusyError if another process holds it, StorageError if the folder cannot be written.
    """
    try:
        lock = _acquired(directory.lock, LOCK_SECONDS)
    except Timeout as error:
        message = f"{directory.path} is being trained by another process; wait for it, or stop it"
        raise RunBusyError(message) from error
    try:
        remove_leavings(directory.path)
        yield
    finally:
        lock.release()


@contextlib.contextmanager
def held_in_turn(path: Path) -> Iterator[None]:
    """Hold the lock file `path` once nobody else does; its folder is made if it is missing.

    Raises StorageError if the folder cannot be written.
    """
    lock = _acquired(path, _FOR_EVER)
    try:
        yield
    finally:
        lock.release()


def _acquired(path: Path, seconds: float) -> BaseFileLock:
    """The lock file `path`, held. Raises Timeout if others hold it for so long, StorageError."""
    lock = FileLock(path, timeout=seconds)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except Timeout:
        raise
    except OSError as error:
        if error.errno in _NO_LOCKS:
            message = (
                f"{path.parent} lies on a file system that locks no files ({error.strerror}); "
                "choose another folder"
            )
            raise StorageError(message) from error
        raise storage_error(path, error, needed_bytes=0) from error
    return lock
