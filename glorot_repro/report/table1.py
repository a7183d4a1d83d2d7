"""Table 1: test error of five models on four data sets, and which of them are the best."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from glorot_repro.config.experiment import Experiment
from glorot_repro.data.finite import files_are_here
from glorot_repro.measure.correctness import KEPT
from glorot_repro.report.differences import paired_p, two_proportion_p
from glorot_repro.report.printed_table import printed_table
from glorot_repro.report.table1_cells import (
    COLUMNS,
    FINISHED,
    MODELS,
    NO_DATA,
    NOT_RUN,
    Cell,
    Reading,
    Score,
    cell_of,
)
from glorot_repro.runs.reading import RunRecord
from glorot_repro.runs.records import each_record

TESTS = ("unpaired", "paired")
"""The tests of difference: two proportions, as for a printed table, and McNemar's."""


@dataclass(frozen=True)
class Pair:
    """Two models of one column at one evaluation, the better one first.

    difference: of their mean errors, percent points, at least 0. unpaired: p of the two-proportion
    test; paired: p of the exact McNemar test, None without common test examples.
    """

    dataset: str
    evaluation: str
    better: str
    worse: str
    difference: float
    unpaired: float
    paired: float | None

    def p(self, test: str) -> float | None:
        """p of `unpaired` or `paired`."""
        return self.unpaired if test == "unpaired" else self.paired


@dataclass(frozen=True, eq=False)
class Table1:
    """The cells of one scale, and what the tests of difference say about each column.

    cells: (model, data set) -> cell, all of them, in the order of rows, then columns.
    """

    scale: str
    cells: Mapping[tuple[str, str], Cell]
    pairs: Mapping[tuple[str, str], tuple[Pair, ...]]

    def cell(self, model: str, dataset: str) -> Cell:
        """One cell."""
        return self.cells[model, dataset]

    def column(self, dataset: str) -> list[Cell]:
        """The cells of a data set, in the order of the rows."""
        return [self.cells[model.name, dataset] for model in MODELS]

    def best(self, dataset: str, evaluation: str) -> str | None:
        """The model with the lowest error of a column, None if fewer than two have numbers."""
        cells = [cell for cell in self.column(dataset) if cell.has_numbers]
        if len(cells) < 2:
            return None
        return min(cells, key=lambda cell: cell.error(evaluation) or 0.0).model

    def p_to_best(self, model: str, dataset: str, evaluation: str, test: str) -> float | None:
        """p of a model's difference from the best of its column; None for that one itself."""
        best = self.best(dataset, evaluation)
        for pair in self.pairs[dataset, evaluation]:
            if (pair.better, pair.worse) == (best, model):
                return pair.p(test)
        return None

    def best_group(self, dataset: str, evaluation: str, test: str) -> frozenset[str]:
        """The best model of a column and those that a test does not tell from it at p = 0.005.

        This rule gives the paper's own bold print. Empty if fewer than two models have numbers,
        or if one of them cannot be tested against the best.
        """
        best = self.best(dataset, evaluation)
        others = [c.model for c in self.column(dataset) if c.has_numbers and c.model != best]
        p_of = {model: self.p_to_best(model, dataset, evaluation, test) for model in others}
        if best is None or None in p_of.values():
            return frozenset()
        return frozenset([best, *(m for m, p in p_of.items() if p and p >= printed_table().level)])

    def is_provisional(self, dataset: str) -> bool:
        """Whether some model of a column has no finished run."""
        return any(cell.status != FINISHED for cell in self.column(dataset))

    def to_json(self) -> dict[str, Any]:
        """Everything, for strict JSON."""
        printed = printed_table()
        return {
            "scale": self.scale,
            "level": printed.level,
            "columns": [
                {
                    "dataset": dataset,
                    "title": title,
                    "is_provisional": self.is_provisional(dataset),
                    "best_groups": {
                        evaluation: {
                            test: [
                                model.name
                                for model in MODELS
                                if model.name in self.best_group(dataset, evaluation, test)
                            ]
                            for test in TESTS
                        }
                        for evaluation in KEPT
                    },
                    "printed_best_group": [
                        model.name for model in MODELS if model.name in printed.bold[dataset]
                    ],
                    "cells": [_cell_json(cell) for cell in self.column(dataset)],
                    "pairs": [
                        {
                            "evaluation": pair.evaluation,
                            "better": pair.better,
                            "worse": pair.worse,
                            "difference": pair.difference,
                            "p": {test: pair.p(test) for test in TESTS},
                        }
                        for evaluation in KEPT
                        for pair in self.pairs[dataset, evaluation]
                    ],
                }
                for dataset, title in COLUMNS.items()
            ],
        }


