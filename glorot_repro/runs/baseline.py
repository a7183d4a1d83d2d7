"""Baselines: curves that are pinned, with their spread from seed to seed.

results/baselines/<experiment>/ holds, for each network of the experiment (one of its grid points):

    curves.csv      update,layer,quantity,first,mean,spread,center,width,count
    baseline.json   format version, seeds, the last update, how many values, on what it was made
    config.yaml     the run of the first seed; not there for curves of another program

An experiment without a grid lies in the folder itself, each point of a grid in a folder below.
"""

import csv
import io
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from glorot_repro.errors import ConfigError, NoBaselineError, StorageError
from glorot_repro.files import write_atomically
from glorot_repro.measure.curves import PRETRAINING_COSTS, WHOLE_NETWORK, Curves
from glorot_repro.runs.seed_scale import has_band, on_scale
from glorot_repro.strict_json import read_json, write_json

FORMAT_VERSION = 1
HEADER = ("update", "layer", "quantity", "first", "mean", "spread", "center", "width", "count")

Key = tuple[int, int, str]
"""(update, layer, quantity); layer WHOLE_NETWORK for those of the network as a whole."""


@dataclass(frozen=True)
class Band:
    """One value of the curves, over seeds.

    first: that of the first seed. mean, spread: over the seeds, spread with n - 1 and NaN for
    one seed; center, width: the same on the scale of `seed_scale`, which other seeds are compared
    on; count: how many seeds gave a number on that scale.
    """

    first: float
    mean: float
    spread: float
    center: float
    width: float
    count: int

    @property
    def is_always_zero(self) -> bool:
        """Whether several seeds gave 0, and none a logarithm."""
        return self.count == 0 and self.mean == 0 and self.spread == 0


@dataclass(frozen=True)
class Baseline:
    """The pinned curves of one network.

    seeds: those of the runs, () where another program made the curves. made_with: versions and
    machine, for the reader. config: YAML of the run of the first seed, None without one.
    """

    bands: dict[Key, Band]
    seeds: tuple[int, ...] = ()
    config: str | None = None
    made_with: dict[str, Any] = field(default_factory=dict)

    @property
    def n_curves(self) -> int:
        """The number of runs behind the bands, at most."""
        return max((band.count for band in self.bands.values()), default=0)

    @property
    def last_update(self) -> int:
        """That of the training; costs of a network's pre-training count updates of their own."""
        left_out = PRETRAINING_COSTS if self.config else ()
        updates = (update for update, _, quantity in self.bands if quantity not in left_out)
        return max(updates, default=0)


def table_of(curves: Curves) -> dict[Key, float]:
    """The values of curves by (update, layer, quantity); of equal keys the last counts."""
    return {(update, layer, quantity): value for update, layer, quantity, value in curves}


def bands_of(tables: Sequence[dict[Key, float]]) -> dict[Key, Band]:
    """Mean and spread of every value of the first table, over all tables."""
    return {
        key: _band(
            value,
            [table[key] for table in tables if key in table],
            [on_scale(key, table) for table in tables if key in table],
        )
        for key, value in tables[0].items()
    }


def statistical_keys(bands: Mapping[Key, Band]) -> list[Key]:
    """The values that are compared statistically: those with a spread that is about normal.

    And those that are 0 for all seeds. What is a number for some seeds only, such as the logarithm
    for a layer that may be dead, has no band: the next seed may be of either kind.
    """
    n_curves = max((band.count for band in bands.values()), default=0)
    return [
        key
        for key, band in bands.items()
        if n_curves > 1 and has_band(key[2]) and (band.count == n_curves or band.is_always_zero)
    ]


def tables_of(curves: Sequence[Curves]) -> list[dict[Key, float]]:
    """`table_of` each. Raises ConfigError if there are none, or if some hold no values."""
    tables = [table_of(one) for one in curves]
    if not tables or not all(tables):
        message = "the comparison was given curves without values"
        raise ConfigError(message)
    return tables


def pin_curves(curves: Sequence[Curves]) -> Baseline:
    """The baseline of curves that another program wrote, one for each seed.

    Raises ConfigError if there are none, if some hold no numbers, or if they do not all hold the
    same quantities, layers and updates.
    """
    tables = tables_of(curves)
    for number, table in enumerate(tables, start=1):
        if not any(map(math.isfinite, table.values())):
            message = f"curves {number} of {len(tables)} hold no finite value"
            raise ConfigError(message)
        if differing := table.keys() ^ tables[0].keys():
            update, layer, quantity = min(differing)
            have, lack = (1, number) if (update, layer, quantity) in tables[0] else (number, 1)
            where = f"layer {layer}" if layer else "the whole network"
            message = (
                f"curves {lack} of {len(tables)} have no {quantity} of {where} at update {update}, "
                f"curves {have} have; a baseline needs the same values of all"
            )
            raise ConfigError(message)
    return Baseline(bands_of(tables))


