"""Verdicts in words on the hidden layers, from a few measured numbers of each.

CRITERIA is the table: the first that applies to a layer gives its word, else it is healthy.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]

HEALTHY = "healthy"
WAY_FACTOR = 5.0
"""Of the std between a layer and the start of its way: layer 1 for activations, the top hidden
layer for gradients. One learning rate serves all layers, so that a layer with a fifth of the
gradient needs five times the updates. At depth 5 the paper's normalized networks keep more (tanh
0.6 of either, softsign 0.28 of the gradient), its standard ones less (tanh 0.10, softsign 0.06).
A factor of 0.9 a layer is harmless over five layers and fatal over fifty: only this sees it."""
STEP_FACTOR = 5 / 3
"""Of the std from one layer to the next, before training: less than 0.6 comes through. Standard
tanh passes 0.53 to 0.58 in each layer, normalized softsign at least 0.63 on Shapeset (0.59 on
CIFAR-10, where its first layer is called vanishing), relu with normalized weights 0.71. After
training steps differ without harm, and only the way counts."""
SATURATED_SHARE = 0.15
"""Three times the 1/20 that values spread evenly over the range would have near its ends. The
paper's trained tanh layers 1 and 2, its example of saturation, have 0.18 and 0.26 (figure 4)."""
DEAD_SHARE = 0.95
"""Of outputs exactly at the only asymptote. relu starts with 0.5; fewer than 50 of 1000 units
answer to an example here."""


@dataclass(frozen=True)
class LayerState:
    """What the criteria see of one hidden layer at one update.

    activation_std, backprop_std: of the layer. forward_way: activation_std over that of layer 1;
    backward_way: backprop_std over that of layer `top`, the uppermost hidden one. forward_step,
    backward_step: over those of the layer below and above, None at the ends and after training.
    saturated: share near an asymptote, None where f has none. is_bounded: f has two asymptotes.
    is_symmetric: the units started with the same weights, in and out (`units_are_identical`).
    """

    activation_std: float
    backprop_std: float
    forward_way: float
    backward_way: float
    forward_step: float | None
    backward_step: float | None
    saturated: float | None
    is_bounded: bool
    is_symmetric: bool
    top: int


@dataclass(frozen=True)
class NetworkState:
    """The hidden layers at one update; entry 0 of each sequence is layer 1, all of one length.

    activation_std, backprop_std: as recorded. saturated: shares, None or NaN where not measured.
    symmetric: whether the units of the layer started out identical. is_bounded: f has two
    asymptotes. is_trained: at least one update was done.
    """

    activation_std: Sequence[float]
    backprop_std: Sequence[float]
    saturated: Sequence[float | None]
    symmetric: Sequence[bool]
    is_bounded: bool
    is_trained: bool

    def layers(self) -> list[LayerState]:
        """The states of layers 1 .. depth."""
        return [self._layer(k) for k in range(len(self.activation_std))]

    def _layer(self, k: int) -> LayerState:
        forward, backward, share = self.activation_std, self.backprop_std, self.saturated[k]
        top = len(forward) - 1
        has_below, has_above = k > 0 and not self.is_trained, k < top and not self.is_trained
        return LayerState(
            activation_std=forward[k],
            backprop_std=backward[k],
            forward_way=_ratio(forward[k], forward[0]),
            backward_way=_ratio(backward[k], backward[top]),
            forward_step=_ratio(forward[k], forward[k - 1]) if has_below else None,
            backward_step=_ratio(backward[k], backward[k + 1]) if has_above else None,
            saturated=None if share is None or math.isnan(share) else share,
            is_bounded=self.is_bounded,
            is_symmetric=self.symmetric[k],
            top=top + 1,
        )


@dataclass(frozen=True)
class Verdict:
    """word: healthy, vanishing, exploding, saturated, dead or symmetric; reason: one phrase."""

    word: str
    reason: str


@dataclass(frozen=True)
class Criterion:
    """When a word applies: `reason` returns the phrase, or None if it does not apply."""

    word: str
    reason: Callable[[LayerState], str | None]


def _infinite(layer: LayerState) -> str | None:
    is_finite = math.isfinite(layer.activation_std) and math.isfinite(layer.backprop_std)
    return None if is_finite else "values are no longer finite"


