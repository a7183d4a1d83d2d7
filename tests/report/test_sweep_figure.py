"""The heat map of the sweep, through its texts and colors."""

import pytest
from legibility import assert_texts_apart
from matplotlib.axes import Axes

from glorot_repro.config.sweep import SweepSection
from glorot_repro.measure.init_sweep import sweep
from glorot_repro.report.style import figure_bytes
from glorot_repro.report.sweep_figure import sweep_figure

MEASUREMENTS = sweep(
    SweepSection.model_validate(
        {
            "activations": ["tanh", "sigmoid", "linear"],
            "initializers": ["zeros", "identity", {"name": "orthogonal", "gain": 2}],
            "depths": [12],
            "width": 30,
            "examples": 20,
        }
    )
)


CAPTION = "30 units a layer, 20 examples, seed 0"


def texts(axes: Axes) -> list[str]:
    return [text.get_text() for text in axes.texts]


def test_panels_show_what_was_measured_and_the_theory() -> None:
    forward, backward, lost = sweep_figure(MEASUREMENTS, CAPTION).axes
    assert [label.get_text() for label in forward.get_yticklabels()] == [
        "zeros", "identity", "orthogonal (gain 2)"
    ]  # fmt: skip
    names = [label.get_text() for label in lost.get_xticklabels()]
    assert names == ["tanh", "sigmoid", "linear"]
    # identity has no theory; linear layers keep its signal and double that of gain 2
    assert texts(forward)[-2:] == ["2", "2"]
    assert len(texts(forward)) == 2 * 9 - 3
    assert len(texts(backward)) == 2 * 9 - 3
    assert texts(lost)[:3] == ["1", "1", "1"]
    assert texts(lost)[5] == "> 12"


def test_colors_are_white_at_one_and_dark_at_the_ends() -> None:
    forward = sweep_figure(MEASUREMENTS, CAPTION).axes[0]
    (image,) = forward.images
    values = image.get_array()
    assert values is not None
    assert values[1, 2] == pytest.approx(0, abs=1e-12)  # identity x linear
    assert values[2, 2] == pytest.approx(1)
    assert values[1, 1] == -1  # sigmoid: a factor of 1/16 is beyond the colors


def test_the_same_measurements_give_the_same_bytes() -> None:
    one, other = (figure_bytes(sweep_figure(MEASUREMENTS, CAPTION), "svg") for _ in range(2))
    assert one == other


def test_what_was_measured_stands_below_the_names_of_the_activations() -> None:
    """Neither width, examples nor seed could be told from the figure."""
    figure = sweep_figure(MEASUREMENTS, CAPTION)
    assert [text.get_text() for text in figure.texts] == [CAPTION]
    assert_texts_apart(figure)
