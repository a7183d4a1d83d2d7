"""How all figures look, and how they become files: the same bytes at each run.

matplotlib is imported inside the functions, so that the names of figures cost nothing.
"""

import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from glorot_repro.errors import ConfigError

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

FORMATS = ("png", "svg", "pdf")

COLUMN_WIDTH = 3.4
"""Inches: one column of the paper. Figures are drawn at this size, so that 6 points stay 6."""

PNG_DPI = 300

SMALL = 6.0
"""Points: captions, tables and tick labels; nothing is smaller."""

MEDIUM = 7.0
"""Points: axis labels and titles."""

PAPER_LINE: dict[str, Any] = {"color": "#c6c6c6", "linewidth": 1.7, "linestyle": "-"}
"""The paper's curve: wide and light, so that ours can be told from it on top of it, in gray too."""

_LINE_STYLES: tuple[Any, ...] = (
    "-",
    (0, (5, 1.2)),
    (0, (5, 1.2, 1, 1.2)),
    (0, (1, 1)),
    (0, (2.5, 1, 2.5, 1, 1, 1)),
)

_RAMP = ("plasma", 0.0, 0.6)
"""From dark blue to red: even steps of lightness, so it survives gray and color blindness.

The light end is left out: it vanishes on white and, in gray, on the paper's line. There is no gray
in it, which is the paper's.
"""

_SETTINGS: dict[Any, Any] = {
    "font.family": "DejaVu Sans",  # comes with matplotlib: the same bytes on every machine
    "font.size": SMALL,
    "axes.labelsize": MEDIUM,
    "axes.linewidth": 0.5,
    "axes.labelpad": 2.0,
    "xtick.labelsize": SMALL,
    "ytick.labelsize": SMALL,
    "xtick.major.width": 0.5,
    "ytick.major.width": 0.5,
    "xtick.major.size": 2.0,
    "ytick.major.size": 2.0,
    "xtick.major.pad": 2.0,
    "ytick.major.pad": 2.0,
    "svg.hashsalt": "glorot_repro",
    "svg.fonttype": "path",
    "pdf.fonttype": 42,
    "pdf.compression": 9,
}

_NO_DATES: dict[str, dict[str, None]] = {
    "png": {"Software": None},
    "svg": {"Date": None, "Creator": None},
    "pdf": {"CreationDate": None, "Creator": None, "Producer": None},
}


@contextmanager
def drawing_style() -> Iterator[None]:
    """Matplotlib's own defaults with our settings, whatever the reader's matplotlibrc says."""
    import matplotlib as mpl

    # Matplotlib's scales overflow, and say so, where values are near the largest number.
    with mpl.rc_context(), np.errstate(over="ignore"):
        mpl.rcdefaults()
        mpl.rcParams.update(_SETTINGS)
        yield


def new_figure(width: float, height: float) -> "Figure":
    """An empty figure of `width` x `height` inches that needs no display and no pyplot."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), dpi=PNG_DPI)
    FigureCanvasAgg(figure)
    return figure


def layer_line(layer: int, n_layers: int) -> dict[str, Any]:
    """Color, style and width of the line of a layer, 1 .. n_layers."""
    import matplotlib as mpl

    name, first, last = _RAMP
    share = (layer - 1) / max(1, n_layers - 1)
    return {
        "color": mpl.colormaps[name](first + (last - first) * share),
        "linestyle": _LINE_STYLES[(layer - 1) % len(_LINE_STYLES)],
        "linewidth": 0.9,
    }


def paper_line(ours: Mapping[str, Any]) -> dict[str, Any]:
    """The line of the printed curve that `ours` is held against: gray, in the same style."""
    return {**PAPER_LINE, "linestyle": ours["linestyle"], "linewidth": 1.3}


def write_note(axes: "Axes", text: str, *, x: float = 0.03) -> None:
    """A note in an upper corner, readable over curves; x: 0 (left) to 1 (right)."""
    axes.text(
        x,
        0.93,
        text,
        transform=axes.transAxes,
        ha="right" if x > 0.5 else "left",
        va="top",
        fontsize=MEDIUM,
        bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.85, "pad": 1.0},
        zorder=30,
    )


MODEL_LINES: dict[str, dict[str, Any]] = {
    "Sigmoid": {"color": "#000000", "linestyle": "-"},
    "Sigmoid depth 5": {"color": "#000000", "linestyle": "-"},
    "Sigmoid depth 4": {"color": "#000000", "linestyle": (0, (5, 1.2, 1, 1.2))},
    "Softsign": {"color": "#2166ac", "linestyle": (0, (2.2, 0.9))},
    "Softsign N": {"color": "#2166ac", "linestyle": (0, (1, 0.9))},
    "Tanh": {"color": "#e08214", "linestyle": (0, (7, 1.2))},
    "Tanh N": {"color": "#e08214", "linestyle": (0, (4, 1, 1, 1, 1, 1))},
    "Tanh as printed": {"color": "#8c510a", "linestyle": (0, (4, 1, 1, 1))},
    "Pre-training": {"color": "#762a83", "linestyle": (0, (2.5, 1, 2.5, 1, 1, 1))},
}
"""Activations by color, dark to light in gray; line styles tell the printed gray ones apart."""


def model_line(name: str) -> dict[str, Any]:
    """Color, style and width of the line of a model of figures 11 and 12."""
    return {**MODEL_LINES[name], "linewidth": 0.9}


TOO_LARGE = "the values are too large to be drawn; try --log"


def figure_bytes(figure: "Figure", file_format: str) -> bytes:
    """The figure as a file of one of FORMATS: equal figures give equal bytes.

    Raises ConfigError for values that are too large for an axis.
    """
    buffer = io.BytesIO()
    try:
        with drawing_style():
            figure.savefig(buffer, format=file_format, metadata=_NO_DATES[file_format])
    except OverflowError as error:
        raise ConfigError(TOO_LARGE) from error
    return buffer.getvalue()
