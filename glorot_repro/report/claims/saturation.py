"""Claims of sections 3.2 and 3.3: tanh and softsign layers over time."""

import math

import numpy as np

from glorot_repro.report.claims.evidence import Evidence, Finding, are_near, numbers
from glorot_repro.report.claims.groups import Group, first_update, ratio
from glorot_repro.report.claims.models import FIGURE_3_SOFTSIGN, FIGURE_3_TANH, TANH_N
from glorot_repro.report.claims.paper import paper_claims
from glorot_repro.report.digitized import EPOCH

END = 95 * EPOCH
"""The end of figures 3, 9 and 10."""

AT_END = f"epoch 95 (update {END:,})"
SATURATED = 0.95
EARLY, LATE = 8, 15
"""Epochs by which layer 1 has to saturate, and up to which layer 4 must not."""

LARGEST_SPREAD = 6
"""Epochs between layers that still count as at the same time."""


def tanh_sequential(evidence: Evidence) -> Finding:
    """The epoch at which the 98th percentile of |z| passes 0.95, layer by layer."""
    run = evidence.so_far(FIGURE_3_TANH, END, at_least=EARLY * EPOCH)
    passed = [epoch / EPOCH for epoch in _passages(run)]
    seen = run.reached / EPOCH
    # What has not happened yet happens later than everything that has.
    is_in_order = all(low <= high for low, high in zip(passed[:-1], passed[1:], strict=True))
    is_possible = is_in_order and passed[0] <= EARLY and passed[3] > LATE
    if is_possible and (math.isinf(passed[4]) or seen <= LATE):
        run = evidence.run(FIGURE_3_TANH, END)
    told = ", ".join("not yet" if math.isinf(epoch) else f"{epoch:.3g}" for epoch in passed)
    return Finding(
        is_possible,
        {"epochs": passed},
        f"{run.label}: layers 1 to 5 pass {SATURATED} at epochs {told}, of {seen:.3g} seen",
        f"records up to update {run.reached:,}",
    )


def tanh_std_end(evidence: Evidence) -> Finding:
    """Std of each layer at epoch 95 against figures 3 and 4."""
    run = evidence.run(FIGURE_3_TANH, END)
    stds = run.layers_at("activation_std", END)
    rows = paper_claims()["tanh-std-end"].expected.values()
    is_ordered = min(stds[:2]) > stds[2] > stds[3] > stds[4]
    is_near = any(are_near(stds, row, 0.20) for row in rows)
    return Finding(
        is_ordered and is_near,
        {"std": stds},
        f"{run.label}: std {numbers(stds)}; printed {' or '.join(numbers(row) for row in rows)}",
        AT_END,
    )


def tanh_saturated_mass(evidence: Evidence) -> Finding:
    """Share of |z| above 0.985 at epoch 95."""
    run = evidence.run(FIGURE_3_TANH, END)
    shares = run.layers_at("activation_fully_saturated", END)
    printed = list(paper_claims()["tanh-saturated-mass"].expected.values())
    low = min(shares[:2])
    is_near = all(
        value / 2 <= share <= 2 * value for share, value in zip(shares, printed, strict=True)
    )
    return Finding(
        low > 0.05 and low > max(shares[3:]) and is_near,
        {"shares": shares},
        f"{run.label}: share of |z| > 0.985 {numbers(shares)}; printed {numbers(printed)}",
        AT_END,
    )


def softsign_together(evidence: Evidence) -> Finding:
    """Epochs between the first and the last layer at half of their gain in std."""
    softsign, tanh = _networks_of_figure_3(evidence)
    rises, tanh_rises = half_rises(softsign), half_rises(tanh)
    spread, tanh_spread = np.ptp(rises), np.ptp(tanh_rises)
    return Finding(
        bool(spread < LARGEST_SPREAD and spread < tanh_spread),
        {"softsign": rises, "tanh": tanh_rises},
        f"half of the gain in std at epochs {numbers(rises)} for {softsign.label}, spread "
        f"{spread:.1f}; {numbers(tanh_rises)} for {tanh.label}, spread {tanh_spread:.1f}",
        f"records up to {AT_END}",
    )


def softsign_fast_then_slow(evidence: Evidence) -> Finding:
    """Share of the gain in std that is reached by epoch 12."""
    softsign, tanh = _networks_of_figure_3(evidence)
    shares, tanh_shares = _gain_share(softsign, 12)[:4], _gain_share(tanh, 12)[:2]
    return Finding(
        min(shares) > 0.5 and max(tanh_shares) < 0.5,
        {"softsign": shares, "tanh": tanh_shares},
        f"share of the gain by epoch 12: {numbers(shares)} in layers 1 to 4 of {softsign.label}, "
        f"{numbers(tanh_shares)} in layers 1 and 2 of {tanh.label}",
        f"epochs 0, 12 (update {12 * EPOCH:,}) and 95 (update {END:,})",
    )


def softsign_less_saturated(evidence: Evidence) -> Finding:
    """Share of |z| above 0.95 at epoch 95."""
    softsign, tanh = _networks_of_figure_3(evidence)
    shares, tanh_shares = (run.layers_at("activation_saturated", END) for run in (softsign, tanh))
    is_below = all(share < other for share, other in zip(shares[:4], tanh_shares[:4], strict=True))
    return Finding(
        max(shares) < 0.02 and is_below,
        {"softsign": shares, "tanh": tanh_shares},
        f"share of |z| > 0.95: {softsign.label} {numbers(shares)}; {tanh.label} "
        f"{numbers(tanh_shares)}",
        AT_END,
    )


