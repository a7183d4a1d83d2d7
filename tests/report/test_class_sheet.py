"""The sheet of samples, through its data."""

import numpy as np
import pytest

from glorot_repro.report.class_sheet import COLUMNS, class_sheet, sheet_of_classes
from glorot_repro.report.style import figure_bytes


@pytest.mark.parametrize("colors", [(), (3,)])
def test_rows_hold_the_first_images_of_their_class(colors: tuple[int, ...]) -> None:
    labels = (np.arange(50) * 7 % 3).astype(np.uint8)
    labels[labels == 2] = 3  # no image of class 2
    images = np.broadcast_to(
        np.arange(50, dtype=np.uint8).reshape(-1, 1, 1, *(1 for _ in colors)), (50, 4, 5, *colors)
    )
    sheet, is_filled = sheet_of_classes(images, labels, 4)
    assert sheet.shape == (4 * 6 - 2, COLUMNS * 7 - 2, *colors)
    for label in (0, 1, 3):
        expected = np.flatnonzero(labels == label)[:COLUMNS]
        corners = sheet[6 * label, ::7].reshape(COLUMNS, -1)[:, 0]
        np.testing.assert_array_equal(corners, expected)
        assert is_filled[label].all()
    assert (sheet[12:18] == 255).all()
    assert not is_filled[2].any()
    assert (sheet[4::6] == 255).all()


def test_figure_names_the_classes_and_has_the_same_bytes_again() -> None:
    images = np.random.default_rng(0).integers(0, 256, (20, 4, 4), dtype=np.uint8)
    labels = np.arange(20, dtype=np.uint8) % 2
    figures = [class_sheet(images, labels, ("one", "two")) for _ in range(2)]
    (axes,) = figures[0].axes
    assert [text.get_text() for text in axes.texts] == ["one", "two"]
    assert len(axes.patches) == 20
    assert figure_bytes(figures[0], "png") == figure_bytes(figures[1], "png")
