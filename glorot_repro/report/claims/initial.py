"""Claims of section 4.2.2 and figures 6 to 9 about networks before training."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from glorot_repro.measure.statistics import FAMILIES
from glorot_repro.nn.scheme import NetworkInitializer
from glorot_repro.report.claims.evidence import Evidence, Finding, are_near, numbers
from glorot_repro.report.claims.groups import Group
from glorot_repro.report.claims.models import FIGURE_2, TANH, TANH_AS_PRINTED, TANH_N, on_dataset
from glorot_repro.report.claims.paper import paper_claims
from glorot_repro.report.claims.start import LABEL, SEEDS, at_start, signals_at_start
from glorot_repro.report.densities import layer_densities

SUM = 10
"""Examples of a mini-batch: the paper's gradients are sums where ours are means."""

AT_START = f"update 0, mean of {len(SEEDS)} seeds, measured here"
ONE_SEED = (0,)
FIGURE_7_TOP = {"standard": 0.0588, "normalized": 0.0525}
"""Std of the gradient of layer 5, the sum over ten examples."""

TANH_N_WITH_OUTPUT = replace(
    TANH_N,
    name="tanh, output normalized too",
    initializer=NetworkInitializer.model_validate({"hidden": "normalized", "output": "normalized"}),
)


def standard_shrinks(evidence: Evidence) -> Finding:
    """Figure 6: std of the activations with standard weights."""
    stds = _stds(at_start(evidence.bench, TANH), "activation")
    return _shrinking("fig06-standard-shrink", stds, 0.05, (0.54, 0.60))


def standard_peaks(evidence: Evidence) -> Finding:
    """Figure 6: heights of the densities at 0."""
    return _peaks(evidence, "fig06-standard-peaks", "activation", 0.10)


def normalized_is_flat(evidence: Evidence) -> Finding:
    """Figure 6: equation 16 as the text prints it, and the network that the curves imply."""
    eq16 = _stds(at_start(evidence.bench, TANH_N), "activation")
    printed = _stds(signals_at_start(evidence.bench, TANH_AS_PRINTED), "activation")
    return Finding(
        _range(eq16) < 1.1,
        {"equation_16": eq16, "as_printed": printed, "max_over_min": _range(eq16)},
        f"by equation 16 std {numbers(eq16)}, largest over smallest {_range(eq16):.2f}; a first "
        f"layer of gain 1/3 and hidden layers of 1.27 give {numbers(printed)}, "
        f"{_range(printed):.2f}, as the figure shows",
        AT_START,
    )


def normalized_is_wider(evidence: Evidence) -> Finding:
    """Figure 6: std of layer 5, normalized over standard."""
    wide, narrow = (
        _stds(at_start(evidence.bench, model), "activation")[-1] for model in (TANH_N, TANH)
    )
    return Finding(
        7 <= wide / narrow <= 11,
        {"normalized": wide, "standard": narrow, "ratio": wide / narrow},
        f"std of layer 5: {wide:.3f} against {narrow:.4f}, ratio {wide / narrow:.1f}",
        AT_START,
    )


def gradients_shrink(evidence: Evidence) -> Finding:
    """Figure 7: std of the summed gradients with standard weights."""
    stds = _stds(at_start(evidence.bench, TANH), "backprop")
    return _shrinking("fig07-standard-shrink", stds, 0.08, (0.50, 0.60), is_downwards=True)


def gradient_peaks(evidence: Evidence) -> Finding:
    """Figure 7: heights of the densities at 0."""
    return _peaks(evidence, "fig07-standard-peaks", "backprop", 0.12)


def gradients_stay(evidence: Evidence) -> Finding:
    """Figure 7: smallest over largest std of the gradients with normalized weights."""
    standard, eq16 = (
        _stds(at_start(evidence.bench, model), "backprop") for model in (TANH, TANH_N)
    )
    printed = _stds(signals_at_start(evidence.bench, TANH_AS_PRINTED), "backprop")
    return Finding(
        1 / _range(eq16) > 0.75,
        {"equation_16": eq16, "as_printed": printed, "min_over_max": 1 / _range(eq16)},
        f"by equation 16 std {numbers(eq16)}, smallest over largest {1 / _range(eq16):.2f}; the "
        f"gains that the figure implies give {numbers(printed)}, {1 / _range(printed):.2f}, as it "
        f"shows; standard weights {1 / _range(standard):.2f}",
        AT_START,
    )


