"""What a data set looks like in numbers."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from glorot_repro.data.finite import FileRecord, FiniteDataset
from glorot_repro.data.images import Dataset, affine_pixel_values
from glorot_repro.data.shapeset import Shapeset

N_GENERATED = 10_000
"""Images that are drawn to describe a generated data set."""

_IMAGES_AT_ONCE = 1000


@dataclass(frozen=True)
class Description:
    """sizes: images of each split; class_counts: for each split the images of each class.

    mean, mean_square: of the network inputs of the first split, over all images and pixels.
    """

    sizes: dict[str, int]
    class_counts: dict[str, list[int]]
    mean: float
    mean_square: float
    files: tuple[FileRecord, ...] = field(default=())


def describe(dataset: Dataset) -> Description:
    """The description of all images, or of N_GENERATED of a data set without end.

    Of a finite Shapeset, of its training images: the others are drawn anew for each seed.
    """
    files: tuple[FileRecord, ...] = ()
    if isinstance(dataset, FiniteDataset):
        splits = dataset.splits()
        files = splits.files
        images = {name: (split.images, split.labels) for name, split in splits}
        low, high = dataset.range
    elif isinstance(dataset, Shapeset):
        if dataset.train_size:
            training = dataset.training_images()
            images = {"training": (training.images, training.labels)}
        else:
            images = {"drawn": dataset.sample(N_GENERATED, seed=0)}
        low, high = dataset.range
    else:
        message = f"{dataset!r} has no description"
        raise TypeError(message)
    first = next(iter(images.values()))[0]
    mean, mean_square = input_moments(first, affine_pixel_values(low, high))
    return Description(
        {name: len(labels) for name, (_, labels) in images.items()},
        {
            name: np.bincount(labels, minlength=dataset.n_classes).tolist()
            for name, (_, labels) in images.items()
        },
        mean,
        mean_square,
        files,
    )


def input_moments(
    levels: NDArray[np.uint8], pixel_values: NDArray[np.float64]
) -> tuple[float, float]:
    """Mean and mean square of the network inputs, float64, from the counts of the 256 levels."""
    counts = sum(_counts(levels), start=np.zeros(256, np.intp)) / levels.size
    return float(counts @ pixel_values), float(counts @ pixel_values**2)


def _counts(levels: NDArray[np.uint8]) -> Iterator[NDArray[np.intp]]:
    # bincount makes 8 bytes of each; all of CIFAR-10 at once would be 1 GB.
    for start in range(0, len(levels), _IMAGES_AT_ONCE):
        yield np.bincount(levels[start : start + _IMAGES_AT_ONCE].ravel(), minlength=256)
