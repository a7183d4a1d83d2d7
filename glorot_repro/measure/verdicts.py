"""A verdict in words on each layer: does the signal pass, and does the gradient come back?"""

from dataclasses import dataclass

LOSS_PER_LAYER = 0.6
"""A std that falls below this share from one layer to the next: 0.6^5 = 0.08, so less than a tenth
is left after five layers. The paper's standard tanh network loses more (0.57 a layer), its
normalized one less (0.86). Growth is judged by the inverse."""

SATURATED_SHARE = 0.5
"""Most units of the layer sit at a limit of the activation function."""

DEAD_SHARE = 0.99
"""Next to no unit of a one-sided function, as relu, is ever on."""


@dataclass(frozen=True)
class LayerSignals:
    """What the verdict on one hidden layer rests on; None where it was not or cannot be measured.

    forward_ratio: std of the activations over that of the layer below, at update 0; backward_ratio:
    std of dC/ds over that of the layer above, at update 0; saturated: newest share of saturated
    activations; is_one_sided: the activation has one limit only; activation_std and backprop_std:
    the newest; has_identical_units: all units of the layer had the same weights at update 0.
    """

    forward_ratio: float | None
    backward_ratio: float | None
    saturated: float | None
    is_one_sided: bool
    activation_std: float
    backprop_std: float
    has_identical_units: bool


@dataclass(frozen=True)
class Verdict:
    """word: healthy, vanishing, exploding, saturated, dead or symmetric; reason: one phrase."""

    word: str
    reason: str


def judge(signals: LayerSignals) -> Verdict:
    """The first of these that holds: symmetric, dead, saturated, exploding, vanishing, healthy."""
    if signals.has_identical_units:
        return Verdict("symmetric", "units identical, cannot learn")
    saturated = signals.saturated or 0.0
    if signals.is_one_sided and saturated > DEAD_SHARE:
        return Verdict("dead", f"{saturated:.0%} of the units are off")
    if signals.activation_std == 0.0 or signals.backprop_std == 0.0:
        what = "activations" if signals.activation_std == 0.0 else "gradients"
        return Verdict("dead", f"the {what} do not vary at all")
    if not signals.is_one_sided and saturated > SATURATED_SHARE:
        return Verdict("saturated", f"{saturated:.0%} of the activations are near a limit")
    ratios = {"signal": signals.forward_ratio, "gradient": signals.backward_ratio}
    known = {name: ratio for name, ratio in ratios.items() if ratio is not None}
    for name, ratio in known.items():
        if ratio > 1 / LOSS_PER_LAYER:
            return Verdict("exploding", f"the {name} grows {ratio:.2g} times in this layer")
    for name, ratio in known.items():
        if ratio < LOSS_PER_LAYER:
            return Verdict("vanishing", f"{ratio:.0%} of the {name} comes through this layer")
    return Verdict("healthy", "signal and gradient pass")
