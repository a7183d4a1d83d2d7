"""Endless training examples from a fixed set of images, in a new order each epoch."""

from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from glorot_repro.data.images import LabelledImages, inputs_from_levels
from glorot_repro.seeds import child


class EpochOrder:
    """Endless indices of n examples: each once an epoch, in an order that only the epoch decides.

    The order of epoch e, counted from 0, comes from child e of the seeds, so that the position,
    the number of indices served, is the whole state.
    """

    def __init__(self, n: int, seeds: np.random.SeedSequence) -> None:
        self._n = n
        self._seeds = seeds
        self._epoch = -1
        self._order = np.empty(0, np.intp)
        self.position = 0

    def next_index(self, count: int) -> NDArray[np.intp]:
        """The next `count` indices; where an epoch ends, they run over into the next."""
        parts = []
        n_left = count
        while n_left:
            epoch, begin = divmod(self.position, self._n)
            if epoch != self._epoch:
                self._order, self._epoch = self._order_of(epoch), epoch
            part = self._order[begin : begin + n_left]
            parts.append(part)
            n_left -= len(part)
            self.position += len(part)
        return parts[0] if len(parts) == 1 else np.concatenate([np.empty(0, np.intp), *parts])

    def _order_of(self, epoch: int) -> NDArray[np.intp]:
        return np.random.default_rng(child(self._seeds, epoch)).permutation(self._n)


class EpochStream:
    """Endless training examples; images stay bytes, a batch is turned into inputs when asked for.

    Ten images become inputs in 15 us for MNIST, in 42 us for CIFAR-10.
    """

    def __init__(
        self, images: LabelledImages, seeds: np.random.SeedSequence, dtype: DTypeLike
    ) -> None:
        self._images = images
        self._order = EpochOrder(len(images), seeds)
        self._table: NDArray[Any] = images.pixel_values.astype(dtype)

    @property
    def position(self) -> int:
        """Examples served since the start."""
        return self._order.position

    def seek(self, position: int) -> None:
        """Go on as if `position` examples had been served."""
        if position < 0:
            message = f"a stream has no position {position}; positions start at 0"
            raise ValueError(message)
        self._order.position = position

    def next_batch(self, batch_size: int) -> tuple[NDArray[Any], NDArray[np.intp]]:
        """Inputs (batch_size, input_size) and labels (batch_size,), new arrays."""
        index = self._order.next_index(batch_size)
        inputs = inputs_from_levels(self._images.images[index], self._table)
        return inputs, self._images.labels[index].astype(np.intp)
