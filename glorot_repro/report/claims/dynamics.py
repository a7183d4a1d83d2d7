"""Claims of sections 4.2.2 and 4.3 and figure 9: gradients of tanh networks over time."""

import math

import numpy as np

from glorot_repro.report.claims.evidence import Evidence, Finding, numbers
from glorot_repro.report.claims.groups import Group, Updates, Values, first_update, ratio
from glorot_repro.report.claims.initial import SUM
from glorot_repro.report.claims.models import TANH, TANH_N
from glorot_repro.report.claims.saturation import END
from glorot_repro.report.digitized import EPOCH

LAST_EPOCHS = 5
"""Records that a value at the end is the geometric mean of: one record of 30 mini-batches differs
from the next by some tens of percent."""


def backprop_reverses(evidence: Evidence) -> Finding:
    """Std of dC/ds, layer 1 over layer 5, in the first ten epochs."""
    last = 10 * EPOCH
    run = evidence.so_far(TANH, last)
    updates, ratios = _ratio(run, "backprop_std", 1, 5)
    start = float(ratios[0]) if len(ratios) else math.nan
    turned = first_update(updates, ratios > 1)
    if start < 0.2 and math.isinf(turned):
        run = evidence.run(TANH, last)
    highest = float(ratios.max()) if len(ratios) else math.nan
    when = "not above 1" if math.isinf(turned) else f"above 1 from epoch {turned / EPOCH:.3g} on"
    return Finding(
        start < 0.2 and turned < last,
        {"start": start, "highest": highest, "turned_at_epoch": turned / EPOCH},
        f"{run.label}: std of layer 1 over layer 5 starts at {start:.3f} and is {when} (highest "
        f"{highest:.2f})",
        f"records up to update {run.reached:,}",
    )


def weight_gradients_diverge(evidence: Evidence) -> Finding:
    """Std of dC/dW by layer at epoch 95."""
    groups = evidence.runs((TANH, END), (TANH_N, END))
    stds = {group.model.name: _stds_at_end(group) for group in groups}
    standard, normalized = stds.values()
    ratios = [ratio(row[0], row[-1]) for row in (standard, normalized)]
    is_ordered = all(
        low > high
        for row in (standard, normalized)
        for low, high in zip(row[:-1], row[1:], strict=True)
    )
    return Finding(
        is_ordered and ratios[0] > 2 and ratios[1] < 2.2,
        {**stds, "layer_1_over_5": ratios},
        f"std, sum over ten: standard {numbers(standard)}, normalized {numbers(normalized)}; "
        f"layer 1 over layer 5: {ratios[0]:.2f} and {ratios[1]:.2f}",
        f"geometric mean of the last {LAST_EPOCHS} records up to update {END:,}",
    )


def normalized_keeps(evidence: Evidence) -> Finding:
    """Spread over layers of log std of dC/dW, epochs 20 to 95."""
    first = 20 * EPOCH
    groups = evidence.runs((TANH, END), (TANH_N, END))
    tables = [_log_spreads(group, first) for group in groups]
    common = [update for update in tables[0] if update in tables[1]]
    pairs = [(tables[0][update], tables[1][update]) for update in common]
    share = float(np.mean([normal < standard for standard, normal in pairs])) if pairs else math.nan
    means = np.mean(pairs, axis=0).tolist() if pairs else [math.nan, math.nan]
    return Finding(
        share >= 0.9,
        {"share_of_epochs": share, "standard": means[0], "normalized": means[1]},
        f"std of log std over layers, mean over epochs: standard {means[0]:.3f}, normalized "
        f"{means[1]:.3f}; normalized below standard in {100 * share:.0f} % of {len(pairs)} epochs",
        f"records of updates {first:,} to {END:,}",
    )


def _ratio(run: Group, quantity: str, layer: int, other: int) -> tuple[Updates, Values]:
    updates, values = run.series(quantity, layer)
    _, below = run.series(quantity, other)
    with np.errstate(divide="ignore", invalid="ignore"):
        return updates, values / below


def _stds_at_end(run: Group) -> list[float]:
    stds = []
    for layer in range(1, run.depth + 1):
        _, values = run.series("weight_gradient_std", layer)
        last = values[-LAST_EPOCHS:]
        stds.append(SUM * float(np.exp(np.log(last).mean())) if len(last) else math.nan)
    return stds


def _log_spreads(run: Group, first: int) -> dict[int, float]:
    """Update -> standard deviation over the layers of the logarithm of their std."""
    rows = [run.series("weight_gradient_std", layer) for layer in range(1, run.depth + 1)]
    updates = rows[0][0]
    spreads = np.log(np.array([values for _, values in rows])).std(axis=0)
    return {
        update: spread
        for update, spread in zip(updates.tolist(), spreads.tolist(), strict=True)
        if update >= first
    }
