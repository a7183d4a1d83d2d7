"""Claims of section 5 and figures 11 and 12: final errors and the speed of learning."""

import math
from collections.abc import Sequence
from dataclasses import replace

from glorot_repro.report.claims.evidence import (
    CLEARLY,
    Evidence,
    Finding,
    MissingRuns,
    numbers,
)
from glorot_repro.report.claims.groups import Group, first_update, lowest, ratio
from glorot_repro.report.claims.leads import Lead, are_as_asked
from glorot_repro.report.claims.models import (
    BATCH,
    BUDGET,
    FIVE,
    PRETRAINED,
    SETTLED,
    SIGMOID,
    SIGMOID_4,
    SOFTSIGN,
    SOFTSIGN_N,
    TANH,
    TANH_N,
    Model,
    on_dataset,
    pretrained_sigmoid,
)
from glorot_repro.report.claims.sigmoid import CHANCE
from glorot_repro.report.digitized import EPOCH
from glorot_repro.wording import listed_numbers

AT_END = f"mean of the last 20 evaluations up to update {BUDGET:,}"
LEARNED = 30.0
"""Test error, percent, that tells when a network has learned."""

SLOWER = 1.25
"""Factor of the examples. Two seeds took up to 1.2 times as many as each other to err less than 55
to 60 percent."""

SUPERVISED = (SIGMOID, SIGMOID_4, TANH, SOFTSIGN, SOFTSIGN_N, TANH_N)
"""The supervised networks of figure 11, worst first."""


def figure_11_order(evidence: Evidence) -> Finding:
    """Final errors of all networks of figure 11; softsign and softsign N may swap."""
    groups = _at_budget(evidence, (*SUPERVISED, PRETRAINED))
    errors = [group.error_near(BUDGET) for group in groups]
    slack = [0.0, 0.0, 0.0, 1.0, 0.0, 0.0]
    # Either of the two softsigns lies between tanh and tanh N.
    pairs = [*zip(groups[:-1], groups[1:], slack, strict=True)]
    pairs += [(groups[2], groups[4], 0.0), (groups[3], groups[5], 0.0)]
    leads = [Lead.at(BUDGET, worse, better, asked=-allowed) for worse, better, allowed in pairs]
    holds = are_as_asked(evidence, leads)
    return Finding(holds, _by_model(groups, errors), _told(groups, errors), AT_END)


def figure_12_order(evidence: Evidence) -> Finding:
    """Final errors on MNIST and CIFAR-10.

    Fewer than three seeds decide the place of the sigmoid, and the gap on CIFAR-10, only if it is
    clearly last or not, and the gap clearly wider or narrower than the point that is asked for.
    """
    models = [on_dataset(model, dataset) for dataset in ("mnist", "cifar10") for model in FIVE]
    errors: dict[str, dict[str, float]] = {}
    groups: dict[str, dict[str, Group]] = {}
    for group in evidence.runs(*((model, SETTLED) for model in models)):
        dataset, name = group.model.dataset, group.model.name
        errors.setdefault(dataset, {})[name] = group.error_near(SETTLED)
        groups.setdefault(dataset, {})[name] = group

    def lead(dataset: str, worse: str, better: str, asked: float = 0.0) -> Lead:
        return Lead.at(SETTLED, groups[dataset][worse], groups[dataset][better], asked=asked)

    cifar10 = errors["cifar10"]
    standard = min(("tanh", "softsign"), key=cifar10.__getitem__)
    normalized = max(("tanh N", "softsign N"), key=cifar10.__getitem__)
    gap = lead("cifar10", standard, normalized, asked=1.0)
    leads = [gap]
    for dataset, row in errors.items():
        others = sorted(row.keys() - {"sigmoid"}, key=row.__getitem__)
        leads.append(lead(dataset, "sigmoid", others[-1]))
    holds = are_as_asked(evidence, leads)
    told = "; ".join(
        f"{dataset} {', '.join(f'{name} {error:.2f}' for name, error in row.items())}"
        for dataset, row in errors.items()
    )
    return Finding(
        holds,
        {**errors, "gap_on_cifar10": gap.points},
        f"test error, percent: {told}; on CIFAR-10 normalized ones lead by {gap.points:.2f} "
        f"points, with a standard error of {gap.spread:.2f}",
        f"mean of the last 20 evaluations up to update {SETTLED:,}",
    )


def standard_is_slow(evidence: Evidence) -> Finding:
    """Examples until the test error falls below 30 percent, and the error at the end."""
    models = (TANH_N, TANH, SIGMOID_4, SIGMOID)
    try:
        groups = [evidence.so_far(model, BUDGET, at_least=EPOCH) for model in models]
    except MissingRuns:
        groups = _at_budget(evidence, models)  # tells all that is missing
    first = [_learned(group) for group in groups]
    normalized, *others = first
    # What has not been seen yet comes later than the last evaluation.
    at_least = min(normalized, groups[0].reached)
    is_slower = math.isfinite(normalized) and min(others) >= SLOWER * normalized
    told = ", ".join(
        f"{group.model.name} {_examples(update)} (of {group.reached * BATCH:,} seen)"
        for group, update in zip(groups, first, strict=True)
    )
    measured = _by_model(groups, [update * BATCH for update in first])
    told = f"examples until the test error is below {LEARNED:g} %: {told}"
    if min(others) < SLOWER * at_least:
        return Finding(False, {"examples": measured}, told, "the first such evaluation")
    groups = _at_budget(evidence, models)
    (low, spread), *rows = (group.error_with_spread(BUDGET) for group in groups)
    is_higher = all(error - low > CLEARLY * math.hypot(spread, other) for error, other in rows)
    ends = [low, *(error for error, _ in rows)]
    return Finding(
        is_slower and is_higher,
        {"examples": measured, "errors": _by_model(groups, ends)},
        f"{told}; {_told(groups, ends)}",
        f"the first such evaluation; {AT_END}",
    )


