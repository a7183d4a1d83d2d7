"""Your own images: one folder a class, PNG or JPEG."""

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, ClassVar, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from glorot_repro.data.decoding import is_image
from glorot_repro.data.downloads import Fetcher
from glorot_repro.data.finite import FileRecord, FiniteDataset, Split, Splits
from glorot_repro.data.folder import data_folder
from glorot_repro.data.image_cache import cached_images, content_hash
from glorot_repro.errors import ConfigError, DataNotAvailableError
from glorot_repro.section import Section, reject

MOST_CLASSES = 256
"""Labels are bytes."""

Share = Annotated[float, Field(gt=0, strict=True)]


class SplitSection(Section):
    """How the images of each class are divided; the training images are what is left.

    A number below 1 is a share of each class, rounded; one from 1 is a count of images over all
    classes, the same for each. Which images these are depends on the names of class and file
    alone, by their SHA-256: not on the order of the files, nor on a seed.
    """

    validation: Share = Field(0.1, description="validation images: a share, or their number")
    test: Share = Field(0.1, description="test images: a share, or their number")

    @model_validator(mode="after")
    def _leaves_something(self) -> Self:
        for key, value in (("validation", self.validation), ("test", self.test)):
            if value >= 1 and value != int(value):
                reject(f"expected a share below 1 or a whole number, found {value:g}", key=key)
        if self.validation < 1 and self.test < 1 and self.validation + self.test >= 1:
            reject(
                "expected shares that leave training images, found "
                f"{self.validation:g} + {self.test:g}",
                key="validation",
            )
        return self


class ImageFolder(FiniteDataset):
    """`dataset: {name: image_folder, path: FOLDER, size: 32}`.

    FOLDER holds one folder a class; labels count them in the order of their names. Images are
    decoded once for given content, size and color, into a cache in the data folder.
    """

    is_class_by_class: ClassVar[bool] = True

    name: Literal["image_folder"] = "image_folder"
    path: str = Field(
        min_length=1,
        description="folder with one folder a class; relative to the current folder or, if it is "
        "not there, to the data folder",
    )
    size: Annotated[int, Field(ge=1, le=1024)] = Field(
        32, description="pixels along each side, to which the central square is resized"
    )
    grayscale: bool = Field(False, description="gray levels instead of red, green and blue")
    split: SplitSection = Field(
        default_factory=SplitSection, description="validation and test images of each class"
    )

    @property
    def image_shape(self) -> tuple[int, ...]:
        """(size, size), or (size, size, 3)."""
        return (self.size, self.size) if self.grayscale else (self.size, self.size, 3)

    @property
    def input_size(self) -> int:
        """size * size, or three times that."""
        return int(np.prod(self.image_shape))

    @property
    def class_names(self) -> tuple[str, ...]:
        """The names of the folders. Raises DataNotAvailableError if they are not there."""
        return tuple(_class_folders(self.root(data_folder())))

    @property
    def n_classes(self) -> int:
        """The number of folders. Raises DataNotAvailableError if they are not there."""
        return len(self.class_names)

    @property
    def split_sizes(self) -> None:
        """See FiniteDataset."""
        return

    def root(self, folder: Path) -> Path:
        """The folder of the classes, with `folder` the data folder."""
        path = Path(os.path.expanduser(self.path))  # unlike pathlib's, for any text
        return path if path.is_dir() else folder / path

    def files_here(self, folder: Path) -> dict[str, Path | None]:
        """See FiniteDataset: the folder counts as one file."""
        root = self.root(folder)
        return {self.path: root if root.is_dir() else None}

    def read(self, folder: Path, fetcher: Fetcher) -> Splits:
        """See FiniteDataset. Raises ConfigError if `split` does not fit the images."""
        root = self.root(folder)
        classes = _class_folders(root)
        names = [f"{name}/{file}" for name, files in classes.items() for file in files]
        labels = np.repeat(
            np.arange(len(classes), dtype=np.uint8), [len(files) for files in classes.values()]
        )
        parts = self._parts(names, labels, tuple(classes))
        sha256 = content_hash(root, names)
        images = cached_images(folder, root, names, sha256, self.size, is_grayscale=self.grayscale)
        training, validation, test = (
            Split(images[parts == part], labels[parts == part]) for part in range(3)
        )
        record = FileRecord(self.path, root, sha256, is_official=None)
        return Splits(training, validation, test, (record,))

    def _parts(
        self, names: list[str], labels: NDArray[np.uint8], classes: tuple[str, ...]
    ) -> NDArray[np.intp]:
        """0, 1 or 2 for each image: training, validation, test."""
        parts = np.zeros(len(names), np.intp)
        for label, name in enumerate(classes):
            members = np.flatnonzero(labels == label)
            members = np.array(sorted(members, key=lambda i: name_rank(names[i])))
            n_validation = self._count("validation", len(members), len(classes))
            n_test = self._count("test", len(members), len(classes))
            if n_validation + n_test >= len(members):
                message = (
                    f"dataset.split: class '{name}' of {self.path} has {len(members)} images, too "
                    f"few for {n_validation} validation and {n_test} test images and one to train"
                )
                raise ConfigError(message)
            parts[members[:n_validation]] = 1
            parts[members[n_validation : n_validation + n_test]] = 2
        return parts

    def _count(self, key: str, n_images: int, n_classes: int) -> int:
        share: float = getattr(self.split, key)
        if share < 1:
            return max(1, round(share * n_images))
        if share % n_classes:
            message = (
                f"dataset.split.{key}: expected a multiple of the {n_classes} classes, "
                f"found {share:g}"
            )
            raise ConfigError(message)
        return int(share) // n_classes


def name_rank(name: str) -> bytes:
    """Where an image comes in the order in which splits take images, from its name."""
    return hashlib.sha256(name.encode()).digest()


def _check_encoding(folder: Path, names: Sequence[str]) -> None:
    """Splits depend on the names, which are bytes of no known letters if they are not UTF-8."""
    for name in names:
        try:
            name.encode()
        except UnicodeEncodeError:
            place = repr(os.fsencode(folder))[2:-1]
            message = f"{place}: the name {os.fsencode(name)!r} is not UTF-8; rename it"
            raise DataNotAvailableError(message) from None


def _class_folders(root: Path) -> dict[str, list[str]]:
    """The names of the class folders, sorted, and the image files of each, sorted."""
    if not root.is_dir():
        message = f"{root} is not there: make it, with one folder of PNG or JPEG images a class"
        raise DataNotAvailableError(message)
    folders = sorted(
        path for path in root.iterdir() if path.is_dir() and not path.name.startswith(".")
    )
    if not 2 <= len(folders) <= MOST_CLASSES:
        message = f"{root} holds {len(folders)} class folders, expected 2 to {MOST_CLASSES}"
        raise DataNotAvailableError(message)
    classes = {
        path.name: sorted(p.name for p in path.iterdir() if is_image(p.name) and p.is_file())
        for path in folders
    }
    for name, files in classes.items():
        _check_encoding(root / name, (name, *files))
        if not files:
            message = f"{root / name} holds no PNG or JPEG image; add some or remove the folder"
            raise DataNotAvailableError(message)
    return classes
