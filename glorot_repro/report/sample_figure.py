"""Figure 1: sample images of Shapeset-3x2."""

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from glorot_repro.report.style import COLUMN_WIDTH, MEDIUM, SMALL, drawing_style, new_figure
from glorot_repro.runs.reading import RunRecord

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

COLUMNS = 10
MOST_IMAGES = 50
"""As many as in the paper's figure 1."""

GAP = 2
"""Pixels between images."""

_PAGE = 255
_MARGIN = 0.01  # inches: leaves 1014 dots for the 338 pixels of ten images, three dots each
_CAPTION_COLUMNS = 76


def upright_images(record: RunRecord) -> NDArray[np.uint8]:
    """The first images that a run has kept, pixels by rows: (n, height, width[, 3]).

    Shapeset's axis 0 is x, to the right, and is swapped; other data sets are stored by rows.
    """
    shape = record.config.dataset.image_shape
    if record.samples is None:
        return np.empty((0, *shape), np.uint8)
    images = record.samples["images"][:MOST_IMAGES]
    images = images.reshape(len(images), *shape)
    return images.swapaxes(1, 2) if record.config.dataset.name == "shapeset" else images


def mosaic(images: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The images in rows of ten, on white: (rows (height + 2) - 2, 10 (width + 2) - 2[, 3])."""
    n, height, width, *colors = images.shape
    n_rows = -(-n // COLUMNS)
    page = np.full((n_rows, height + GAP, COLUMNS, width + GAP, *colors), _PAGE, np.uint8)
    for number, image in enumerate(images):
        row, column = divmod(number, COLUMNS)
        page[row, :height, column, :width] = image
    flat = page.reshape(n_rows * (height + GAP), COLUMNS * (width + GAP), *colors)
    return flat[:-GAP, :-GAP]


def sample_figure(records: Sequence[RunRecord]) -> "Figure":
    """The images of the first run that has kept some; a line that says so if there is none."""
    for record in records:
        images = upright_images(record)
        if len(images):
            return _image_figure(images, caption_text(record, len(images)))
    with drawing_style():
        figure = new_figure(COLUMN_WIDTH, 0.3)
        figure.text(0.02, 0.4, "not run: no run has kept sample images", fontsize=MEDIUM)
    return figure


def _image_figure(images: NDArray[np.uint8], text: str) -> "Figure":
    page = mosaic(images)
    caption = textwrap.wrap(text, _CAPTION_COLUMNS)
    inches_wide = COLUMN_WIDTH - 2 * _MARGIN
    inches_high = inches_wide * page.shape[0] / page.shape[1]
    height = _MARGIN + inches_high + 0.08 + 0.105 * len(caption)
    with drawing_style():
        figure = new_figure(COLUMN_WIDTH, height)
        bottom = 1 - (_MARGIN + inches_high) / height
        axes = figure.add_axes(
            (_MARGIN / COLUMN_WIDTH, bottom, inches_wide / COLUMN_WIDTH, inches_high / height)
        )
        axes.set_axis_off()
        axes.imshow(page, cmap="gray", vmin=0, vmax=255, interpolation="nearest", aspect="auto")
        _frame_images(axes, images)
        figure.text(
            0.01,
            bottom - 0.06 / height,
            "\n".join(caption),
            fontsize=SMALL,
            va="top",
            linespacing=1.2,
        )
    return figure


def _frame_images(axes: "Axes", images: NDArray[np.uint8]) -> None:
    """A hair line around each image: some backgrounds are as white as the page."""
    from matplotlib.patches import Rectangle

    n, height, width = images.shape[:3]
    for number in range(n):
        row, column = divmod(number, COLUMNS)
        corner = (column * (width + GAP) - 0.5, row * (height + GAP) - 0.5)
        frame = Rectangle(corner, width, height, fill=False, edgecolor="0.5", linewidth=0.3)
        axes.add_patch(frame).set_clip_on(False)  # the outer lines lie half outside


def caption_text(record: RunRecord, n_images: int) -> str:
    """What the images are, from the configuration of the run."""
    dataset = record.config.dataset
    height, width = dataset.image_shape[:2]
    text = (
        f"{n_images} test images of {dataset.name}, {height} x {width} pixels, "
        f"seed {record.config.seed}; {dataset.n_classes} classes: {', '.join(dataset.class_names)}."
    )
    bright = getattr(dataset, "bright_background", None)
    if bright is None:
        return text
    return (
        f"{text} T is a triangle, P a parallelogram, E an ellipse. "
        f"A background is brighter than its shapes with probability {bright:g}."
    )
