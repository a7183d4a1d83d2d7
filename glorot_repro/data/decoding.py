"""PNG and JPEG files to squares of gray or color levels."""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from glorot_repro.errors import DataNotAvailableError

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageFile import ImageFile

SUFFIXES = (".png", ".jpg", ".jpeg")
"""Of the files that are images, in small or capital letters; all others are left alone."""

FORMATS = ("PNG", "JPEG")

DECODING_VERSION = 3
"""To be counted up with every change of the pixels that come out of `decode_image`."""

_OVERSAMPLING = 2
_AT_ONCE = 500


def is_image(name: str) -> bool:
    """Whether a file is an image, by its name; hidden files are not."""
    return name.lower().endswith(SUFFIXES) and not name.startswith(".")


def decode_image(path: Path, size: int, *, is_grayscale: bool) -> NDArray[np.uint8]:
    """The largest central square of an image, reduced or enlarged to size x size pixels.

    Returns (size, size) gray levels (ITU-R 601 luma) or (size, size, 3) color levels.
    Transparency is put on white; a camera's orientation tag is obeyed.
    Raises DataNotAvailableError, with the file's name, if it cannot be decoded.
    """
    from PIL import Image, ImageOps, UnidentifiedImageError

    mode = "L" if is_grayscale else "RGB"
    try:
        with Image.open(path, formats=FORMATS) as image:
            if "transparency" in image.info:
                _scale_transparent_level(image)
            # JPEG can be decoded at a half, a quarter or an eighth of its size, much faster.
            image.draft(mode, (_OVERSAMPLING * size, _OVERSAMPLING * size))
            upright = ImageOps.exif_transpose(image)
            square = ImageOps.fit(
                _converted(upright, mode), (size, size), method=Image.Resampling.LANCZOS
            )
    except UnidentifiedImageError as error:
        message = f"{path} is neither a PNG nor a JPEG image; remove or replace it"
        raise DataNotAvailableError(message) from error
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        message = f"{path} cannot be decoded ({error}); remove or replace it"
        raise DataNotAvailableError(message) from error
    return np.asarray(square)


def decode_images(
    paths: Sequence[Path],
    size: int,
    *,
    is_grayscale: bool,
    tell: Callable[[int], None] = lambda n_done: None,
) -> NDArray[np.uint8]:
    """The images of `paths` as rows: (n, size * size), or (n, size * size * 3) for colors.

    `tell` is told now and then how many are done. Raises DataNotAvailableError for the first that
    cannot be decoded.
    """
    n_levels = size * size * (1 if is_grayscale else 3)
    images = np.empty((len(paths), n_levels), np.uint8)
    # Pillow lets other threads run while it decodes.
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for start in range(0, len(paths), _AT_ONCE):
            part = slice(start, start + _AT_ONCE)
            decoded = pool.map(
                partial(decode_image, size=size, is_grayscale=is_grayscale), paths[part]
            )
            for row, image in zip(images[part], decoded, strict=True):
                row[:] = image.ravel()
            tell(min(start + _AT_ONCE, len(paths)))
    return images


def _scale_transparent_level(image: "ImageFile") -> None:
    """Bring the transparent level of a PNG to eight bits, as Pillow does with those of the pixels.

    Overwrites it in `image.info`. Raises ValueError for a color of 16 bits: Pillow keeps the upper
    byte of its levels alone, which other colors share.
    """
    raw_modes = [tile[3] for tile in image.tile]  # how the pixels lie in the file
    if "RGB;16B" in raw_modes:
        message = "one of its 16-bit colors is transparent, for which it needs an alpha channel"
        raise ValueError(message)
    for raw_mode, step in (("L;2", 255 // 3), ("L;4", 255 // 15)):
        if raw_mode in raw_modes:
            image.info["transparency"] *= step


def _converted(image: "Image", mode: str) -> "Image":
    from PIL import Image

    if image.mode.startswith("I"):  # 16 bits; Pillow itself would cut them off at 255
        levels = np.asarray(image)
        gray = (levels / 257).round().astype(np.uint8)
        if "transparency" in image.info:  # the one level that is transparent
            gray[levels == image.info["transparency"]] = 255
        image = Image.fromarray(gray)
    if "A" in image.getbands() or "transparency" in image.info:
        image = image.convert("RGBA")
        white = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(white, image)
    return image.convert(mode)