def output_scale(evidence: Evidence) -> Finding:
    """Figure 7: std of the gradient of layer 5 for both output initializers, sum and mean."""
    standard, normalized = (
        _stds(at_start(evidence.bench, model), "backprop")[-1] for model in (TANH, TANH_N)
    )
    other = _stds(signals_at_start(evidence.bench, TANH_N_WITH_OUTPUT), "backprop")[-1]
    errors = [
        abs(standard / FIGURE_7_TOP["standard"] - 1),
        abs(normalized / FIGURE_7_TOP["normalized"] - 1),
    ]
    too_large = other / FIGURE_7_TOP["normalized"]
    too_small = SUM / too_large
    return Finding(
        max(errors) <= 0.08 and too_large > 2 and too_small > 3,
        {
            "standard_output": [standard, normalized],
            "normalized_output": other,
            "too_large_as_sum": too_large,
            "too_small_as_mean": too_small,
        },
        f"std of layer 5 with standard output, summed: {standard:.4f} and {normalized:.4f} "
        f"(printed {FIGURE_7_TOP['standard']} and {FIGURE_7_TOP['normalized']}); with normalized "
        f"output {too_large:.1f} times too large as a sum, {too_small:.1f} times too small as a "
        "mean",
        AT_START,
    )


def weight_gradients_equal(evidence: Evidence) -> Finding:
    """Figure 8: std of the weight gradients with standard weights."""
    stds = _stds(at_start(evidence.bench, TANH), "weight_gradient")
    return Finding(
        _range(stds) < 1.2,
        {"std": stds, "max_over_min": _range(stds)},
        f"std {numbers(stds)}, largest over smallest {_range(stds):.3f}",
        AT_START,
    )


def normalized_weight_gradients(evidence: Evidence) -> Finding:
    """Figure 8: the same with normalized weights, and how much larger they are."""
    standard, stds = (
        _stds(at_start(evidence.bench, model), "weight_gradient") for model in (TANH, TANH_N)
    )
    ratio = float(np.mean(np.array(stds) / standard))
    return Finding(
        _range(stds) < 1.2 and 6.3 / 1.5 <= ratio <= 6.3 * 1.5,
        {"std": stds, "max_over_min": _range(stds), "over_standard": ratio},
        f"std {numbers(stds)}, largest over smallest {_range(stds):.3f}; {ratio:.2f} times those "
        "with standard weights",
        AT_START,
    )


def weight_gradient_shapes(evidence: Evidence) -> Finding:
    """Figure 8: density at 0 times std."""
    products = [
        density.peak.mean * density.std.mean
        for density in layer_densities(at_start(evidence.bench, TANH).records, "weight_gradient")
    ]
    first, *others = products
    return Finding(
        0.43 <= first <= 0.49
        and all(0.47 <= product <= 0.56 for product in others)
        and min(products) > 0.399,
        {"peak_times_std": products},
        f"peak x std {numbers(products)}; a normal curve has 0.399",
        AT_START,
    )


def other_data(evidence: Evidence) -> Finding:
    """The trends of figures 6 to 8 on MNIST and CIFAR-10."""
    measured: dict[str, dict[str, list[float]]] = {}
    told = []
    holds = True
    for dataset in ("mnist", "cifar10"):
        for model in (TANH, TANH_N):
            group = signals_at_start(evidence.bench, on_dataset(model, dataset), seeds=ONE_SEED)
            z, delta, weight = (_stds(group, quantity) for quantity in FAMILIES)
            row = {"z": _neighbors(z), "delta": _neighbors(delta[::-1])}
            measured[f"{dataset}, {model.name}"] = row | {"weight_gradient": weight}
            if model is TANH:
                ratios = [*row["z"], *row["delta"]]
                holds &= all(0.5 <= ratio <= 0.62 for ratio in ratios) and _range(weight[1:]) < 1.3
                told.append(
                    f"{dataset} z {numbers(row['z'])}, delta {numbers(row['delta'])}, weight "
                    f"gradients of layers 2 to 5 within a factor of {_range(weight[1:]):.2f}"
                )
    return Finding(
        holds,
        measured,
        f"ratios of neighbors with standard weights: {'; '.join(told)}",
        "update 0, seed 0, measured here",
    )


