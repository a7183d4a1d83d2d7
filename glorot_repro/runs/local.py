"""The runs of an experiment on this machine: what there is to do, and who does it."""

from collections.abc import Callable, Iterable
from pathlib import Path

from glorot_repro.config.experiment import Experiment
from glorot_repro.config.schema import RunConfig
from glorot_repro.runs.competition import Competition, winning_runs
from glorot_repro.runs.info import is_finished
from glorot_repro.runs.job import Job
from glorot_repro.runs.paths import run_directory
from glorot_repro.runs.processes import Processes, n_cores
from glorot_repro.runs.scheduler import JobList, ThisProcess, Workers
from glorot_repro.runs.search import key_of


def agenda_of(
    experiment: Experiment, results: Path, *, force: bool = False
) -> Competition | JobList:
    """The jobs of an experiment: all of its runs, or those of its search."""
    if experiment.search:
        return Competition(experiment, results, force=force)
    runs = experiment.runs
    return JobList([Job(one, run_directory(results, one), force=force) for one in runs])


def unfinished(runs: Iterable[RunConfig], results: Path) -> list[RunConfig]:
    """The runs that have not come to an end in a results folder; divergence is one."""
    return [one for one in runs if not is_finished(run_directory(results, one))]


def local_workers(
    experiment: Experiment,
    results: Path,
    should_stop: Callable[[], bool],
    *,
    n_jobs: int | None = None,
    force: bool = False,
) -> Workers:
    """Processes for the runs that are not finished, `n_jobs` or one for each core at most."""
    n_processes = min(_n_at_once(experiment, results, force=force), n_jobs or n_cores())
    # One run at a time needs no other process, which would take half a second to start.
    return Processes(n_processes) if n_processes > 1 else ThisProcess(should_stop)


def _n_at_once(experiment: Experiment, results: Path, *, force: bool) -> int:
    """How many runs may wait for a process at the same time."""
    n_runs = len(experiment.runs if force else unfinished(experiment.runs, results))
    if not experiment.search:
        return n_runs
    # Whoever wins is trained with all seeds; who has won is known where all candidates have ended.
    winners = [] if n_runs else winning_runs(experiment, results)
    n_points = len({key_of(run.point) for run in experiment.runs})
    n_seeds = len(unfinished(winners, results)) if winners else n_points * len(experiment.seeds)
    return max(n_runs, n_seeds)
