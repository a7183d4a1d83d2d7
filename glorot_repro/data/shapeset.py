"""Shapeset-3x2: endless images of one or two shapes, drawn on line (Glorot & Bengio 2010, 2.1)."""

import functools
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import DTypeLike, NDArray
from pydantic import Field

from glorot_repro.data.epochs import EpochOrder, EpochStream
from glorot_repro.data.images import (
    ExampleStream,
    LabelledImages,
    affine_pixel_values,
    inputs_from_levels,
)
from glorot_repro.data.pictures import CLASS_NAMES, Pictures, draw_pictures
from glorot_repro.data.polygons import SIDE
from glorot_repro.section import Count, CountOrNone, Number, Range, Section
from glorot_repro.seeds import child

BLOCK_SIZE = 2000
"""Pictures drawn at once, from one child of the seeds: 2 MB as bytes. Part of what a seed means."""

TRAINING_SET = 20_100_000
"""The entropy of the fixed training set, which is the same for all seeds, as if it lay in files."""


class Shapeset(Section):
    """`dataset: {name: shapeset, ...}`.

    Dark and bright levels mirror each other: with bright_background 0.5 and range [-1, 1] an
    image and its negative are equally likely. A network of odd activations can then learn only
    through its biases: at a learning rate of 0.01 the standard tanh network stays at the constant
    guess of 83.3 percent error for 70,000 updates. The printed one leaves it after 5,000 to
    10,000, and 17 of the 50 backgrounds of figure 1 are bright: hence one third. 0.5 is
    the share of the authors' generator, as they published it.
    """

    name: Literal["shapeset"] = "shapeset"
    range: Range = Field(
        (-1.0, 1.0), description="network inputs for gray levels 0 (black) and 255 (white)"
    )
    bright_background: Number = Field(
        0.3333, ge=0, le=1, description="probability of dark shapes on a bright background"
    )
    train_size: CountOrNone = Field(
        0,
        description="images of a fixed training set, in a new order each epoch; 0 draws new ones "
        "without end",
    )
    validation_size: Count = Field(10_000, description="images of the fixed validation set")
    test_size: Count = Field(10_000, description="images of the fixed test set")

    input_size: ClassVar[int] = SIDE * SIDE
    n_classes: ClassVar[int] = len(CLASS_NAMES)
    class_names: ClassVar[tuple[str, ...]] = CLASS_NAMES
    image_shape: ClassVar[tuple[int, ...]] = (SIDE, SIDE)
    """Axis 0 is x, to the right on a screen: `upright` turns it into rows of pixels."""

    def training_stream(self, seeds: np.random.SeedSequence, dtype: DTypeLike) -> ExampleStream:
        """Training examples without end, inputs (batch, 1024) of `dtype`."""
        if self.train_size:
            return EpochStream(self.training_images(), seeds, dtype)
        return ShapesetStream(self, seeds, dtype)

    def training_images(self) -> LabelledImages:
        """The fixed training set of `train_size` images, the same for all seeds.

        A larger one begins with the images of a smaller one.
        """
        images, labels = _training_set(self.train_size, self.bright_background)
        return LabelledImages(images, labels, affine_pixel_values(*self.range))

    def validation_images(self, seeds: np.random.SeedSequence) -> LabelledImages:
        """`validation_size` images."""
        return self._fixed_images(self.validation_size, child(seeds, 0))

    def test_images(self, seeds: np.random.SeedSequence) -> LabelledImages:
        """`test_size` images, from another child of the seeds than the validation images."""
        return self._fixed_images(self.test_size, child(seeds, 1))

    def provenance(self) -> dict[str, str]:
        """Empty: the images are generated."""
        return {}

    def sample(self, count: int, seed: int) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
        """`count` images (count, 32, 32), image[x, y], gray levels, and their labels (count,).

        Of a fixed training set, its images, shuffled: none comes twice before all have come once.
        A larger count with the same seed gives the same images first.
        """
        seeds = np.random.SeedSequence(seed)
        if self.train_size:
            training = self.training_images()
            index = EpochOrder(len(training), seeds).next_index(count)
            images, labels = training.images[index], training.labels[index]
        else:
            images, labels = _draw(count, seeds, self.bright_background)
        return images.reshape(-1, *self.image_shape), labels

    def upright(self, images: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """The images as image[y, x]: (n, 32, 32)."""
        return images.reshape(-1, *self.image_shape).swapaxes(1, 2)

    def _fixed_images(self, size: int, seeds: np.random.SeedSequence) -> LabelledImages:
        images, labels = _draw(size, seeds, self.bright_background)
        return LabelledImages(images, labels, affine_pixel_values(*self.range))


def _draw(
    size: int, seeds: np.random.SeedSequence, bright_background: float
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    images = np.empty((size, Shapeset.input_size), np.uint8)
    labels = np.empty(size, np.uint8)
    for start in range(0, size, BLOCK_SIZE):
        block = draw_block(seeds, start // BLOCK_SIZE, bright_background)
        images[start : start + BLOCK_SIZE] = block.images[: size - start]
        labels[start : start + BLOCK_SIZE] = block.labels[: size - start]
    return images, labels


@functools.lru_cache(maxsize=1)
def _training_set(
    size: int, bright_background: float
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    # 100 MB for 100,000 images, which a run asks for more than once.
    return _draw(size, np.random.SeedSequence(TRAINING_SET), bright_background)


def draw_block(seeds: np.random.SeedSequence, number: int, bright_background: float) -> Pictures:
    """Block `number`, from 0, of the endless sequence of pictures that `seeds` stand for."""
    rng = np.random.default_rng(child(seeds, number))
    return draw_pictures(rng, BLOCK_SIZE, bright_background)


class ShapesetStream:
    """Endless training examples; a block of them is kept as bytes, a batch turned into inputs.

    Bytes are 2 MB a block where float32 would be 8 MB of cache taken from the network; turning
    ten images into inputs costs 7 us.
    """

    def __init__(self, section: Shapeset, seeds: np.random.SeedSequence, dtype: DTypeLike) -> None:
        self._bright_background = section.bright_background
        self._seeds = seeds
        self._table: NDArray[Any] = affine_pixel_values(*section.range).astype(dtype)
        self._position = 0
        self._block_number = -1
        self._images = np.empty((0, section.input_size), np.uint8)
        self._labels = np.empty(0, np.intp)

    @property
    def position(self) -> int:
        """Examples served since the start."""
        return self._position

    def seek(self, position: int) -> None:
        """Go on as if `position` examples had been served."""
        if position < 0:
            message = f"a stream has no position {position}; positions start at 0"
            raise ValueError(message)
        self._position = position

    def next_batch(self, batch_size: int) -> tuple[NDArray[Any], NDArray[np.intp]]:
        """Inputs (batch_size, 1024) and labels (batch_size,), new arrays."""
        inputs = np.empty((batch_size, self._images.shape[1]), self._table.dtype)
        labels = np.empty(batch_size, np.intp)
        n_filled = 0
        while n_filled < batch_size:
            number, begin = divmod(self._position, BLOCK_SIZE)
            if number != self._block_number:
                self._load(number)
            n = min(batch_size - n_filled, BLOCK_SIZE - begin)
            inputs[n_filled : n_filled + n] = inputs_from_levels(
                self._images[begin : begin + n], self._table
            )
            labels[n_filled : n_filled + n] = self._labels[begin : begin + n]
            n_filled += n
            self._position += n
        return inputs, labels

    def _load(self, number: int) -> None:
        block = draw_block(self._seeds, number, self._bright_background)
        self._images, self._labels = block.images, block.labels.astype(np.intp)
        self._block_number = number
