"""PNG images with a transparent level or color, against levels that no decoder has seen."""

import struct
import zlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from glorot_repro.data.decoding import decode_image
from glorot_repro.errors import DataNotAvailableError


def png_file(levels: NDArray[np.integer], n_bits: int, transparent: Sequence[int]) -> bytes:
    """A PNG of gray (rows, columns) or color (rows, columns, 3) levels of `n_bits` bits each."""
    rows = levels.reshape(len(levels), -1, 1) >> np.arange(n_bits - 1, -1, -1) & 1
    packed = np.packbits(rows.reshape(len(levels), -1).astype(np.uint8), axis=1)
    size_and_kind = (levels.shape[1], levels.shape[0], n_bits, 2 * (levels.ndim == 3), 0, 0, 0)
    chunks = {
        b"IHDR": struct.pack(">IIBBBBB", *size_and_kind),
        b"tRNS": struct.pack(f">{len(transparent)}H", *transparent),
        b"IDAT": zlib.compress(b"".join(b"\0" + row.tobytes() for row in packed)),
        b"IEND": b"",
    }
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks.items()
    )


@pytest.mark.parametrize("n_bits", [1, 2, 4, 8, 16])
def test_the_transparent_level_of_any_number_of_bits_is_white(tmp_path: Path, n_bits: int) -> None:
    """Of 2 and 4 bits, others were made white, and it was not."""
    highest = 2**n_bits - 1
    levels = np.random.default_rng(n_bits).integers(0, highest + 1, (8, 8))
    for transparent in {0, 1, highest // 2, highest}:
        levels[0, :] = transparent
        (tmp_path / "a.png").write_bytes(png_file(levels, n_bits, [transparent]))
        expected = np.where(levels == transparent, 255, np.rint(levels * (255 / highest)))
        decoded = decode_image(tmp_path / "a.png", 8, is_grayscale=True)
        np.testing.assert_array_equal(decoded, expected)


def test_the_transparent_color_of_8_bits_is_white(tmp_path: Path) -> None:
    levels = np.random.default_rng(0).integers(1, 255, (8, 8, 3))
    levels[0] = (1, 2, 3)
    (tmp_path / "a.png").write_bytes(png_file(levels, 8, (1, 2, 3)))
    levels[0] = 255
    decoded = decode_image(tmp_path / "a.png", 8, is_grayscale=False)
    np.testing.assert_array_equal(decoded, levels)


@pytest.mark.parametrize("transparent", [(0, 0, 0), (0x1234, 0x5678, 0x9ABC)])
def test_a_transparent_color_of_16_bits_is_refused(
    tmp_path: Path, transparent: tuple[int, int, int]
) -> None:
    """Of (0, 0, 0), all colors below 1/256 were white; of lighter ones, none."""
    levels = np.full((4, 4, 3), 200)
    levels[0] = transparent
    (tmp_path / "a.png").write_bytes(png_file(levels, 16, transparent))
    with pytest.raises(DataNotAvailableError, match=r"a\.png .* transparent") as caught:
        decode_image(tmp_path / "a.png", 4, is_grayscale=False)
    assert "\n" not in str(caught.value)
