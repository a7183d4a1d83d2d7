"""Reading a run directory back: what figures, tables and claims are made from."""

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from glorot_repro.arrays import Arrays, DamagedFileError, read_npz
from glorot_repro.config.experiment import load_run_config
from glorot_repro.config.labels import value_at
from glorot_repro.config.schema import RunConfig
from glorot_repro.errors import ConfigError, StorageError
from glorot_repro.measure.correctness import Correctness
from glorot_repro.measure.curves import WHOLE_NETWORK, Curves
from glorot_repro.measure.histogram_series import check_histograms, histogram_at
from glorot_repro.measure.histograms import Histogram
from glorot_repro.runs.info_types import check_info
from glorot_repro.runs.paths import RunDirectory
from glorot_repro.strict_json import read_json


@dataclass(frozen=True)
class RunRecord:
    """A run as it lies on disk.

    config: the resolved configuration, `config.model_dump()` as a dict. info: run.json. curves: all
    that was measured, as plain arrays. histograms and samples: the arrays of the files,
    correctness: which test examples were classified correctly; None where there is no file.
    """

    path: Path
    config: RunConfig
    info: dict[str, Any]
    curves: Curves
    histograms: Arrays | None = None
    samples: Arrays | None = None
    correctness: Correctness | None = None

    @property
    def labels(self) -> dict[str, Any]:
        """The keys of `grid` and `search` with the run's values."""
        return {**self.config.point, **self.config.candidate}

    def records(self, keys: Iterable[str] = ()) -> list[dict[str, Any]]:
        """The rows of the curves as dicts, ready for a data frame of several runs.

        Keys: scale, experiment, run (the name of its directory), seed; `keys`, further dotted keys
        of the configuration, and each key of `grid` and `search`, with the run's value, JSON where
        it is a mapping or a list, None where the run has no such key; update, layer (None for the
        whole network), quantity and value (NaN where it could not be measured).
        """
        config = self.config
        values = {key: value_at(config, key) for key in keys} | self.labels
        labels = {
            key: json.dumps(value) if isinstance(value, dict | list | tuple) else value
            for key, value in values.items()
        }
        of_run = {
            "scale": config.scale,
            "experiment": config.experiment,
            "run": self.path.absolute().name,
            "seed": config.seed,
            **labels,
        }
        return [
            {
                **of_run,
                "update": update,
                "layer": None if layer == WHOLE_NETWORK else layer,
                "quantity": quantity,
                "value": value,
            }
            for update, layer, quantity, value in self.curves
        ]

    def histogram(self, quantity: str, layer: int, update: int) -> Histogram:
        """The histogram of `activation`, `backprop` or `weight_gradient` in a layer at an update.

        Raises ConfigError, naming what is there, if it was not recorded.
        """
        try:
            return histogram_at(self.histograms or {}, quantity, layer, update)
        except LookupError as error:
            message = f"{self.path}: {error.args[0]}"
            raise ConfigError(message) from error


def load_run(path: Path | str) -> RunRecord:
    """The run in the directory `path`.

    Raises StorageError if a file is missing or damaged, ConfigError for a config.yaml that is none.
    """
    directory = RunDirectory(Path(path))
    if not directory.config.is_file():
        message = f"{directory.path} is no run: it has no config.yaml"
        raise StorageError(message)
    config = load_run_config(directory.config)
    try:
        content = directory.curves.read_bytes()
        if not content.endswith(b"\n"):
            message = "its last line is cut"
            raise ValueError(message)
        curves = Curves.from_csv(content)
    except (OSError, ValueError) as error:
        message = f"{directory.curves} cannot be read: {error}"
        raise StorageError(message) from error
    return RunRecord(
        directory.path,
        config,
        read_info(directory) or {},
        curves,
        _read_histograms(directory.histograms),
        _read_samples(directory.samples),
        _read_correctness(directory.test_correct),
    )


def read_info(directory: RunDirectory) -> dict[str, Any] | None:
    """The content of run.json, None if there is none. Raises StorageError if it is damaged."""
    info = read_json(directory.info)
    with _damage_told(directory.info):
        if info is not None:
            check_info(info)
    return info


def _read_histograms(path: Path) -> Arrays | None:
    arrays = _read_arrays(path)
    with _damage_told(path):
        if arrays is not None:
            check_histograms(arrays)
    return arrays


def _read_samples(path: Path) -> Arrays | None:
    arrays = _read_arrays(path)
    with _damage_told(path):
        if arrays is not None and "images" not in arrays:
            message = f"expected images, found {', '.join(arrays) or 'nothing'}"
            raise ValueError(message)
    return arrays


def _read_correctness(path: Path) -> Correctness | None:
    arrays = _read_arrays(path)
    with _damage_told(path):
        return None if arrays is None else Correctness.from_arrays(arrays)


@contextmanager
def _damage_told(path: Path) -> Iterator[None]:
    """StorageError that names the file, in place of a ValueError about its content."""
    try:
        yield
    except ValueError as error:
        message = f"{path} is damaged: {error}"
        raise StorageError(message) from error


def _read_arrays(path: Path) -> Arrays | None:
    try:
        return read_npz(path)
    except FileNotFoundError:
        return None
    except DamagedFileError as error:
        raise StorageError(str(error)) from error
