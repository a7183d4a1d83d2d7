"""The sheet of samples, through its data."""

import numpy as np

from glorot_repro.report.class_sheet import class_sheet
from glorot_repro.report.style import figure_bytes


def test_figure_names_the_classes_and_has_the_same_bytes_again() -> None:
    images = np.random.default_rng(0).integers(0, 256, (20, 4, 4), dtype=np.uint8)
    labels = np.arange(20, dtype=np.uint8) % 2
    figures = [class_sheet(images, labels, ("one", "two")) for _ in range(2)]
    (axes,) = figures[0].axes
    assert [text.get_text() for text in axes.texts] == ["one", "two"]
    assert len(axes.patches) == 20
    assert figure_bytes(figures[0], "png") == figure_bytes(figures[1], "png")
