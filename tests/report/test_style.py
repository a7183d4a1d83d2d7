import numpy as np
import pytest
from matplotlib.colors import to_rgb
from matplotlib.typing import ColorType
from numpy.typing import NDArray

from glorot_repro.report.style import MODEL_LINES, PAPER_LINE, layer_line

LINEAR_SRGB_TO_DEUTERANOPIA = np.array(
    [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ]
)
"""Machado, Oliveira & Fernandes (2009), severity 1."""


def lightness(color: ColorType, *, is_deuteranope: bool = False) -> float:
    """CIE L*, 0 (black) to 100 (white)."""
    srgb: NDArray[np.float64] = np.array(to_rgb(color))
    linear = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    if is_deuteranope:
        linear = np.clip(LINEAR_SRGB_TO_DEUTERANOPIA @ linear, 0, 1)
    luminance = float(linear @ [0.2126, 0.7152, 0.0722])
    return 116 * luminance ** (1 / 3) - 16 if luminance > 0.008856 else 903.3 * luminance


@pytest.mark.parametrize("is_deuteranope", [False, True])
def test_layers_get_lighter_and_stay_darker_than_the_paper(is_deuteranope: bool) -> None:
    steps = [
        lightness(layer_line(layer, 5)["color"], is_deuteranope=is_deuteranope)
        for layer in range(1, 6)
    ]
    assert min(np.diff(steps)) > 5
    assert lightness(PAPER_LINE["color"]) - steps[-1] > 15


def test_neighbors_differ_in_line_style_too() -> None:
    styles = [layer_line(layer, 12)["linestyle"] for layer in range(1, 13)]
    assert all(one != other for one, other in zip(styles, styles[1:], strict=False))


def test_one_layer_has_a_line() -> None:
    assert layer_line(1, 1)["color"] == layer_line(1, 5)["color"]


@pytest.mark.parametrize("is_deuteranope", [False, True])
def test_the_two_normalized_tanh_networks_differ_in_lightness(is_deuteranope: bool) -> None:
    """Both networks that stand for the printed Tanh N were orange, their dashes much alike."""
    light, dark = (
        lightness(MODEL_LINES[name]["color"], is_deuteranope=is_deuteranope)
        for name in ("Tanh N", "Tanh as printed")
    )
    assert light - dark > 15
    assert lightness(PAPER_LINE["color"], is_deuteranope=is_deuteranope) - light > 10
