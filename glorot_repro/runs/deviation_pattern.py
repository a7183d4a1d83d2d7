"""What deviates in a failed check, and by which factors: what its likely cause is read from."""

import math
from collections.abc import Mapping, Sequence

from glorot_repro.measure.statistics import FAMILIES
from glorot_repro.runs.baseline import Key
from glorot_repro.runs.deviations import ACTIVATION_TOLERANCE, Reading
from glorot_repro.runs.seed_scale import split_quantity

Table = Mapping[Key, float]

ALIKE_IN_A_RUN = 0.02
"""Logarithms of ratios that differ by less count as equal: curves of one run that change by one
factor do so by several thousandths from layer to layer."""

ALIKE_SHARE = 0.1
"""Large factors may differ by this share of their mean logarithm: a signal that is twice as large
saturates more in one layer than in the other."""

ALIKE_OVER_SEEDS = 0.15
"""The same over seeds: the spread of a standard deviation in a layer of some tens of units."""

SAME_DRAWS = 0.8
"""Correlation of means, found and expected, over all layers: near 1 where the same random weights
saw the same examples, whatever their scale; about 0 where they did not."""


class Pattern:
    """What deviates at the first update at which anything does, and by which factors.

    deviations: of one comparison, in its order, not empty. found and expected: the values of the
    curves and of the baseline. is_same_run: whether they should be the same run.
    """

    def __init__(
        self,
        deviations: Sequence[Reading],
        found: Table,
        expected: Table,
        *,
        is_same_run: bool,
    ) -> None:
        self.is_same_run = is_same_run
        self.alike = ALIKE_IN_A_RUN if is_same_run else ALIKE_OVER_SEEDS
        self.update = deviations[0].update
        self.first = [one for one in deviations if one.update == self.update]
        self.found = found
        self.expected = expected

    def deviates(self, family: str) -> bool:
        """Whether any measurement of a family deviates."""
        return any(
            split_quantity(one.quantity)[0] == family and not one.quantity.endswith("_theory")
            for one in self.first
        )

    def statistics(self) -> set[str]:
        """The statistics that deviate."""
        return {split_quantity(one.quantity)[1] for one in self.first}

    def layers(self, family: str) -> list[int]:
        """The layers whose standard deviation the baseline has at this update, from below."""
        return sorted(
            layer
            for update, layer, quantity in self.expected
            if update == self.update and quantity == f"{family}_std"
        )

    def factors(self, family: str) -> list[float]:
        """found / expected standard deviation, layer after layer; empty if one is 0 or missing."""
        factors = []
        for layer in self.layers(family):
            key = (self.update, layer, f"{family}_std")
            value, reference = self.found.get(key, math.nan), self.expected[key]
            if not (value > 0 and reference > 0 and math.isfinite(value)):
                return []
            factors.append(value / reference)
        return factors

    def are_alike(self, factors: Sequence[float]) -> bool:
        """Whether factors are about equal, against their own size if that is large."""
        size = abs(math.fsum(map(math.log, factors))) / len(factors)
        return math.log(max(factors) / min(factors)) < max(self.alike, ALIKE_SHARE * size)

    @property
    def least(self) -> float:
        """What a layer's own factor, as a logarithm, has to exceed to be one."""
        return ACTIVATION_TOLERANCE if self.is_same_run else ALIKE_OVER_SEEDS

    def spread_of_gain(self, size: float) -> float:
        """How far the layers' own factors may lie apart if all have one gain of this size.

        Logarithms. In one run small factors are known well, but units that saturate take up to
        three quarters of a gain back in the upper layers.
        """
        return min(3 * self.alike, 0.75 * size) if self.is_same_run else 3 * self.alike

    def shift_of_means(self) -> float:
        """The largest difference of means of activations, in the baseline's standard deviations."""
        shifts = [0.0]
        for key, mean in self.expected.items():
            update, layer, quantity = key
            std = self.expected.get((update, layer, "activation_std"), 0.0)
            if update == self.update and quantity == "activation_mean" and std > 0:
                shifts.append(abs(self.found.get(key, mean) - mean) / std)
        return max(shifts)

    def has_same_draws(self) -> bool:
        """Whether the means of all layers, in their standard deviations, go together."""
        pairs = []
        for family in FAMILIES:
            for update, layer, quantity in self.expected:
                if update == self.update and quantity == f"{family}_mean":
                    keys = [(update, layer, f"{family}_{name}") for name in ("mean", "std")]
                    values = [self.found.get(key, math.nan) for key in keys]
                    references = [self.expected.get(key, math.nan) for key in keys]
                    if values[1] > 0 and references[1] > 0:
                        pairs.append((values[0] / values[1], references[0] / references[1]))
        product = math.fsum(a * b for a, b in pairs)
        squares = math.fsum(a * a for a, _ in pairs) * math.fsum(b * b for _, b in pairs)
        return product >= SAME_DRAWS * math.sqrt(squares)
