"""The cells of Table 1: which runs are behind a number, and what they have to say."""

import math
import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from glorot_repro.data.finite import FiniteDataset
from glorot_repro.measure.correctness import KEPT
from glorot_repro.nn.scheme import NetworkInitializer
from glorot_repro.report.differences import Interval, student_interval, wilson_interval
from glorot_repro.report.run_labels import dataset_text
from glorot_repro.runs.reading import RunRecord

DEPTH = 5
"""Hidden layers of the networks of Table 1."""

NOT_RUN = "not run"
NO_DATA = "data not available"
NOT_EVALUATED = "not evaluated"
UNFINISHED = "unfinished"
DIVERGED = "diverged"
FINISHED = "finished"


@dataclass(frozen=True)
class TableModel:
    """One row: what the paper calls it, and how to know it."""

    name: str
    activation: str
    initializer: NetworkInitializer

    def is_of(self, record: RunRecord) -> bool:
        """Whether a run trained this model."""
        config = record.config
        return (
            config.model.depth == DEPTH
            and config.model.activation == self.activation
            and config.model.initializer == self.initializer
            and config.training.cost == "negative_log_likelihood"
            and config.training.optimizer.name == "sgd"
            and not config.pretraining.updates
        )


MODELS = tuple(
    TableModel(name, activation, NetworkInitializer.model_validate(initializer))
    for name, activation, initializer in (
        ("Softsign", "softsign", "standard"),
        ("Softsign N", "softsign", "normalized"),
        ("Tanh", "tanh", "standard"),
        ("Tanh N", "tanh", "normalized"),
        ("Sigmoid", "sigmoid", "standard"),
    )
)
"""The rows, in the paper's order."""

COLUMNS: Mapping[str, str] = {
    "shapeset": "Shapeset",
    "mnist": "MNIST",
    "cifar10": "CIFAR-10",
    "small_imagenet": "Small-ImageNet",
}
"""The columns: data set -> heading."""


@dataclass(frozen=True, eq=False)
class Score:
    """One run at one of its evaluations.

    error: test error, percent. is_correct: (n_examples,) bool, None for a run that has not kept
    it; examples: which test examples these are, equal for equal ones.
    """

    seed: int
    update: int
    error: float
    n_examples: int
    is_correct: NDArray[np.bool_] | None
    examples: str

    @property
    def n_wrong(self) -> float:
        """Test examples that were classified wrongly."""
        return self.error * self.n_examples / 100


@dataclass(frozen=True, eq=False)
class Cell:
    """One model on one data set; scores: one for each seed, for `last` and for `best`.

    status: FINISHED, or why there is no number or not the final one. updates_done: updates at the
    last evaluation; updates: those of a finished run; 0 where nothing has been run. data: the data
    set with its options, `dataset_text`.
    unofficial_data_files: those that are not the authors' own.
    """

    model: str
    dataset: str
    status: str
    updates_done: int = 0
    updates: int = 0
    learning_rate: float | None = None
    data: str = ""
    scores: Mapping[str, tuple[Score, ...]] | None = None
    unofficial_data_files: tuple[str, ...] = ()

    @property
    def has_numbers(self) -> bool:
        """Whether there is anything to show."""
        return self.scores is not None

    def of(self, evaluation: str) -> tuple[Score, ...]:
        """The scores at `last` or `best`, one a seed; () without numbers."""
        return () if self.scores is None else self.scores[evaluation]

    @property
    def seeds(self) -> tuple[int, ...]:
        """The seeds behind the numbers."""
        return tuple(score.seed for score in self.of("last"))

    def error(self, evaluation: str) -> float | None:
        """Mean test error over seeds, percent."""
        scores = self.of(evaluation)
        return statistics.fmean(score.error for score in scores) if scores else None

    def counts(self, evaluation: str) -> tuple[float, int]:
        """How many test examples are wrong, and of how many different ones.

        Seeds with the same examples count once, with their mean: more seeds make the examples
        no more. Each seed of Shapeset has examples of its own.
        """
        by_examples: dict[str, list[Score]] = {}
        for score in self.of(evaluation):
            by_examples.setdefault(score.examples, []).append(score)
        n_wrong = sum(statistics.fmean(s.n_wrong for s in group) for group in by_examples.values())
        return n_wrong, sum(group[0].n_examples for group in by_examples.values())

    def example_interval(self, evaluation: str) -> Interval | None:
        """Wilson's 95 % interval over test examples, percent."""
        if not self.has_numbers:
            return None
        n_wrong, n_examples = self.counts(evaluation)
        low, high = wilson_interval(round(n_wrong), n_examples)
        return 100 * low, 100 * high

    def seed_interval(self, evaluation: str) -> Interval | None:
        """Student's 95 % interval of the mean over seeds, percent; None of fewer than two."""
        return student_interval([score.error for score in self.of(evaluation)])


