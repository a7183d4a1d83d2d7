"""Claims of section 3.1: the top layer of sigmoid networks, and how long it stays saturated."""

import math

from glorot_repro.report.claims.evidence import Evidence, Finding, numbers
from glorot_repro.report.claims.groups import Group, first_update, lowest, ratio
from glorot_repro.report.claims.leads import Lead, are_as_asked
from glorot_repro.report.claims.models import (
    BUDGET,
    FIGURE_2,
    FIGURE_11_SIGMOID,
    SIGMOID_4,
    SOFTSIGN,
    TANH,
    on_dataset,
)
from glorot_repro.report.digitized import EPOCH

CHANCE = 80.0
"""Test error, percent, above which a network has not left the constant guess (83.3)."""

ESCAPED_STD = 0.02
"""Standard deviation of the top layer above which it is out of saturation."""

LONGEST = 140 * EPOCH
"""The end of figure 2; that of figures 11 and 12, and of all experiments, is epoch 125."""

TOP = 4
NEAR = 1.5
"""Factor within which a value is near another."""


def top_saturates(evidence: Evidence) -> Finding:
    """Mean activation of layer 4, up to epoch 10."""
    run = evidence.run(FIGURE_2, 10 * EPOCH)
    updates, means = run.series("activation_mean", TOP)
    by_2, by_10 = (lowest(means[updates <= k * EPOCH]) for k in (2, 10))
    at_1, at_5 = (run.at("activation_mean", TOP, k * EPOCH) for k in (1, 5))
    return Finding(
        by_2 < 0.2 and by_10 < 0.06,
        {"at_epoch_1": at_1, "at_epoch_5": at_5, "by_epoch_2": by_2, "by_epoch_10": by_10},
        f"{run.label}: the mean of layer 4 is {at_1:.3f} at epoch 1 and {at_5:.3f} at epoch 5; it "
        f"falls to {by_2:.3f} by epoch 2 and {by_10:.3f} by epoch 10",
        f"records up to update {10 * EPOCH:,}",
    )


def lower_means(evidence: Evidence) -> Finding:
    """Means of layers 1 to 3 between epochs 5 and 80; one record out of order decides."""
    first, last = 5 * EPOCH, 80 * EPOCH
    run = evidence.so_far(FIGURE_2, last, at_least=first)
    series = [run.series("activation_mean", layer) for layer in (1, 2, 3)]
    updates = series[0][0]
    in_span = updates >= first
    one, two, three = (values[in_span] for _, values in series)
    is_so = (one < two) & (two < three) & (one > 0.5)
    share = float(is_so.mean()) if len(is_so) else math.nan
    if is_so.all():
        evidence.run(FIGURE_2, last)
    printed_at = min(20 * EPOCH, run.reached)
    means = [run.at("activation_mean", layer, printed_at) for layer in (1, 2, 3)]
    broken = first_update(updates[in_span], ~is_so)
    when = "" if math.isinf(broken) else f", first broken at update {broken:,.0f}"
    return Finding(
        bool(is_so.all()),
        {"share_of_records_in_order": share, "means": means},
        f"{run.label}: means of layers 1 to 3 ascend from above 0.5 in {100 * share:.0f} % of "
        f"records from epoch 5 on{when}; at epoch {printed_at / EPOCH:.3g} they are "
        f"{numbers(means)}",
        f"records of updates {first:,} to {run.reached:,}",
    )


def escape_of_depth_4(evidence: Evidence) -> Finding:
    """When the top layer leaves saturation, and what it is like at epoch 139."""
    run = evidence.so_far(FIGURE_2, LONGEST, at_least=EPOCH)
    escape = escape_update(run)
    is_in_time = 25 <= escape / EPOCH <= 400
    if math.isinf(escape) or is_in_time:
        run = evidence.run(FIGURE_2, LONGEST)
    last = min(139 * EPOCH, run.reached)
    std, mean = (run.at(quantity, TOP, last) for quantity in ("activation_std", "activation_mean"))
    is_near = _is_near(std, 0.058) and _is_near(mean, 0.06)
    told = "has not escaped" if math.isinf(escape) else f"escapes at epoch {escape / EPOCH:.0f}"
    return Finding(
        is_in_time and is_near,
        {"escape_epoch": escape / EPOCH, "std_at_end": std, "mean_at_end": mean},
        f"{run.label}: layer 4 {told} (its std exceeds {ESCAPED_STD} again); at epoch "
        f"{last / EPOCH:.3g} std {std:.3f}, mean {mean:.3f}",
        f"records up to update {run.reached:,}",
    )


