"""The likely cause of a failed check, in words, from the pattern of what deviates."""

import math
from collections.abc import Callable, Sequence

from glorot_repro.measure.curves import WHOLE_NETWORK
from glorot_repro.runs.deviation_pattern import Pattern
from glorot_repro.runs.seed_scale import is_percentile, split_quantity
from glorot_repro.wording import counted, listed

DOMINANT = 3.5
"""A layer whose factor, as a logarithm, is so many times that of any other is the one at fault:
the layers above it follow, since their activation saturates less or more."""

UNKNOWN = "no known pattern"


def likely_cause(pattern: Pattern) -> str:
    """The likely cause of the deviations, as a sentence without a full stop."""
    for rule in _RULES:
        cause = rule(pattern)
        if cause:
            return cause
    return UNKNOWN


def _dtype(pattern: Pattern) -> str | None:
    for one in pattern.first:
        is_number = one.value is not None and math.isfinite(one.value)
        if one.quantity.endswith("_bits") and is_number:
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
    measured = {layer for update, layer, _ in pattern.found if update == pattern.update}
    gone = sorted({one.layer for one in missing} - measured - {WHOLE_NETWORK})
    if gone:
        return (
            f"nothing is measured in layer {listed([str(layer) for layer in gone])}: the network "
            "has fewer layers, or records leave some out"
        )
    return f"no longer measured: {listed(sorted({one.quantity for one in missing}))}"


def _not_finite(pattern: Pattern) -> str | None:
    known = [one for one in pattern.first if one.value is not None]
    with_counts = [one for one in known if one.quantity.endswith("_nonfinite")]
    more = [one for one in with_counts if (one.value or 0.0) > one.expected]
    if more:
        # curve_rows leaves them out of the statistics and counts them.
        count = counted(round(more[0].value or 0), "value")
        where = f"{count} of layer {more[0].layer}"
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
    if pattern.is_same_run and not pattern.has_same_draws():
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
    told = ", ".join(f"{factor:.4g}" for factor in own)
    if sizes[0] <= pattern.least:
        if pattern.is_same_run:
            return None
        return (
            "initializer, activation or inputs: no layer alone changed by more than seeds differ "
            f"(factors {told})"
        )
    if len(own) == 1 or sizes[0] > DOMINANT * sizes[1]:
        pairs = zip(own, pattern.layers("activation"), strict=True)
        factor, layer = max(pairs, key=lambda pair: abs(math.log(pair[0])))
        cause = f"layer {layer} only: its initializer or activation, factor {factor:.4g}"
        if layer == 1:
            cause += "; or the scale of the inputs"
        return cause
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
