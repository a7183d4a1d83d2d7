"""Figure 1: sample images of Shapeset-3x2."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from glorot_repro.config.scales import PAPER
from glorot_repro.report.mosaic import Mosaic
from glorot_repro.report.run_labels import command_text
from glorot_repro.report.sheet import Sheet
from glorot_repro.runs.reading import RunRecord

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MOST_IMAGES = 50
"""As many as in the paper's figure 1."""


def upright_images(record: RunRecord) -> NDArray[np.uint8]:
    """The first images that a run has kept, pixels by rows: (n, height, width[, 3])."""
    dataset = record.config.dataset
    if record.samples is None:
        return np.empty((0, *dataset.image_shape), np.uint8)
    return dataset.upright(record.samples["images"][:MOST_IMAGES])


def sample_figure(
    records: Sequence[RunRecord], *, overrides: Sequence[str] = (), scale: str = PAPER
) -> "Figure":
    """The images of the first run that has kept some; a line that says so if there is none."""
    sheet = Sheet()
    text = "not run: no run has kept sample images"
    for record in records:
        images = upright_images(record)
        if len(images):
            mosaic = Mosaic.in_order(images)
            sheet.picture(mosaic.aspect, mosaic.draw)
            text = caption_text(record, len(images))
            break
    sheet.caption(text, command_text("fig01", records, overrides, scale))
    return sheet.figure()


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