def jacobians(evidence: Evidence) -> Finding:
    """Mean singular value between hidden layers, of 20 pairs of a layer and an example."""
    means = {}
    for model in (TANH_N, TANH):
        group = at_start(evidence.bench, model)
        means[model.name] = float(
            np.mean([group.at("jacobian_singular_mean", layer, LABEL) for layer in range(2, 6)])
        )
    normalized, standard = means.values()
    return Finding(
        0.70 <= normalized <= 0.85 and 0.45 <= standard <= 0.52,
        {"normalized": normalized, "standard": standard},
        f"mean singular value {normalized:.3f} with normalized and {standard:.3f} with standard "
        "weights, over four layers of one example in each of five networks",
        AT_START,
    )


def weight_gradient_of_figure_9(evidence: Evidence) -> Finding:
    """Std of the summed weight gradients against the first points of figure 9."""
    standard, eq16 = (
        _stds(at_start(evidence.bench, model), "weight_gradient") for model in (TANH, TANH_N)
    )
    as_printed = _stds(signals_at_start(evidence.bench, TANH_AS_PRINTED), "weight_gradient")
    printed = paper_claims()["dyn-init-weight-gradient"].expected
    is_standard_near, is_eq16_near = (
        are_near(stds, printed[name], 0.20)
        for stds, name in ((standard, "standard"), (eq16, "normalized"))
    )
    return Finding(
        is_standard_near and is_eq16_near,
        {"standard": standard, "as_printed": as_printed, "equation_16": eq16},
        f"standard {numbers(standard)} (printed {numbers(printed['standard'])}); by equation 16 "
        f"{numbers(eq16)} (printed {numbers(printed['normalized'])}), with the gains that figures "
        f"6 and 7 imply {numbers(as_printed)}",
        AT_START,
    )


def sigmoid_start(evidence: Evidence) -> Finding:
    """Mean and std of the layers of a sigmoid network."""
    group = signals_at_start(evidence.bench, FIGURE_2)
    stds = group.layers_at("activation_std", LABEL)
    means = group.layers_at("activation_mean", LABEL)
    is_std_near = all(0.95 * 0.0714 <= std <= 1.05 * 0.074 for std in stds[1:])
    return Finding(
        is_std_near and all(abs(mean - 0.5) <= 0.02 for mean in means),
        {"std": stds, "mean": means},
        f"std {numbers(stds)}, mean {numbers(means)}",
        AT_START,
    )


def _stds(group: Group, quantity: str) -> list[float]:
    """Std of each hidden layer in the units of the figures."""
    factor = 1 if quantity == "activation" else SUM
    return [factor * std for std in group.layers_at(f"{quantity}_std", LABEL)]


def _shrinking(
    claim: str,
    stds: Sequence[float],
    tolerance: float,
    allowed_ratios: tuple[float, float],
    *,
    is_downwards: bool = False,
) -> Finding:
    """Std of each layer, and its ratio to that of the layer where the signal comes from."""
    printed = _printed(claim)
    ratios = _neighbors(stds[::-1] if is_downwards else stds)
    direction = " downwards" if is_downwards else ""
    low, high = allowed_ratios
    return Finding(
        are_near(stds, printed, tolerance) and all(low <= ratio <= high for ratio in ratios),
        {"std": stds, "ratios": ratios},
        f"std {numbers(stds)} (printed {numbers(printed)}), ratios{direction} {numbers(ratios)}",
        AT_START,
    )


def _peaks(evidence: Evidence, claim: str, quantity: str, tolerance: float) -> Finding:
    records = at_start(evidence.bench, TANH).records
    peaks = [density.peak.mean for density in layer_densities(records, quantity)]
    printed = _printed(claim)
    return Finding(
        are_near(peaks, printed, tolerance),
        {"peaks": peaks},
        f"density at 0: {numbers(peaks)} (printed {numbers(printed)})",
        AT_START,
    )


def _printed(claim: str) -> list[float]:
    return [float(value) for value in paper_claims()[claim].expected]


def _neighbors(stds: Sequence[float]) -> list[float]:
    return [above / below for below, above in zip(stds[:-1], stds[1:], strict=True)]


def _range(stds: Sequence[float]) -> float:
    return max(stds) / min(stds)