def softsign_std_end(evidence: Evidence) -> Finding:
    """Std of each softsign layer at epoch 95."""
    return _std_at_end(evidence.run(FIGURE_3_SOFTSIGN, END), "softsign-std-end")


def normalized_std_end(evidence: Evidence) -> Finding:
    """Std of each tanh layer with normalized weights at epoch 95."""
    return _std_at_end(evidence.run(TANH_N, END), "dyn-normalized-std-end")


def tanh_top_does_not_collapse(evidence: Evidence) -> Finding:
    """The mean of layer 5 in the first ten epochs, and which layer saturates first."""
    last = 10 * EPOCH
    run = evidence.so_far(FIGURE_3_TANH, last, at_least=EPOCH)
    updates, means = run.series("activation_mean", 5)
    largest = float(np.abs(means).max()) if len(means) else math.nan
    passed = _passages(run)
    is_top_first = passed[4] < min(passed[:4])
    if largest < 0.1 and not is_top_first:
        run = evidence.run(FIGURE_3_TANH, last)
    return Finding(
        largest < 0.1 and not is_top_first,
        {"largest_mean": largest, "passages": [update / EPOCH for update in passed]},
        f"{run.label}: |mean| of layer 5 stays below {largest:.3f}; it is "
        f"{'the first' if is_top_first else 'never the first'} to saturate",
        f"records up to update {run.reached:,}",
    )


def softsign_like_normalized(evidence: Evidence) -> Finding:
    """Spread of the half-rise epochs of layers 1 to 4, and how alike the std curves run."""
    models = (FIGURE_3_SOFTSIGN, TANH_N, FIGURE_3_TANH)
    softsign, normalized, tanh = runs = evidence.runs(*((model, END) for model in models))
    spreads = {run.model.name: float(np.ptp(half_rises(run)[:4])) for run in runs}
    correlation = _correlation(softsign, normalized)
    first, second, third = spreads.values()
    told = ", ".join(f"{run.label} {spreads[run.model.name]:.1f}" for run in runs)
    return Finding(
        max(first, second) < LARGEST_SPREAD and third > max(first, second),
        {"spread_in_epochs": spreads, "correlation": correlation},
        f"epochs between the half-rises of layers 1 to 4: {told}; correlation of the std curves "
        f"{correlation:.2f}",
        f"records up to {AT_END}",
    )


def _networks_of_figure_3(evidence: Evidence) -> list[Group]:
    """Softsign and tanh as figures 3 and 4 show them, to the end of figure 3."""
    return evidence.runs((FIGURE_3_SOFTSIGN, END), (FIGURE_3_TANH, END))


def half_rises(run: Group) -> list[float]:
    """The epoch at which the std of each layer reaches half of its gain by epoch 95."""
    rises = []
    for layer in range(1, run.depth + 1):
        updates, stds = run.series("activation_std", layer)
        half = (stds[0] + stds[-1]) / 2 if len(stds) else math.nan
        rises.append(first_update(updates, stds >= half) / EPOCH)
    return rises


def _gain_share(run: Group, epoch: int) -> list[float]:
    at = [run.layers_at("activation_std", update) for update in (0, epoch * EPOCH, END)]
    return [ratio(part - start, end - start) for start, part, end in zip(*at, strict=True)]


def _passages(run: Group) -> list[float]:
    """The update at which the 98th percentile of |z| of each layer passes 0.95."""
    return [first_update(*_above(run, layer)) for layer in range(1, run.depth + 1)]


def _above(run: Group, layer: int) -> tuple[np.ndarray, np.ndarray]:
    name = "activation_magnitude_p98"
    if not run.has(name) and run.has("activation_p1"):
        # runs of before it was recorded: the same for a symmetric layer
        updates, low = run.series("activation_p1", layer)
        return updates, np.maximum(-low, run.series("activation_p99", layer)[1]) > SATURATED
    updates, percentiles = run.series(name, layer)
    return updates, percentiles > SATURATED


def _std_at_end(run: Group, claim: str) -> Finding:
    stds = run.layers_at("activation_std", END)
    printed = paper_claims()[claim].expected
    return Finding(
        are_near(stds, printed, 0.15) and min(stds) == stds[-1],
        {"std": stds},
        f"{run.label}: std {numbers(stds)}; printed {numbers(printed)}",
        AT_END,
    )


def _correlation(one: Group, other: Group) -> float:
    """Of the std of layers 1 to 4 at the updates that both have."""
    rows = []
    for group in (one, other):
        curves = [group.series("activation_std", layer) for layer in range(1, 5)]
        rows.append([dict(zip(u.tolist(), v.tolist(), strict=True)) for u, v in curves])
    pairs = [
        (first[update], second[update])
        for first, second in zip(*rows, strict=True)
        for update in first
        if update in second
    ]
    if len(pairs) < 3:
        return math.nan
    return float(np.corrcoef(np.array(pairs).T)[0, 1])
