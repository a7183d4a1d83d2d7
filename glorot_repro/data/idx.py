"""IDX, the file format of MNIST: a header with the shape, then the bytes."""

import math
import struct

import numpy as np
from numpy.typing import NDArray

from glorot_repro.data.published import WrongContentError

_UNSIGNED_BYTE = 0x08
_MOST_AXES = 32
_TYPE_NAMES = {0x09: "int8", 0x0B: "int16", 0x0C: "int32", 0x0D: "float32", 0x0E: "float64"}


def parse_idx(data: bytes) -> NDArray[np.uint8]:
    """The array in an IDX file of unsigned bytes, read-only, sharing the memory of `data`.

    Header: two zero bytes, the type, the number of axes, then the length of each axis as a
    big-endian 32-bit number. Raises WrongContentError for anything else, and if the bytes that
    follow are too few or too many.
    """
    if len(data) < 4 or data[:2] != b"\0\0":
        message = f"is not an IDX file (it starts with {data[:4].hex(' ') or 'nothing'})"
        raise WrongContentError(message)
    kind, n_axes = data[2], data[3]
    if kind != _UNSIGNED_BYTE:
        found = _TYPE_NAMES.get(kind, f"type 0x{kind:02x}")
        message = f"is an IDX file of {found}, expected unsigned bytes"
        raise WrongContentError(message)
    if not 1 <= n_axes <= _MOST_AXES:
        message = f"is an IDX file with {n_axes} axes, expected 1 to {_MOST_AXES}"
        raise WrongContentError(message)
    start = 4 + 4 * n_axes
    if len(data) < start:
        message = f"is cut off inside its header of {start} bytes"
        raise WrongContentError(message)
    shape = struct.unpack(f">{n_axes}I", data[4:start])
    expected = start + math.prod(shape)
    if len(data) != expected:
        message = f"has {len(data):,} bytes, but its header speaks of {expected:,}"
        raise WrongContentError(message)
    return np.frombuffer(data, np.uint8, offset=start).reshape(shape)
