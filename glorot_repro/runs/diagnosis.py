"""The likely cause of a failed check, in words, from the pattern of what deviates."""

import math
from collections.abc import Callable, Mapping, Sequence

from glorot_repro.measure.statistics import FAMILIES
from glorot_repro.runs.baseline import Key
from glorot_repro.runs.deviations import ACTIVATION_TOLERANCE, Reading
from glorot_repro.runs.seed_scale import is_percentile, split_quantity
from glorot_repro.wording import listed

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

DOMINANT = 3.5
"""A layer whose factor, as a logarithm, is so many times that of any other is the one at fault:
the layers above it follow, since their activation saturates less or more."""

UNKNOWN = "no known pattern"


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

    def factors(self, family: str) -> list[float]:
        """found / expected standard deviation, layer after layer; empty if one is 0 or missing."""
        layers = sorted(
            layer
            for update, layer, quantity in self.expected
            if update == self.update and quantity == f"{family}_std"
        )
        factors = []
        for layer in layers:
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


def likely_cause(pattern: Pattern) -> str:
    """The likely cause of the deviations, as a sentence without a full stop."""
    for rule in _RULES:
        cause = rule(pattern)
        if cause:
            return cause
    return UNKNOWN


def _dtype(pattern: Pattern) -> str | None:
    for one in pattern.first:
        if one.quantity.endswith("_bits") and one.value is not None:
            return (
                f"dtype: float{one.value:.0f} found where the baseline has "
                f"float{one.expected:.0f}, first in {one.quantity.removesuffix('_bits')} of "
                f"layer {one.layer}"
            )
    return None


def _missing(pattern: Pattern) -> str | None:
    missing = [one for one in pattern.first if one.value is None]
    if not missing:
        return None
    if all(update != pattern.update for update, _, _ in pattern.found):
        return f"training ended before update {pattern.update:,}: it diverged, or records changed"
    return f"no longer measured: {listed(sorted({one.quantity for one in missing}))}"


def _not_finite(pattern: Pattern) -> str | None:
    known = [one for one in pattern.first if one.value is not None]
    counted = [one for one in known if one.quantity.endswith("_nonfinite")]
    more = [one for one in counted if (one.value or 0.0) > one.expected]
    if more:
        # curve_rows leaves them out of the statistics and counts them.
        where = f"{more[0].value:,.0f} values of layer {more[0].layer}"
        return f"NaN or infinity in the network: {where}; overflow, or a division by zero"
    if any(math.isinf(one.excess) and not math.isfinite(one.value or 0.0) for one in known):
        return "NaN or infinity in the network: overflow, or a division by zero"
    return None


def _all_equal(pattern: Pattern) -> str | None:
    """A layer whose values have no spread: the first one on the way of the signals."""
    flat = [
        one
        for one in pattern.first
        if one.value == 0 and one.expected > 0 and split_quantity(one.quantity)[1] == "std"
    ]
    for family, what in (("activation", "the values"), ("backprop", "the gradients")):
        layers = [one.layer for one in flat if split_quantity(one.quantity)[0] == family]
        if layers:
            # Signals end at the first such layer from below, gradients at the first from above.
            layer = min(layers) if family == "activation" else max(layers)
            return f"{what} of layer {layer} are all equal: zero weights, or units that are dead"
    return None


def _theory_only(pattern: Pattern) -> str | None:
    if not all(one.quantity.endswith("_theory") for one in pattern.first):
        return None
    if pattern.is_same_run:
        return "prediction: the theory changed, the network did not"
    # A prediction hardly depends on the seed: its bands are the first that a change leaves.
    return (
        "initializer, activation, inputs or prediction: the theory of this network changed; what "
        "was measured is within its wider bands"
    )


def _statistic_only(pattern: Pattern) -> str | None:
    """One statistic alone, or some while mean and std agree: so the values behind them agree."""
    statistics = pattern.statistics()
    # Over seeds, standard deviations are the only statistics that are compared.
    is_alone = pattern.is_same_run and statistics == {"std"}
    if is_alone or all(
        is_percentile(name) or name in ("saturated", "identical") for name in statistics
    ):
        return f"how a statistic is computed ({', '.join(sorted(statistics))}), not the network"
    return None


