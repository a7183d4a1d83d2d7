"""The IDX reader, against an independent writer."""

import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst
from small_files import idx_bytes

from glorot_repro.data.idx import parse_idx
from glorot_repro.data.published import WrongContentError

arrays = npst.arrays(np.uint8, npst.array_shapes(min_dims=1, max_dims=4, min_side=0, max_side=5))


@given(arrays)
def test_parse_gives_back_what_was_written(array: np.ndarray) -> None:
    np.testing.assert_array_equal(parse_idx(idx_bytes(array)), array, strict=True)


@given(arrays, st.data())
def test_every_cut_and_every_surplus_is_found(array: np.ndarray, data: st.DataObject) -> None:
    whole = idx_bytes(array)
    length = data.draw(st.integers(0, len(whole) - 1))
    with pytest.raises(WrongContentError):
        parse_idx(whole[:length])
    with pytest.raises(WrongContentError, match="bytes, but its header speaks of"):
        parse_idx(whole + b"\0")


likely = st.builds(
    lambda n_axes, lengths, rest: (
        struct.pack(">HBB", 0, 8, n_axes) + struct.pack(f">{len(lengths)}I", *lengths) + rest
    ),
    st.integers(0, 3),
    st.lists(st.integers(0, 3), max_size=3),
    st.binary(max_size=9),
)


@given(st.binary(max_size=64) | likely)
def test_any_bytes_are_an_array_or_damaged(data: bytes) -> None:
    try:
        array = parse_idx(data)
    except WrongContentError:
        return
    assert idx_bytes(array) == data


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "it starts with nothing"),
        (b"\x89PNG\r\n", "it starts with 89 50 4e 47"),
        (struct.pack(">HBBI", 0, 0x0D, 1, 1) + b"1234", "of float32, expected unsigned bytes"),
        (struct.pack(">HBBI", 0, 0x77, 1, 1) + b"1", "of type 0x77"),
        (struct.pack(">HBB", 0, 8, 0) + b"1", "with 0 axes"),
        (struct.pack(">HBB", 0, 8, 3) + b"\0\0\0\1", "inside its header of 16 bytes"),
        (struct.pack(">HBB4I", 0, 8, 4, *[2**32 - 1] * 4), "its header speaks of"),
    ],
)
def test_other_files_are_named(data: bytes, words: str) -> None:
    with pytest.raises(WrongContentError, match=words):
        parse_idx(data)


def test_no_memory_is_copied() -> None:
    data = idx_bytes(np.arange(6, dtype=np.uint8).reshape(2, 3))
    array = parse_idx(data)
    assert not array.flags.owndata
    assert not array.flags.writeable
