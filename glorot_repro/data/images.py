"""What every data set hands out: labelled images, an endless stream of training examples."""

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import DTypeLike, NDArray

from glorot_repro.section import Range


@dataclass(frozen=True, eq=False)
class LabelledImages:
    """A fixed set of images, kept as bytes and turned into network inputs on demand.

    images: (n, input_size), uint8, gray levels; labels: (n,), uint8, class numbers from 0;
    pixel_values: (256,), float64, the network input for each gray level.
    """

    images: NDArray[np.uint8]
    labels: NDArray[np.uint8]
    pixel_values: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.images)

    def inputs(self, index: slice | NDArray[np.intp], dtype: DTypeLike) -> NDArray[Any]:
        """Network inputs of the chosen images: (k, input_size), a new array of `dtype`."""
        return inputs_from_levels(self.images[index], self.pixel_values.astype(dtype))


def affine_pixel_values(low: float, high: float) -> NDArray[np.float64]:
    """Table of the network inputs for gray levels 0 (gives `low`) to 255 (`high`): (256,)."""
    return low + (high - low) * (np.arange(256) / 255)


def inputs_from_levels(levels: NDArray[np.uint8], table: NDArray[Any]) -> NDArray[Any]:
    """Network inputs for gray levels: shape of `levels`, dtype of `table`, which is (256,)."""
    # A byte is always inside the table; "wrap" spares the check: 7 against 16 us for ten images.
    return table.take(levels, mode="wrap")


class ExampleStream(Protocol):
    """Endless training examples; `position` is the whole state of the stream."""

    @property
    def position(self) -> int:
        """Examples served since the start."""

    def next_batch(self, batch_size: int) -> tuple[NDArray[Any], NDArray[np.intp]]:
        """The next inputs (batch_size, input_size), C-contiguous, and labels (batch_size,).

        The examples do not depend on how the stream is cut into batches.
        """

    def seek(self, position: int) -> None:
        """Go on as if `position` examples had been served."""


class Dataset(Protocol):
    """What the section of a data set can do; the sections are in `registry.DATASETS`."""

    @property
    def name(self) -> str:
        """Its name in `registry.DATASETS`."""

    @property
    def range(self) -> Range:
        """What the gray levels 0 and 255 are as inputs."""

    @property
    def input_size(self) -> int:
        """Network inputs of an image."""

    @property
    def n_classes(self) -> int:
        """Number of classes; labels are 0 to n_classes - 1."""

    @property
    def class_names(self) -> tuple[str, ...]:
        """One short name per class, in the order of the labels."""

    @property
    def image_shape(self) -> tuple[int, ...]:
        """Shape of one image before it was flattened; its product is input_size."""

    def upright(self, images: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Images as they are looked at, pixels by rows: (n, height, width[, 3]).

        images: (n, ...), flat or each of `image_shape`.
        """

    def training_stream(self, seeds: np.random.SeedSequence, dtype: DTypeLike) -> ExampleStream:
        """Training examples from the start, with inputs of `dtype`."""

    def validation_images(self, seeds: np.random.SeedSequence) -> LabelledImages:
        """The fixed validation set of these seeds."""

    def test_images(self, seeds: np.random.SeedSequence) -> LabelledImages:
        """The fixed test set of these seeds; shares no random numbers with the others."""

    def provenance(self) -> dict[str, str]:
        """SHA-256 of each data file that was read; empty where the data are generated."""
