"""Runs as TensorBoard's event files, through tensorboardX."""

import logging
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from glorot_repro.errors import ConfigError
from glorot_repro.files import write_atomically
from glorot_repro.measure.curves import WHOLE_NETWORK
from glorot_repro.measure.histogram_series import histogram_quantities
from glorot_repro.runs.reading import RunRecord

if TYPE_CHECKING:
    from tensorboardX import SummaryWriter

EVENTS = "events.out.tfevents.glorot_repro"
"""One name, so that a second export takes the place of the first instead of adding to it."""


def export_tensorboard(records: Sequence[RunRecord], folder: Path) -> list[Path]:
    """Write `folder`/<scale>/<experiment>/<run>/ for each run; returns the event files.

    Scalars: the curves, as QUANTITY/layer_1, or QUANTITY for the whole network; a step is an
    update. Histograms: as recorded, bin by bin. Text: the configuration. The time of all events is
    the start of the run. Raises ConfigError if tensorboardX is not installed.
    """
    try:
        from tensorboardX import SummaryWriter
    except ImportError as error:
        message = (
            "export --to tensorboard needs tensorboardX: pip install 'glorot_repro[tensorboard]'"
        )
        raise ConfigError(message) from error
    paths = []
    for record in records:
        config = record.config
        name = record.path.absolute().name
        path = folder / config.scale / config.experiment / name / EVENTS
        with tempfile.TemporaryDirectory() as temporary:
            with _without_complaints(), SummaryWriter(temporary) as writer:
                _write(record, writer)
            (events,) = Path(temporary).iterdir()
            write_atomically(path, events.read_bytes())
        paths.append(path)
    return paths


@contextmanager
def _without_complaints() -> Iterator[None]:
    """Keeps tensorboardX from telling each NaN, and what is no float32, on stderr."""
    logger = logging.getLogger("tensorboardX.x2num")
    was_disabled, logger.disabled = logger.disabled, True
    try:
        with np.errstate(over="ignore", invalid="ignore"):
            yield
    finally:
        logger.disabled = was_disabled


def _write(record: RunRecord, writer: "SummaryWriter") -> None:
    time = _start(record)
    writer.add_text("config", _as_code(record.config.to_yaml()), 0, walltime=time)
    for update, layer, quantity, value in record.curves:
        tag = quantity if layer == WHOLE_NETWORK else f"{quantity}/layer_{layer}"
        writer.add_scalar(tag, value, update, walltime=time)
    arrays = record.histograms or {}
    for quantity in histogram_quantities(arrays):
        for layer in arrays[f"{quantity}_layers"].tolist():
            for update in arrays["updates"].tolist():
                _write_histogram(record, writer, quantity, layer, update, time)


def _write_histogram(
    record: RunRecord,
    writer: "SummaryWriter",
    quantity: str,
    layer: int,
    update: int,
    time: float,
) -> None:
    histogram = record.histogram(quantity, layer, update)
    n_finite = int(histogram.counts.sum())
    if not n_finite:  # TensorBoard has no histogram of nothing
        return
    edges = histogram.edges
    centers = (edges[1:] + edges[:-1]) / 2
    writer.add_histogram_raw(
        f"{quantity}/layer_{layer}",
        min=histogram.low,
        max=histogram.high,
        num=n_finite,
        sum=float(histogram.counts @ centers),
        sum_squares=float(histogram.counts @ centers**2),
        # The first bucket is what lies below the first limit: nothing.
        bucket_limits=edges.tolist(),
        bucket_counts=[0, *histogram.counts.tolist()],
        global_step=update,
        walltime=time,
    )


def _start(record: RunRecord) -> float:
    """Seconds since 1970; 0 if the run does not say when it began."""
    started = record.info.get("started")
    return datetime.fromisoformat(started).timestamp() if started else 0.0


def _as_code(text: str) -> str:
    """Text that TensorBoard's Markdown leaves as it is."""
    return "".join(f"    {line}\n" for line in text.splitlines())
