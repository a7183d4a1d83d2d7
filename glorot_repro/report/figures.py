"""All figures by name: a new one is one function and one entry in FIGURES."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from glorot_repro.choice import unknown_name_message
from glorot_repro.errors import ConfigError
from glorot_repro.files import write_atomically
from glorot_repro.report.agreement import HISTOGRAM_QUANTITIES
from glorot_repro.report.histogram_figures import histogram_figure
from glorot_repro.report.sample_figure import sample_figure
from glorot_repro.report.style import FORMATS, figure_bytes
from glorot_repro.runs.reading import RunRecord

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FIGURES: Mapping[str, "Callable[[Sequence[RunRecord]], Figure]"] = {
    "fig01": sample_figure,
    **{name: partial(histogram_figure, figure=name) for name in HISTOGRAM_QUANTITIES},
}
"""Name -> what draws the figure from the runs of one scale."""


def draw_figure(name: str, records: Sequence[RunRecord], out_dir: Path) -> list[Path]:
    """Draws a figure into `out_dir`/`name`.png, .svg and .pdf; returns the three paths.

    Panels that none of `records` fills say "not run". Raises ConfigError for an unknown name,
    StorageError if a file cannot be written.
    """
    if name not in FIGURES:
        raise ConfigError(unknown_name_message("figure", name, FIGURES))
    figure = FIGURES[name](records)
    paths = []
    for file_format in FORMATS:
        path = out_dir / f"{name}.{file_format}"
        write_atomically(path, figure_bytes(figure, file_format))
        paths.append(path)
    return paths