def normalized_speed(evidence: Evidence) -> Finding:
    """Examples that tanh N needs for the final error of tanh, over those of tanh."""
    tanh, normalized = _at_budget(evidence, (TANH, TANH_N))
    goal = tanh.error_near(BUDGET)
    updates, errors = normalized.series("test_error")
    share = first_update(updates, errors <= goal) / min(BUDGET, tanh.reached)
    return Finding(
        share < 0.5,
        {"final_error_of_tanh": goal, "share": share},
        f"tanh ends at {goal:.1f} %; tanh N is there after {100 * share:.1f} % of the examples",
        f"evaluations up to update {BUDGET:,}",
    )


def pretraining(evidence: Evidence) -> Finding:
    """Final error after pre-training against the best supervised network."""
    groups = _at_budget(evidence, (PRETRAINED, *SUPERVISED))
    errors = [group.error_near(BUDGET) for group in groups]
    lead = replace(_lead_of_pretraining(groups, BUDGET), asked=2.0)
    return Finding(
        are_as_asked(evidence, [lead]),
        _by_model(groups, errors),
        f"{_told(groups, errors)}; pre-training leads by {lead.points:.2f} points",
        AT_END,
    )


def gap_closed(evidence: Evidence) -> Finding:
    """How much of the gap between tanh and pre-training tanh N closes."""
    groups = _at_budget(evidence, (TANH, TANH_N, PRETRAINED))
    (tanh, normalized, pretrained), spreads = zip(
        *(group.error_with_spread(BUDGET) for group in groups), strict=True
    )
    share = ratio(tanh - normalized, tanh - pretrained)
    # Half of the gap would be at the mean of both its ends.
    spread = math.hypot(spreads[0] / 2, spreads[1], spreads[2] / 2)
    half = Lead((tanh + pretrained) / 2 - normalized, spread, 0.0, tuple(groups))
    gap = Lead.at(BUDGET, groups[0], groups[2])
    return Finding(
        are_as_asked(evidence, [half, gap]),
        {"share": share, "tanh": tanh, "tanh N": normalized, "pre-training": pretrained},
        f"tanh {tanh:.1f}, tanh N {normalized:.1f}, pre-training {pretrained:.1f} percent: "
        f"{100 * share:.0f} % of the gap",
        AT_END,
    )


def online_pretraining(evidence: Evidence) -> Finding:
    """The lead of pre-training over the best supervised network, late in training."""
    groups = _at_budget(evidence, (PRETRAINED, *SUPERVISED))
    reached = min(group.reached for group in groups)
    # Runs that are shorter tell their lead only as far as they have come.
    marks = [mark for mark in (1_500_000, 2_000_000, BUDGET) if mark <= reached] or [reached]
    leads = [_lead_of_pretraining(groups, update) for update in marks]
    early, late = leads[0], leads[-1]
    # A lead that halves counts as shrinking.
    spread = math.hypot(late.spread, early.spread / 2)
    kept = Lead(late.points - early.points / 2, spread, 0.0, (*early.groups, *late.groups))
    points = [lead.points for lead in leads]
    return Finding(
        are_as_asked(evidence, [replace(late, asked=2.0), kept]),
        {"updates": marks, "leads": points},
        f"pre-training leads by {numbers(points)} points after "
        f"{listed_numbers([BATCH * mark for mark in marks])} examples; a lead that halves counts "
        "as shrinking",
        "mean of the last 20 evaluations up to there",
    )


def _lead_of_pretraining(groups: Sequence[Group], update: int) -> Lead:
    """Over the best of the supervised networks, which follow it in `groups`."""
    pretrained, *supervised = groups
    best = min(supervised, key=lambda group: group.error_near(update))
    return Lead.at(update, best, pretrained)


def pretrained_sigmoid_is_fine(evidence: Evidence) -> Finding:
    """Mean of the top layer and test error in the ten epochs after pre-training."""
    last = 10 * EPOCH
    groups = evidence.runs(*((pretrained_sigmoid(depth), last) for depth in (4, 5)))
    means = {g.model.name: lowest(g.series("activation_mean", g.depth)[1]) for g in groups}
    errors = {g.model.name: lowest(g.series("test_error")[1]) for g in groups}
    told = "; ".join(
        f"{name}: lowest mean of the top layer {means[name]:.3f}, test error {errors[name]:.1f} %"
        for name in means
    )
    return Finding(
        min(means.values()) >= 0.05 and max(errors.values()) < CHANCE,
        {"lowest_top_mean": means, "test_error": errors},
        told,
        f"records up to update {last:,}",
    )


def _at_budget(evidence: Evidence, models: Sequence[Model]) -> list[Group]:
    return evidence.runs(*((model, BUDGET) for model in models))


def _learned(group: Group) -> float:
    updates, errors = group.series("test_error")
    return first_update(updates, errors < LEARNED)


def _examples(update: float) -> str:
    return "never" if math.isinf(update) else f"{update * BATCH:,.0f}"


def _by_model(groups: Sequence[Group], values: Sequence[float]) -> dict[str, float]:
    return {group.model.name: value for group, value in zip(groups, values, strict=True)}


def _told(groups: Sequence[Group], errors: Sequence[float]) -> str:
    rows = _by_model(groups, errors).items()
    return f"test error, percent: {', '.join(f'{name} {error:.1f}' for name, error in rows)}"
