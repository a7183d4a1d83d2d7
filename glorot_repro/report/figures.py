"""All figures by name: a new one is one function and one entry in FIGURES."""

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from glorot_repro.config.scales import PAPER
from glorot_repro.errors import ConfigError
from glorot_repro.files import write_atomically
from glorot_repro.report.cost_figure import cost_figure
from glorot_repro.report.digitized import DIGITIZED_FIGURES
from glorot_repro.report.error_figures import error_figure
from glorot_repro.report.histogram_figures import histogram_figure
from glorot_repro.report.sample_figure import sample_figure
from glorot_repro.report.style import FORMATS, figure_bytes
from glorot_repro.report.time_figures import time_figure
from glorot_repro.runs.reading import RunRecord
from glorot_repro.wording import unknown_name

if TYPE_CHECKING:
    from matplotlib.figure import Figure


class DrawFigure(Protocol):
    """Draws a figure from the runs of one scale.

    overrides: the `key=value` arguments with which its experiment was read, scale: the one at
    which it was, for the command that stands below it.
    """

    def __call__(
        self, records: Sequence[RunRecord], *, overrides: Sequence[str] = (), scale: str = PAPER
    ) -> "Figure": ...


FIGURES: Mapping[str, DrawFigure] = {
    "fig01": sample_figure,
    "fig02": partial(time_figure, figure="fig02"),
    "fig03": partial(time_figure, figure="fig03"),
    "fig04": partial(histogram_figure, figure="fig04"),
    "fig05": cost_figure,
    "fig06": partial(histogram_figure, figure="fig06"),
    "fig07": partial(histogram_figure, figure="fig07"),
    "fig08": partial(histogram_figure, figure="fig08"),
    "fig09": partial(time_figure, figure="fig09"),
    "fig10": partial(time_figure, figure="fig10"),
    "fig11": partial(error_figure, figure="fig11"),
    "fig12": partial(error_figure, figure="fig12"),
    "fig11_fitted": partial(error_figure, figure="fig11_fitted"),
}
"""Name -> what draws the figure."""

PAPER_FIGURES = ("fig01", *DIGITIZED_FIGURES)
"""The paper's own; another one is drawn if it is named."""

COMPUTED = ("fig05",)
"""Figures that are drawn without any run."""


def draw_figure(
    name: str,
    records: Sequence[RunRecord],
    out_dir: Path,
    overrides: Sequence[str] = (),
    scale: str = PAPER,
) -> list[Path]:
    """Draws a figure into `out_dir`/`name`.png, .svg and .pdf; returns the three paths.

    Panels that none of `records` fills say "not run". overrides, scale: see `DrawFigure`. Raises
    ConfigError for an unknown name, StorageError if a file cannot be written.
    """
    if name not in FIGURES:
        raise ConfigError(unknown_name("figure", name, FIGURES))
    figure = FIGURES[name](records, overrides=overrides, scale=scale)
    paths = []
    for file_format in FORMATS:
        path = out_dir / f"{name}.{file_format}"
        write_atomically(path, figure_bytes(figure, file_format))
        paths.append(path)
    return paths
