"""Small-ImageNet: a stand-in for the paper's own selection, made from a local copy of ImageNet."""

import hashlib
import io
from pathlib import Path
from typing import Annotated, ClassVar, Literal

import numpy as np
from pydantic import Field

from glorot_repro.arrays import arrays_in
from glorot_repro.data.downloads import Fetcher
from glorot_repro.data.finite import FileRecord, FiniteDataset, Split, Splits
from glorot_repro.errors import DataNotAvailableError

SIDE = 37
"""Pixels along each side of an image (section 2.2)."""

_FOLDER = "small_imagenet"


class SmallImagenet(FiniteDataset):
    """`dataset: {name: small_imagenet}`: 37 x 37 gray images of ten broad classes (section 2.2).

    90,000 + 10,000 + 10,000 images, as many of each class. The paper does not say which images of
    ImageNet it took, so this is a stand-in: other images, of the same ten kinds of things.
    """

    name: Literal["small_imagenet"] = "small_imagenet"
    images_per_class: Annotated[int, Field(ge=11, le=1_000_000)] = Field(
        11_000,
        description="images of each class; an eleventh each for validation and test, rounded down",
    )

    is_class_by_class: ClassVar[bool] = True

    input_size: ClassVar[int] = SIDE * SIDE
    n_classes: ClassVar[int] = 10
    image_shape: ClassVar[tuple[int, ...]] = (SIDE, SIDE)
    class_names: ClassVar[tuple[str, ...]] = (
        "reptiles",
        "vehicles",
        "birds",
        "mammals",
        "fish",
        "furniture",
        "instruments",
        "tools",
        "flowers",
        "fruits",
    )

    @property
    def split_sizes(self) -> tuple[int, int, int]:
        """See FiniteDataset."""
        n_held = self.images_per_class // 11
        n_training = self.images_per_class - 2 * n_held
        return n_training * self.n_classes, n_held * self.n_classes, n_held * self.n_classes

    @property
    def test_size(self) -> int:
        """Test images."""
        return self.split_sizes[2]

    @property
    def how_to_get(self) -> str:
        """See FiniteDataset."""
        default = self.images_per_class == type(self)().images_per_class
        option = "" if default else f" --images-per-class {self.images_per_class}"
        return f"glorot-repro data prepare small_imagenet --imagenet DIR{option}"

    def path(self, folder: Path) -> Path:
        """The prepared file in the data folder."""
        return folder / _FOLDER / f"small_imagenet-{self.images_per_class}.npz"

    def files_here(self, folder: Path) -> dict[str, Path | None]:
        """See FiniteDataset."""
        path = self.path(folder)
        return {path.name: path if path.is_file() else None}

    def read(self, folder: Path, fetcher: Fetcher) -> Splits:
        """See FiniteDataset; ImageNet itself cannot be fetched, so nothing is."""
        path = self.path(folder)
        try:
            data = path.read_bytes()
            arrays = arrays_in(io.BytesIO(data))
            images, labels = arrays["images"], arrays["labels"]
        except FileNotFoundError as error:
            message = (
                f"small_imagenet: {path} is not there; make it from a copy of ImageNet laid out by "
                f"WordNet ids: {self.how_to_get}"
            )
            raise DataNotAvailableError(message) from error
        except (OSError, ValueError, KeyError) as error:
            message = (
                f"small_imagenet: {path} is damaged ({error}); make it anew: {self.how_to_get}"
            )
            raise DataNotAvailableError(message) from error
        n_training, n_validation, n_test = self.split_sizes
        n_images = n_training + n_validation + n_test
        is_right = (
            images.dtype == labels.dtype == np.uint8
            and images.shape == (n_images, self.input_size)
            and labels.shape == (n_images,)
        )
        if not is_right:
            message = f"small_imagenet: {path} has another form; make it anew: {self.how_to_get}"
            raise DataNotAvailableError(message)
        parts = (0, n_training, n_training + n_validation, len(images))
        training, validation, test = (
            Split(images[begin:end], labels[begin:end])
            for begin, end in zip(parts[:-1], parts[1:], strict=True)
        )
        sha256 = hashlib.sha256(data).hexdigest()
        record = FileRecord(path.name, path, sha256, is_official=None)
        return Splits(training, validation, test, (record,))
