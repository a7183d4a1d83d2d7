"""Pinning an experiment: its networks, their curves for some seeds, and how long these hold."""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from glorot_repro.arrays import Arrays
from glorot_repro.config.address import point_name
from glorot_repro.config.experiment import Experiment, load_run_config
from glorot_repro.config.schema import RunConfig
from glorot_repro.errors import ConfigError, DivergedError, StorageError
from glorot_repro.measure.curves import PRETRAINING_COSTS
from glorot_repro.measure.statistics import FAMILIES
from glorot_repro.runs.baseline import Baseline, Key, bands_of, table_of
from glorot_repro.runs.deviations import Reading, compare_exactly
from glorot_repro.runs.execution import execute
from glorot_repro.runs.machine import describe_machine
from glorot_repro.runs.paths import RunDirectory
from glorot_repro.runs.reading import RunRecord, load_run
from glorot_repro.runs.reporter import Reporter

FOLDER = Path("results") / "baselines"

Table = dict[Key, float]


class UnstableError(ConfigError):
    """Two runs that differ by one rounding come apart before the end."""


@dataclass(frozen=True)
class PinnedNetwork:
    """One grid point of an experiment: its run of the first seed, and where its baseline lies."""

    label: str
    config: RunConfig
    folder: Path

    @property
    def place(self) -> Path:
        """The folder of the experiment's baselines."""
        return self.folder.parent if point_name(self.config.point) else self.folder

    def with_seed(self, seed: int) -> RunConfig:
        """The run of another seed."""
        return self.config.model_copy(update={"seed": seed})


def pinned_networks(experiment: Experiment, folder: Path | None = None) -> list[PinnedNetwork]:
    """The networks of an experiment, with the folders of their baselines.

    folder: that of the experiment, results/baselines/<experiment> if not given, with the scale
    behind the name unless it is `paper`. Raises ConfigError for an experiment with `search`, and
    for networks whose names are the same once they are cut.
    """
    if experiment.search is not None:
        message = f"{experiment.name}: curves of a search cannot be pinned; use its winner"
        raise ConfigError(message)
    scale = "" if experiment.scale == "paper" else f"-{experiment.scale}"
    place = folder or FOLDER / f"{experiment.name}{scale}"
    runs = [run for run in experiment.runs if run.seed == experiment.seeds[0]]
    networks: dict[Path, PinnedNetwork] = {}
    for run in runs:
        # The name without seed and hash: a changed configuration must find its old baseline.
        name = point_name(run.point)
        label = "/".join(part for part in (f"{experiment.name}{scale}", name) if part)
        if place / name in networks:
            message = f"{experiment.name}: two networks of the grid have the same name, {name}, "
            raise ConfigError(message + "and would share a baseline; pin them one by one")
        networks[place / name] = PinnedNetwork(label, run, place / name)
    return list(networks.values())


def left_behind(networks: Sequence[PinnedNetwork]) -> list[Path]:
    """Folders of what is pinned of the experiments of `networks`, but is none of these.

    A folder may hold networks of other experiments and scales, and curves of other programs: they
    are no matter of these. Raises ConfigError for a config.yaml that is none.
    """
    experiments = {(one.place, one.config.experiment, one.config.scale) for one in networks}
    current = {one.folder for one in networks}
    found = set()
    for place, experiment, scale in experiments:
        for path in (place / "config.yaml", *place.glob("*/config.yaml")):
            if path.parent not in current and path.with_name("baseline.json").exists():
                pinned = load_run_config(path)
                if (pinned.experiment, pinned.scale) == (experiment, scale):
                    found.add(path.parent)
    return sorted(found)


def measured(config: RunConfig) -> Table:
    """The values of all curves of a run that is trained in a folder of its own and then removed.

    With `{activation,backprop,weight_gradient}_bits`, the size of the numbers that were recorded.
    The values of a run that diverges end there.
    """
    return _table_of_run(_trained(config))


def _trained(config: RunConfig) -> RunRecord:
    try:
        place = tempfile.TemporaryDirectory()
    except OSError as error:
        message = f"no folder for temporary files can be written: {error.strerror}; set TMPDIR"
        raise StorageError(message) from error
    with place as folder:
        directory = RunDirectory(Path(folder))
        execute(config, directory, Reporter())
        return load_run(directory.path)


