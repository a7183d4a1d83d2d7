"""Files in the data folder get their final name only when they are whole."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from glorot_repro.errors import StorageError


@contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """A temporary path beside `target`, which takes its place when the block ends well.

    Missing folders are made; file and rename are flushed to the disk. After an error `target` is
    what it was. Raises StorageError if a file cannot be written, also inside the block.
    """
    temporary = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        yield temporary
        with open(temporary, "rb+") as file:
            os.fsync(file.fileno())
        os.replace(temporary, target)
        _flush(target.parent)
    except OSError as error:
        raise cannot_write(target.parent, error) from error
    finally:
        _remove_quietly(temporary)


def cannot_write(folder: Path, error: OSError) -> StorageError:
    """What to tell the user about a folder that cannot be written."""
    return StorageError(
        f"cannot write {folder}: {error.strerror or error}; free some space, or name another "
        "folder with --data-dir or GLOROT_DATA"
    )


def _flush(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _remove_quietly(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError:
        return  # the folder is not writable: the error under way says so