def _band(first: float, values: Sequence[float], scaled: Sequence[float]) -> Band:
    mean, spread, _ = _moments(values)
    center, width, count = _moments(scaled)
    return Band(first, mean, spread, center, width, count)


def _moments(values: Sequence[float]) -> tuple[float, float, int]:
    finite = [value for value in values if math.isfinite(value)]
    count = len(finite)
    try:
        mean = math.fsum(finite) / count if count else math.nan
    except OverflowError:
        mean = math.fsum(value / count for value in finite)
    if count < 2:
        return mean, math.nan, count
    # Not the root of a sum of squares, which may be no float64.
    return mean, math.hypot(*(value - mean for value in finite)) / math.sqrt(count - 1), count


def write_baseline(baseline: Baseline, folder: Path) -> None:
    """Write the files of a baseline; equal baselines give equal curves.csv."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEADER)
    for (update, layer, quantity), band in baseline.bands.items():
        # Eight digits of what is compared exactly: float32 has seven, the tolerance is 1e-4.
        numbers = (
            f"{band.first:.8g}",
            f"{band.mean:.6g}",
            f"{band.spread:.4g}",
            f"{band.center:.6g}",
            f"{band.width:.4g}",
        )
        shown = ["" if number == "nan" else number for number in numbers]
        layer_text = "" if layer == WHOLE_NETWORK else layer
        writer.writerow((update, layer_text, quantity, *shown, band.count))
    info = {
        "format_version": FORMAT_VERSION,
        "seeds": list(baseline.seeds),
        "updates": baseline.last_update,
        "values": len(baseline.bands),
        "made_with": baseline.made_with,
    }
    write_atomically(folder / "curves.csv", text.getvalue().encode())
    if baseline.config is not None:
        write_atomically(folder / "config.yaml", baseline.config.encode())
    write_json(folder / "baseline.json", info)


def read_baseline(folder: Path) -> Baseline:
    """The baseline in `folder`. Raises NoBaselineError without one, StorageError if damaged."""
    try:
        info = read_json(folder / "baseline.json")
        if info is None:
            raise FileNotFoundError
        _check_info(info)
        config = folder / "config.yaml"
        # Only curves of another program have no seeds, and no configuration.
        for path in (folder / "curves.csv", *([config] if info["seeds"] else [])):
            if not path.exists():
                message = f"{path.name} is missing"
                raise ValueError(message)
        bands = _read_bands((folder / "curves.csv").read_text(encoding="utf-8"))
        # Baselines of earlier versions do not say how many values they have.
        n_values = info.get("values", len(bands))
        if len(bands) != n_values:
            message = f"curves.csv holds {len(bands):,} values, baseline.json says {n_values:,}"
            raise ValueError(message)
        return Baseline(
            bands,
            tuple(info["seeds"]),
            config.read_text(encoding="utf-8") if config.exists() else None,
            info["made_with"],
        )
    except FileNotFoundError as error:
        message = f"no baseline in {folder}; make one with: glorot-repro baseline"
        raise NoBaselineError(message) from error
    except (OSError, ValueError, csv.Error) as error:
        message = f"the baseline in {folder} cannot be read: {error}"
        raise StorageError(message) from error


def _check_info(info: dict[str, Any]) -> None:
    """Raises ValueError if baseline.json is of another version, or has keys that are none."""
    version = info.get("format_version")
    if version != FORMAT_VERSION:
        message = f"format version {version}, expected {FORMAT_VERSION}"
        raise ValueError(message)
    seeds = info.get("seeds")
    is_right = {
        "seeds": isinstance(seeds, list) and all(map(_is_count, seeds)),
        "values": _is_count(info.get("values", 0)),
        "made_with": isinstance(info.get("made_with"), dict),
    }
    for key in (key for key, is_so in is_right.items() if not is_so):
        message = f"{key} of baseline.json cannot be {json.dumps(info.get(key))}"
        raise ValueError(message)


def _is_count(value: object) -> bool:
    return type(value) is int and value >= 0


def _read_bands(text: str) -> dict[Key, Band]:
    reader = csv.reader(io.StringIO(text))
    if tuple(next(reader, ())) != HEADER:
        message = f"the first line of curves.csv should read {','.join(HEADER)}"
        raise ValueError(message)
    if not text.endswith("\n"):
        message = "the last line of curves.csv is cut"
        raise ValueError(message)
    bands: dict[Key, Band] = {}
    for row in reader:
        try:
            update, layer, quantity, *numbers, count = row
            first, mean, spread, center, width = map(_number, numbers)
            key = (int(update), int(layer) if layer else WHOLE_NETWORK, quantity)
            bands[key] = Band(first, mean, spread, center, width, int(count))
        except ValueError as error:
            message = f"line {reader.line_num} of curves.csv should hold {','.join(HEADER)}"
            raise ValueError(message) from error
    if not bands:
        message = "curves.csv holds no values"
        raise ValueError(message)
    return bands


def _number(text: str) -> float:
    return float(text) if text else math.nan
