"""The base of the data sets with a fixed number of images, which lie in files."""

import functools
from abc import abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import numpy as np
from numpy.typing import DTypeLike, NDArray
from pydantic import Field

from glorot_repro.data.downloads import Fetcher
from glorot_repro.data.epochs import EpochOrder, EpochStream
from glorot_repro.data.folder import data_folder
from glorot_repro.data.images import LabelledImages, affine_pixel_values
from glorot_repro.errors import DataNotAvailableError
from glorot_repro.section import Range, Section

Levels = NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Split:
    """images: (n, input_size), gray or color levels; labels: (n,)."""

    images: Levels
    labels: Levels

    def __len__(self) -> int:
        return len(self.images)

    def shuffled(self) -> "Split":
        """The same images in a random order that depends on their number alone."""
        order = np.random.default_rng(0).permutation(len(self))
        return Split(self.images[order], self.labels[order])


@dataclass(frozen=True)
class FileRecord:
    """A data file that was read: under which name it is known, where, and what was in it.

    is_official: whether its hash is that of the authors' file, None where nobody published one.
    """

    name: str
    path: Path
    sha256: str
    is_official: bool | None


@dataclass(frozen=True, eq=False)
class Splits:
    """A whole data set in memory, as bytes, and the files that it came from."""

    training: Split
    validation: Split
    test: Split
    files: tuple[FileRecord, ...]

    def __iter__(self) -> Iterator[tuple[str, Split]]:
        yield from (
            ("training", self.training),
            ("validation", self.validation),
            ("test", self.test),
        )

    def shuffled(self) -> "Splits":
        """Each split shuffled by itself."""
        training, validation, test = (split.shuffled() for _, split in self)
        return Splits(training, validation, test, self.files)


class FiniteDataset(Section):
    """The base of the data sets that lie in files.

    The default range is [0, 1], the customary scale of these images, at which black ink or
    background is 0 and feeds nothing forward; the paper does not say how it scaled them. Where
    files lie is not part of a run: it comes from the data folder.

    is_class_by_class: whether `read` gives the images of one class after the other. They are then
    put into one random order, the same for all seeds, so that the first are a fair sample, and a
    mini-batch of probe examples, which is taken in their order, has images of all classes.
    """

    is_class_by_class: ClassVar[bool] = False

    range: Range = Field(
        (0.0, 1.0),
        description="network inputs for levels 0 (black) and 255 (white), such as [-1, 1]",
    )

    @property
    @abstractmethod
    def input_size(self) -> int:
        """Levels of an image."""

    @property
    @abstractmethod
    def n_classes(self) -> int:
        """Number of classes."""

    @property
    @abstractmethod
    def class_names(self) -> tuple[str, ...]:
        """One name per class, in the order of the labels."""

    @property
    @abstractmethod
    def image_shape(self) -> tuple[int, ...]:
        """(height, width), or (height, width, 3) for red, green and blue."""

    @abstractmethod
    def read(self, folder: Path, fetcher: Fetcher) -> Splits:
        """All images, from files in the data folder `folder`, fetched if they are not there.

        Raises DataNotAvailableError, one line with what to put where, if that fails.
        """

    @property
    def how_to_get(self) -> str:
        """The command that gets the files of this data set."""
        return f"glorot-repro data fetch {getattr(self, 'name', '')}"

    @abstractmethod
    def files_here(self, folder: Path) -> dict[str, Path | None]:
        """The files that `read` needs, by name, and where they lie, None where they do not.

        They are not opened.
        """

    @property
    @abstractmethod
    def split_sizes(self) -> tuple[int, int, int] | None:
        """Training, validation and test images; None if only reading them tells."""

    def splits(self) -> Splits:
        """All images; those of the data set that was asked for last are kept in memory."""
        return _read_once(self, data_folder())

    def training_stream(self, seeds: np.random.SeedSequence, dtype: DTypeLike) -> EpochStream:
        """The training images in a new order each epoch, inputs (batch, input_size) of `dtype`."""
        return EpochStream(self.training_images(), seeds, dtype)

    def training_images(self) -> LabelledImages:
        """The training images, the same for all seeds."""
        return self._labelled(self.splits().training)

    def validation_images(self, seeds: np.random.SeedSequence) -> LabelledImages:
        """The validation images, the same for all seeds."""
        return self._labelled(self.splits().validation)

    def test_images(self, seeds: np.random.SeedSequence) -> LabelledImages:
        """The test images, the same for all seeds."""
        return self._labelled(self.splits().test)

    def provenance(self) -> dict[str, str]:
        """SHA-256 of each file that was read, of its decompressed content where it is in gzip."""
        return {file.name: file.sha256 for file in self.splits().files}

    @property
    def official_hashes(self) -> dict[str, str]:
        """SHA-256 of the authors' own files, by the names that `provenance` gives them."""
        return {}

    def sample(self, count: int, seed: int) -> tuple[Levels, Levels]:
        """`count` training images (count, *image_shape) and their labels (count,), shuffled.

        None comes twice before all have come once; a larger count gives the same images first.
        """
        training = self.splits().training
        index = EpochOrder(len(training), np.random.SeedSequence(seed)).next_index(count)
        return training.images[index].reshape(-1, *self.image_shape), training.labels[index]

    def upright(self, images: Levels) -> Levels:
        """The images as they are stored, by rows of pixels: (n, *image_shape)."""
        return images.reshape(-1, *self.image_shape)

    def _labelled(self, split: Split) -> LabelledImages:
        return LabelledImages(split.images, split.labels, affine_pixel_values(*self.range))


def unofficial_files(dataset: object, provenance: Mapping[str, str]) -> list[str]:
    """The files in a `provenance`, perhaps of another machine, that are not the authors' own.

    Empty for data sets without published hashes.
    """
    official = dataset.official_hashes if isinstance(dataset, FiniteDataset) else {}
    return [
        name for name, sha256 in provenance.items() if official and official.get(name) != sha256
    ]


def files_are_here(dataset: object) -> bool:
    """Whether all files of a data set lie in the data folder; generated data need none."""
    if not isinstance(dataset, FiniteDataset):
        return True
    return None not in dataset.files_here(data_folder()).values()


def forget_images() -> None:
    """Read the files again where images are asked for next: they may have changed."""
    _read_once.cache_clear()


@functools.lru_cache(maxsize=1)
def _read_once(dataset: FiniteDataset, folder: Path) -> Splits:
    splits = dataset.read(folder, Fetcher())
    for name, split in splits:
        n, input_size = split.images.shape
        if not n or input_size != dataset.input_size or split.labels.max() >= dataset.n_classes:
            message = (
                f"the {name} images do not fit: {n:,} images of {input_size:,} levels with labels "
                f"up to {split.labels.max(initial=0)}, expected {dataset.input_size:,} levels and "
                f"{dataset.n_classes} classes"
            )
            raise DataNotAvailableError(message)
    return splits.shuffled() if dataset.is_class_by_class else splits
