"""A sheet of sample images, one row a class."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from glorot_repro.report.mosaic import COLUMNS, Mosaic
from glorot_repro.report.style import SMALL, drawing_style, new_figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_CELL = 0.34
_LETTER = 0.055
"""Inches of a letter of a class name, on average."""
_MARGIN = 0.05


def class_sheet(
    images: NDArray[np.uint8], labels: NDArray[np.uint8], class_names: Sequence[str]
) -> "Figure":
    """The first images of each class as a figure, the name of the class beside its row.

    images: (n, height, width[, 3]), pixels by rows; labels: (n,).
    """
    mosaic = Mosaic.by_class(images, labels, len(class_names))
    inches = COLUMNS * _CELL
    high = inches * mosaic.aspect
    names = 0.15 + _LETTER * max(len(name) for name in class_names)
    total = (names + inches + _MARGIN, high + 2 * _MARGIN)
    with drawing_style():
        figure = new_figure(*total)
        box = (names / total[0], _MARGIN / total[1], inches / total[0], high / total[1])
        axes = figure.add_axes(box)
        mosaic.draw(axes)
        for row, name in enumerate(class_names):
            middle = row * mosaic.pitch[0] + (images.shape[1] - 1) / 2
            axes.text(-4, middle, name, ha="right", va="center", fontsize=SMALL)
    return figure
