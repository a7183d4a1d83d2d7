"""Files in the data folder get their final name only when they are whole."""

import os
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import NDArray

from glorot_repro.errors import StorageError

FORMAT_VERSION = 1
"""Of the arrays that are written here."""

_PART = ".{name}.{process}.part"


@contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """A temporary path beside `target`, which takes its place when the block ends well.

    Missing folders are made; file and rename are flushed to the disk. After an error `target` is
    what it was. Raises StorageError if a file cannot be written, also inside the block.
    """
    temporary = target.with_name(_PART.format(name=target.name, process=os.getpid()))
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


def remove_unfinished(target: Path) -> None:
    """Remove what killed processes have left of `target`; nobody else may be writing it."""
    for path in target.parent.glob(_PART.format(name=target.name, process="*")):
        _remove_quietly(path)


def write_arrays(target: Path, **arrays: NDArray) -> None:
    """Write arrays as an .npz file; equal arrays give equal bytes. Raises StorageError."""
    with replacing(target) as temporary, open(temporary, "wb") as file:
        np.savez(file, format_version=np.array(FORMAT_VERSION), **arrays)  # type: ignore[arg-type]


def read_arrays(file: IO[bytes]) -> dict[str, NDArray]:
    """What `write_arrays` wrote. Raises ValueError, with the reason, if it is not whole."""
    try:
        with np.load(file, allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in archive.files}
        version = int(arrays.pop("format_version"))
    except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile) as error:
        raise ValueError(str(error) or type(error).__name__) from error
    if version != FORMAT_VERSION:
        message = f"format version {version}, expected {FORMAT_VERSION}"
        raise ValueError(message)
    return arrays


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
