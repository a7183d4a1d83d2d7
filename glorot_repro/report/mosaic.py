"""Images side by side on a page, as one picture, with a line around each."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COLUMNS = 10
"""Images in a row."""

GAP = 2
"""Pixels between images."""

_WHITE = 255


@dataclass(frozen=True, eq=False)
class Mosaic:
    """Images and the cell of each, counted from the upper left.

    images: (n, height, width[, 3]), uint8, pixels by rows; rows, columns: (n,); n_rows: of the
    page, which may end with empty ones.
    """

    images: NDArray[np.uint8]
    rows: NDArray[np.intp]
    columns: NDArray[np.intp]
    n_rows: int

    @classmethod
    def in_order(cls, images: NDArray[np.uint8]) -> "Mosaic":
        """All images, row after row."""
        rows, columns = np.divmod(np.arange(len(images)), COLUMNS)
        return cls(images, rows, columns, -(-len(images) // COLUMNS))

    @classmethod
    def by_class(
        cls, images: NDArray[np.uint8], labels: NDArray[np.uint8], n_classes: int
    ) -> "Mosaic":
        """The first COLUMNS images of each class, in a row of its own."""
        chosen = [np.flatnonzero(labels == label)[:COLUMNS] for label in range(n_classes)]
        counts = [len(of_class) for of_class in chosen]
        rows = np.repeat(np.arange(n_classes), counts)
        columns = np.concatenate([np.arange(count) for count in counts])
        return cls(images[np.concatenate(chosen)], rows, columns, n_classes)

    @property
    def pitch(self) -> tuple[int, int]:
        """Pixels from a row to the next one, and from a column to the next one."""
        height, width = self.images.shape[1:3]
        return height + GAP, width + GAP

    @property
    def page(self) -> NDArray[np.uint8]:
        """The picture, on white: (n_rows (height + 2) - 2, COLUMNS (width + 2) - 2[, 3])."""
        down, across = self.pitch
        height, width, *colors = self.images.shape[1:]
        page = np.full((self.n_rows, down, COLUMNS, across, *colors), _WHITE, np.uint8)
        page[self.rows, :height, self.columns, :width] = self.images
        return page.reshape(self.n_rows * down, COLUMNS * across, *colors)[:-GAP, :-GAP]

    @property
    def aspect(self) -> float:
        """Height of the page over its width."""
        return self.page.shape[0] / self.page.shape[1]

    def draw(self, axes: "Axes") -> None:
        """The page without ticks, and a hair line around each image: some are as white as it is."""
        from matplotlib.patches import Rectangle

        axes.set_axis_off()
        axes.imshow(
            self.page, cmap="gray", vmin=0, vmax=_WHITE, interpolation="nearest", aspect="auto"
        )
        (down, across), (height, width) = self.pitch, self.images.shape[1:3]
        for row, column in zip(self.rows.tolist(), self.columns.tolist(), strict=True):
            corner = (column * across - 0.5, row * down - 0.5)
            frame = Rectangle(corner, width, height, fill=False, edgecolor="0.5", linewidth=0.3)
            axes.add_patch(frame).set_clip_on(False)  # the outer lines lie half outside
