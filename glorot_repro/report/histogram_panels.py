"""Figures 4, 6, 7 and 8 as data: densities of activations and gradients, layer by layer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from glorot_repro.report.densities import LayerDensity, layer_densities, newest_histograms
from glorot_repro.report.digitized import PrintedPanel, PrintedSeries, printed_figure
from glorot_repro.report.models import (
    AS_PRINTED,
    AS_PRINTED_TITLE,
    NORMALIZED,
    STANDARD,
    Model,
    is_comparable,
)
from glorot_repro.report.panels import Curve, Panel
from glorot_repro.report.seed_curves import SeedCurves
from glorot_repro.runs.reading import RunRecord


@dataclass(frozen=True)
class HistogramFigure:
    """quantity: whose densities; panels: the model and the printed panel beneath it.

    peak: the number of the print that our density at 0 is held against; peak_error: how well it
    is known, relatively. is_trained: at the last record instead of update 0. bin_width: of our
    curves, None for 1/8 of a layer's standard deviation.
    """

    quantity: str
    x_label: str
    panels: Sequence[tuple[Model, str]]
    peak_error: float
    peak: str = "peak"
    is_trained: bool = False
    bin_width: float | None = None


@dataclass(frozen=True, eq=False, kw_only=True)
class HistogramPanel(Panel):
    """A panel with the densities that its curves are made of, and the printed panel.

    update: after so many updates.
    """

    densities: Sequence[LayerDensity]
    printed: PrintedPanel
    update: int


INITIALIZER_PANELS = (
    (Model("standard", "standard (eq. 1)", STANDARD), "top"),
    (Model("normalized", "normalized (eq. 16)", NORMALIZED), "bottom"),
    (Model("as_printed", AS_PRINTED_TITLE, AS_PRINTED), "bottom"),
)

HISTOGRAM_FIGURES: Mapping[str, HistogramFigure] = {
    "fig04": HistogramFigure(
        "activation",
        "activation value",
        (
            (Model("tanh", "tanh, standard (eq. 1)", STANDARD, "tanh"), "top"),
            (Model("softsign", "softsign, standard (eq. 1)", STANDARD, "softsign"), "bottom"),
        ),
        peak_error=0.02,
        peak="density_at_0",
        is_trained=True,
        bin_width=0.01,  # as the print was read
    ),
    "fig06": HistogramFigure("activation", "activation value", INITIALIZER_PANELS, 0.02),
    "fig07": HistogramFigure(
        "backprop", "back-propagated gradient dCost/ds", INITIALIZER_PANELS, 0.04
    ),
    "fig08": HistogramFigure(
        "weight_gradient", "weight gradient dCost/dW", INITIALIZER_PANELS, 0.02
    ),
}


def histogram_panels(records: Sequence[RunRecord], figure: str) -> list[HistogramPanel]:
    """The panels of one of HISTOGRAM_FIGURES, all of them, with or without runs."""
    described = HISTOGRAM_FIGURES[figure]
    panels = []
    for model, printed_name in described.panels:
        runs = model.records(records)
        # Runs that are behind, or have diverged, are of another time of training.
        update, runs = newest_histograms(runs) if described.is_trained else (0, runs)
        densities = layer_densities(
            runs, described.quantity, update=update, bin_width=described.bin_width
        )
        by_layer = {density.layer: density for density in densities}
        printed = printed_figure(figure).panel(printed_name)
        curves = [
            replace(curve, updates=update, records=runs)
            for series in printed.series
            if series.layer is not None and is_comparable(runs, series.model)
            for curve in _curves(described, series, by_layer.get(series.layer))
        ]
        panels.append(
            HistogramPanel(
                name=model.name,
                title=model.title,
                curves=curves,
                records=runs,
                densities=densities,
                printed=printed,
                update=update,
            )
        )
    return panels


def _curves(
    described: HistogramFigure, series: PrintedSeries, density: LayerDensity | None
) -> list[Curve]:
    """The density of a layer at the printed points; its std and peak, curves of one point."""
    ours = {
        "density": SeedCurves.none() if density is None else density.curves,
        "std": _point(None if density is None else density.stds),
        "peak": _point(None if density is None else density.peaks),
    }
    std_error = float(series.derived["std_relative_error"])
    printed = {
        "density": series,
        "std": _printed_point(series, "std", std_error),
        "peak": _printed_point(series, described.peak, described.peak_error),
    }
    return [
        Curve(f"layer {series.layer}", f"{described.quantity}_{name}", ours[name], printed[name],
              layer=series.layer)
        for name in ours
    ]  # fmt: skip


def _point(values: np.ndarray | None) -> SeedCurves:
    if values is None:
        return SeedCurves.none()
    return SeedCurves(np.zeros(1), values[:, np.newaxis])


def _printed_point(series: PrintedSeries, name: str, relative_error: float) -> PrintedSeries:
    value = float(series.derived[name])
    return replace(
        series,
        statistic=name,
        points=np.array([[0.0, value]]),
        reading_error={"x": 0.0, "y": relative_error * value},
    )
