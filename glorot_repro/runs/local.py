"""The runs of an experiment on this machine: what there is to do, and who does it."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from glorot_repro.config.experiment import Experiment
from glorot_repro.config.schema import RunConfig
from glorot_repro.runs.competition import Competition
from glorot_repro.runs.info import is_finished
from glorot_repro.runs.job import Job
from glorot_repro.runs.paths import run_directory
from glorot_repro.runs.processes import Processes, n_cores
from glorot_repro.runs.scheduler import JobList, ThisProcess, Workers


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
    runs: Sequence[RunConfig],
    results: Path,
    should_stop: Callable[[], bool],
    *,
    n_jobs: int | None = None,
    force: bool = False,
) -> Workers:
    """Processes for the runs that are not finished, `n_jobs` or one for each core at most."""
    n_to_do = len(runs if force else unfinished(runs, results))
    n_processes = min(n_to_do, n_jobs or n_cores())
    # One run at a time needs no other process, which would take half a second to start.
    return Processes(n_processes) if n_processes > 1 else ThisProcess(should_stop)
