"""The lock of a run: one process trains it at a time."""

import contextlib
import errno
from collections.abc import Iterator

from filelock import FileLock, Timeout

from glorot_repro.errors import RunBusyError, StorageError
from glorot_repro.files import remove_leavings, storage_error
from glorot_repro.runs.paths import RunDirectory

LOCK_SECONDS = 2.0
"""Seconds to wait for the lock of a run: a process that was killed holds it until it is gone."""

_NO_LOCKS = (errno.ENOLCK, errno.EOPNOTSUPP)


@contextlib.contextmanager
def held(directory: RunDirectory) -> Iterator[None]:
    """Hold the run, whose folder is made if it is missing, and tidy what killed writers left.

    Raises RunBusyError if another process holds it, StorageError if the folder cannot be written.
    """
    lock = FileLock(directory.lock, timeout=LOCK_SECONDS)
    try:
        directory.path.mkdir(parents=True, exist_ok=True)
        lock.acquire()
        remove_leavings(directory.path)
    except Timeout as error:
        message = f"{directory.path} is being trained by another process; wait for it, or stop it"
        raise RunBusyError(message) from error
    except OSError as error:
        if error.errno in _NO_LOCKS:
            message = (
                f"{directory.path} lies on a file system that locks no files ({error.strerror}); "
                "choose another folder"
            )
            raise StorageError(message) from error
        raise storage_error(directory.lock, error, needed_bytes=0) from error
    try:
        yield
    finally:
        lock.release()
