"""Images on a page, through its pixels."""

import numpy as np
import pytest

from glorot_repro.report.mosaic import COLUMNS, Mosaic


@pytest.mark.parametrize(("count", "n_rows"), [(1, 1), (10, 1), (11, 2)])
def test_fewer_images_take_fewer_rows(count: int, n_rows: int) -> None:
    page = Mosaic.in_order(np.full((count, 4, 6), 7, np.uint8)).page
    assert page.shape == (n_rows * 6 - 2, 10 * 8 - 2)
    assert (page == 7).sum() == count * 24
    assert (page == 255).sum() == page.size - count * 24


def test_colors_are_kept() -> None:
    assert Mosaic.in_order(np.zeros((3, 4, 4, 3), np.uint8)).page.shape == (4, 58, 3)


@pytest.mark.parametrize("colors", [(), (3,)])
def test_rows_hold_the_first_images_of_their_class(colors: tuple[int, ...]) -> None:
    labels = (np.arange(50) * 7 % 3).astype(np.uint8)
    labels[labels == 2] = 3  # no image of class 2
    images = np.broadcast_to(
        np.arange(50, dtype=np.uint8).reshape(-1, 1, 1, *(1 for _ in colors)), (50, 4, 5, *colors)
    )
    mosaic = Mosaic.by_class(images, labels, 4)
    page = mosaic.page
    assert page.shape == (4 * 6 - 2, COLUMNS * 7 - 2, *colors)
    for label in (0, 1, 3):
        expected = np.flatnonzero(labels == label)[:COLUMNS]
        corners = page[6 * label, ::7].reshape(COLUMNS, -1)[:, 0]
        np.testing.assert_array_equal(corners, expected)
    assert (page[12:18] == 255).all()
    assert 2 not in mosaic.rows
    assert (page[4::6] == 255).all()
