"""One quantity of equal networks over several seeds: mean, spread, and values at other points."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from glorot_repro.runs.reading import RunRecord

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class SeedCurves:
    """x: (n,) ascending; values: (seeds, n), NaN where a run has no value.

    beyond: what a run is known to have before its first and after its last value, such as a
    density 0.
    """

    x: Array
    values: Array
    beyond: float = math.nan

    @classmethod
    def of_runs(
        cls,
        records: Sequence[RunRecord],
        quantity: str,
        layer: int | None = None,
        *,
        x_per_update: float = 1.0,
        factor: float = 1.0,
    ) -> "SeedCurves":
        """A quantity of curves.csv, times `factor`, at all updates at which a run has it."""
        series = [record.curves.series(quantity, layer) for record in records]
        # Not unique over a concatenation of none: numpy wants at least one array.
        updates = np.array(sorted({update for found, _ in series for update in found.tolist()}))
        values = np.full((len(series), len(updates)), np.nan)
        for row, (found, measured) in zip(values, series, strict=True):
            row[np.searchsorted(updates, found)] = factor * measured
        return cls(x_per_update * updates, values)

    @classmethod
    def none(cls) -> "SeedCurves":
        """Of no run."""
        return cls(np.empty(0), np.empty((0, 0)))

    @property
    def n_seeds(self) -> int:
        """The number of runs."""
        return len(self.values)

    @property
    def mean(self) -> Array:
        """(n,) over the seeds at hand, NaN where there is none."""
        counts, sums = self._moment(self.values)
        return np.divide(sums, counts, out=np.full(len(self.x), np.nan), where=counts > 0)

    @property
    def spread(self) -> Array:
        """(n,) standard deviation over the seeds at hand, NaN where there are fewer than two."""
        counts, squares = self._moment((self.values - self.mean) ** 2)
        variance = np.full(len(self.x), np.nan)
        return np.sqrt(np.divide(squares, counts - 1, out=variance, where=counts > 1))

    def at(self, points: Array) -> "SeedCurves":
        """The curves at other x, between neighbors in proportion; `beyond` outside."""
        values = np.full((self.n_seeds, len(points)), np.nan)
        for row, measured in zip(values, self.values, strict=True):
            is_known = np.isfinite(measured)
            x = self.x[is_known]
            if len(x):
                row[:] = self.beyond
                is_reached = (points >= x[0]) & (points <= x[-1])
                row[is_reached] = np.interp(points[is_reached], x, measured[is_known])
        return SeedCurves(points, values)

    def medians(self, reach: float) -> "SeedCurves":
        """Each value replaced by the median of those within `reach` of its x, in its own run.

        Where a run begins or ends nearer than `reach`, only as far as that, to both sides: what
        falls in the beginning would be taken for what comes after it.
        """
        values = np.full_like(self.values, np.nan)
        for found, measured in zip(values, self.values, strict=True):
            is_known = np.isfinite(measured)
            x, y = self.x[is_known], measured[is_known]
            if len(x):
                reaches = np.minimum(reach, np.minimum(x - x[0], x[-1] - x))
                is_near = np.abs(x - x[:, np.newaxis]) <= reaches[:, np.newaxis]
                found[is_known] = [np.median(y[near]) for near in is_near]
        return replace(self, values=values)

    def _moment(self, terms: Array) -> tuple[Array, Array]:
        is_known = np.isfinite(terms)
        return is_known.sum(axis=0), np.where(is_known, terms, 0.0).sum(axis=0)