def _table_of_run(record: RunRecord) -> Table:
    return table_of(record.curves) | _bits(record.histograms or {})


def _bits(histograms: Arrays) -> Table:
    """32 where the extremes of a layer's values are float32 numbers at every record, else 64.

    At update 0: a dtype is not a matter of training. A float64 value is a float32 number by
    chance once in 2^29.
    """
    found = {}
    for family in FAMILIES:
        for number, layer in enumerate(histograms.get(f"{family}_layers", ())):
            # Where all values are equal they lie in the middle, and the edges are none of them.
            counts = histograms[f"{family}_counts"][:, number]
            n_bins = counts.shape[-1]
            is_spread = (counts[:, n_bins // 2] < counts.sum(axis=-1)) | (n_bins == 1)
            extremes = [histograms[f"{family}_{end}"][is_spread, number] for end in ("low", "high")]
            with np.errstate(over="ignore"):
                is_narrow = all(
                    np.array_equal(values.astype(np.float32), values, equal_nan=True)
                    for values in extremes
                )
            found[0, int(layer), f"{family}_bits"] = 32.0 if is_narrow else 64.0
    return found


def first_separation(config: RunConfig, table: Table) -> Reading | None:
    """Where a run that differs from `table` by one rounding leaves the exact tolerance first.

    The other run's learning rates, of pre-training and of training, are the next numbers of the
    training's dtype, so that each update differs by about one rounding. None if the two stay
    together to the end.
    """
    dtype = np.dtype(config.training.dtype)
    others = {}
    for name in ("pretraining", "training"):
        section = getattr(config, name)
        rate = np.nextafter(dtype.type(section.learning_rate), dtype.type(np.inf))
        others[name] = section.model_copy(update={"learning_rate": float(rate)})
    other = measured(config.model_copy(update=others))
    deviations = compare_exactly(other, bands_of([table])).deviations
    return min(deviations, key=_time, default=None)


def _time(reading: Reading) -> tuple[int, ...]:
    """Pre-training comes first, layer after layer, and counts updates of its own."""
    if reading.quantity in PRETRAINING_COSTS:
        return 0, reading.layer, reading.update
    return 1, reading.update


def check_horizon(network: PinnedNetwork, table: Table) -> None:
    """Raises UnstableError, with what would be safe, if the curves cannot be pinned."""
    separation = first_separation(network.config, table)
    if separation is None:
        return
    phase = " of the pre-training" if separation.quantity in PRETRAINING_COSTS else ""
    message = (
        f"{network.label}: two runs that differ by one rounding differ at update "
        f"{separation.update:,}{phase} by {separation.excess:.3g} times the tolerance "
        f"({separation.quantity}, layer {separation.layer or '-'}), so another machine would fail "
        f"the check; {_remedy(separation, table)}"
    )
    raise UnstableError(message)


def _remedy(separation: Reading, table: Table) -> str:
    # Nothing is trained at update 0: what differs there was pre-trained.
    if separation.quantity in PRETRAINING_COSTS or separation.update == 0:
        return "lower pretraining.updates or pretraining.learning_rate"
    updates = {update for update, _, quantity in table if quantity not in PRETRAINING_COSTS}
    safe = max(update for update in updates if update < separation.update)
    return f"set training.updates to {safe:,}, or lower training.learning_rate"


def pin(network: PinnedNetwork, seeds: Sequence[int]) -> Baseline:
    """The baseline of a network over `seeds`, the first of which is compared exactly.

    Raises UnstableError as `check_horizon`, DivergedError if a run diverges.
    """
    tables: list[Table] = []
    for seed in seeds:
        record = _trained(network.with_seed(seed))
        if record.info["status"] == "diverged":
            message = f"{network.label}: training diverged with seed {seed}; nothing to pin"
            raise DivergedError(message)
        table = _table_of_run(record)
        if not tables:
            check_horizon(network, table)
        tables.append(table)
    return Baseline(bands_of(tables), tuple(seeds), network.config.to_yaml(), made_with())


def made_with() -> dict[str, object]:
    """Versions and machine, for the reader of a baseline."""
    machine = describe_machine()
    return {key: machine[key] for key in ("versions", "machine", "blas")}
