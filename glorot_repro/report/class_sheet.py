"""A sheet of sample images, one row a class."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from glorot_repro.report.style import SMALL, drawing_style, new_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

COLUMNS = 10
"""Images of each class."""

_GAP = 2
_CELL = 0.34
_LETTER = 0.055
"""Inches of a letter of a class name, on average."""
_MARGIN = 0.05


def sheet_of_classes(
    images: NDArray[np.uint8], labels: NDArray[np.uint8], n_classes: int
) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """The first COLUMNS images of each class, in rows on white, and where there was one.

    images: (n, height, width[, 3]); returns (n_classes (height + 2) - 2, COLUMNS (width + 2) - 2
    [, 3]) and (n_classes, COLUMNS).
    """
    height, width, *colors = images.shape[1:]
    sheet = np.full((n_classes, height + _GAP, COLUMNS, width + _GAP, *colors), 255, np.uint8)
    is_filled = np.zeros((n_classes, COLUMNS), np.bool_)
    for label in range(n_classes):
        for column, index in enumerate(np.flatnonzero(labels == label)[:COLUMNS]):
            sheet[label, :height, column, :width] = images[index]
            is_filled[label, column] = True
    flat = sheet.reshape(n_classes * (height + _GAP), COLUMNS * (width + _GAP), *colors)
    return flat[:-_GAP, :-_GAP], is_filled


def class_sheet(
    images: NDArray[np.uint8], labels: NDArray[np.uint8], class_names: Sequence[str]
) -> "Figure":
    """The sheet as a figure, the name of each class beside its row."""
    sheet, is_filled = sheet_of_classes(images, labels, len(class_names))
    height, width = images.shape[1:3]
    inches = COLUMNS * _CELL
    high = inches * sheet.shape[0] / sheet.shape[1]
    names = 0.15 + _LETTER * max(len(name) for name in class_names)
    total = (names + inches + _MARGIN, high + 2 * _MARGIN)
    with drawing_style():
        figure = new_figure(*total)
        box = (names / total[0], _MARGIN / total[1], inches / total[0], high / total[1])
        axes = figure.add_axes(box)
        axes.set_axis_off()
        axes.imshow(sheet, cmap="gray", vmin=0, vmax=255, interpolation="nearest", aspect="auto")
        for row, name in enumerate(class_names):
            middle = row * (height + _GAP) + (height - 1) / 2
            axes.text(-4, middle, name, ha="right", va="center", fontsize=SMALL)
        _frame(axes, is_filled, height, width)
    return figure


def _frame(axes: "Axes", is_filled: NDArray[np.bool_], height: int, width: int) -> None:
    """A hair line around each image: some are as white as the page."""
    from matplotlib.patches import Rectangle

    for row, column in np.argwhere(is_filled):
        corner = (float(column * (width + _GAP)) - 0.5, float(row * (height + _GAP)) - 0.5)
        frame = Rectangle(corner, width, height, fill=False, edgecolor="0.5", linewidth=0.3)
        axes.add_patch(frame).set_clip_on(False)
