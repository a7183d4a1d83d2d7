"""The runs of an experiment as they lie on disk: what figures, tables and claims are made from."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from glorot_repro.config.experiment import Experiment
from glorot_repro.runs.competition import winning_runs
from glorot_repro.runs.info import is_finished
from glorot_repro.runs.paths import run_directory
from glorot_repro.runs.reading import RunRecord, load_run


def experiment_records(
    experiment: Experiment, results: Path, *, with_unfinished: bool = False
) -> list[RunRecord]:
    """The finished runs of an experiment, in its order; of a search, those of the winners.

    Each has the values of `grid` and `search` in this experiment, which may be others, or none, in
    the one that has trained it.

    with_unfinished: also those that are under way, interrupted or diverged, with the curves that
    they have so far; `info` tells the status and the updates done. Raises StorageError if a file
    is damaged.
    """
    return list(each_record(experiment, results, with_unfinished=with_unfinished))


def each_record(
    experiment: Experiment, results: Path, *, with_unfinished: bool = False
) -> Iterator[RunRecord]:
    """As `experiment_records`, one at a time: all their histograms take hundreds of MB."""
    runs = winning_runs(experiment, results) if experiment.search else experiment.runs
    for one in runs:
        directory = run_directory(results, one)
        if is_finished(directory) or (with_unfinished and directory.curves.exists()):
            record = load_run(directory.path)
            labels = {"point": one.point, "candidate": one.candidate}
            yield replace(record, config=record.config.model_copy(update=labels))
