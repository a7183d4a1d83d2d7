"""Files of arrays that were changed after they were written."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glorot_repro.arrays import DamagedFileError, read_npz, to_npz

ARRAYS = {"counts": np.arange(200) % 7, "values": np.linspace(-1, 1, 50)}


def test_arrays_that_a_changed_directory_hides_are_missed(tmp_path: Path) -> None:
    """A comment of 256 bytes, said of one entry, takes in those after it."""
    content = bytearray(to_npz(ARRAYS, compress=True))
    entry = content.rindex(b"PK\x01\x02", 0, content.rindex(b"counts.npy"))
    content[entry + 33] = 1  # the upper byte of the length of its comment
    path = tmp_path / "changed.npz"
    path.write_bytes(bytes(content))
    with pytest.raises(DamagedFileError, match="arrays are missing"):
        read_npz(path)


def same(found: dict[str, np.ndarray]) -> bool:
    return found.keys() == ARRAYS.keys() and all(
        np.array_equal(found[name], array) for name, array in ARRAYS.items()
    )


@settings(max_examples=300, derandomize=True)
@given(data=st.data())
def test_a_changed_byte_is_told_or_changes_nothing(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Some ended in a traceback of zlib, zipfile or tokenize."""
    content = bytearray(to_npz(ARRAYS, compress=True))
    place = data.draw(st.integers(0, len(content) - 1))
    content[place] = data.draw(st.integers(0, 255))
    path = tmp_path_factory.getbasetemp() / "changed.npz"
    path.write_bytes(bytes(content))
    try:
        found = read_npz(path)
    except DamagedFileError as error:
        message = str(error)
    else:
        message = str(path) if same(found) else "other arrays without a word"
    assert str(path) in message


def test_no_file_is_another_matter(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_npz(tmp_path / "none.npz")
