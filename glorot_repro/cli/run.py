"""`run`: train the runs of an experiment and say how their signals flow."""

import json
import signal
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated, Any

import typer

from glorot_repro.cli.options import (
    RESULTS,
    ConfigArgument,
    JsonOption,
    OverridesArgument,
    QuietOption,
    ResultsOption,
    ScaleOption,
)
from glorot_repro.errors import ConfigError, DivergedError, RunFailedError

if TYPE_CHECKING:
    from glorot_repro.cli.reporters import SilentReporter
    from glorot_repro.config.schema import RunConfig
    from glorot_repro.runs.job import Job
    from glorot_repro.runs.scheduler import Agenda, Workers

    Outcomes = list[tuple[Job, dict[str, Any]]]

INTERRUPTED = 130


def run(
    config: ConfigArgument,
    overrides: OverridesArgument = None,
    scale: ScaleOption = None,
    results: ResultsOption = RESULTS,
    jobs: Annotated[
        int | None,
        typer.Option(
            "--jobs",
            min=1,
            metavar="N",
            help="Runs side by side; the cores at hand by default.",
            show_default=False,
        ),
    ] = None,
    scheduler: Annotated[
        str | None,
        typer.Option(
            "--scheduler",
            metavar="ADDRESS",
            help="Train on the Dask cluster at tcp://host:port; RESULTS is a shared folder.",
            show_default=False,
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Repeat finished runs.")] = False,
    quiet: QuietOption = False,
    json_output: JsonOption = False,
) -> None:
    """Train every run of an experiment that is not finished yet."""
    from glorot_repro.cli.reporters import reporter_for
    from glorot_repro.config.experiment import load_experiment
    from glorot_repro.runs.competition import Competition

    if jobs is not None and scheduler is not None:
        message = "--jobs is for this machine, --scheduler for a cluster: give one of them"
        raise ConfigError(message)
    experiment = load_experiment(config, overrides or [], scale)
    agenda: Agenda
    if experiment.search:
        agenda = Competition(experiment, results, force=force)
    else:
        agenda = _job_list(experiment.runs, results, force=force)
    stop = _StopOnSignal()
    workers = _workers(experiment.runs, results, stop.is_requested, jobs, scheduler, force)
    with reporter_for(is_silent=quiet or json_output) as reporter:
        outcomes = _execute(agenda, workers, reporter, stop.is_requested)
    search = agenda.report() if isinstance(agenda, Competition) else None
    if search is not None:
        reporter.decided(search)
    reporter.counted(outcomes)
    if json_output:
        shown = {"runs": _described(outcomes), **({} if search is None else {"search": search})}
        typer.echo(json.dumps(shown, indent=2, allow_nan=False))
    _end(outcomes)


def run_all(runs: "Sequence[RunConfig]", results: Path, *, is_silent: bool) -> None:
    """Execute `runs` side by side, as many as there are cores, those that are finished excepted.

    SIGINT and SIGTERM stop all after their current update, with a checkpoint, and end the command.
    """
    from glorot_repro.cli.reporters import reporter_for

    stop = _StopOnSignal()
    workers = _workers(runs, results, stop.is_requested, None, None, False)
    with reporter_for(is_silent=is_silent) as reporter:
        agenda = _job_list(runs, results, force=False)
        outcomes = _execute(agenda, workers, reporter, stop.is_requested)
    _end_if_interrupted(outcomes)


def _job_list(runs: "Sequence[RunConfig]", results: Path, *, force: bool) -> "Agenda":
    from glorot_repro.runs.job import Job
    from glorot_repro.runs.paths import run_directory
    from glorot_repro.runs.scheduler import JobList

    return JobList([Job(one, run_directory(results, one), force=force) for one in runs])


def _workers(
    runs: "Sequence[RunConfig]",
    results: Path,
    should_stop: Callable[[], bool],
    jobs: int | None,
    scheduler: str | None,
    force: bool,
) -> "Workers":
    from glorot_repro.runs.execution import is_finished
    from glorot_repro.runs.paths import run_directory

    if scheduler is not None:
        from glorot_repro.runs.cluster import Cluster

        return Cluster(scheduler)
    from glorot_repro.runs.processes import Processes, n_cores
    from glorot_repro.runs.scheduler import ThisProcess

    n_to_do = sum(force or not is_finished(run_directory(results, one)) for one in runs)
    n_processes = min(n_to_do, jobs or n_cores())
    # One run at a time needs no other process, which would take half a second to start.
    return Processes(n_processes) if n_processes > 1 else ThisProcess(should_stop)


def _execute(
    agenda: "Agenda",
    workers: "Workers",
    reporter: "SilentReporter",
    should_stop: Callable[[], bool],
) -> "Outcomes":
    from glorot_repro.runs.scheduler import Scheduler

    try:
        return Scheduler(workers, reporter, should_stop=should_stop).run(agenda)
    finally:
        workers.close()


def _described(outcomes: "Outcomes") -> list[dict[str, Any]]:
    """run.json and the layers of each run, as far as it came; of several rungs, the last."""
    from glorot_repro.runs.summary import summary_of

    shown = {}
    for job, info in outcomes:
        path = job.directory.path
        rows = summary_of(path) if job.directory.curves.exists() else []
        layers = [asdict(row) for row in rows]
        shown[path] = {"directory": str(path), **info, "layers": layers}
    return list(shown.values())


def _end(outcomes: "Outcomes") -> None:
    _end_if_interrupted(outcomes)
    last = {job.directory.path: info for job, info in outcomes}
    statuses = [info["status"] for info in last.values()]
    if "failed" in statuses:
        message = (
            f"{statuses.count('failed')} of {len(statuses)} runs failed; "
            "the same command tries them again, from their checkpoints"
        )
        raise RunFailedError(message)
    if statuses and all(status == "diverged" for status in statuses):
        message = "no run finished: training diverged in every run (try a lower learning_rate)"
        raise DivergedError(message)


def _end_if_interrupted(outcomes: "Outcomes") -> None:
    if any(info["status"] == "interrupted" for _, info in outcomes):
        typer.echo("interrupted; the same command goes on from here", err=True)
        raise typer.Exit(INTERRUPTED)


class _StopOnSignal:
    """Turns SIGINT and SIGTERM into a request to stop after the current update."""

    def __init__(self) -> None:
        self._is_requested = False
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._request)

    def is_requested(self) -> bool:
        """Whether a signal came."""
        return self._is_requested

    def _request(self, number: int, frame: FrameType | None) -> None:
        if self._is_requested:
            raise KeyboardInterrupt  # the second Ctrl-C does not wait for the checkpoint
        self._is_requested = True
