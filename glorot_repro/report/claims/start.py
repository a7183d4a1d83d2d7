"""Networks of the paper at update 0, measured on the spot by the recorder of every run."""

from pathlib import Path

import numpy as np

from glorot_repro.measure.recorder import Recorder
from glorot_repro.report.claims.data import require_files
from glorot_repro.report.claims.evidence import Bench
from glorot_repro.report.claims.groups import Group
from glorot_repro.report.claims.models import Model
from glorot_repro.runs.beginning import initial_network
from glorot_repro.runs.reading import RunRecord
from glorot_repro.runs.streams import stream_seeds

SEEDS = (0, 1, 2, 3, 4)
N_PROBE = 300

LABEL = 1
"""The update under which fresh networks are looked up: the newest value up to it."""


def at_start(bench: Bench, model: Model, *, seeds: tuple[int, ...] = SEEDS) -> Group:
    """Fresh networks of a model, recorded at update 0 with all there is: 0.5 s a network.

    Their weights, images and streams are those of a run with the same seed; the probe examples
    are the first 300 test images. Measured once for all claims of a bench. Raises
    DataNotAvailableError without the files of the data set.
    """
    return _measured(bench, model, seeds, has_jacobians=True)


def signals_at_start(bench: Bench, model: Model, *, seeds: tuple[int, ...] = SEEDS) -> Group:
    """As `at_start` without Jacobians and theory, which take most of the time."""
    return _measured(bench, model, seeds, has_jacobians=False)


def _measured(bench: Bench, model: Model, seeds: tuple[int, ...], *, has_jacobians: bool) -> Group:
    def record(seed: int) -> RunRecord:
        key = (model, seed, has_jacobians)
        measured: RunRecord = bench.once(key, lambda: _record(model, seed, has_jacobians))
        return measured

    return Group(model, tuple(record(seed) for seed in seeds), end=LABEL)


def _record(model: Model, seed: int, has_jacobians: bool) -> RunRecord:
    if model.dataset != "shapeset":
        require_files(model.dataset)
    config = model.config(updates=2)
    if model.dataset == "shapeset":
        images = model.images.model_copy(update={"test_size": N_PROBE})
        config = config.model_copy(update={"dataset": images})
    record = config.record.model_copy(update={"jacobian_every": 0})
    config = config.model_copy(update={"record": record, "seed": seed})
    tested = config.dataset.test_images(stream_seeds(seed, "evaluation_data"))
    inputs = tested.inputs(slice(0, N_PROBE), config.training.dtype)
    recorder = Recorder(config, inputs, tested.labels[:N_PROBE].astype(np.intp))
    # At update 0 a recorder adds Jacobians and theory; under any other number it need not.
    recorder.record(0 if has_jacobians else LABEL, initial_network(config))
    return RunRecord(
        Path("update-0"),
        config,
        {"updates_done": 0},
        recorder.curves,
        recorder.histograms(),
    )
