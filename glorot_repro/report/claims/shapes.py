"""Claims of section 3.3 and figure 4: where the final densities have their maxima."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from glorot_repro.measure.histogram_series import histogram_at
from glorot_repro.report.claims.evidence import Evidence, Finding, numbers
from glorot_repro.report.claims.groups import Group, SparseCurve, ratio
from glorot_repro.report.claims.models import FIGURE_3_SOFTSIGN, FIGURE_3_TANH
from glorot_repro.report.claims.saturation import END
from glorot_repro.report.digitized import EPOCH

Values = NDArray[np.float64]

N_POINTS = 200
"""Points of a density of |z| between 0 and 1."""

SMOOTHING = 0.02
"""Standard deviation of the normal curve that densities are smoothed with."""

PROMINENCE = 0.05
"""Share of its height by which a maximum has to stand out from what lies around it."""


@dataclass(frozen=True, eq=False)
class Density:
    """A smoothed density of |z|, averaged over seeds: x and y (N_POINTS,)."""

    x: Values
    y: Values

    @property
    def maxima(self) -> list[float]:
        """Where the density has a maximum that stands out, its ends included."""
        height = self.y
        found = []
        for k in range(len(height)):
            neighbors = height[max(k - 1, 0) : k + 2]
            if height[k] < neighbors.max() or height[k] == 0:
                continue
            if _prominence(height, k) >= PROMINENCE * height[k]:
                found.append(float(self.x[k]))
        return found

    def at(self, x: float) -> float:
        """The density at `x`."""
        return float(np.interp(x, self.x, self.y))


def tanh_modes(evidence: Evidence) -> Finding:
    """Maxima of the densities of the tanh layers at the end."""
    run = evidence.run(FIGURE_3_TANH, END)
    densities, update = final_densities(run)
    maxima = [density.maxima for density in densities]
    between = [x for row in maxima for x in row if 0.2 <= x <= 0.9]
    return Finding(
        not between,
        {"maxima": maxima, "between": between},
        f"{run.label}: densities of layers 1 to 5 have maxima at |z| of {_told(maxima)}",
        f"update {update:,}",
    )


def softsign_knees(evidence: Evidence) -> Finding:
    """Maxima of the densities of softsign layers 1 to 3 at the end, and heights there and at 0."""
    run = evidence.run(FIGURE_3_SOFTSIGN, END)
    densities, update = final_densities(run)
    maxima = [density.maxima for density in densities]
    ratios = []
    for density, row in zip(densities[:3], maxima[:3], strict=True):
        inside = [x for x in row if 0.4 <= x <= 0.85]
        knee = max((density.at(x) for x in inside), default=math.nan)
        at_0 = density.at(0.0)
        is_empty = inside and not at_0
        ratios.append(math.inf if is_empty else ratio(knee, at_0))
    return Finding(
        all(ratio >= 1.5 for ratio in ratios),
        {"maxima": maxima, "over_density_at_0": ratios},
        f"{run.label}: maxima at |z| of {_told(maxima)}; at those between 0.4 and 0.85 of layers 1 "
        f"to 3 the density is {numbers(ratios).replace('nan', '(none)')} times that at 0",
        f"update {update:,}",
    )


def final_densities(run: Group) -> tuple[list[Density], int]:
    """The densities of the layers at the recorded update that is nearest to epoch 95.

    Or to the end of a run that is shorter. Raises SparseCurve if that is more than an epoch away.
    """
    kept = [record for record in run.records if record.histograms is not None]
    if not kept:
        raise SparseCurve(run, "histograms")
    updates = kept[0].histograms["updates"]  # type: ignore[index]
    update = int(updates[np.abs(updates - END).argmin()]) if len(updates) else 0
    if abs(update - run.reached) > EPOCH:
        raise SparseCurve(run, f"histograms near update {run.reached:,}")
    return [_density(kept, layer, update) for layer in range(1, run.depth + 1)], update


def _density(records: list, layer: int, update: int) -> Density:
    edges = np.linspace(0, 1, N_POINTS + 1)
    x = (edges[1:] + edges[:-1]) / 2
    rows = []
    for record in records:
        found = histogram_at(record.histograms, "activation", layer, update)
        below = np.concatenate([[0.0], np.cumsum(found.counts)]) / max(found.counts.sum(), 1)
        share = np.interp(edges, found.edges, below) - np.interp(-edges, found.edges, below)
        rows.append(np.diff(share) * N_POINTS)
    return Density(x, _smoothed(np.mean(rows, axis=0)))


def _smoothed(density: Values) -> Values:
    """Convolved with a normal curve, mirrored at 0 (where |z| is) and at 1."""
    reach = math.ceil(4 * SMOOTHING * N_POINTS)
    steps = np.arange(-reach, reach + 1) / N_POINTS
    kernel = np.exp(-0.5 * (steps / SMOOTHING) ** 2)
    padded = np.pad(density, reach, mode="symmetric")
    return np.convolve(padded, kernel / kernel.sum(), mode="valid")


def _prominence(height: Values, k: int) -> float:
    """How far one has to descend from the maximum `k` to come to a higher point, or to an end."""
    lowest = []
    for side in (height[:k][::-1], height[k + 1 :]):
        higher = np.flatnonzero(side > height[k])
        on_the_way = side[: higher[0]] if len(higher) else side
        if len(side):
            lowest.append(float(on_the_way.min()) if len(on_the_way) else float(height[k]))
    return float(height[k]) - max(lowest, default=0.0)


def _told(maxima: list[list[float]]) -> str:
    return "; ".join(" and ".join(f"{x:.2f}" for x in row) or "none" for row in maxima)
