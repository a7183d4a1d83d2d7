"""What a run ends with: each layer's measurements beside theory, and a verdict."""

from dataclasses import dataclass
from pathlib import Path

from glorot_repro.measure.curves import Curves
from glorot_repro.measure.verdicts import LayerSignals, judge
from glorot_repro.nn.activations import activation_named
from glorot_repro.runs.reading import load_run

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
    """The summary of the run in a directory, one entry a hidden layer; empty without records."""
    record = load_run(run)
    curves = record.curves
    asymptotes = activation_named(record.config.model.activation).asymptotes
    is_one_sided = (asymptotes[0] is None) != (asymptotes[1] is None)
    rows = []
    for layer in curves.layers("activation_std"):
        verdict = judge(_signals(curves, layer, record.config.model.depth, is_one_sided))
        quantities = tuple(_quantity(curves, name, layer) for name in QUANTITIES)
        rows.append(LayerSummary(layer, quantities, verdict.word, verdict.reason))
    return rows


def _quantity(curves: Curves, name: str, layer: int) -> QuantitySummary:
    updates, values = curves.series(name, layer)
    _, theory = curves.series(f"{name}_theory", layer)
    return QuantitySummary(
        name,
        _finite(values[0]) if len(values) else None,
        _finite(theory[0]) if len(theory) else None,
        _finite(values[-1]) if len(values) and updates[-1] > 0 else None,
    )


def _signals(curves: Curves, layer: int, depth: int, is_one_sided: bool) -> LayerSignals:
    return LayerSignals(
        forward_ratio=_start_ratio(curves, "activation_std", layer, layer - 1)
        if layer > 1
        else None,
        backward_ratio=(
            _start_ratio(curves, "backprop_std", layer, layer + 1) if layer < depth else None
        ),
        saturated=curves.last("activation_saturated", layer),
        is_one_sided=is_one_sided,
        activation_std=curves.last("activation_std", layer) or 0.0,
        backprop_std=curves.last("backprop_std", layer) or 0.0,
        has_identical_units=bool(_start(curves, "units_identical", layer)),
    )


def _start(curves: Curves, quantity: str, layer: int) -> float:
    return float(curves.series(quantity, layer)[1][0])


def _start_ratio(curves: Curves, quantity: str, layer: int, other: int) -> float | None:
    reference = _start(curves, quantity, other)
    return _start(curves, quantity, layer) / reference if reference else None


def _finite(value: float) -> float | None:
    return float(value) if abs(value) < float("inf") else None
