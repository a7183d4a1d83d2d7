"""Claims of section 4.2.1: variances in random networks, measured against equations 5 to 14."""

import math

import numpy as np

from glorot_repro.report.claims.data import NOTHING_TRAINED
from glorot_repro.report.claims.evidence import Evidence, Finding, numbers
from glorot_repro.report.claims.models import STANDARD
from glorot_repro.report.claims.signals import (
    N_SEEDS,
    Signals,
    log_slope,
    propagate,
    scheme_of_gain,
)

WIDTH = 300
"""Laws of equal widths hold for any; narrower networks scatter more and take less time."""

DEPTH = 5
GAINS = (1 / 3, 1.0, 2.0)
SMALL_INPUT = 0.01
"""Standard deviation of inputs that keep tanh in its linear regime through gain 2^5."""

DEPTHS = (5, 20, 50)
UNEVEN_GAINS = (1 / 3, 2.0)


def forward(evidence: Evidence) -> Finding:
    """Var[z_5] / Var[x] against the product of the gains."""
    ratios = {}
    for gain in GAINS:
        signals = _networks(evidence, gain)
        measured = [one.forward[-1] / one.forward[0] for one in signals]
        ratios[f"{gain:.3g}"] = float(np.mean(measured)) / gain**DEPTH
    return _against_prediction(ratios, dict.fromkeys(ratios, 0.03), "Var[z_5] / Var[x]")


def backward(evidence: Evidence) -> Finding:
    """Var[dC/ds_1] / Var[dC/ds_5] against the product of the gains between them."""
    ratios, tolerances = {}, {}
    for activation, tolerance in (("linear", 0.03), ("tanh", 0.05)):
        for gain in GAINS:
            # What comes back through linear layers does not depend on the inputs.
            input_std = 1.0 if activation == "linear" else SMALL_INPUT
            signals = _networks(evidence, gain, activation=activation, input_std=input_std)
            measured = [one.backward[1] / one.backward[-1] for one in signals]
            name = f"{activation} {gain:.3g}"
            ratios[name] = float(np.mean(measured)) / gain ** (DEPTH - 1)
            tolerances[name] = tolerance
    return _against_prediction(ratios, tolerances, "Var[dC/ds_1] / Var[dC/ds_5]")


def weight_gradient(evidence: Evidence) -> Finding:
    """Var[dC/dW] of layers 1 to 5, averaged over seeds: largest over smallest."""
    spreads, backward_spreads = {}, {}
    for gain in GAINS:
        signals = _networks(evidence, gain)
        variances = np.mean([one.weight_gradient for one in signals], axis=0)
        gradients = np.mean([one.backward[1:] for one in signals], axis=0)
        spreads[f"{gain:.3g}"] = float(variances.max() / variances.min())
        backward_spreads[f"{gain:.3g}"] = float(gradients.max() / gradients.min())
    told, backward_told = (numbers(list(one.values())) for one in (spreads, backward_spreads))
    return Finding(
        max(spreads.values()) < 1.15,
        {"max_over_min": spreads, "backward_max_over_min": backward_spreads},
        f"gains {', '.join(spreads)}: Var[dC/dW] differs over layers by factors of "
        f"{told}, Var[dC/ds] by {backward_told}",
        _networks_told(),
    )


def vanishing_with_depth(evidence: Evidence) -> Finding:
    """The slope of log Var[dC/ds] per layer, downwards, over the logarithm of the gain."""
    ratios = {}
    for gain in UNEVEN_GAINS:
        for depth in DEPTHS:
            slopes = [
                -log_slope(one.backward[1:])
                for one in _networks(evidence, gain, depth=depth, n_seeds=5)
            ]
            ratios[f"gain {gain:.3g}, depth {depth}"] = float(np.mean(slopes)) / math.log(gain)
    return _against_prediction(
        ratios, dict.fromkeys(ratios, 0.03), "slope of log Var[dC/ds] per layer", n_seeds=5
    )


def bradley(evidence: Evidence) -> Finding:
    """Var[dC/ds_l] / Var[dC/ds_(l+1)] of linear layers with standard weights."""
    signals = [
        propagate([WIDTH] * (DEPTH + 1), STANDARD, activation="linear", seed=seed)
        for seed in range(N_SEEDS)
    ]
    ratios = np.mean([one.backward[1:-1] / one.backward[2:] for one in signals], axis=0)
    return Finding(
        bool((np.abs(3 * ratios - 1) <= 0.05).all()),
        {"ratio_by_layer": ratios.tolist()},
        f"Var[dC/ds] of layers 1 to 4 over that of the layer above: {numbers(ratios)}",
        _networks_told(),
    )


def _networks(
    evidence: Evidence,
    gain: float,
    *,
    activation: str = "linear",
    depth: int = DEPTH,
    input_std: float = 1.0,
    n_seeds: int = N_SEEDS,
) -> list[Signals]:
    sizes = (WIDTH,) * (depth + 1)
    # Linear networks of the same draws are the same but for a factor: other gains, other draws.
    first_seed = 1000 * round(gain * 3)

    def measure() -> list[Signals]:
        return [
            propagate(
                sizes, scheme_of_gain(gain), activation=activation, seed=seed, input_std=input_std
            )
            for seed in range(first_seed, first_seed + n_seeds)
        ]

    networks: list[Signals] = evidence.bench.once(
        (sizes, gain, activation, input_std, n_seeds), measure
    )
    return networks


def _against_prediction(
    ratios: dict[str, float],
    tolerances: dict[str, float],
    what: str,
    n_seeds: int = N_SEEDS,
) -> Finding:
    told = ", ".join(f"{ratio:.3f} ({name})" for name, ratio in ratios.items())
    return Finding(
        all(abs(ratio - 1) <= tolerances[name] for name, ratio in ratios.items()),
        {"measured_over_predicted": ratios},
        f"{what}, measured over predicted: {told}",
        _networks_told(n_seeds),
    )


def _networks_told(n_seeds: int = N_SEEDS) -> str:
    return f"{NOTHING_TRAINED}, {n_seeds} networks of width {WIDTH}"