def _jacobian_only(pattern: Pattern) -> str | None:
    if {split_quantity(one.quantity)[0] for one in pattern.first} == {"jacobian_singular"}:
        return "how the layer Jacobians are computed, not the network"
    return None


def _costs_only(pattern: Pattern) -> str | None:
    if {one.layer for one in pattern.first} == {0}:
        return "the evaluation: its examples, or how cost and error are computed"
    return None


def _training(pattern: Pattern) -> str | None:
    if pattern.update == min(update for update, _, _ in pattern.expected):
        return None
    return (
        "training: the start agrees, so learning rate, update rule, biases, or the order of the "
        "training examples"
    )


def _weight_gradients_only(pattern: Pattern) -> str | None:
    if pattern.deviates("weight_gradient") and not (
        pattern.deviates("activation") or pattern.deviates("backprop")
    ):
        return "how weight gradients are made from dC/ds and the layer's input" + _common_factor(
            pattern, pattern.factors("weight_gradient")
        )
    return None


def _gradients_only(pattern: Pattern) -> str | None:
    if pattern.deviates("activation") or not pattern.deviates("backprop"):
        return None
    factors = pattern.factors("backprop")
    if not factors:
        return "gradients only"
    if pattern.are_alike(factors):
        return "gradients only, all layers alike: batch averaging (sum or mean), or the cost" + (
            _common_factor(pattern, factors)
        )
    if pattern.are_alike([factors[-1], 1.0]) and len(factors) > 2:
        if pattern.are_alike(factors[:-1]):
            factor = _common_factor(pattern, factors[:-1])
            return f"the weights of the output layer: all gradients below it scaled alike{factor}"
        return (
            "gradients only, more from layer to layer below the output: the derivative of the "
            f"activation (factor {factors[-2]:.3g} in the last hidden layer)"
        )
    return "gradients only: the cost and its gradient, or the labels"


def _signals(pattern: Pattern) -> str | None:
    """The scale of the weights: each layer's own factor is that of its output over its input's."""
    factors = pattern.factors("activation")
    if not pattern.deviates("activation") or not factors:
        return None
    own = [factor / below for factor, below in zip(factors, [1.0, *factors[:-1]], strict=True)]
    sizes = sorted((abs(math.log(factor)) for factor in own), reverse=True)
    if sizes[0] <= pattern.least or (pattern.is_same_run and not pattern.has_same_draws()):
        return (
            "other random numbers or probe examples: no common factor relates the values to the "
            "baseline's"
        )
    shift = pattern.shift_of_means()
    if pattern.is_same_run and shift > DOMINANT * sizes[0]:
        return (
            f"biases or inputs: means of activations moved by up to {shift:.3g} standard "
            "deviations, their spread hardly did"
        )
    if len(own) == 1 or sizes[0] > DOMINANT * sizes[1]:
        layer = max(range(1, len(own) + 1), key=lambda layer: abs(math.log(own[layer - 1])))
        cause = f"layer {layer} only: its initializer or activation, factor {own[layer - 1]:.4g}"
        if layer == 1:
            cause += "; or the scale of the inputs"
        return cause
    told = ", ".join(f"{factor:.4g}" for factor in own)
    has_one_sign = min(own) > 1 or max(own) < 1
    if has_one_sign and math.log(max(own) / min(own)) < pattern.spread_of_gain(sizes[0]):
        return (
            f"gain: every layer scaled alike, so the bound or variance of the weights, or the "
            f"slope of the activation (factors {told})"
        )
    return (
        f"wrong fan, or an activation that is not the baseline's: the factor changes with the "
        f"layer ({told})"
    )


def _common_factor(pattern: Pattern, factors: Sequence[float]) -> str:
    if not factors or not pattern.are_alike(factors):
        return ""
    return f" (factor {math.exp(sum(map(math.log, factors)) / len(factors)):.4g})"


_RULES: tuple[Callable[[Pattern], str | None], ...] = (
    _dtype,
    _missing,
    _not_finite,
    _all_equal,
    _theory_only,
    _statistic_only,
    _jacobian_only,
    _costs_only,
    _training,
    _weight_gradients_only,
    _gradients_only,
    _signals,
)
"""In this order: the first that applies is the cause."""
