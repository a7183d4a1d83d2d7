"""Claims judged on the paper's own curves: what they ask for, its figures have to give."""

from collections.abc import Iterable
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from made_up_claims import histograms_of, made_up
from numpy.typing import NDArray

from glorot_repro.measure.curves import Curves
from glorot_repro.report.claims.judging import judge_claims
from glorot_repro.report.claims.models import (
    BATCH,
    FIGURE_2,
    FIGURE_3_SOFTSIGN,
    FIGURE_3_TANH,
    PRETRAINED,
    SIGMOID,
    SIGMOID_4,
    SOFTSIGN,
    SOFTSIGN_N,
    TANH,
    TANH_N,
    Model,
    of_depth,
    on_dataset,
)
from glorot_repro.report.claims.paper import paper_claims
from glorot_repro.report.digitized import EPOCH, PrintedSeries, printed_figure
from glorot_repro.report.models import STANDARD
from glorot_repro.runs.reading import RunRecord

Runs = list[RunRecord]
Rows = Iterable[tuple[int, int, str, float]]

NAMES = {
    "Sigmoid depth 5": SIGMOID,
    "Sigmoid depth 4": SIGMOID_4,
    "Sigmoid": SIGMOID,
    "Tanh": TANH,
    "Softsign": SOFTSIGN,
    "Softsign N": SOFTSIGN_N,
    "Tanh N": TANH_N,
    "Pre-training": PRETRAINED,
}
EPOCHS = np.arange(96)
SUM = 10
"""Examples of a mini-batch: the print's gradients are sums where a run has means."""


def test_the_print_confirms_the_claims_about_figure_2() -> None:
    """Its top layer escapes at epoch 110; layer 1 is 0.171, 0.254 and 0.353 wide at 90, 110, 139.

    The last claim asked for a factor of 1.5 from the escape on: 1.39 is printed.
    """
    panel = printed_figure("fig02").panel("main")
    rows = [
        (round(x) * EPOCH, series.layer or 0, f"activation_{series.statistic}", y)
        for series in panel.series
        for x, y in zip(np.arange(140), seen(series, np.arange(140)), strict=True)
    ]
    assert_confirmed(
        [recorded(FIGURE_2, 140, rows)],
        "sigmoid-top-saturates",
        "sigmoid-lower-means",
        "sigmoid-depth4-escapes",
        "sigmoid-first-layer-follows",
    )


def test_the_print_confirms_the_claims_about_figures_3_9_and_10() -> None:
    runs = [
        recorded(model, 95, [*activations(figure, panel), *gradients(model)])
        for model, figure, panel in (
            (TANH, "fig03", "top"),
            (FIGURE_3_SOFTSIGN, "fig03", "bottom"),
            (TANH_N, "fig10", "main"),
            (FIGURE_3_TANH, "fig03", "top"),
        )
    ]
    assert_confirmed(
        runs,
        "tanh-sequential",
        "tanh-std-end",
        "softsign-together",
        "softsign-fast-slow",
        "softsign-std-end",
        "dyn-weight-gradient-diverge",
        "dyn-normalized-keeps",
        "dyn-softsign-like-normalized",
        "dyn-normalized-std-end",
    )


def test_the_print_confirms_the_claims_about_figure_4() -> None:
    """Those that its readings are fine enough for."""
    runs = [densities(FIGURE_3_TANH, "top"), densities(FIGURE_3_SOFTSIGN, "bottom")]
    assert_confirmed(runs, "softsign-knees", "softsign-less-saturated")


def test_the_print_confirms_the_claims_about_figure_11() -> None:
    """Tanh needs 20.4 million examples to err less than 30 %, tanh N 7.45: 2.7 times as many.

    Tanh N has the error at which tanh ends after 0.35 of the examples. Three times as many and
    0.3 were asked for.
    """
    assert_confirmed(
        figure_11(),
        "sigmoid-poorer",
        "result-standard-slow",
        "result-normalized-speed",
        "result-fig11-order",
        "result-pretraining",
        "result-gap-closed",
        "result-online-pretraining",
    )


def test_printed_ends_are_what_ours_are_compared_with() -> None:
    """Means of the last 20 evaluations. They were the last point, the lowest or Table 1's."""
    panel = printed_figure("fig11").panel("main")
    worst_first = [
        float(np.nanmean(panel.named(name).as_drawn.y[-20:])) for name in NAMES if name != "Sigmoid"
    ]
    five, four, tanh, softsign, _, tanh_n, pretrained = worst_first
    printed = {name: claim.expected for name, claim in paper_claims().items()}
    near = partial(pytest.approx, abs=0.06)
    assert printed["result-fig11-order"] == near(worst_first)
    assert list(printed["sigmoid-poorer"].values()) == near([four, tanh, softsign])
    assert list(printed["result-pretraining"].values()) == near([pretrained, tanh_n])
    assert printed["result-gap-closed"]["from"] == near([tanh, tanh_n, pretrained])
    share = (tanh - tanh_n) / (tanh - pretrained)
    assert printed["result-gap-closed"]["value"] == pytest.approx(share, abs=0.005)
    ends = [text.split()[-2] for text in printed["result-standard-slow"].values()]
    assert [float(end) for end in ends] == near([tanh_n, tanh, four, five])


