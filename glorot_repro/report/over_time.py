"""Figures 2, 3, 9 and 10 as data: statistics of each layer during training."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from glorot_repro.report.densities import sum_factor
from glorot_repro.report.digitized import EPOCH, PrintedPanel, PrintedSeries, printed_figure
from glorot_repro.report.models import (
    AS_PRINTED,
    AS_PRINTED_TITLE,
    NORMALIZED,
    STANDARD,
    Model,
    is_comparable,
)
from glorot_repro.report.panels import Curve, Panel
from glorot_repro.report.run_labels import updates_reached
from glorot_repro.report.seed_curves import SeedCurves
from glorot_repro.runs.reading import RunRecord

BOTH_SIDES = {"half_width": 1.0, "upper": 1.0, "lower": -1.0}
"""The paper draws a standard deviation above and below 0; half_width is the mean of both."""


@dataclass(frozen=True)
class Statistic:
    """A quantity of ours, the printed statistic, and our sign for each of its printed sides."""

    quantity: str
    printed: str
    sides: Mapping[str, float]


@dataclass(frozen=True)
class TimePlot:
    """One plot of a panel: the curves drawn, (quantity, side); markers: as the print shows them.

    bounds: of the vertical axis; None follows the curves.
    """

    label: str
    drawn: Sequence[tuple[str, str]]
    markers: bool = False
    bounds: tuple[float, float] | None = None


@dataclass(frozen=True)
class TimeFigure:
    """panels: the model and the printed panel that it is held against, None if there is none.

    groups: columns of the table, heading and the quantities whose agreement they give.
    """

    panels: Sequence[tuple[Model, str | None]]
    statistics: Sequence[Statistic]
    plots: Sequence[TimePlot]
    groups: Mapping[str, Sequence[str]]


def _activation_spread(*panels: tuple[Model, str | None]) -> TimeFigure:
    """Standard deviation and percentiles of the activations.

    "98 percentile" has three readings: the ends of the central 98 %, the 2nd and 98th percentile,
    and the 98th of the magnitude. The first is drawn, since it fits the print
    (docs/decisions.md).
    """
    return TimeFigure(
        panels=panels,
        statistics=(
            Statistic("activation_std", "std", BOTH_SIDES),
            Statistic("activation_p1", "percentile98", {"lower": 1.0}),
            Statistic("activation_p99", "percentile98", {"upper": 1.0}),
            Statistic("activation_p2", "percentile98", {"lower": 1.0}),
            Statistic("activation_p98", "percentile98", {"upper": 1.0}),
            Statistic("activation_magnitude_p98", "percentile98", {"lower": -1.0, "upper": 1.0}),
        ),
        plots=(
            TimePlot("standard deviation", [("activation_std", "half_width")]),
            TimePlot(
                "1st, 99th percentile",
                [("activation_p1", "lower"), ("activation_p99", "upper")],
                markers=True,
            ),
        ),
        groups={
            "standard dev.": ("activation_std",),
            "1st, 99th perc.": ("activation_p1", "activation_p99"),
            "2nd, 98th perc.": ("activation_p2", "activation_p98"),
        },
    )


TIME_FIGURES: Mapping[str, TimeFigure] = {
    "fig02": TimeFigure(
        panels=(
            (Model("depth4", "sigmoid, four layers", STANDARD, "sigmoid", depth=4), "main"),
            # The paper tells of the fifth layer in words only.
            (Model("depth5", "sigmoid, five layers (not printed)", STANDARD, "sigmoid", 5), None),
        ),
        statistics=(
            Statistic("activation_mean", "mean", {"": 1.0}),
            Statistic("activation_std", "std", {"": 1.0}),
        ),
        plots=(
            TimePlot("mean activation", [("activation_mean", "")], bounds=(0, 1)),
            TimePlot("standard deviation", [("activation_std", "")]),
        ),
        groups={"mean": ("activation_mean",), "standard deviation": ("activation_std",)},
    ),
    "fig03": _activation_spread(
        (Model("tanh", "tanh, standard (eq. 1)", STANDARD, "tanh"), "top"),
        (Model("softsign", "softsign, standard (eq. 1)", STANDARD, "softsign"), "bottom"),
    ),
    "fig09": TimeFigure(
        panels=(
            (Model("standard", "tanh, standard (eq. 1)", STANDARD, "tanh"), "top"),
            (Model("normalized", "tanh, normalized (eq. 16)", NORMALIZED, "tanh"), "bottom"),
            (Model("as_printed", f"tanh, {AS_PRINTED_TITLE}", AS_PRINTED, "tanh"), "bottom"),
        ),
        statistics=(Statistic("weight_gradient_std", "std", BOTH_SIDES),),
        plots=(TimePlot("std of dCost/dW", [("weight_gradient_std", "half_width")]),),
        groups={"standard deviation": ("weight_gradient_std",)},
    ),
    "fig10": _activation_spread(
        (Model("normalized", "tanh, normalized (eq. 16)", NORMALIZED, "tanh"), "main"),
        (Model("as_printed", f"tanh, {AS_PRINTED_TITLE}", AS_PRINTED, "tanh"), "main"),
    ),
}


def time_panels(records: Sequence[RunRecord], figure: str) -> list[Panel]:
    """Those panels of one of TIME_FIGURES that have runs or a print; x in epochs."""
    described = TIME_FIGURES[figure]
    panels = []
    for model, printed_name in described.panels:
        runs = model.records(records)
        printed = printed_figure(figure).panel(printed_name) if printed_name else None
        if not runs and printed is None:
            continue
        curves = [
            curve
            for statistic in described.statistics
            for layer in _layers(runs, printed)
            for curve in _curves(runs, statistic, layer, printed)
        ]
        panels.append(Panel(model.name, model.title, curves, runs))
    return panels


def _curves(
    runs: Sequence[RunRecord], statistic: Statistic, layer: int, printed: PrintedPanel | None
) -> list[Curve]:
    quantity = statistic.quantity
    factor = sum_factor(quantity.rsplit("_", 1)[0], runs[0]) if runs else 1.0
    return [
        Curve(
            label=f"layer {layer}",
            quantity=quantity,
            ours=SeedCurves.of_runs(
                runs, quantity, layer, x_per_update=1 / EPOCH, factor=sign * factor
            ),
            printed=_printed(runs, printed, statistic.printed, layer, side),
            layer=layer,
            side=side,
            updates=updates_reached(runs)[1],
            records=runs,
        )
        for side, sign in statistic.sides.items()
    ]


def _layers(runs: Sequence[RunRecord], printed: PrintedPanel | None) -> list[int]:
    ours = set(range(1, runs[0].config.model.depth + 1)) if runs else set()
    print_has = {s.layer for s in printed.series if s.layer is not None} if printed else set()
    return sorted(ours | print_has)


def _printed(
    runs: Sequence[RunRecord], panel: PrintedPanel | None, statistic: str, layer: int, side: str
) -> PrintedSeries | None:
    series = panel.find(statistic, layer, side) if panel else None
    return series if series and is_comparable(runs, series.model) else None
