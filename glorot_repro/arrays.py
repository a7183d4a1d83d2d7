"""Arrays as .npz files: no pickle, a format version, equal bytes for equal arrays."""

import io
import zipfile
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import NDArray

FORMAT_VERSION = 1

Arrays = dict[str, NDArray]

_N_ENTRIES = -12
"""Where a zip archive without a comment keeps the number of its entries, from its end."""


class DamagedFileError(ValueError):
    """A file is not what was written: cut, changed, or of another format."""


class OtherFormatError(DamagedFileError):
    """A file is whole, but of a format that this version does not know."""


def to_npz(arrays: Arrays, *, compress: bool = False) -> bytes:
    """The bytes of an .npz file with a format version; equal arrays give equal bytes."""
    file = io.BytesIO()
    save = np.savez_compressed if compress else np.savez
    save(file, format_version=np.array(FORMAT_VERSION), **arrays)  # type: ignore[arg-type]
    return file.getvalue()


def read_npz(path: Path) -> Arrays:
    """The arrays that `to_npz` wrote to `path`.

    Raises FileNotFoundError without the file, DamagedFileError if it is not whole, OtherFormatError
    if it is of another format.
    """
    try:
        # Opened here, since np.load leaves the file open when it is not a whole archive.
        with path.open("rb") as file:
            return arrays_in(file)
    except FileNotFoundError:
        raise
    except OtherFormatError as error:
        message = f"{path} is of another {error}"
        raise OtherFormatError(message) from error
    except (OSError, DamagedFileError) as error:
        message = f"{path} is damaged: {error}"
        raise DamagedFileError(message) from error


def arrays_in(file: IO[bytes]) -> Arrays:
    """The arrays that `to_npz` made, from an open file.

    Raises DamagedFileError, with the reason alone, if it is not whole, OtherFormatError if it is of
    another format.
    """
    if not zipfile.is_zipfile(file):  # numpy would take it for a pickle
        message = "it is no whole zip archive"
        raise DamagedFileError(message)
    file.seek(0)
    try:
        with np.load(file, allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in archive.files}
        # A changed length in the directory may hide entries, and zipfile does not count them.
        file.seek(_N_ENTRIES, io.SEEK_END)
        if int.from_bytes(file.read(2), "little") != len(arrays):
            message = "arrays are missing"
            raise ValueError(message)
        version = int(arrays.pop("format_version"))
    except Exception as error:  # changed bytes fail anywhere in zipfile, zlib and numpy
        raise DamagedFileError(str(error) or type(error).__name__) from error
    if version != FORMAT_VERSION:
        message = f"format version {version}, expected {FORMAT_VERSION}"
        raise OtherFormatError(message)
    return arrays


def prefixed(prefix: str, arrays: Arrays) -> Arrays:
    """`arrays` under names that begin with `prefix`, to lie beside others in one file."""
    return {f"{prefix}{name}": array for name, array in arrays.items()}


def part_of(state: Arrays, prefix: str) -> Arrays:
    """The arrays that `prefixed` renamed, under their own names."""
    return {k.removeprefix(prefix): part for k, part in state.items() if k.startswith(prefix)}
