"""A table of the page: columns and rows of text."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class PageTable:
    """columns: names; rows: their texts; the first column heads its row.

    numbers: indices of the columns that are set to the right. caption: one sentence.
    """

    caption: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    numbers: frozenset[int] = frozenset()
