"""Claims of equations 1, 12, 15 and 16: what the initializers draw."""

import numpy as np

from glorot_repro.nn.scheme import NetworkInitializer
from glorot_repro.report.claims.data import NOTHING_TRAINED
from glorot_repro.report.claims.evidence import Evidence, Finding, numbers
from glorot_repro.report.claims.models import NORMALIZED, STANDARD
from glorot_repro.report.claims.signals import propagate

UNEQUAL_WIDTHS = (1000, 500, 2000)
N_SEEDS = 5


def standard_range(evidence: Evidence) -> Finding:
    """n Var[W] and the largest weight of a 1000 x 1000 draw."""
    n = 1000
    weights = _draw(STANDARD, n, n)
    gain = float(n * weights.var())
    largest = float(np.abs(weights).max() * np.sqrt(n))
    return Finding(
        abs(gain * 3 - 1) <= 0.005 and 0.999 < largest <= 1,
        {"n_variance": gain, "largest_times_root_n": largest},
        f"n Var[W] = {gain:.5f}, largest |W| sqrt(n) = {largest:.6f}",
        NOTHING_TRAINED,
    )


def normalized_range(evidence: Evidence) -> Finding:
    """(n_in + n_out) Var[W] / 2 and the bound, of two shapes."""
    gains, within = [], True
    for fan_in, fan_out in ((1000, 1000), (1024, 1000)):
        weights = _draw(NORMALIZED, fan_in, fan_out)
        gains.append(float((fan_in + fan_out) * weights.var() / 2))
        within &= bool(np.abs(weights).max() <= np.sqrt(6 / (fan_in + fan_out)))
    return Finding(
        within and all(abs(gain - 1) <= 0.005 for gain in gains),
        {"gains": gains, "within_bound": within},
        f"(n_in + n_out) Var[W] / 2 = {numbers(gains, 5)} for 1000 x 1000 and 1024 x 1000; "
        f"no weight {'is' if within else 'should be, but some are,'} beyond the bound",
        NOTHING_TRAINED,
    )


def two_conditions(evidence: Evidence) -> Finding:
    """Variance ratios of two linear layers of unequal widths, forward and backward."""
    signals = [
        propagate(UNEQUAL_WIDTHS, NORMALIZED, activation="linear", seed=seed)
        for seed in range(N_SEEDS)
    ]
    forward = np.mean([one.forward[1:] / one.forward[:-1] for one in signals], axis=0)
    backward = np.mean([one.backward[:-1] / one.backward[1:] for one in signals], axis=0)
    fans = list(zip(UNEQUAL_WIDTHS[:-1], UNEQUAL_WIDTHS[1:], strict=True))
    expected_forward = [2 * fan_in / (fan_in + fan_out) for fan_in, fan_out in fans]
    expected_backward = [2 * fan_out / (fan_in + fan_out) for fan_in, fan_out in fans]
    error = max(
        float(np.abs(forward / expected_forward - 1).max()),
        float(np.abs(backward / expected_backward - 1).max()),
    )
    return Finding(
        error <= 0.03,
        {"forward": forward.tolist(), "backward": backward.tolist(), "largest_error": error},
        f"widths 1000, 500, 2000: forward ratios {numbers(forward)} "
        f"(formula {numbers(expected_forward)}), backward {numbers(backward)} "
        f"(formula {numbers(expected_backward)})",
        NOTHING_TRAINED,
    )


def _draw(scheme: NetworkInitializer, fan_in: int, fan_out: int) -> np.ndarray:
    return scheme.hidden.draw(np.random.default_rng(2010), fan_in, fan_out)
