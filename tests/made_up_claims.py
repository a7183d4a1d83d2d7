"""Runs whose curves are made up, one value an epoch: what claims are tested with."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

import numpy as np

from glorot_repro.arrays import Arrays
from glorot_repro.measure.correctness import Answers, Correctness
from glorot_repro.measure.curves import Curves
from glorot_repro.measure.histogram_series import HistogramSeries
from glorot_repro.measure.histograms import Histogram
from glorot_repro.report.claims.models import Model
from glorot_repro.report.digitized import EPOCH
from glorot_repro.runs.reading import RunRecord
from glorot_repro.section import Section

Curve = float | Callable[[float], float] | Callable[[float, int], float]
WHOLE = ("test_error", "validation_error")
OUTPUT = ("logit_std", "bias_prior_distance")


def made_up(
    model: Model,
    epochs: float,
    *,
    seed: int = 0,
    rate: float | None = None,
    recorded: Iterable[int] | None = None,
    histograms: Arrays | None = None,
    correctness: Correctness | None = None,
    **curves: Curve,
) -> RunRecord:
    """A run of `model` that has done so many epochs.

    curves: quantity -> a value for all, f(epoch), or f(epoch, layer) where layers differ.
    rate: the model's own by default. recorded: the epochs of the values; all by default.
    """
    updates = int(epochs * EPOCH)
    config = model.config(updates)
    config = config.model_copy(update={"seed": seed})
    if rate is not None:
        training = config.training.model_copy(update={"learning_rate": rate})
        config = config.model_copy(update={"training": training})
    if recorded is not None:
        record = config.record.model_copy(update={"every": 0})
        evaluation = config.evaluation.model_copy(update={"every": 0})
        config = config.model_copy(update={"record": record, "evaluation": evaluation})
    table = Curves()
    if "test_error" in curves:
        curves.setdefault("validation_error", curves["test_error"])
    for epoch in range(int(epochs) + 1) if recorded is None else recorded:
        for quantity, curve in curves.items():
            for layer in _layers(quantity, model):
                table.add(epoch * EPOCH, layer, quantity, _value(curve, epoch, layer))
    name = f"{model.name}-{model.dataset}-{seed}-{config.hash}".replace(" ", "_")
    info = {"updates_done": updates, "status": "finished"}
    path = Path("results", "paper", model.experiment, name)
    return RunRecord(path, config, info, table, histograms, None, correctness)


def with_range(run: RunRecord, bounds: tuple[float, float]) -> RunRecord:
    """The run as it would be with its data set's inputs in this range."""
    dataset = run.config.dataset
    assert isinstance(dataset, Section)
    dataset = dataset.model_copy(update={"range": bounds})
    return replace(run, config=run.config.model_copy(update={"dataset": dataset}))


def by_layer(*values: float) -> Callable[[float, int], float]:
    """A curve that stays where it is, another value in each layer."""
    return lambda epoch, layer: values[layer - 1]


def rising(*epochs: float, low: float = 0.1, high: float = 0.99) -> Callable[[float, int], float]:
    """A curve that jumps from low to high at another epoch in each layer."""
    return lambda epoch, layer: high if epoch >= epochs[layer - 1] else low


def histograms_of(samples: Iterable[np.ndarray], update: int, bins: int = 1000) -> Arrays:
    """The arrays of histograms.npz of one record of activations."""
    series = HistogramSeries(bins)
    for layer, values in enumerate(samples, start=1):
        counts, edges = np.histogram(values, bins)
        series.add(update, layer, Histogram(edges[0], edges[-1], counts))
    return {"updates": np.array([update]), **series.arrays("activation", [update])}


def answers(n_wrong: int, *, n_examples: int = 10_000) -> Correctness:
    """Of a network that has the first `n_wrong` test examples wrong, from update 0 on."""
    correctness = Correctness()
    is_correct = np.arange(n_examples) >= n_wrong
    correctness.add(
        Answers(0, 100 * n_wrong / n_examples, is_correct), np.zeros(n_examples, np.uint8)
    )
    return correctness


def _layers(quantity: str, model: Model) -> Iterable[int]:
    depth = len(model.hidden)
    if quantity in WHOLE:
        return [0]
    return [depth + 1] if quantity in OUTPUT else range(1, depth + 1)


def _value(curve: Curve, epoch: float, layer: int) -> float:
    if not callable(curve):
        return curve
    n_arguments = curve.__code__.co_argcount
    return curve(epoch, layer) if n_arguments == 2 else curve(epoch)  # type: ignore[call-arg]