def first_layer_follows(evidence: Evidence) -> Finding:
    """Std of layer 1 from 20 epochs before the escape of the top layer to 30 after it.

    Layer 1 widens all the time: only what it gains beyond its pace until then speaks for the claim.
    """
    run = evidence.so_far(FIGURE_2, LONGEST, at_least=EPOCH)
    escape = escape_update(run)
    if math.isinf(escape):
        evidence.run(FIGURE_2, LONGEST)
        message = "the top layer never escapes"
        return Finding(False, {"escape_epoch": None}, f"{run.label}: {message}", "to the end")
    last = int(escape) + 30 * EPOCH
    run = evidence.so_far(FIGURE_2, last)
    before, earlier = (max(int(escape) - k * EPOCH, 0) for k in (20, 70))
    updates, stds = run.series("activation_std", 1)
    highest = float(stds[updates >= escape].max())
    std, first = (run.at("activation_std", 1, update) for update in (before, earlier))
    factor, usual = ratio(highest, std), ratio(std, first)
    is_so = factor > 1.5 and factor > usual
    if not is_so:  # what comes later could still be wider
        evidence.run(FIGURE_2, last)
    return Finding(
        is_so,
        {"std_before": std, "std_after": highest, "ratio": factor, "ratio_until_then": usual},
        f"{run.label}: layer 4 escapes at epoch {escape / EPOCH:.0f}; the std of layer 1 goes from "
        f"{std:.3f} 20 epochs before to {highest:.3f}, {factor:.2f} times, in the "
        f"{(before - earlier) // EPOCH} epochs until then {usual:.2f} times",
        f"records of updates {earlier:,} to {run.reached:,}",
    )


def depth_5_stuck(evidence: Evidence) -> Finding:
    """Test error and mean of the top layer to the end; an error below 80 decides at once."""
    run = evidence.so_far(FIGURE_11_SIGMOID, BUDGET, at_least=EPOCH)
    updates, errors = run.series("test_error")
    escape = first_update(updates, errors < CHANCE)
    if math.isinf(escape):
        run = evidence.run(FIGURE_11_SIGMOID, BUDGET)
    mean = run.at("activation_mean", 5, run.reached)
    least = lowest(errors)
    when = "" if math.isinf(escape) else f", below {CHANCE:g} from update {escape:,.0f} on"
    return Finding(
        math.isinf(escape) and mean < 0.1,
        {"lowest_test_error": least, "top_mean_at_end": mean, "left_chance_at": escape},
        f"{run.label}: lowest test error {least:.1f} %{when}; mean of layer 5 at the end "
        f"{mean:.3f}",
        f"evaluations up to update {run.reached:,}",
    )


def bias_learns_first(evidence: Evidence) -> Finding:
    """Spread of h W_out over examples, and distance of softmax(b) from the class shares."""
    last = 5 * EPOCH
    run = evidence.run(FIGURE_2, last)
    updates, spreads = run.series("logit_std", TOP + 1)
    _, distances = run.series("bias_prior_distance", TOP + 1)
    within = updates <= last
    ratios = spreads[within] / spreads[0] if len(spreads) else spreads
    distances = distances[within]
    is_so = (ratios < 0.2) & (distances < 0.05)
    least, nearest = lowest(ratios), lowest(distances)
    falls = f"falls to {least:.3f} of its start" if least < 1 else "is at no record below its start"
    return Finding(
        bool(is_so.any()),
        {"lowest_ratio": least, "smallest_distance": nearest},
        f"{run.label}: the spread of h W_out over the examples {falls}, softmax(b) comes within "
        f"{nearest:.3f} of the class shares{', both at one record' if is_so.any() else ''}",
        f"{len(ratios)} records up to update {last:,}",
    )


def poorer(evidence: Evidence) -> Finding:
    """Test error at the end against tanh and softsign."""
    groups = evidence.runs(*((model, BUDGET) for model in (SIGMOID_4, TANH, SOFTSIGN)))
    sigmoid, tanh, softsign = (group.error_near(group.reached) for group in groups)
    leads = [
        Lead.at(BUDGET, groups[0], other, asked=asked)
        for other, asked in zip(groups[1:], (3.0, 10.0), strict=True)
    ]
    return Finding(
        are_as_asked(evidence, leads),
        {"sigmoid": sigmoid, "tanh": tanh, "softsign": softsign},
        f"test error, percent: sigmoid of depth 4 {sigmoid:.1f}, tanh {tanh:.1f}, softsign "
        f"{softsign:.1f}",
        f"mean of the last 20 evaluations up to update {BUDGET:,}",
    )


def other_data(evidence: Evidence) -> Finding:
    """The lowest mean of the top layer on MNIST and CIFAR-10, over its start."""
    last = 2 * EPOCH
    models = [on_dataset(SIGMOID_4, name, "sigmoid4") for name in ("mnist", "cifar10")]
    groups = evidence.runs(*((model, last) for model in models))
    ratios = {}
    for group in groups:
        _, means = group.series("activation_mean", TOP)
        ratios[group.model.dataset] = ratio(lowest(means), group.at("activation_mean", TOP, 0))
    told = ", ".join(f"{name} {ratio:.2f}" for name, ratio in ratios.items())
    return Finding(
        all(ratio < 0.5 for ratio in ratios.values()),
        {"lowest_over_start": ratios},
        f"lowest mean of layer 4 over its start: {told}",
        f"records up to update {last:,}",
    )


def escape_update(run: Group) -> float:
    """The first record after saturation at which the top layer varies again, else infinity."""
    updates, stds = run.series("activation_std", len(run.model.hidden))
    saturated = first_update(updates, stds < ESCAPED_STD)
    return first_update(updates, (updates > saturated) & (stds > ESCAPED_STD))


def _is_near(value: float, expected: float) -> bool:
    return expected / NEAR <= value <= expected * NEAR
