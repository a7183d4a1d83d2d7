"""Runs that differ in nothing but their seed, and their curves averaged over seeds."""

import itertools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from glorot_repro.data.images import Dataset
from glorot_repro.report.claims.models import Model
from glorot_repro.report.digitized import EPOCH
from glorot_repro.runs.reading import RunRecord
from glorot_repro.runs.search import validation_error
from glorot_repro.runs.seed_sets import updates_done
from glorot_repro.section import Section

Updates = NDArray[np.int64]
Values = NDArray[np.float64]

WINDOW = 20
"""Evaluations at the end of a run that a final error is the mean of."""


class SparseCurve(Exception):
    """Raised where the runs of a group have no value near the update that is asked for.

    records: of these runs.
    """

    def __init__(self, group: "Group", lacking: str) -> None:
        super().__init__(f"{group.label}, which has no {lacking}")
        self.records = group.records


@dataclass(frozen=True)
class Group:
    """Runs of one model, equal but for the seed, of which all have done `reached` updates.

    Curves are means over the seeds, at the updates that all of them have. They end at `end`. Where
    two of their values lie more than an epoch apart, SparseCurve is raised instead of taking the
    older for what came in between.
    """

    model: Model
    records: tuple[RunRecord, ...]
    end: int

    @property
    def reached(self) -> int:
        """Updates that every run has done, at most `end`."""
        return min(self.end, *(updates_done(record) for record in self.records))

    @property
    def depth(self) -> int:
        """The number of hidden layers."""
        return len(self.model.hidden)

    @property
    def n_seeds(self) -> int:
        """The number of runs."""
        return len(self.records)

    @property
    def dataset(self) -> Dataset:
        """What all of them were trained on."""
        return self.records[0].config.dataset

    @property
    def label(self) -> str:
        """Model, rate, seeds and inputs if they are not the default's, for the evidence line."""
        seeds = ", ".join(str(record.config.seed) for record in self.records)
        word = "seed" if self.n_seeds == 1 else "seeds"
        dataset = self.dataset
        inputs = ""
        if isinstance(dataset, Section) and "range" in dataset.model_dump(exclude_defaults=True):
            low, high = dataset.range
            inputs = f", inputs in [{low:g}, {high:g}]"
            if dataset.name == self.model.images.name:
                inputs += f", bright share {self.model.images.bright_background:g}"
        return f"{self.model.title} (rate {self.learning_rate:g}, {word} {seeds}{inputs})"

    @property
    def learning_rate(self) -> float:
        """The learning rate."""
        return self.records[0].config.training.learning_rate

    def series(self, quantity: str, layer: int | None = None) -> tuple[Updates, Values]:
        """(updates, values) of a curve from update 0 on, averaged over seeds.

        Raises SparseCurve.
        """
        updates, values = self._mean(quantity, layer)
        self._require_no_gap(quantity, [0, *updates.tolist()] if len(updates) else [], self.end)
        return updates, values

    def has(self, quantity: str) -> bool:
        """Whether all runs have measured a quantity."""
        return all(quantity in record.curves.quantities for record in self.records)

    def _mean(self, quantity: str, layer: int | None) -> tuple[Updates, Values]:
        """As `series`; empty if a run lacks the curve."""
        curves = [record.curves.series(quantity, layer) for record in self.records]
        common = curves[0][0]
        for updates, _ in curves[1:]:
            common = np.intersect1d(common, updates)
        common = common[common <= self.end]
        # Where an update comes twice, the value that was measured last counts.
        tables = [dict(zip(u.tolist(), v.tolist(), strict=True)) for u, v in curves]
        updates = np.unique(common)
        rows = [[table[update] for update in updates.tolist()] for table in tables]
        return updates, np.array(rows).reshape(len(rows), -1).mean(axis=0)

    def at(self, quantity: str, layer: int | None, update: int) -> float:
        """The newest value of a curve up to `update`, at most an epoch old. Raises SparseCurve."""
        updates, values = self._mean(quantity, layer)
        is_before = updates <= update
        self._require_no_gap(quantity, updates[is_before][-1:].tolist(), update)
        return float(values[is_before][-1])

    def layers_at(self, quantity: str, update: int) -> list[float]:
        """`at` for each of the hidden layers."""
        return [self.at(quantity, layer, update) for layer in range(1, self.depth + 1)]

    def error_near(self, update: int) -> float:
        """Mean test error of the last WINDOW evaluations up to `update`, percent.

        Raises SparseCurve.
        """
        return float(np.mean([self._error_of(record, update) for record in self.records]))

    def _error_of(self, record: RunRecord, update: int) -> float:
        update = min(update, self.end)
        updates, errors = record.curves.series("test_error")
        is_before = updates <= update
        self._require_no_gap("test_error", updates[is_before][-WINDOW:].tolist(), update)
        return float(errors[is_before][-WINDOW:].mean())

    def best_error(self) -> float:
        """Test error where the validation error is lowest, percent, mean over seeds.

        Evaluations may be few, but go on to the end. Raises SparseCurve.
        """
        self._require_newest("validation_error")
        return float(np.mean([best_test_error(record, self.end) for record in self.records]))

    def best_error_with_spread(self) -> tuple[float, float]:
        """`best_error` and its standard error. Raises SparseCurve."""
        return self.best_error(), self.error_spread(lambda run: best_test_error(run, self.end))

    def best_validation_error(self) -> float:
        """The lowest validation error up to `end`, percent, mean over seeds. Raises SparseCurve."""
        self._require_newest("validation_error")
        lowest = [
            validation_error(record.curves, window=0, n_updates=self.end) for record in self.records
        ]
        return float(np.mean([math.nan if error is None else error for error in lowest]))

    def error_spread(self, statistic: Callable[[RunRecord], float]) -> float:
        """Standard error of the mean of an error in percent over seeds and test examples.

        Of one seed, that of the test examples alone; of several also their spread.
        """
        errors = [statistic(record) for record in self.records]
        mean = float(np.mean(errors)) / 100
        n_examples = test_size(self.records[0])
        of_examples = 100 * math.sqrt(max(mean * (1 - mean), 0.0) / n_examples)
        if len(errors) == 1:
            return of_examples
        # The test examples are the same for all seeds of a finite data set: no 1/sqrt(seeds).
        return math.hypot(of_examples, float(np.std(errors, ddof=1)) / math.sqrt(len(errors)))

    def error_with_spread(self, update: int) -> tuple[float, float]:
        """`error_near` and its standard error. Raises SparseCurve."""
        return self.error_near(update), self.error_spread(lambda run: self._error_of(run, update))

    def _require_newest(self, quantity: str) -> None:
        updates, _ = self._mean(quantity, None)
        self._require_no_gap(quantity, updates[-1:].tolist(), self.end)

    def _require_no_gap(self, quantity: str, updates: list[int], end: int) -> None:
        """Raises SparseCurve unless values at `updates` follow each other within an epoch.

        The last one has to be as near to `end`, or to what the runs have reached.
        """
        if not updates:
            raise SparseCurve(self, quantity)
        marks = [*updates, min(end, self.reached)]
        for low, high in itertools.pairwise(marks):
            if high - low > EPOCH:
                raise SparseCurve(self, f"{quantity} between updates {low:,} and {high:,}")


def test_size(record: RunRecord) -> int:
    """How many test images errors are counted on."""
    return int(getattr(record.config.dataset, "test_size", 10_000) or 10_000)


def best_test_error(record: RunRecord, end: int) -> float:
    """The test error of a run where its validation error was lowest, up to update `end`."""
    updates, validation = record.curves.series("validation_error")
    _, test = record.curves.series("test_error")
    validation, test = validation[updates <= end], test[updates <= end]
    if not len(validation) or np.isnan(validation).all():
        return math.nan
    return float(test[np.nanargmin(validation)])


def ratio(value: float, other: float) -> float:
    """value / other, NaN where there is no such number."""
    return value / other if other else math.nan


def lowest(values: Values) -> float:
    """The least value, NaN of none."""
    return float(values.min()) if len(values) else math.nan


def first_update(updates: Updates, is_so: NDArray[np.bool_] | Sequence[bool]) -> float:
    """The first update at which something is so, infinity if it never is."""
    found = np.flatnonzero(is_so)
    return float(updates[found[0]]) if len(found) else math.inf
