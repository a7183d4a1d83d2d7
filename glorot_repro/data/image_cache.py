"""Decoded images, kept in the data folder under a key that depends on the files' content."""

import hashlib
import logging
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from pathlib import Path

import numpy as np

from glorot_repro.arrays import arrays_in
from glorot_repro.data.decoding import DECODING_VERSION, decode_images
from glorot_repro.data.finite import Levels
from glorot_repro.data.locating import held
from glorot_repro.data.store import write_arrays
from glorot_repro.errors import DataNotAvailableError, StorageError

logger = logging.getLogger(__name__)

_FOLDER = "image_folder"


def content_hash(root: Path, names: Sequence[str]) -> str:
    """SHA-256 of the list of `names`, relative to `root`, each with the SHA-256 of its content.

    It is that of the output of `sha256sum NAME ...`. Raises DataNotAvailableError if a file cannot
    be read.
    """
    listing = hashlib.sha256()
    for name in names:
        try:
            with open(root / name, "rb") as file:
                sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            message = f"{root / name} cannot be read: {error.strerror or error}"
            raise DataNotAvailableError(message) from error
        listing.update(f"{sha256}  {name}\n".encode())
    return listing.hexdigest()


def cached_images(
    folder: Path, root: Path, names: Sequence[str], sha256: str, size: int, *, is_grayscale: bool
) -> Levels:
    """The images `names` of `root` as rows of levels, decoded if the cache does not have them.

    folder: the data folder; sha256: their `content_hash`. Other versions of Pillow may decode to
    other levels, so their version is part of the key.
    Raises DataNotAvailableError if an image cannot be decoded.
    """
    import PIL

    settings = f"{DECODING_VERSION} {PIL.__version__} {size} {is_grayscale} {sha256}"
    key = hashlib.sha256(settings.encode()).hexdigest()[:16]
    path = folder / _FOLDER / f"{key}.npz"
    images, _ = _read(path, len(names))
    if images is not None:
        return images
    with ExitStack() as stack:
        # Where nothing can be kept, every process has to decode for itself.
        with suppress(DataNotAvailableError):
            stack.enter_context(held(path.parent))
        # Another process may have decoded them meanwhile.
        images, damage = _read(path, len(names))
        if images is None:
            if damage:
                logger.warning("%s is damaged (%s); decoding the images again", path, damage)
            images = decode_images([root / name for name in names], size, is_grayscale=is_grayscale)
            try:
                write_arrays(path, {"images": images})
            except StorageError as error:
                logger.warning("%s; %s will be decoded again next time", error, root)
    return images


def _read(path: Path, n_images: int) -> tuple[Levels | None, str]:
    """The images in the cache and no words; else None, and what is damaged if the file is there."""
    try:
        with open(path, "rb") as file:
            images = arrays_in(file).get("images", np.empty(0, np.uint8))
    except FileNotFoundError:
        return None, ""
    except (OSError, ValueError) as error:
        return None, str(error)
    if len(images) != n_images:
        return None, f"{len(images)} images instead of {n_images}"
    return images, ""
