"""The order of a search: candidates, rungs of halving, and the winner with all seeds."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from glorot_repro.config.experiment import Experiment
from glorot_repro.config.schema import RunConfig
from glorot_repro.config.search import SearchSection
from glorot_repro.errors import ConfigError
from glorot_repro.runs.job import Job
from glorot_repro.runs.paths import RunDirectory, run_directory, search_report
from glorot_repro.runs.search import (
    Score,
    criterion,
    key_of,
    n_survivors,
    next_evaluation,
    ranked,
    read_report,
    rungs,
    score_of,
    settings_of,
    spread,
    write_report,
)


class Competition:
    """The agenda of an experiment with `search`.

    At each grid point the candidates are trained, with halving in rungs from which the better ones
    go on; the winner is then trained with `seeds`. The report is written when a point is done.
    Raises ConfigError for an experiment that never evaluates and for halving that cannot choose on
    the way, StorageError if the report of an earlier search is damaged.
    """

    def __init__(self, experiment: Experiment, results: Path, *, force: bool) -> None:
        self._search = experiment.search or SearchSection()
        if any(not run.evaluation.every for run in experiment.runs):
            message = "search compares validation errors, but evaluation.every is 0: set it above 0"
            raise ConfigError(message)
        points = _grid_points(experiment)
        for runs in points.values():
            _check_lengths(runs, self._search)
        self._report = search_report(results, experiment.scale, experiment.name)
        read_report(self._report)  # a damaged one is told now, not after hours of training
        self._points = {
            key: _Point(runs, experiment.seeds, self._search, results, force)
            for key, runs in points.items()
        }

    def begin(self) -> Sequence[Job]:
        """The first rung of all grid points."""
        return [job for point in self._points.values() for job in point.begin()]

    def ended(self, job: Job, info: dict[str, Any]) -> Sequence[Job]:
        """The next rung of the job's grid point, if this was the last job of the one before."""
        point = self._points[key_of(job.config.point)]
        jobs = point.ended(job, info)
        if point.is_decided:
            write_report(self._report, self.report())
        return jobs

    def report(self) -> list[dict[str, Any]]:
        """What is known of each grid point that is decided; strict JSON."""
        return [point.report() for point in self._points.values() if point.is_decided]


