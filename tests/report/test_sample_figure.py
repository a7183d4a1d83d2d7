from collections.abc import Callable

import numpy as np
import pytest
from matplotlib.text import Text

from glorot_repro.data.polygons import SIDE
from glorot_repro.data.shapeset import Shapeset
from glorot_repro.report.sample_figure import sample_figure, upright_images
from glorot_repro.runs.reading import RunRecord

MakeRecord = Callable[..., RunRecord]


def with_images(make_record: MakeRecord, count: int) -> RunRecord:
    images, labels = Shapeset().sample(count, seed=5)
    return make_record(samples={"images": images, "labels": labels})


def test_shapeset_is_turned_upright(make_record: MakeRecord) -> None:
    images = np.zeros((1, SIDE, SIDE), np.uint8)
    images[0, 20, 3] = 200  # x 20 to the right, y 3 downwards
    record = make_record(samples={"images": images, "labels": np.zeros(1, np.uint8)})
    upright = upright_images(record)
    assert np.argwhere(upright[0] == 200).tolist() == [[3, 20]]


def test_flat_images_are_understood(make_record: MakeRecord) -> None:
    record = with_images(make_record, 3)
    assert record.samples is not None
    flat = {"images": record.samples["images"].reshape(3, -1)}
    np.testing.assert_array_equal(upright_images(make_record(samples=flat)), upright_images(record))


def test_fifty_images_are_drawn_in_five_rows_of_ten(make_record: MakeRecord) -> None:
    record = with_images(make_record, 60)
    figure = sample_figure([record])
    (drawn,) = figure.axes[0].images
    page = np.asarray(drawn.get_array())
    assert page.shape == (5 * 34 - 2, 10 * 34 - 2)
    assert len(figure.axes[0].patches) == 50
    images = upright_images(record)
    assert len(images) == 50
    np.testing.assert_array_equal(page[34 : 34 + 32, 68 : 68 + 32], images[12])


def test_the_caption_tells_seed_and_background(make_record: MakeRecord) -> None:
    figure = sample_figure([make_record(), with_images(make_record, 12)])
    text = figure.texts[0].get_text().replace("\n", " ")
    assert "12 test images of shapeset, 32 x 32 pixels, seed 0" in text
    assert "probability 0.3333" in text
    assert text.endswith("glorot-repro run fig01 'seeds=[0]'")


def test_a_pixel_is_three_dots_wide_and_high(make_record: MakeRecord) -> None:
    """Or a shape's edges would be uneven: 338 pixels do not go into every width."""
    (axes,) = sample_figure([with_images(make_record, 50)]).axes
    box = axes.get_window_extent()
    assert box.width == pytest.approx(3 * (10 * 34 - 2))
    assert box.height == pytest.approx(3 * (5 * 34 - 2))


@pytest.mark.parametrize("has_run", [False, True])
def test_without_images_the_figure_says_so(make_record: MakeRecord, has_run: bool) -> None:
    figure = sample_figure([make_record()] if has_run else [])
    assert not figure.axes
    texts = [text.get_text() for text in figure.findobj(Text) if isinstance(text, Text)]
    assert any("not run" in text and "glorot-repro run fig01" in text for text in texts)
