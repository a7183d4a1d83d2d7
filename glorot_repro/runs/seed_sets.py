"""Runs that differ in nothing but their seed, and which of several such sets speaks for a model."""

import math
import statistics
from collections.abc import Iterable, Sequence

from glorot_repro.runs.reading import RunRecord
from glorot_repro.runs.search import validation_error


def updates_done(record: RunRecord) -> int:
    """How far a run has come."""
    return int(record.info.get("updates_done", 0))


def seed_sets(records: Iterable[RunRecord]) -> list[list[RunRecord]]:
    """The runs in sets that are equal in all but the seed, each by seed.

    A seed counts once, with the run that has come farthest.
    """
    sets: dict[str, list[RunRecord]] = {}
    for record in records:
        sets.setdefault(record.config.settings_hash, []).append(record)
    return [one_a_seed(runs) for runs in sets.values()]


def sets_of_any_length(records: Iterable[RunRecord]) -> list[list[RunRecord]]:
    """The runs in sets that are equal in all but seed and length: a longer run begins as they do.

    A seed may have several runs in a set; `one_a_seed` chooses.
    """
    sets: dict[str, list[RunRecord]] = {}
    for record in records:
        training = record.config.training.model_copy(update={"updates": 0})
        settings = record.config.model_copy(update={"training": training}).settings_hash
        sets.setdefault(settings, []).append(record)
    return list(sets.values())


def one_a_seed(records: Iterable[RunRecord], n_updates: float = math.inf) -> list[RunRecord]:
    """Of each seed the shortest run that has done `n_updates`, else the longest; by seed.

    The shortest, since what a run keeps of its end alone is then of about that update.
    """
    seeds: dict[int, RunRecord] = {}
    for record in sorted(records, key=updates_done):
        other = seeds.get(record.config.seed)
        if other is None or updates_done(other) < min(n_updates, updates_done(record)):
            seeds[record.config.seed] = record
    return [seeds[seed] for seed in sorted(seeds)]


def preference(records: Sequence[RunRecord], n_updates: int | None = None) -> tuple[float, ...]:
    """What sorts sets of one model, the one to be shown first.

    Those that have done the most updates, up to `n_updates`, come first; of these the one of
    lowest validation error, the paper's rule for the learning rate; then the one of most seeds.
    """
    done = max(updates_done(record) for record in records)
    farthest = done if n_updates is None else min(done, n_updates)
    errors = [
        validation_error(record.curves, window=0, n_updates=farthest)
        for record in records
        if updates_done(record) >= farthest
    ]
    known = [error for error in errors if error is not None]
    return -farthest, statistics.fmean(known) if known else math.inf, -len(records)
