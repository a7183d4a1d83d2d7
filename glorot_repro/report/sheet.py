"""A figure of one column: titles, plots, tables and a caption, one below the other."""

import textwrap
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from glorot_repro.report.style import (
    COLUMN_WIDTH,
    MEDIUM,
    PNG_DPI,
    SMALL,
    drawing_style,
    new_figure,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Inches.
_LEFT, _RIGHT, _TEXT_LEFT = 0.45, 0.12, 0.07
_TITLE, _LINE = 0.17, 0.105
_X_TICKS, _X_LABEL, _BETWEEN, _GAP = 0.15, 0.17, 0.09, 0.12
_CLEAR = 0.01  # between the label of a vertical axis and those of its ticks, at least
_PICTURE_MARGIN = 0.01  # leaves 1014 dots: three for each of the 338 pixels of ten Shapeset images

LINE_COLUMNS = 76
"""Characters of 6-point text in one line, on average."""

Draw = Callable[["Axes"], None]


@dataclass(frozen=True)
class _Block:
    """What takes `height` inches; draw: puts it into the figure, given the inches above it."""

    height: float
    draw: "Callable[[Figure, float], None]"


@dataclass
class Sheet:
    """Blocks are added from top to bottom; `figure` puts them together."""

    _blocks: list[_Block] = field(default_factory=list)

    def title(self, text: str, note: str = "") -> None:
        """The title of a panel, and below it a line or two on what was run."""
        self._add_text([text], MEDIUM, _TITLE)
        if note:
            lines = textwrap.wrap(note, LINE_COLUMNS)
            self._add_text(lines, SMALL, _LINE * len(lines) + 0.03)

    def plot(self, height: float, draw: Draw, *, x_label: str = "") -> None:
        """A plot of `height` inches.

        Without x_label it shares the horizontal axis of the plot below.
        """

        def put(figure: "Figure", top: float) -> None:
            plot = figure.add_axes(_place(figure, _LEFT, top, height))
            draw(plot)
            if x_label:
                plot.set_xlabel(x_label)
            else:
                plot.tick_params(labelbottom=False)
            plot.yaxis.set_label_coords(-0.115, 0.5)

        below = _X_TICKS + _X_LABEL if x_label else _BETWEEN
        self._blocks.append(_Block(height + below, put))

    def wide(self, height: float, draw: Draw, *, projection: str | None = None) -> None:
        """A table or a surface, as wide as the text; projection: of its axes."""

        def put(figure: "Figure", top: float) -> None:
            place = _place(figure, _TEXT_LEFT, top, height)
            draw(figure.add_axes(place, projection=projection))

        self._blocks.append(_Block(height + _GAP, put))

    def picture(self, aspect: float, draw: Draw) -> None:
        """A picture as wide as the page; aspect: its height over its width."""
        height = aspect * (COLUMN_WIDTH - 2 * _PICTURE_MARGIN)

        def put(figure: "Figure", top: float) -> None:
            margin = _PICTURE_MARGIN
            draw(figure.add_axes(_place(figure, margin, top, height, right=margin)))

        self._blocks.append(_Block(height + _GAP, put))

    def caption(self, text: str, command: str = "") -> None:
        """The caption, and the command that makes the runs, on lines of its own."""
        lines = textwrap.wrap(text, LINE_COLUMNS)
        if command:
            lines += textwrap.wrap(
                command, LINE_COLUMNS, subsequent_indent="    ", break_on_hyphens=False
            )
        self._add_text(lines, SMALL, _LINE * (len(lines) + 0.5))

    def figure(self) -> "Figure":
        """All of it, drawn."""
        with drawing_style():
            drawn = new_figure(COLUMN_WIDTH, sum(block.height for block in self._blocks) + 0.03)
            top = 0.03
            for block in self._blocks:
                block.draw(drawn, top)
                top += block.height
            _make_room(drawn)
        return drawn

    def _add_text(self, lines: list[str], size: float, height: float) -> None:
        def put(figure: "Figure", top: float) -> None:
            figure.text(
                _TEXT_LEFT / COLUMN_WIDTH,
                1 - top / figure.get_figheight(),
                "\n".join(lines),
                fontsize=size,
                va="top",
                linespacing=1.2,
            )

        self._blocks.append(_Block(height, put))


def _make_room(figure: "Figure") -> None:
    """Let all plots begin further right where the labels of some ticks reach the axis's label.

    The label of the axis stays where it is; so does all of a figure that has the room.
    """
    plots = [axes for axes in figure.axes if axes.name == "rectilinear" and axes.get_ylabel()]
    missing = max((_missing_room(axes) for axes in plots), default=0.0) / figure.get_figwidth()
    if missing <= 0:
        return
    for axes in plots:
        place = axes.get_position()
        width = place.width - missing
        x, y = axes.yaxis.label.get_position()
        axes.set_position((place.x0 + missing, place.y0, width, place.height))
        axes.yaxis.set_label_coords((x * place.width - missing) / width, y)


def _missing_room(axes: "Axes") -> float:
    """Inches by which the labels of the ticks are too far to the left."""
    label = axes.yaxis.label
    label.set_visible(False)  # or it would be measured with the ticks
    ticks = axes.yaxis.get_tightbbox()
    label.set_visible(True)
    return _CLEAR - (ticks.x0 - label.get_window_extent().x1) / PNG_DPI if ticks else 0.0


def _place(
    figure: "Figure", left: float, top: float, height: float, *, right: float = _RIGHT
) -> tuple[float, float, float, float]:
    width, page = figure.get_size_inches()
    return left / width, 1 - (top + height) / page, (width - left - right) / width, height / page
