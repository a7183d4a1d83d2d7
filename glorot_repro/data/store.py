"""Writing into the data folder, and what to tell a user who cannot."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from glorot_repro import files
from glorot_repro.arrays import Arrays, to_npz
from glorot_repro.errors import StorageError


@contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """`files.replacing`, but raises StorageError if a file cannot be written, also inside it."""
    try:
        with files.replacing(target) as temporary:
            yield temporary
    except OSError as error:
        raise cannot_write(target.parent, error) from error


def write_arrays(target: Path, arrays: Arrays) -> None:
    """Write arrays as an .npz file; equal arrays give equal bytes. Raises StorageError."""
    with replacing(target) as temporary:
        temporary.write_bytes(to_npz(arrays))


def cannot_write(folder: Path, error: OSError) -> StorageError:
    """What to tell the user about a folder that cannot be written."""
    return StorageError(
        f"cannot write {folder}: {error.strerror or error}; free some space, or name another "
        "folder with --data-dir or GLOROT_DATA"
    )
