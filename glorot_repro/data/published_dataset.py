"""The base of the data sets that their authors published in files, split by the order of these."""

from abc import abstractmethod
from dataclasses import replace
from typing import ClassVar

from glorot_repro.data.finite import FiniteDataset, Split, Splits
from glorot_repro.data.published import Source

TRAIN_SIZE = "the first so many training images alone, all by default"


class PublishedDataset(FiniteDataset):
    """A data set whose images come in no particular order, so that the first are a fair sample."""

    train_size: int

    source: ClassVar[Source]

    @property
    @abstractmethod
    def split_sizes(self) -> tuple[int, int, int]:
        """Training images of the files, whatever `train_size`; validation and test images."""

    @property
    def official_hashes(self) -> dict[str, str]:
        """See FiniteDataset."""
        return dict(file.official_hash() for file in self.source.files)

    def splits(self) -> Splits:
        """See FiniteDataset."""
        splits = super().splits()
        first = slice(self.train_size)
        training = Split(splits.training.images[first], splits.training.labels[first])
        return replace(splits, training=training)
