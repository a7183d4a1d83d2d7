"""Made-up run records whose activations and gradients are exactly normal."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import norm

from glorot_repro.config.experiment import expand_runs, parse_experiment
from glorot_repro.measure.curves import Curves
from glorot_repro.runs.reading import RunRecord

QUANTITIES = ("activation", "backprop", "weight_gradient")
REACH = 5.0
N_VALUES = 1_000_000

AS_PRINTED = "{first: standard, hidden: {name: normalized, gain: 1.27}, output: standard}"

MakeRecord = Callable[..., RunRecord]


def _record(
    *,
    initializer: str = "standard",
    seed: int = 0,
    stds: Sequence[float] = (0.3, 0.2, 0.1, 0.06, 0.03),
    settings: str = "",
    samples: Mapping[str, NDArray] | None = None,
) -> RunRecord:
    """A run with hidden layers of normal values of these stds (gradients: as stored)."""
    text = f"""
name: made_up
model: {{hidden: {[7] * len(stds)}, activation: tanh, initializer: {initializer}}}
training: {{updates: 0}}
seeds: [{seed}]
{settings}
"""
    (config,) = expand_runs(parse_experiment(text))
    bins = config.record.bins
    edges = np.linspace(-REACH, REACH, bins + 1)
    counts = np.rint(N_VALUES * np.diff(norm.cdf(edges))).astype(np.int64)
    n_layers = len(stds)
    histograms: dict[str, NDArray] = {"updates": np.array([0])}
    rows = []
    for quantity in QUANTITIES:
        histograms[f"{quantity}_layers"] = np.arange(1, n_layers + 1)
        histograms[f"{quantity}_counts"] = np.tile(counts, (1, n_layers, 1))
        histograms[f"{quantity}_low"] = -REACH * np.array([stds])
        histograms[f"{quantity}_high"] = REACH * np.array([stds])
        for fault in ("nonfinite", "underflow", "overflow"):
            histograms[f"{quantity}_{fault}"] = np.zeros((1, n_layers), np.int64)
        rows += [(0, layer, f"{quantity}_std", std) for layer, std in enumerate(stds, start=1)]
    return RunRecord(Path("made_up"), config, {}, Curves(rows), histograms, samples)  # type: ignore[arg-type]


def _trained(
    series: Mapping[tuple[str, int], Sequence[float]],
    *,
    seed: int = 0,
    every: int = 20_000,
    model: str = "activation: tanh",
    dataset: str = "shapeset",
    settings: str = "",
) -> RunRecord:
    """A run whose quantities (name, layer; 0 is the whole network) have these values over time."""
    text = f"""
name: made_up
dataset: {dataset}
model: {{width: 7, {model}}}
training: {{updates: 500000, learning_rate: 0.03}}
seeds: [{seed}]
{settings}
"""
    (config,) = expand_runs(parse_experiment(text))
    rows = [
        (every * number, layer, quantity, value)
        for (quantity, layer), values in series.items()
        for number, value in enumerate(values)
    ]
    return RunRecord(Path("made_up"), config, {}, Curves(rows))


@pytest.fixture
def make_trained() -> MakeRecord:
    return _trained


@pytest.fixture
def make_record() -> MakeRecord:
    return _record


@pytest.fixture
def paper_records() -> list[RunRecord]:
    """Three panels of two seeds each."""
    return [
        _record(initializer=initializer, seed=seed, stds=[std * (1 + 0.02 * seed)] * 5)
        for initializer, std in (("standard", 0.3), ("normalized", 0.32), (AS_PRINTED, 0.31))
        for seed in (0, 1)
    ]
