"""What a claim is decided by: the runs at hand, and what is missing where they do not suffice."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from glorot_repro.report.claims.commands import command_for
from glorot_repro.report.claims.groups import Group
from glorot_repro.report.claims.models import Model
from glorot_repro.report.digitized import EPOCH
from glorot_repro.runs.cost import estimated_cost
from glorot_repro.runs.reading import RunRecord
from glorot_repro.runs.seed_sets import one_a_seed, preference, sets_of_any_length, updates_done

N_SEEDS = 3
"""Runs that decide a comparison of errors however near its limit."""

CLEARLY = 2
"""Standard errors from the limit at which fewer runs decide, too."""


@dataclass(frozen=True)
class Finding:
    """What was measured: whether the claim holds, the numbers, a line for the reader, and when.

    measured: strict JSON; at: the updates of the statistic, in words.
    """

    holds: bool
    measured: Mapping[str, Any]
    evidence: str
    at: str


@dataclass(frozen=True)
class Need:
    """A run that a claim waits for.

    updates: how long it has to be; reached: how far it is; seconds: estimate for the rest of it,
    on one core; command: what makes it.
    """

    experiment: str
    model: str
    updates: int
    reached: int
    seconds: float
    command: str


class MissingRuns(Exception):
    """Raised by a claim that the runs at hand cannot decide.

    needs: the runs that would; reason: in words, where it is not for want of runs.
    """

    def __init__(self, needs: Sequence[Need] = (), reason: str = "") -> None:
        super().__init__(reason or ", ".join(need.model for need in needs))
        self.needs = tuple(needs)
        self.reason = reason


@dataclass
class Bench:
    """All runs at hand, and what was measured here for several claims.

    Of runs of one model that differ in more than seed and length, those count that have done the
    most updates, up to those that are asked for, and of these the ones of lowest validation error,
    which is the paper's rule for the learning rate. results: the folder of files that belong to no
    run, None without them.
    """

    records: Sequence[RunRecord]
    results: Path | None = None
    _groups: dict[Model, list[list[RunRecord]]] = field(default_factory=dict)
    _measured: dict[object, Any] = field(default_factory=dict)

    def sets(self, model: Model) -> list[list[RunRecord]]:
        """The runs of a model, in sets that are equal but for seed and length."""
        if model not in self._groups:
            self._groups[model] = [runs for runs in self._alike if model.matches(runs[0].config)]
        return self._groups[model]

    def files(self, pattern: str) -> list[Path]:
        """The files of experiments that match, of all scales."""
        return sorted(self.results.glob(f"*/*/{pattern}")) if self.results else []

    def once(self, key: object, measure: Callable[[], Any]) -> Any:
        """The result of `measure`, which runs the first time only."""
        if key not in self._measured:
            self._measured[key] = measure()
        return self._measured[key]

    @cached_property
    def _alike(self) -> list[list[RunRecord]]:
        return sets_of_any_length(self.records)


class Evidence:
    """The bench as one claim sees it; remembers which runs it used.

    is_provisional: runs that are too short are handed out too, to tell what they show so far, if
    they have done one epoch. without: runs that are not handed out.
    """

    def __init__(
        self, bench: Bench, *, is_provisional: bool = False, without: Iterable[RunRecord] = ()
    ) -> None:
        self.bench = bench
        self.used: dict[str, RunRecord] = {}
        self._is_provisional = is_provisional
        self._left_out = {record.path for record in without}

    def run(self, model: Model, updates: int) -> Group:
        """The runs of a model that have done `updates` updates. Raises MissingRuns."""
        return self.runs((model, updates))[0]

    def runs(self, *requests: tuple[Model, int]) -> list[Group]:
        """As `run` for several models; MissingRuns names all that are missing."""
        groups: list[Group] = []
        needs: list[Need] = []
        for model, updates in requests:
            group = self._longest(model, updates)
            enough = min(updates, EPOCH) if self._is_provisional else updates
            if group is not None and group.reached >= enough:
                groups.append(group)
            else:
                needs.append(need(model, updates, group.reached if group else 0))
        if needs:
            raise MissingRuns(needs)
        for group in groups:
            self._use(group)
        return _equally_far(groups) if self._is_provisional else groups

    def so_far(self, model: Model, updates: int, *, at_least: int = 0) -> Group:
        """The runs of a model as far as they have come, up to `updates`, for an early verdict.

        Raises MissingRuns if that is less than `at_least`.
        """
        group = self._longest(model, updates)
        enough = min(at_least, EPOCH) if self._is_provisional else at_least
        if group is None or group.reached < enough:
            raise MissingRuns([need(model, updates, group.reached if group else 0)])
        self._use(group)
        return group

    def all_of(self, model: Model, updates: int) -> list[Group]:
        """The runs of a model that have done `updates` updates, at each rate of their own."""
        groups = [self._of_farthest(model, records, updates) for records in self._sets(model)]
        groups = [group for group in groups if group.reached >= updates]
        for group in groups:
            self._use(group)
        return groups

    def wait_for(self, needs: Sequence[Need]) -> None:
        """Raises MissingRuns if there are needs, unless the claim is only to tell what it sees."""
        if needs and not self._is_provisional:
            raise MissingRuns(needs)

    def _use(self, group: Group) -> None:
        self.used |= {str(record.path): record for record in group.records}

    def _sets(self, model: Model) -> list[list[RunRecord]]:
        sets = self.bench.sets(model)
        kept = [[one for one in records if one.path not in self._left_out] for records in sets]
        return [records for records in kept if records]

    def _longest(self, model: Model, updates: int) -> Group | None:
        sets = self._sets(model)

        def order(records: list[RunRecord]) -> tuple[float, ...]:
            return preference(one_a_seed(records, updates), updates)

        best = min(sets, key=order, default=None)
        return None if best is None else self._of_farthest(model, best, updates)

    def _of_farthest(self, model: Model, records: list[RunRecord], updates: int) -> Group:
        farthest = min(updates, max(updates_done(record) for record in records))
        nearest = one_a_seed(records, farthest)
        far = tuple(record for record in nearest if updates_done(record) >= farthest)
        return Group(model, far, updates)


def _equally_far(groups: Sequence[Group]) -> list[Group]:
    """The groups, those on one data set up to where all of them have come.

    What is compared has to have seen as many examples.
    """
    ends: dict[str, int] = {}
    for group in groups:
        dataset = group.model.dataset
        ends[dataset] = min(ends.get(dataset, group.reached), group.reached)
    return [replace(group, end=ends[group.model.dataset]) for group in groups]


def need(model: Model, updates: int, reached: int = 0) -> Need:
    """What has to be run, and about how long it takes."""
    seconds = estimated_cost(model.config(updates)).seconds
    share = 1 - reached / updates if updates else 1.0
    command = command_for(model, updates)
    return Need(model.experiment, model.title, updates, reached, seconds * share, command)


def more_seeds(groups: Iterable[Group], updates: int) -> list[Need]:
    """The runs that the groups lack to have N_SEEDS seeds."""
    needs = []
    for group in groups:
        n_missing = N_SEEDS - group.n_seeds
        if n_missing > 0:
            whole = need(group.model, updates)
            title = f"{group.model.title}, {n_missing} more seeds"
            needs.append(replace(whole, model=title, seconds=n_missing * whole.seconds))
    return needs


def are_near(values: Sequence[float], expected: Sequence[float], tolerance: float) -> bool:
    """Whether each value is within `tolerance`, a share, of the expected one."""
    pairs = zip(values, expected, strict=True)
    return all(abs(value / target - 1) <= tolerance for value, target in pairs)


def numbers(values: Sequence[float], digits: int = 3) -> str:
    """Values in a line of text, to so many significant digits."""
    return ", ".join(f"{value:.{digits}g}" for value in values)
