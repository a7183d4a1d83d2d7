"""Comparing curves with a baseline: exactly, or within its spread from seed to seed.

Exact: the same seed and configuration. A value may differ by its relative tolerance times the
larger of its own size and the standard deviation of what it is a statistic of, since a mean or a
median near zero has no relative error worth the name.

Statistical: other seeds. With n baseline seeds and the mean of k new ones, a value leaves the band
where it is further from the baseline's mean than t x spread x sqrt(1/k + 1/n), all on the scale
of `seed_scale`, with t of Student's distribution with n - 1 degrees of freedom at a level
that gives the whole check its false-alarm rate, see `band_width`, averaged over baselines.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from glorot_repro.measure.curves import WHOLE_NETWORK
from glorot_repro.runs.band_width import exponential, half_width
from glorot_repro.runs.baseline import Band, Key, statistical_keys
from glorot_repro.runs.seed_scale import (
    is_logarithmic,
    is_percentile,
    on_scale,
    split_quantity,
)

ACTIVATION_TOLERANCE = 1e-4
GRADIENT_TOLERANCE = 1e-3
PERCENTILE_TOLERANCE = 1e-3
"""Relative. Percentiles are exact to one of 16,000 cells of the range, which is 10 to 15 standard
deviations: a value that rounds into the next cell moves them by 1e-3 standard deviations."""

SHARE_TOLERANCE = 1e-3
"""Of a share from 0 to 1: how many values lie just at the limit is a matter of rounding."""

ERROR_TOLERANCE = 1.0
"""Percentage points: one example in a hundred may lie on the border between two classes."""

SMALLEST = math.nextafter(0.0, 1.0)
"""The least positive number."""

COSTS = ("training_cost", "validation_cost", "test_cost")
Table = Mapping[Key, float]


@dataclass(frozen=True)
class Reading:
    """A value beside its band.

    value: what was found, None where the curves have no such value; expected: the baseline's; low
    and high: the ends of its band, all in the unit of the quantity.
    """

    update: int
    layer: int
    quantity: str
    value: float | None
    expected: float
    low: float
    high: float

    @property
    def is_within(self) -> bool:
        """Whether the value lies in its band; NaN and infinity are expected of themselves only."""
        if self.value is None or math.isinf(self.value) != math.isinf(self.expected):
            return False
        if math.isnan(self.expected) or math.isnan(self.value):
            return math.isnan(self.expected) and math.isnan(self.value)
        return self.low <= self.value <= self.high

    @property
    def allowed(self) -> float | None:
        """How far from the expected the value may lie, on its side; None for a missing value."""
        if self.value is None:
            return None
        return self.high - self.expected if self.value > self.expected else self.expected - self.low

    @property
    def excess(self) -> float:
        """The distance in units of what is allowed; infinite where nothing is."""
        if self.value is None or not math.isfinite(self.value - self.expected):
            return math.inf
        if self.value == 0 and self.low == SMALLEST:  # the distance of logarithms
            return math.inf
        allowed = self.allowed
        return abs(self.value - self.expected) / allowed if allowed else math.inf

    @property
    def ratio(self) -> float | None:
        """value / expected, None where that says nothing."""
        if self.value is None or not self.expected:
            return None
        return self.value / self.expected


@dataclass(frozen=True)
class Comparison:
    """All values that were compared, by update and layer, those of the whole network last."""

    readings: tuple[Reading, ...]

    @cached_property
    def deviations(self) -> tuple[Reading, ...]:
        """Those that left their bands."""
        return tuple(reading for reading in self.readings if not reading.is_within)


def exact_tolerance(key: Key, reference: Table) -> float:
    """How far a value of the same run may lie from `reference`, in its own unit."""
    update, layer, quantity = key
    family, statistic = split_quantity(quantity)
    if quantity == "units_identical" or statistic in ("bits", "nonfinite"):
        return 0.0
    if statistic == "saturated":
        return SHARE_TOLERANCE
    if statistic == "error":
        return ERROR_TOLERANCE
    is_activation = family == "activation" or quantity in COSTS
    relative = ACTIVATION_TOLERANCE if is_activation else GRADIENT_TOLERANCE
    if is_percentile(statistic):
        relative = max(relative, PERCENTILE_TOLERANCE)
    spread = reference.get((update, layer, f"{family}_std"), 0.0)
    sizes = [abs(size) for size in (reference[key], spread) if math.isfinite(size)]
    return relative * max(sizes, default=0.0)


def compare_exactly(table: Table, bands: Mapping[Key, Band]) -> Comparison:
    """Compare the curves of the first seed; values that the baseline does not know are ignored."""
    reference = {key: band.first for key, band in bands.items()}
    return _compared(
        [table], {key: (value, exact_tolerance(key, reference)) for key, value in reference.items()}
    )


def compare_statistically(
    tables: Sequence[Table], bands: Mapping[Key, Band], *, level: float
) -> Comparison:
    """Compare the mean over the curves of other seeds; level: false-alarm rate of one value."""
    means = {key: band.mean for key, band in bands.items()}
    keys = statistical_keys(bands)
    n_pinned = max((bands[key].count for key in keys), default=0)
    half = half_width(level, n_pinned, len(tables)) if n_pinned else math.nan
    readings = []
    for key in keys:
        band = bands[key]
        # The tolerance is for values that depend on the seed by their rounding only.
        size = abs(band.mean) if is_logarithmic(key[2]) else 1.0
        rounding = exact_tolerance(key, means) / (size or 1.0)
        readings.append(_reading_over_seeds(key, tables, band, half * band.width + rounding))
    return _in_order(readings)


def _reading_over_seeds(key: Key, tables: Sequence[Table], band: Band, bound: float) -> Reading:
    """The reading in its own unit: the band is that of the scale, seen from there.

    A band of logarithms is wider above than below, and never reaches 0.
    """
    is_found = all(key in table for table in tables)
    if band.is_always_zero:
        value = sum(table[key] for table in tables) / len(tables) if is_found else None
        return Reading(*key, value, 0.0, 0.0, 0.0)
    unit, least = (exponential, SMALLEST) if is_logarithmic(key[2]) else (float, -math.inf)
    value = unit(sum(on_scale(key, table) for table in tables) / len(tables)) if is_found else None
    low, high = unit(band.center - bound), unit(band.center + bound)
    return Reading(*key, value, unit(band.center), max(low, least), high)


def _compared(tables: Sequence[Table], expected: Mapping[Key, tuple[float, float]]) -> Comparison:
    return _in_order(
        [
            Reading(*key, table.get(key), reference, reference - allowed, reference + allowed)
            for table in tables
            for key, (reference, allowed) in expected.items()
        ]
    )


def _in_order(readings: list[Reading]) -> Comparison:
    return Comparison(tuple(sorted(readings, key=_order)))


def _order(reading: Reading) -> tuple[int, bool, int]:
    return reading.update, reading.layer == WHOLE_NETWORK, reading.layer
