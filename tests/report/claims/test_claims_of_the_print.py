"""What the paper says of its figures is said of the curves in them: as runs they confirm it."""

from collections.abc import Callable

import numpy as np
import pytest
from made_up_claims import histograms_of, made_up

from glorot_repro.report.claims.judging import judge_claims
from glorot_repro.report.claims.models import (
    BATCH,
    FIGURE_2,
    PRETRAINED,
    SIGMOID,
    SIGMOID_4,
    SOFTSIGN,
    SOFTSIGN_N,
    TANH,
    TANH_N,
    Model,
    on_dataset,
)
from glorot_repro.report.digitized import EPOCH, PrintedPanel, PrintedSeries, printed_figure
from glorot_repro.runs.reading import RunRecord

Runs = list[RunRecord]
NAMES = {
    "Sigmoid depth 5": SIGMOID,
    "Sigmoid depth 4": SIGMOID_4,
    "Tanh": TANH,
    "Softsign": SOFTSIGN,
    "Softsign N": SOFTSIGN_N,
    "Tanh N": TANH_N,
    "Pre-training": PRETRAINED,
    "Sigmoid": SIGMOID,
}


def seen(series: PrintedSeries | None, per_epoch: float = 1) -> Callable[[float], float]:
    """The curve at an epoch, straight where it is hidden; per_epoch: of its x."""
    assert series is not None
    points = series.as_drawn
    is_seen = np.isfinite(points.y)
    x, y = points.x[is_seen] / per_epoch, points.y[is_seen]
    return lambda epoch: float(np.interp(epoch, x, y))


def of_layers(panel: PrintedPanel, statistic: str, side: str) -> Callable[[float, int], float]:
    n_layers = max(series.layer or 0 for series in panel.series)
    curves = [seen(panel.find(statistic, layer, side)) for layer in range(1, n_layers + 1)]

    def value(epoch: float, layer: int) -> float:
        return curves[layer - 1](epoch)

    return value


def figure_2() -> Runs:
    (panel,) = printed_figure("fig02").panels
    mean, std = (of_layers(panel, statistic, "") for statistic in ("mean", "std"))
    return [made_up(FIGURE_2, 140, activation_mean=mean, activation_std=std)]


def activations(figure: str, panel: str, model: Model) -> RunRecord:
    printed = printed_figure(figure).panel(panel)
    std = of_layers(printed, "std", "half_width")
    # Of odd units, whose activations are spread evenly around 0.
    ends = of_layers(printed, "percentile98", "upper")
    return made_up(model, 95, activation_std=std, activation_magnitude_p98=ends)


def figures_3_and_10() -> Runs:
    return [
        activations("fig03", "top", TANH),
        activations("fig03", "bottom", SOFTSIGN),
        activations("fig10", "main", TANH_N),
    ]


def densities(panel: str, model: Model) -> RunRecord:
    """Figure 4's densities as activations, spread as the curves say, and their ends."""
    samples = []
    for series in printed_figure("fig04").panel(panel).series:
        density = np.nan_to_num(series.y)
        below = np.cumsum(density) / density.sum()
        samples.append(np.interp(np.linspace(0, 1, 200_000), below, series.x))

    def saturated(epoch: float, layer: int) -> float:
        return float(np.mean(np.abs(samples[layer - 1]) > 0.95))

    histograms = histograms_of(samples, 95 * EPOCH)
    return made_up(model, 95, histograms=histograms, activation_saturated=saturated)


def figure_4() -> Runs:
    return [densities("top", TANH), densities("bottom", SOFTSIGN)]


def figure_9() -> Runs:
    panels = (("top", TANH), ("bottom", TANH_N))
    return [
        made_up(
            model,
            95,
            weight_gradient_std=of_layers(
                printed_figure("fig09").panel(panel), "std", "half_width"
            ),
        )
        for panel, model in panels
    ]


def errors(figure: str, panel: str, dataset: str) -> Runs:
    runs = []
    for series in printed_figure(figure).panel(panel).series:
        model = NAMES[series.name]
        if dataset != "shapeset":
            model = on_dataset(model, dataset)
        error = seen(series, per_epoch=BATCH * EPOCH)
        runs.append(made_up(model, 125, every=0.25, test_error=error))
    return runs


FIGURES: dict[str, tuple[Callable[[], Runs], tuple[str, ...]]] = {
    "fig02": (
        figure_2,
        (
            "sigmoid-top-saturates",
            "sigmoid-lower-means",
            "sigmoid-depth4-escapes",
            "sigmoid-first-layer-follows",
        ),
    ),
    "fig03": (
        figures_3_and_10,
        (
            "tanh-sequential",
            "tanh-std-end",
            "softsign-together",
            "softsign-fast-slow",
            "softsign-std-end",
            "dyn-softsign-like-normalized",
            "dyn-normalized-std-end",
        ),
    ),
    "fig04": (
        figure_4,
        ("softsign-knees", "softsign-less-saturated"),
    ),
    "fig09": (figure_9, ("dyn-weight-gradient-diverge", "dyn-normalized-keeps")),
    "fig11": (
        lambda: errors("fig11", "main", "shapeset"),
        (
            "sigmoid-poorer",
            "result-pretraining",
            "result-gap-closed",
            "result-standard-slow",
            "result-fig11-order",
            "result-online-pretraining",
            "result-normalized-speed",
        ),
    ),
    "fig12": (
        lambda: errors("fig12", "left", "mnist") + errors("fig12", "right", "cifar10"),
        ("result-fig12-order",),
    ),
}


@pytest.mark.parametrize(
    ("figure", "claim"),
    [(name, claim) for name, (_, claims) in FIGURES.items() for claim in claims],
)
def test_the_printed_curves_confirm_what_is_said_of_them(figure: str, claim: str) -> None:
    (result,) = judge_claims(FIGURES[figure][0](), [claim])
    assert result.verdict == "confirmed", result.evidence
