"""The one way in which files are written: whole, or not at all."""

import errno
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from glorot_repro.errors import StorageError

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
"""Reasons that more room would mend."""

_NO_FLUSH = (errno.EINVAL, errno.ENOTSUP)
"""What fsync says of a folder where only files can be flushed, as on some network file systems."""

_LEAVING = ".{name}.{writer}.tmp"


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A temporary path beside `path`, which takes its place when the block ends well.

    Missing folders are made; file and rename are flushed to the disk. After an error `path` is
    what it was. Raises OSError.
    """
    if not path.name:  # such as "."
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    # Of their own for threads, and for processes of several machines, which may have equal numbers.
    beside = path.with_name(_LEAVING.format(name=path.name, writer=secrets.token_hex(6)))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield beside
        with beside.open("rb+") as file:
            os.fsync(file.fileno())
        os.replace(beside, path)
        flush_folder(path.parent)
    finally:
        _remove_quietly(beside)


def write_atomically(path: Path, data: bytes) -> None:
    """Put `data` at `path`: written beside it, flushed, renamed; the folder is flushed too.

    Missing folders are made. At no moment does `path` hold a part of `data`.
    Raises StorageError, one line with needed and free bytes, if that fails; `path` is unharmed.
    """
    try:
        with replacing(path) as beside:
            beside.write_bytes(data)
    except OSError as error:
        raise storage_error(path, error, needed_bytes=len(data)) from error


def remove_leavings(folder: Path, name: str = "*") -> None:
    """Remove what killed writers of the file `name`, or of any file, left in `folder`.

    Nobody may be writing there.
    """
    for path in folder.glob(_LEAVING.format(name=name, writer="*")):
        _remove_quietly(path)


def flush_folder(folder: Path) -> None:
    """Make renames in `folder` survive a loss of power, where its file system can flush folders."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in _NO_FLUSH:
            raise
    finally:
        os.close(descriptor)


def storage_error(path: Path, error: OSError, *, needed_bytes: int) -> StorageError:
    """What to tell the user: the file, the reason and what to do about it.

    For a full disk with the bytes needed and the bytes free.
    """
    reason = error.strerror or str(error)
    remedy = "make its folder writable"
    if error.errno in _FULL:
        place = path.parent
        while not place.exists() and place != place.parent:
            place = place.parent
        free = shutil.disk_usage(place).free
        reason += f" ({needed_bytes:,} bytes needed, {free:,} bytes free)"
        remedy = "free some space"
    return StorageError(
        f"cannot write {path}: {reason}; {remedy} or choose another folder, then "
        "run the same command again"
    )


def _remove_quietly(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError:
        return  # the folder itself is not writable: the error under way says so