class _Point:
    """One grid point: its candidates, those that are still in, and the winner."""

    def __init__(
        self,
        runs: Sequence[RunConfig],
        seeds: Sequence[int],
        search: SearchSection,
        results: Path,
        force: bool,
    ) -> None:
        self._point = runs[0].point
        self._settings = settings_of(runs, search)
        self._seeds = seeds
        self._search = search
        self._results = results
        self._candidates: dict[str, list[RunConfig]] = {}
        for run in runs:
            self._candidates.setdefault(key_of(run.candidate), []).append(run)
        self._rungs: list[int | None] = [*rungs(search, runs[0], len(self._candidates)), None]
        self._scores: dict[str, Score] = {}
        self._awaited: set[Path] = set()
        self._infos: dict[Path, dict[str, Any]] = {}
        self._forced: set[Path] | None = set() if force else None
        self._in = list(self._candidates)
        self._winner: str | None = None
        self._directories: dict[str, RunDirectory] = {}
        self.is_decided = False

    def begin(self) -> list[Job]:
        return self._jobs([run for key in self._in for run in self._candidates[key]])

    def ended(self, job: Job, info: dict[str, Any]) -> list[Job]:
        if info["status"] == "interrupted":
            return []
        self._infos[job.directory.path] = info
        self._awaited.discard(job.directory.path)
        return [] if self._awaited or self.is_decided else self._choose()

    def report(self) -> dict[str, Any]:
        winner = self._scores[self._winner] if self._winner else None
        runs = self._winning_runs() if self._winner else []
        directories = [self._directory(run).path for run in runs]
        ended = [self._infos.get(path, {}) for path in directories]
        infos = [info for info in ended if info.get("status") == "finished"]
        return {
            "point": self._point,
            "settings": self._settings,
            "method": self._search.method,
            "criterion": criterion(self._search),
            "winner": winner.candidate if winner else None,
            "candidates": [self._scores[key].to_json() for key in self._candidates],
            "runs": [str(path.relative_to(self._results)) for path in directories],
            "validation_error": spread([info.get("validation_error") for info in infos]),
            "test_error": spread([info.get("test_error") for info in infos]),
        }

    def _choose(self) -> list[Job]:
        rung = self._rungs.pop(0)
        for key in self._in:
            self._scores[key] = self._score(key, rung)
        by_score = {id(score): key for key, score in self._scores.items()}
        best = ranked([self._scores[key] for key in self._in])
        good = [by_score[id(score)] for score in best if score.mean is not None]
        if rung is not None and good:
            n_going_on = n_survivors(len(self._in), self._search.factor)
            chosen = set(good[:n_going_on])
            self._in = [key for key in self._in if key in chosen]
            return self.begin()
        self.is_decided = True
        self._winner = good[0] if good else None
        if self._winner is None:
            return []
        return self._jobs(
            [run for run in self._winning_runs() if self._directory(run).path not in self._infos]
        )

    def _score(self, key: str, rung: int | None) -> Score:
        runs = []
        for run in self._candidates[key]:
            path = self._directory(run).path
            runs.append((run, path, self._infos[path]))
        last = runs[0][0].training.updates
        n_updates = last if rung is None else min(rung, last)
        return score_of(runs, window=self._search.window, n_updates=n_updates)

    def _winning_runs(self) -> list[RunConfig]:
        first = self._candidates[self._winner or ""][0]
        return [first.model_copy(update={"seed": seed}) for seed in self._seeds]

    def _jobs(self, runs: Sequence[RunConfig]) -> list[Job]:
        jobs = []
        for run in runs:
            directory = self._directory(run)
            is_forced = self._forced is not None and directory.path not in self._forced
            if self._forced is not None:
                self._forced.add(directory.path)
            rung = self._rungs[0] if self._rungs else None
            jobs.append(Job(run, directory, rung, is_forced))
            self._awaited.add(directory.path)
        return jobs

    def _directory(self, run: RunConfig) -> RunDirectory:
        # Looked up once: an equal run of another experiment may appear meanwhile.
        if run.hash not in self._directories:
            self._directories[run.hash] = run_directory(self._results, run)
        return self._directories[run.hash]


def winning_runs(experiment: Experiment, results: Path) -> list[RunConfig]:
    """The runs of the winners of a search with all seeds, as search.json tells; [] without it.

    A search with other settings, candidates, seeds or options chooses nothing here. Raises
    StorageError if search.json is damaged.
    """
    report = read_report(search_report(results, experiment.scale, experiment.name))
    if report is None:
        return []
    search = experiment.search or SearchSection()
    points = _grid_points(experiment)
    searches = {key: settings_of(runs, search) for key, runs in points.items()}
    winners = {
        key: key_of(told["winner"])
        for told in report["points"]
        if searches.get(key := key_of(told["point"])) == told["settings"]
    }
    firsts = {(key_of(run.point), key_of(run.candidate)): run for run in reversed(experiment.runs)}
    chosen = [firsts[pair] for pair in winners.items() if pair in firsts]
    return [run.model_copy(update={"seed": seed}) for run in chosen for seed in experiment.seeds]


def _check_lengths(runs: Sequence[RunConfig], search: SearchSection) -> None:
    """Halving at a grid point: equally many updates for all candidates, and a rung before the end.

    Raises ConfigError.
    """
    if search.method == "grid":
        return
    if any("training.updates" in run.candidate for run in runs):
        message = (
            "search.training.updates: halving compares candidates after equally many updates; "
            "use method grid, or write it under grid"
        )
        raise ConfigError(message)
    n_candidates = len({key_of(run.candidate) for run in runs})
    if n_candidates > 1 and not rungs(search, runs[0], n_candidates):
        first = next_evaluation(search.first_updates, runs[0])
        is_rounded = first > search.first_updates
        rounded = f", rounded up to {first:,} by evaluation.every" if is_rounded else ""
        message = (
            f"search.first_updates: expected fewer than the {runs[0].training.updates:,} updates "
            f"of a run, found {search.first_updates:,}{rounded}"
        )
        raise ConfigError(message)


def _grid_points(experiment: Experiment) -> dict[str, list[RunConfig]]:
    """The runs of each grid point: its candidates with all `search_seeds`."""
    points: dict[str, list[RunConfig]] = {}
    for run in experiment.runs:
        points.setdefault(key_of(run.point), []).append(run)
    return points