def test_printed_weight_gradients_are_what_ours_are_compared_with() -> None:
    """Geometric means of five epochs. They were those of the last one, which are up to a fifth
    smaller."""
    expected = paper_claims()["dyn-weight-gradient-diverge"].expected
    for name, panel in (("standard", "top"), ("normalized", "bottom")):
        series = [
            one for one in printed_figure("fig09").panel(panel).series if one.side == "half_width"
        ]
        means = [float(np.exp(np.nanmean(np.log(one.y[-5:])))) for one in series]
        assert expected[name] == pytest.approx(means, abs=0.0001)


def test_the_print_confirms_the_claim_about_depths() -> None:
    """Four layers of sigmoids leave the constant guess after 7 million examples in figure 11.

    They were asked for less than 60 % after 5 million.
    """
    falling = [
        made_up(of_depth(model, depth), 25, test_error=60.0 - 5 * depth, rate=0.02)
        for model in (TANH, SOFTSIGN, TANH_N, SOFTSIGN_N)
        for depth in range(1, 6)
    ]
    shallow = [made_up(of_depth(SIGMOID, depth), 125, test_error=50.0) for depth in (1, 2, 3)]
    assert_confirmed([*falling, *shallow, *figure_11()], "setup-best-depth")


def test_the_print_confirms_the_claim_about_figure_12() -> None:
    runs = [
        evaluated(on_dataset(NAMES[series.name], dataset), series, seed=seed)
        for dataset, panel in (("mnist", "left"), ("cifar10", "right"))
        for series in printed_figure("fig12").panel(panel).series
        for seed in range(3)
    ]
    assert_confirmed(runs, "result-fig12-order")


def assert_confirmed(runs: Runs, *claims: str) -> None:
    judged = judge_claims(runs, claims)
    assert {result.id: result.evidence for result in judged if result.verdict != "confirmed"} == {}


def recorded(model: Model, epochs: int, rows: Rows, *, seed: int = 0) -> RunRecord:
    return replace(made_up(model, epochs, seed=seed), curves=Curves(rows))


def seen(series: PrintedSeries | None, x: NDArray[np.integer]) -> list[float]:
    """The values of a curve, straight lines where it is hidden."""
    assert series is not None
    is_seen = np.isfinite(series.y)
    return np.interp(x, series.x[is_seen], series.y[is_seen]).tolist()


def activations(figure: str, panel: str) -> Rows:
    found = printed_figure(figure).panel(panel)
    for layer in range(1, 6):
        stds = seen(found.find("std", layer, "half_width"), EPOCHS)
        highest = seen(found.find("percentile98", layer, "upper"), EPOCHS)
        for epoch, std, percentile in zip(EPOCHS.tolist(), stds, highest, strict=True):
            yield epoch * EPOCH, layer, "activation_std", std
            yield epoch * EPOCH, layer, "activation_magnitude_p98", percentile


def gradients(model: Model) -> Rows:
    if model is SOFTSIGN:  # figure 9 has none
        return
    panel = printed_figure("fig09").panel("top" if model.initializer == STANDARD else "bottom")
    statistic = panel.series[0].statistic
    for layer in range(1, 6):
        stds = seen(panel.find(statistic, layer, "half_width"), EPOCHS)
        for epoch, std in zip(EPOCHS.tolist(), stds, strict=True):
            yield epoch * EPOCH, layer, "weight_gradient_std", std / SUM


def densities(model: Model, panel: str) -> RunRecord:
    """A run that ends with activations spread as the printed densities are."""
    samples = []
    for series in printed_figure("fig04").panel(panel).series:
        below = np.nancumsum(series.y) / np.nansum(series.y)
        samples.append(np.interp(np.linspace(0, 1, 200_000), below, series.x))

    def saturated(epoch: float, layer: int) -> float:
        return float(np.mean(np.abs(samples[layer - 1]) > 0.95))

    histograms = histograms_of(samples, 95 * EPOCH)
    return made_up(model, 95, histograms=histograms, activation_saturated=saturated)


def figure_11() -> Runs:
    series = printed_figure("fig11").panel("main").series
    return [
        evaluated(NAMES[one.name], one.as_drawn, seed=seed) for one in series for seed in range(3)
    ]


def evaluated(model: Model, series: PrintedSeries, *, seed: int = 0) -> RunRecord:
    """A run with the errors of a printed curve, at its points."""
    updates = np.arange(0, 2_500_001, 5000)
    errors = seen(series, updates * BATCH)
    rows = [
        (update, 0, quantity, error)
        for update, error in zip(updates.tolist(), errors, strict=True)
        for quantity in ("test_error", "validation_error")
    ]
    return recorded(model, 125, rows, seed=seed)
