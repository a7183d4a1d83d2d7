"""Figures 11 and 12 as data: the test error of several models during training."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from glorot_repro.report.digitized import PrintedPanel, PrintedSeries, printed_figure
from glorot_repro.report.models import AS_PRINTED, NORMALIZED, STANDARD, Model, is_comparable
from glorot_repro.report.panels import Curve, Panel
from glorot_repro.report.run_labels import updates_reached
from glorot_repro.report.seed_curves import SeedCurves
from glorot_repro.runs.reading import RunRecord


@dataclass(frozen=True)
class ErrorPanel:
    """A data set; models: each with the name of its printed curve.

    figure, printed: the paper's figure, and its panel with these curves. medians: reach, in
    examples, of the running median by which the printed points were read.
    """

    name: str
    title: str
    figure: str
    printed: str
    models: Sequence[tuple[Model, str]]
    medians: float = 0

    @property
    def paper(self) -> PrintedPanel:
        """What the paper shows there."""
        return printed_figure(self.figure).panel(self.printed)


def _five(dataset: str) -> list[tuple[Model, str]]:
    described = (
        ("Sigmoid", STANDARD, "sigmoid"),
        ("Tanh", STANDARD, "tanh"),
        ("Softsign", STANDARD, "softsign"),
        ("Softsign N", NORMALIZED, "softsign"),
        ("Tanh N", NORMALIZED, "tanh"),
    )
    return [
        (Model(name, name, initializer, activation, dataset=dataset), name)
        for name, initializer, activation in described
    ]


_SUPERVISED = (
    (Model("Sigmoid depth 5", "", STANDARD, "sigmoid", depth=5), "Sigmoid depth 5"),
    (Model("Sigmoid depth 4", "", STANDARD, "sigmoid", depth=4), "Sigmoid depth 4"),
    (Model("Tanh", "", STANDARD, "tanh"), "Tanh"),
    (Model("Softsign", "", STANDARD, "softsign"), "Softsign"),
    (Model("Softsign N", "", NORMALIZED, "softsign"), "Softsign N"),
    (Model("Tanh N", "", NORMALIZED, "tanh"), "Tanh N"),
    (Model("Tanh as printed", "", AS_PRINTED, "tanh"), "Tanh N"),
)
"""The networks of figure 11 that are not trained layer by layer first."""

ERROR_FIGURES: Mapping[str, Sequence[ErrorPanel]] = {
    "fig11": (
        ErrorPanel(
            "shapeset",
            "Shapeset",
            "fig11",
            "main",
            [*_SUPERVISED, (Model("Pre-training", "", None, is_pretrained=True), "Pre-training")],
        ),
    ),
    "fig11_fitted": (ErrorPanel("shapeset", "Shapeset", "fig11", "main", _SUPERVISED),),
    "fig12": (
        ErrorPanel("mnist", "MNIST", "fig12", "left", _five("mnist"), medians=125_000),
        ErrorPanel("cifar10", "CIFAR-10", "fig12", "right", _five("cifar10"), medians=125_000),
    ),
}


def error_panels(records: Sequence[RunRecord], figure: str) -> list[Panel]:
    """The panels of one of ERROR_FIGURES, with or without runs; x in examples seen."""
    panels = []
    for described in ERROR_FIGURES[figure]:
        curves = [
            _curve(model, model.records(records), described.paper.named(name), described.medians)
            for model, name in described.models
        ]
        runs = [record for curve in curves for record in curve.records]
        panels.append(Panel(described.name, described.title, curves, runs))
    return panels


def _curve(
    model: Model, runs: Sequence[RunRecord], printed: PrintedSeries, medians: float
) -> Curve:
    batch_size = runs[0].config.training.batch_size if runs else 1
    ours = SeedCurves.of_runs(runs, "test_error", x_per_update=batch_size)
    return Curve(
        label=model.name,
        quantity="test_error",
        ours=ours.medians(medians) if medians else ours,
        printed=printed.as_drawn if is_comparable(runs, printed.model) else None,
        updates=updates_reached(runs)[1],
        records=runs,
    )
