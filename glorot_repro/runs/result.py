"""The result of one comparison of one network: what left its band, by how much, and why."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from glorot_repro.errors import ConfigError
from glorot_repro.measure.curves import Curves
from glorot_repro.runs.band_width import level_of
from glorot_repro.runs.baseline import Baseline, Key, statistical_keys, tables_of
from glorot_repro.runs.deviation_pattern import Pattern
from glorot_repro.runs.deviations import (
    Comparison,
    Reading,
    Table,
    compare_exactly,
    compare_statistically,
)
from glorot_repro.runs.diagnosis import likely_cause
from glorot_repro.wording import listed


@dataclass(frozen=True)
class Result:
    """One comparison of one network.

    cause: words, None where nothing deviates. n_unknown: values that were found and that the
    baseline does not have. refusal: why nothing was compared, None where something was.
    """

    label: str
    mode: str
    seeds: tuple[int, ...]
    comparison: Comparison
    cause: str | None = None
    n_unknown: int = 0
    refusal: str | None = None

    @property
    def has_passed(self) -> bool:
        """Whether nothing deviates."""
        return self.refusal is None and not self.comparison.deviations

    @property
    def n_compared(self) -> int:
        """How many values were compared."""
        return len(self.comparison.readings)

    @property
    def summary(self) -> str:
        """What left its band first, by how much, and how many did; "" if nothing did."""
        deviations = self.comparison.deviations
        if self.refusal is not None or not deviations:
            return self.refusal or ""
        text = _sentence(deviations[0])
        worst = max(deviations, key=_excess)
        if worst is not deviations[0]:
            text += f"; worst: {_sentence(worst)}"
        return f"{len(deviations):,} of {self.n_compared:,} values; first: {text}"

    def to_json(self) -> dict[str, Any]:
        """Strict JSON."""
        deviations = self.comparison.deviations
        return {
            "network": self.label,
            "mode": self.mode,
            "seeds": list(self.seeds),
            "passed": self.has_passed,
            "compared": self.n_compared,
            "not_in_baseline": self.n_unknown,
            "deviating": len(deviations),
            "cause": self.cause,
            "refusal": self.refusal,
            "first": _described(deviations[0]) if deviations else None,
            "worst": _described(max(deviations, key=_excess)) if deviations else None,
        }


def exact_result(
    label: str, table: Table, baseline: Baseline, seeds: tuple[int, ...] = ()
) -> Result:
    """The exact comparison of curves with a baseline."""
    comparison = compare_exactly(table, baseline.bands)
    expected = {key: band.first for key, band in baseline.bands.items()}
    cause = _cause(comparison, table, expected, is_same_run=True)
    return Result(label, "exact", seeds, comparison, cause, _n_unknown([table], baseline))


def statistical_result(
    label: str,
    tables: Sequence[Table],
    baseline: Baseline,
    seeds: tuple[int, ...],
    level: float,
) -> Result:
    """The statistical comparison of curves with a baseline; level: as `compare_statistically`."""
    require_statistical(baseline, label)
    comparison = compare_statistically(tables, baseline.bands, level=level)
    expected = {key: band.mean for key, band in baseline.bands.items()}
    cause = _cause(comparison, _means(tables), expected, is_same_run=False)
    return Result(label, "statistical", seeds, comparison, cause, _n_unknown(tables, baseline))


def require_statistical(baseline: Baseline, label: str) -> None:
    """Raises ConfigError for a baseline that other seeds cannot be compared with."""
    if statistical_keys(baseline.bands):
        return
    message = "the baseline has one seed, so no spread; make it with several, or compare exactly"
    if baseline.n_curves > 1:
        names = sorted({quantity for _, _, quantity in baseline.bands})
        message = (
            f"no quantity of the baseline ({listed(names)}) is compared over "
            "seeds, since their tails are heavy; compare exactly"
        )
    message = f"{label}: {message}"
    raise ConfigError(message)


def curves_result(
    curves: Sequence[Curves], baseline: Baseline, label: str, mode: str | None, rate: float
) -> Result:
    """Compare curves that another program wrote, one for each seed, with a baseline.

    mode: exact is for one file, of the first seed of the baseline. Without a mode, a baseline of
    one run is compared exactly, one of several statistically.
    Raises ConfigError for curves without values, an unknown mode, an exact comparison of several
    curves and a baseline that cannot be compared as asked.
    """
    if mode not in (None, "exact", "statistical"):
        message = f"{label}: the mode is exact or statistical, not {mode}"
        raise ConfigError(message)
    tables = tables_of(curves)
    if mode == "exact" or (mode is None and baseline.n_curves < 2):
        if len(tables) > 1:
            message = f"{label}: an exact comparison is of one run, not of {len(tables)}"
            raise ConfigError(message)
        return exact_result(label, tables[0], baseline)
    level = level_of(rate, len(statistical_keys(baseline.bands)))
    return statistical_result(label, tables, baseline, (), level)


def _cause(
    comparison: Comparison, found: Table, expected: Table, *, is_same_run: bool
) -> str | None:
    if not comparison.deviations:
        return None
    return likely_cause(Pattern(comparison.deviations, found, expected, is_same_run=is_same_run))


def _n_unknown(tables: Sequence[Table], baseline: Baseline) -> int:
    return len(set().union(*tables) - baseline.bands.keys())


def _means(tables: Sequence[Table]) -> dict[Key, float]:
    shared = [key for key in tables[0] if all(key in table for table in tables)]
    return {key: sum(table[key] for table in tables) / len(tables) for key in shared}


def _excess(deviation: Reading) -> float:
    return deviation.excess


def _described(deviation: Reading) -> dict[str, Any]:
    return {
        "update": deviation.update,
        "layer": deviation.layer or None,
        "quantity": deviation.quantity,
        "value": deviation.value,
        "expected": deviation.expected,
        "allowed": deviation.allowed,
        "times_allowed": deviation.excess,
    }


def _sentence(deviation: Reading) -> str:
    layer = f"layer {deviation.layer}" if deviation.layer else "the whole network"
    where = f"{deviation.quantity} of {layer} at update {deviation.update:,}"
    if deviation.value is None:
        return f"{where} is missing"
    text = f"{where} is {deviation.value:.6g}, expected {deviation.expected:.6g}"
    ratio = deviation.ratio
    if ratio is not None and 0.01 < ratio < 100:
        text += f" ({100 * (ratio - 1):+.3g} %)"
    if deviation.allowed and math.isfinite(deviation.excess):
        text += f", {deviation.excess:.3g} times what is allowed"
    return text
