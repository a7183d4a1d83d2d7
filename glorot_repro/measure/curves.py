"""Curves: the tidy table of everything that is measured over training time."""

import csv
import io
import math
from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

Row = tuple[int, int, str, float]

HEADER = ("update", "layer", "quantity", "value")
"""What a row holds: the columns of every table of curves."""

WHOLE_NETWORK = 0
"""The layer number of quantities of the network as a whole; an empty field in the file."""

PRETRAINING_COSTS = ("denoising_cost", "reconstruction_cost")
"""The quantities whose updates are those of their layer's pre-training, not of the training."""

LARGEST = int(np.iinfo(np.int64).max)
"""What the arrays of updates and layers can hold."""


class Curves:
    """Rows of (update, layer, quantity, value), in the order in which they were measured."""

    def __init__(self, rows: Iterable[Row] = ()) -> None:
        self._rows: list[Row] = []
        # The rows of each curve, too: at depth 100 a search of all 380,000 takes 45 ms.
        self._curves: dict[tuple[str, int], list[Row]] = {}
        self.replace(rows)

    def add(self, update: int, layer: int, quantity: str, value: float) -> None:
        """Append one value; `layer` is 1 .. depth + 1, or WHOLE_NETWORK."""
        row = (update, layer, quantity, float(value))
        self._rows.append(row)
        self._curves.setdefault((quantity, layer), []).append(row)

    def replace(self, rows: Iterable[Row]) -> None:
        """Forget all rows and start from these."""
        self._rows = list(rows)
        self._curves = {}
        for row in self._rows:
            self._curves.setdefault((row[2], row[1]), []).append(row)

    @property
    def update(self) -> NDArray[np.int64]:
        """(n,) updates of the rows."""
        return np.array([row[0] for row in self._rows], dtype=np.int64)

    @property
    def layer(self) -> NDArray[np.int64]:
        """(n,) layers of the rows, WHOLE_NETWORK where there is none."""
        return np.array([row[1] for row in self._rows], dtype=np.int64)

    @property
    def quantity(self) -> NDArray[np.str_]:
        """(n,) quantities of the rows."""
        return np.array([row[2] for row in self._rows], dtype=np.str_)

    @property
    def value(self) -> NDArray[np.float64]:
        """(n,) values of the rows; NaN where a value could not be measured."""
        return np.array([row[3] for row in self._rows], dtype=np.float64)

    def columns(self) -> dict[str, NDArray]:
        """Name to array of the four columns, as a data frame takes them."""
        return {name: getattr(self, name) for name in HEADER}

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[Row]:
        return iter(self._rows)

    @property
    def quantities(self) -> list[str]:
        """The quantities at hand, sorted."""
        return sorted({quantity for quantity, _ in self._curves})

    def layers(self, quantity: str) -> list[int]:
        """The layers for which `quantity` was measured, ascending."""
        return sorted(layer for name, layer in self._curves if name == quantity)

    def series(
        self, quantity: str, layer: int | None = None
    ) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """(updates, values) of one quantity in one layer, or of the whole network."""
        wanted = WHOLE_NETWORK if layer is None else layer
        rows = self._curves.get((quantity, wanted), [])
        updates = np.array([row[0] for row in rows], dtype=np.int64)
        return updates, np.array([row[3] for row in rows], dtype=np.float64)

    def last(self, quantity: str, layer: int | None = None) -> float | None:
        """The newest value of a quantity, None if it was never measured."""
        _, values = self.series(quantity, layer)
        return float(values[-1]) if len(values) else None

    def to_csv(self) -> bytes:
        """The file's bytes; values as the shortest text that reads back to the same float64."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(HEADER)
        for update, layer, quantity, value in self._rows:
            shown = "" if math.isnan(value) else repr(value)
            writer.writerow((update, "" if layer == WHOLE_NETWORK else layer, quantity, shown))
        return text.getvalue().encode()

    @classmethod
    def from_csv(cls, data: bytes) -> "Curves":
        """What `to_csv` wrote, with or without a byte order mark.

        Raises ValueError, with the line, if `data` is something else.
        """
        try:
            return cls(_read_rows(data.decode("utf-8-sig")))
        except csv.Error as error:  # not a ValueError itself
            raise ValueError(str(error)) from error


def _read_rows(text: str) -> Iterator[Row]:
    reader = csv.reader(io.StringIO(text))
    if tuple(next(reader, ())) != HEADER:
        message = f"the first line should read {','.join(HEADER)}"
        raise ValueError(message)
    for fields in reader:
        try:
            yield _row(fields)
        except ValueError as error:
            message = f"line {reader.line_num} should hold {','.join(HEADER)}: {error}"
            raise ValueError(message) from error


def _row(fields: list[str]) -> Row:
    if len(fields) != len(HEADER):
        message = f"found {len(fields)} fields"
        raise ValueError(message)
    update, layer, quantity, value = fields
    return (
        _int64(update),
        _int64(layer) if layer else WHOLE_NETWORK,
        quantity,
        float(value) if value else math.nan,
    )


def _int64(text: str) -> int:
    number = int(text)
    if abs(number) > LARGEST:
        message = f"expected a whole number of at most {LARGEST}, found {text}"
        raise ValueError(message)
    return number