def table1(records: Iterable[RunRecord], *, scale: str, unavailable: Iterable[str] = ()) -> Table1:
    """The table of `records`, all of one scale, with those that are unfinished.

    unavailable: data sets whose files are not there. Runs of other models and data sets are
    passed over.
    """
    found: dict[tuple[str, str], list[Reading]] = {}
    for record in records:
        dataset = record.config.dataset.name
        for model in MODELS:
            if model.is_of(record) and dataset in COLUMNS:
                found.setdefault((model.name, dataset), []).append(Reading.of(record))
    missing = set(unavailable)
    cells = {}
    for model in MODELS:
        for dataset in COLUMNS:
            cell = cell_of(model.name, dataset, found.get((model.name, dataset), []))
            is_missing = cell.status == NOT_RUN and dataset in missing
            cells[model.name, dataset] = replace(cell, status=NO_DATA) if is_missing else cell
    pairs = {
        (dataset, evaluation): tuple(
            _pairs([cells[model.name, dataset] for model in MODELS], evaluation)
        )
        for dataset in COLUMNS
        for evaluation in KEPT
    }
    return Table1(scale, cells, pairs)


def experiment_table(experiment: Experiment, results: Path) -> Table1:
    """The table of the runs of an experiment, such as configs/table1.yaml, in a results folder.

    Raises StorageError if a file of a run is damaged.
    """
    return table1(
        each_record(experiment, results, with_unfinished=True),
        scale=experiment.scale,
        unavailable={
            run.dataset.name for run in experiment.runs if not files_are_here(run.dataset)
        },
    )


def _pairs(column: list[Cell], evaluation: str) -> Iterator[Pair]:
    for cells in combinations([cell for cell in column if cell.has_numbers], 2):
        errors = {cell.model: cell.error(evaluation) or 0.0 for cell in cells}
        better, worse = sorted(cells, key=lambda cell: errors[cell.model])
        yield Pair(
            better.dataset,
            evaluation,
            better.model,
            worse.model,
            errors[worse.model] - errors[better.model],
            two_proportion_p(better.counts(evaluation), worse.counts(evaluation)),
            _paired(better.of(evaluation), worse.of(evaluation)),
        )


def _paired(first: tuple[Score, ...], second: tuple[Score, ...]) -> float | None:
    """p over the test examples of the seeds that both have; None if there are none."""
    others = {score.seed: score for score in second}
    by_examples: dict[str, NDArray[np.int64]] = {}
    for score in first:
        other = others.get(score.seed)
        if other is None or score.is_correct is None or other.is_correct is None:
            continue
        if score.examples != other.examples:
            continue
        difference = score.is_correct.astype(np.int64) - other.is_correct
        before = by_examples.get(score.examples, np.zeros_like(difference))
        by_examples[score.examples] = before + difference
    return paired_p(np.concatenate(list(by_examples.values()))) if by_examples else None


def _cell_json(cell: Cell) -> dict[str, Any]:
    printed = printed_table()
    return {
        "model": cell.model,
        "status": cell.status,
        "updates_done": cell.updates_done,
        "updates": cell.updates,
        "learning_rate": cell.learning_rate,
        "seeds": list(cell.seeds),
        "unofficial_data_files": list(cell.unofficial_data_files),
        "printed": printed.errors[cell.dataset][cell.model],
        **{
            evaluation: {
                "error": cell.error(evaluation),
                "example_interval": cell.example_interval(evaluation),
                "seed_interval": cell.seed_interval(evaluation),
                "n_examples": cell.counts(evaluation)[1],
                "updates": [score.update for score in cell.of(evaluation)],
            }
            for evaluation in KEPT
            if cell.has_numbers
        },
    }