@dataclass(frozen=True, eq=False)
class Reading:
    """What the table takes from a run, so that all its other arrays can go.

    settings: equal for runs that differ in the seed alone. scores: empty without evaluations.
    """

    settings: str
    seed: int
    status: str
    updates_done: int
    updates: int
    learning_rate: float
    data: str
    lowest_validation_error: float
    scores: Mapping[str, Score]
    unofficial_data_files: tuple[str, ...]

    @classmethod
    def of(cls, record: RunRecord) -> "Reading":
        """The reading of a run, finished or not."""
        updates, validation = record.curves.series("validation_error")
        _, test = record.curves.series("test_error")
        status = record.info.get("status", "")
        places = {"last": len(updates) - 1, "best": int(validation.argmin())} if len(test) else {}
        return cls(
            record.config.settings_hash,
            record.config.seed,
            status if status in (FINISHED, DIVERGED) else UNFINISHED,
            int(updates[-1]) if len(updates) else 0,
            record.config.training.updates,
            record.config.training.learning_rate,
            dataset_text(record.config.dataset),
            float(validation.min()) if len(validation) else math.inf,
            {
                evaluation: _score(record, evaluation, int(updates[place]), float(test[place]))
                for evaluation, place in places.items()
            },
            tuple(record.info.get("unofficial_data_files") or ()),
        )


def cell_of(model: str, dataset: str, readings: Iterable[Reading]) -> Cell:
    """The cell that runs of one model on one data set make.

    Runs that differ in more than the seed are never averaged: of several sets, such as several
    learning rates, the one with the lowest validation error is shown, finished ones first. Of the
    runs of a set the finished ones count; without any, those that have come farthest.
    """
    sets: dict[str, list[Reading]] = {}
    for reading in readings:
        sets.setdefault(reading.settings, []).append(reading)
    chosen = [_chosen([one for one in alike if one.scores]) for alike in sets.values()]
    shown = min(filter(None, chosen), key=_preference, default=None)
    if shown is None:
        return Cell(model, dataset, NOT_EVALUATED if sets else NOT_RUN)
    first = shown[0]
    return Cell(
        model,
        dataset,
        first.status,
        first.updates_done,
        first.updates,
        first.learning_rate,
        first.data,
        {evaluation: tuple(one.scores[evaluation] for one in shown) for evaluation in KEPT},
        tuple(dict.fromkeys(name for one in shown for name in one.unofficial_data_files)),
    )


def _score(record: RunRecord, evaluation: str, update: int, error: float) -> Score:
    seed, dataset, correctness = record.config.seed, record.config.dataset, record.correctness
    answers = getattr(correctness, evaluation) if correctness else None
    if correctness is None or answers is None or answers.update != update:
        # A run from before answers were kept, or one that was killed between two files.
        examples = dataset.name if isinstance(dataset, FiniteDataset) else f"seed {seed}"
        return Score(seed, update, error, int(getattr(dataset, "test_size", 0)), None, examples)
    return Score(
        seed, update, error, answers.n_examples, answers.is_correct, correctness.labels_sha256
    )


def _chosen(readings: Sequence[Reading]) -> list[Reading]:
    """The runs of a set that make its number: at the same point, one a seed, by seed."""
    for status in (FINISHED, UNFINISHED, DIVERGED):
        found = {one.seed: one for one in readings if one.status == status}
        if found:
            farthest = max(one.updates_done for one in found.values())
            return [found[seed] for seed in sorted(found) if found[seed].updates_done == farthest]
    return []


def _preference(readings: Sequence[Reading]) -> tuple[bool, float]:
    lowest = statistics.fmean(one.lowest_validation_error for one in readings)
    return readings[0].status != FINISHED, lowest
