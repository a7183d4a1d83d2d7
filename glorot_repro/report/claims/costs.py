"""Claims of section 4.1: the two costs."""

import numpy as np

from glorot_repro.report.claims.data import NOTHING_TRAINED
from glorot_repro.report.claims.evidence import Evidence, Finding
from glorot_repro.report.claims.models import TANH, TANH_N, squared_error
from glorot_repro.report.claims.paper import paper_claims
from glorot_repro.report.cost_surface import SURFACES, cost_surface

REACH, N_LINES = 4.0, 801
NAMES = {"ce": "cross entropy", "quad": "quadratic"}
FLAT = 0.05
"""Gradient norm of a plateau."""

COST_UPDATES = 200_000
"""2 million examples."""


def log_likelihood_is_better(evidence: Evidence) -> Finding:
    """Test error after 2 million examples, by cost and initializer."""
    models = [TANH, squared_error(TANH), TANH_N, squared_error(TANH_N)]
    groups = evidence.runs(*((model, COST_UPDATES) for model in models))
    errors = [group.best_error() for group in groups]
    gains = [errors[1] - errors[0], errors[3] - errors[2]]
    return Finding(
        min(gains) >= 2,
        {group.model.name: error for group, error in zip(groups, errors, strict=True)},
        f"test error, percent, log likelihood against squared error: standard {errors[0]:.1f} "
        f"against {errors[1]:.1f}, normalized {errors[2]:.1f} against {errors[3]:.1f}",
        f"at the lowest validation error up to update {COST_UPDATES:,}",
    )


def plateaus(evidence: Evidence) -> Finding:
    """Share of the square on which the gradient is nearly zero, by differences of the cost."""
    shares = {}
    axis = np.linspace(-REACH, REACH, N_LINES)
    w1, w2 = np.meshgrid(axis, axis, indexing="ij")
    for name in SURFACES:
        slopes = np.gradient(cost_surface(name, w1, w2), axis, axis)
        shares[name] = float((np.hypot(*slopes) < FLAT).mean())
    ratio = shares["quadratic"] / shares["cross entropy"]
    return Finding(
        ratio >= 3,
        shares,
        f"gradient below {FLAT} on {100 * shares['quadratic']:.1f} % of the square for the squared "
        f"error and {100 * shares['cross entropy']:.1f} % for the cross entropy, {ratio:.1f} times",
        NOTHING_TRAINED,
    )


def surface_values(evidence: Evidence) -> Finding:
    """The surfaces at the points whose printed height was read."""
    measured, worst = {}, 0.0
    for name, printed in paper_claims()["cost-surface-values"].expected.items():
        kind, _, place = name.partition("(")
        w1, w2 = (np.array(float(weight)) for weight in place.rstrip(")").split(","))
        measured[name] = float(cost_surface(NAMES[kind], w1, w2))
        worst = max(worst, abs(measured[name] - printed))
    told = ", ".join(f"{name} = {value:.3f}" for name, value in measured.items())
    return Finding(
        worst <= 0.03,
        {**measured, "largest_difference": worst},
        f"{told}; largest difference from the printed values {worst:.3f}",
        NOTHING_TRAINED,
    )