def _symmetric(layer: LayerState) -> str | None:
    return "units identical, cannot learn" if layer.is_symmetric else None


def _dead(layer: LayerState) -> str | None:
    if layer.activation_std == 0:
        return "every unit gives the same value for every example"
    if not layer.is_bounded and (layer.saturated or 0.0) > DEAD_SHARE:
        return f"{layer.saturated:.0%} of the outputs are at the limit of the activation"
    if layer.backprop_std == 0:
        return "no gradient reaches the layer"
    return None


def _saturated(layer: LayerState) -> str | None:
    if layer.is_bounded and (layer.saturated or 0.0) > SATURATED_SHARE:
        return f"{layer.saturated:.0%} of the activations are near a limit"
    return None


def _exploding(layer: LayerState) -> str | None:
    if layer.backward_way > WAY_FACTOR:
        return f"gradients {layer.backward_way:.2g} times those of layer {layer.top}"
    if layer.forward_way > WAY_FACTOR:
        return f"activations {layer.forward_way:.2g} times those of layer 1"
    if layer.backward_step is not None and layer.backward_step > STEP_FACTOR:
        return f"gradients {layer.backward_step:.2g} times those of the layer above"
    if layer.forward_step is not None and layer.forward_step > STEP_FACTOR:
        return f"activations {layer.forward_step:.2g} times those of the layer below"
    return None


def _vanishing(layer: LayerState) -> str | None:
    if layer.backward_way < 1 / WAY_FACTOR:
        return f"gradients {layer.backward_way:.2g} times those of layer {layer.top}"
    if layer.forward_way < 1 / WAY_FACTOR:
        return f"activations {layer.forward_way:.2g} times those of layer 1"
    if layer.backward_step is not None and layer.backward_step < 1 / STEP_FACTOR:
        return f"gradients {layer.backward_step:.2g} times those of the layer above"
    if layer.forward_step is not None and layer.forward_step < 1 / STEP_FACTOR:
        return f"activations {layer.forward_step:.2g} times those of the layer below"
    return None


CRITERIA = (
    # Numbers that are not finite spoil all others.
    Criterion("exploding", _infinite),
    # Identical units stay identical whatever their sizes, so that nothing else matters.
    Criterion("symmetric", _symmetric),
    # No signal at all, forward or backward, is more than little of it.
    Criterion("dead", _dead),
    # Saturation is the cause where gradients vanish as well.
    Criterion("saturated", _saturated),
    Criterion("exploding", _exploding),
    Criterion("vanishing", _vanishing),
)


def judge(state: NetworkState) -> list[Verdict]:
    """The verdict on each of layers 1 .. depth at one update."""
    return [_judge_layer(layer) for layer in state.layers()]


def judge_training(first: NetworkState, last: NetworkState) -> list[Verdict]:
    """The verdict on each of layers 1 .. depth after training, in the light of update 0.

    The word is that of the end; where the start had another, the reason names it.
    """
    verdicts = []
    for before, after in zip(judge(first), judge(last), strict=True):
        note = "" if before.word == after.word else f"; {before.word} at the start"
        verdicts.append(Verdict(after.word, after.reason + note))
    return verdicts


def units_are_identical(weights: Array, weights_above: Array) -> bool:
    """Whether all units of a layer have the same incoming and the same outgoing weights.

    weights: (units, fan_in); weights_above: (fan_out, units). Such units get the same gradients
    for ever, and the layer does what one unit could do. With a single unit that is no fault: False.
    """
    if len(weights) < 2:
        return False
    # Two units that differ settle it, for a thousandth of the time of all.
    if (weights[0] != weights[1]).any():
        return False
    incoming, outgoing = weights == weights[0], weights_above == weights_above[:, :1]
    return bool(incoming.all() and outgoing.all())


def _judge_layer(layer: LayerState) -> Verdict:
    for criterion in CRITERIA:
        reason = criterion.reason(layer)
        if reason is not None:
            return Verdict(criterion.word, reason)
    return Verdict(HEALTHY, "signal and gradient pass")


def _ratio(value: float, reference: float) -> float:
    """value / reference; where the reference is 0, 1 for 0 and infinity otherwise."""
    if reference == 0:
        return 1.0 if value == 0 else math.inf
    return value / reference
