"""Figure 5 as data: two costs of a network of one hidden unit, over its two weights."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from glorot_repro.nn.activations import ACTIVATIONS
from glorot_repro.nn.costs import COSTS
from glorot_repro.report.digitized import PrintedSeries, printed_figure
from glorot_repro.report.panels import Curve, Panel
from glorot_repro.report.seed_curves import SeedCurves
from glorot_repro.runs.reading import RunRecord

Array = NDArray[np.float64]

INPUT, TARGET = 0.8818, -0.0251
"""Fitted to the printed surfaces: the paper says only that both are random."""

SURFACES = {"cross entropy": "negative_log_likelihood", "quadratic": "squared_error"}
"""The paper's name of a cost, and the cost of ours that it is made of."""


def cost_surface(name: str, first_weight: Array, second_weight: Array) -> Array:
    """One of SURFACES at weights (W1, W2), arrays that broadcast.

    The network is o = tanh(W2 tanh(W1 x)), of one input, one hidden unit, one output; o and the
    target t lie in [-1, 1]. A tanh output is a softmax of the two logits a and -a with
    o = p_1 - p_2, so our costs serve, averaged over both labels with weights (1 + t)/2 and
    (1 - t)/2: the cross entropy is the negative log-likelihood, and the quadratic cost
    (o - t)^2 / 2 is the squared error less (1 - t^2)/2, the part that no weight changes.
    """
    tanh = ACTIVATIONS["tanh"]
    first, second = np.broadcast_arrays(first_weight, second_weight)
    a = second.ravel() * tanh(first.ravel() * INPUT)
    logits = np.stack([a, -a], axis=1)
    cost = COSTS[SURFACES[name]]
    shares = ((1 + TARGET) / 2, (1 - TARGET) / 2)
    labels = (np.full(len(a), label) for label in range(2))
    values = sum(
        share * cost.per_example(logits, label) for share, label in zip(shares, labels, strict=True)
    )
    constant = (1 - TARGET**2) / 2 if name == "quadratic" else 0.0
    return np.asarray(values - constant).reshape(first.shape)


def cost_panels(records: Sequence[RunRecord]) -> list[Panel]:
    """One panel for each surface, with a curve for the printed edge and each list of points.

    records: none is needed, since nothing is trained. What the data file tells of the fitted model
    is not printed, and is no curve.
    """
    (printed,) = printed_figure("fig05").panels
    return [
        Panel(
            name.replace(" ", "_"),
            name,
            [_curve(name, series) for series in printed.series if series.name.startswith(name)],
        )
        for name in SURFACES
    ]


def _curve(name: str, series: PrintedSeries) -> Curve:
    """Ours at the points of a printed series, which is drawn along W2 = 4 or lists (W1, W2)."""
    if series.points.shape[1] == 3:
        costs = cost_surface(name, series.points[:, 0], series.points[:, 1])
        # A list of points is no curve over W1: it is numbered.
        numbers = np.arange(1.0, len(costs) + 1)
        series = replace(series, points=np.stack([numbers, series.y], axis=1),
                         reading_error={**series.reading_error, "x": 0.0})  # fmt: skip
        return Curve(series.name, "cost", SeedCurves(numbers, costs[np.newaxis]), series)
    x = np.unique(series.x)
    ours = SeedCurves(x, cost_surface(name, x, np.full(1, 4.0))[np.newaxis])
    return Curve(series.name, "cost", ours, series)
