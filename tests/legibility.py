"""Whether the texts of a figure can be read: inside the figure, and none over another."""

import itertools
from collections.abc import Sequence

from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from glorot_repro.report.style import drawing_style


def visible_texts(figure: Figure) -> list[Text]:
    """All texts that are drawn: ticks outside of the axes are not."""
    texts = [*figure.texts]
    for axes in figure.axes:
        texts += axes.texts
        if axes.axison:
            for axis in axes._axis_map.values():
                low, high = sorted(axis.get_view_interval())
                ticks = [tick for tick in axis.get_major_ticks() if low <= tick.get_loc() <= high]
                labels = [tick.label1 for tick in ticks if tick.label1.get_visible()]
                texts += [axis.label, *labels]
    return [text for text in texts if text.get_text()]


def assert_texts_apart(figure: Figure) -> None:
    """All texts lie inside the figure, and no two of them overlap."""
    with drawing_style():
        figure.draw_without_rendering()
        boxes = [(text.get_text(), text.get_window_extent()) for text in visible_texts(figure)]
    assert len(boxes) > 20
    assert_boxes_apart(figure, boxes)


def assert_boxes_apart(
    figure: Figure, boxes: Sequence[tuple[str, Bbox]], *, shrunk_to: float = 1
) -> None:
    """All boxes of texts lie inside the figure; no two overlap once shrunk."""
    for name, box in boxes:
        assert box.x0 >= 0, name
        assert box.x1 <= figure.bbox.x1, name
        assert box.y0 >= 0, name
        assert box.y1 <= figure.bbox.y1, name
    for (name, box), (other, other_box) in itertools.combinations(boxes, 2):
        smaller, other_smaller = (b.shrunk(shrunk_to, shrunk_to) for b in (box, other_box))
        assert not smaller.overlaps(other_smaller), (name, other)
