"""What a run ends with: each layer's measurements beside theory, and a verdict."""

import math
from dataclasses import dataclass
from pathlib import Path

from glorot_repro.errors import ConfigError
from glorot_repro.measure.curves import Curves
from glorot_repro.measure.verdicts import NetworkState, Verdict, judge, judge_training
from glorot_repro.nn.activations import activation_named
from glorot_repro.runs.reading import RunRecord, load_run
from glorot_repro.strict_json import finite_or_none

QUANTITIES = ("activation_std", "backprop_std", "jacobian_singular_mean")


@dataclass(frozen=True)
class QuantitySummary:
    """One quantity of one layer: measured and predicted at update 0, and measured last.

    at_end is None for a run that looked at the initialization only.
    """

    name: str
    measured: float | None
    theory: float | None
    at_end: float | None

    @property
    def ratio(self) -> float | None:
        """measured / theory, None where theory is missing or 0."""
        if self.measured is None or not self.theory:
            return None
        return self.measured / self.theory


@dataclass(frozen=True)
class LayerSummary:
    """One hidden layer: its quantities and its verdict."""

    layer: int
    quantities: tuple[QuantitySummary, ...]
    verdict: str
    reason: str


def summary_of(run: Path) -> list[LayerSummary]:
    """The summary of the run in a directory, one entry a hidden layer; empty without records.

    Raises ConfigError if its verdicts need an activation of the reader's own that is gone.
    """
    record = load_run(run)
    curves = record.curves
    layers = curves.layers("activation_std")
    rows = []
    for layer, verdict in zip(layers, _verdicts(curves, layers, _is_bounded(record)), strict=True):
        quantities = tuple(_quantity(curves, name, layer) for name in QUANTITIES)
        rows.append(LayerSummary(layer, quantities, verdict.word, verdict.reason))
    return rows


def _is_bounded(record: RunRecord) -> bool:
    """Whether the activation has two limits.

    Without any there is no saturation among the curves, and a function of the reader's own need
    not be there any more.
    """
    if "activation_saturated" not in record.curves.quantities:
        return False
    try:
        return None not in activation_named(record.config.model.activation).asymptotes
    except ValueError as error:
        message = f"{record.path}: {error}"
        raise ConfigError(message) from error


def _quantity(curves: Curves, name: str, layer: int) -> QuantitySummary:
    updates, values = curves.series(name, layer)
    _, theory = curves.series(f"{name}_theory", layer)
    return QuantitySummary(
        name,
        finite_or_none(values[0]) if len(values) else None,
        finite_or_none(theory[0]) if len(theory) else None,
        finite_or_none(values[-1]) if len(values) and updates[-1] > 0 else None,
    )


def _verdicts(curves: Curves, layers: list[int], is_bounded: bool) -> list[Verdict]:
    if not layers:
        return []
    first = _state(curves, layers, 0, is_bounded)
    is_trained = curves.series("activation_std", layers[0])[0][-1] > 0
    return (
        judge_training(first, _state(curves, layers, -1, is_bounded))
        if is_trained
        else judge(first)
    )


def _state(curves: Curves, layers: list[int], record: int, is_bounded: bool) -> NetworkState:
    """The network at the first (0) or last (-1) record."""

    def values(quantity: str, which: int) -> list[float]:
        series = (curves.series(quantity, layer)[1] for layer in layers)
        return [float(value[which]) if len(value) else math.nan for value in series]

    return NetworkState(
        activation_std=values("activation_std", record),
        backprop_std=values("backprop_std", record),
        saturated=values("activation_saturated", record),
        symmetric=[value == 1 for value in values("units_identical", 0)],
        is_bounded=is_bounded,
        is_trained=record != 0,
    )
