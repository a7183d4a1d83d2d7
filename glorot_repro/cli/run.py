"""`run`: train the runs of an experiment and say how their signals flow."""

import signal
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from glorot_repro.cli import INTERRUPTED
from glorot_repro.cli.options import (
    RESULTS,
    ConfigArgument,
    DataDirOption,
    JsonOption,
    OverridesArgument,
    QuietOption,
    ResultsOption,
    ScaleOption,
)
from glorot_repro.errors import ConfigError, DivergedError, RunFailedError
from glorot_repro.strict_json import strict_json
from glorot_repro.wording import counted, listed

if TYPE_CHECKING:
    from glorot_repro.config.experiment import Experiment
    from glorot_repro.errors import RunBusyError
    from glorot_repro.runs.job import Job
    from glorot_repro.runs.scheduler import Workers

    StopRequest = Callable[[], bool]
    Outcomes = list[tuple[Job, dict[str, Any]]]


@dataclass(frozen=True)
class Trained:
    """What became of an experiment.

    outcomes: each job that ended with its run.json. points: what a search found at each grid
    point, None without `search`. was_stopped: whether SIGINT or SIGTERM came. busy: the error that
    other processes train some runs, None if they train none. again: the command that goes on from
    here, in words. n_old: finished runs that were to be repeated and have not begun.
    """

    outcomes: "Outcomes"
    points: list[dict[str, Any]] | None
    was_stopped: bool
    again: str
    busy: "RunBusyError | None"
    n_old: int = 0


def run(
    config: ConfigArgument,
    overrides: OverridesArgument = None,
    scale: ScaleOption = None,
    results: ResultsOption = RESULTS,
    only: Annotated[
        str | None,
        typer.Option(
            "--only",
            metavar="TEXT",
            help="Only the runs whose names contain it, such as softsign-standard or a hash.",
            show_default=False,
        ),
    ] = None,
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
    data_dir: DataDirOption = None,
    force: Annotated[bool, typer.Option("--force", help="Repeat finished runs.")] = False,
    quiet: QuietOption = False,
    json_output: JsonOption = False,
) -> None:
    """Train every run of an experiment that is not finished yet."""
    from glorot_repro.config.experiment import load_experiment

    if jobs is not None and scheduler is not None:
        message = "--jobs is for this machine, --scheduler for a cluster: give one of them"
        raise ConfigError(message)
    experiment = load_experiment(config, overrides or [], scale)
    if only is not None:
        experiment = _with_runs_named(experiment, only, results)
    trained = run_experiment(
        experiment,
        results,
        is_silent=quiet or json_output,
        force=force,
        choose_workers=lambda stop: _workers(
            experiment, results, stop, n_jobs=jobs, scheduler=scheduler, force=force
        ),
    )
    if json_output:
        found = {} if trained.points is None else {"search": trained.points}
        typer.echo(strict_json({"runs": _described(trained.outcomes), **found}))
    end(trained)


def _with_runs_named(experiment: "Experiment", text: str, results: Path) -> "Experiment":
    """Those whose own name has the text, or that of the equal run that is there."""
    from glorot_repro.runs.paths import run_directory

    if experiment.search:
        message = (
            f"--only: the runs of {experiment.name} compete with each other; "
            "choose among them by grid=[...] instead"
        )
        raise ConfigError(message)
    runs = tuple(
        run
        for run in experiment.runs
        if text in run.address or text in run_directory(results, run).path.name
    )
    if not runs:
        names = listed([run.address for run in experiment.runs])
        message = f"--only: no run of {experiment.name} has '{text}' in its name: {names}"
        raise ConfigError(message)
    return replace(experiment, runs=runs)


def run_experiment(
    experiment: "Experiment",
    results: Path,
    *,
    is_silent: bool,
    force: bool = False,
    choose_workers: "Callable[[StopRequest], Workers] | None" = None,
) -> Trained:
    """Execute the runs of an experiment, by default as many side by side as there are cores.

    SIGINT and SIGTERM stop all runs within a few updates, with a checkpoint.
    """
    from glorot_repro.cli.reporters import reporter_for
    from glorot_repro.runs.competition import Competition
    from glorot_repro.runs.interrupts import request_on
    from glorot_repro.runs.local import agenda_of, local_workers
    from glorot_repro.runs.scheduler import Scheduler

    agenda = agenda_of(experiment, results, force=force)
    choose = choose_workers or (lambda stop: local_workers(experiment, results, stop))
    with request_on(signal.SIGINT, signal.SIGTERM) as stop:
        workers = choose(stop)
        with reporter_for(is_silent=is_silent) as reporter:
            try:
                scheduler = Scheduler(workers, reporter, should_stop=stop)
                outcomes = scheduler.run(agenda)
            finally:
                workers.close()
        points = agenda.report() if isinstance(agenda, Competition) else None
        if points is not None:
            reporter.decided(points)
        reporter.counted(outcomes)
        again = f"the same command{' without --force' if force else ''}"
        n_old = _n_not_begun(experiment, results, outcomes) if force and stop() else 0
        return Trained(outcomes, points, stop(), again, scheduler.busy, n_old)


def _n_not_begun(experiment: "Experiment", results: Path, outcomes: "Outcomes") -> int:
    """How many finished runs of an experiment are none of those that ended."""
    from glorot_repro.runs.info import is_finished
    from glorot_repro.runs.paths import run_directory

    begun = {job.directory.path for job, _ in outcomes}
    directories = {run_directory(results, run) for run in experiment.runs}
    return sum(is_finished(one) for one in directories if one.path not in begun)


def _workers(
    experiment: "Experiment",
    results: Path,
    should_stop: "StopRequest",
    *,
    n_jobs: int | None = None,
    scheduler: str | None = None,
    force: bool = False,
) -> "Workers":
    if scheduler is not None:
        from glorot_repro.runs.cluster import Cluster

        return Cluster(scheduler)
    from glorot_repro.runs.local import local_workers

    return local_workers(experiment, results, should_stop, n_jobs=n_jobs, force=force)


def _described(outcomes: "Outcomes") -> list[dict[str, Any]]:
    """run.json, values of grid and search, and layers of each run, as far as it came.

    Of several rungs, the last.
    """
    from glorot_repro.cli.reporters import layers_of

    shown = {}
    for job, info in outcomes:
        path = job.directory.path
        rows = layers_of(job, _note) if job.directory.curves.exists() else []
        layers = [asdict(row) for row in rows]
        labels = {"point": job.config.point, "candidate": job.config.candidate}
        shown[path] = {"directory": str(path), **info, **labels, "layers": layers}
    return list(shown.values())


def _note(line: str) -> None:
    typer.echo(line, err=True)


def end(trained: Trained) -> None:
    """End the command if something went wrong, with exit code 130 if a signal came.

    Raises RunBusyError if other processes train some runs, RunFailedError if a run failed,
    DivergedError if all of them diverged.
    """
    if trained.was_stopped:
        note = f"interrupted; {trained.again} goes on from here"
        if trained.n_old:
            runs = counted(trained.n_old, "finished run")
            note += f"; {runs} not repeated yet: --force --only NAME repeats one"
        typer.echo(note, err=True)
        raise typer.Exit(INTERRUPTED)
    if trained.busy:
        raise trained.busy
    last = {job.directory.path: info for job, info in trained.outcomes}
    statuses = [info["status"] for info in last.values()]
    if "failed" in statuses:
        message = (
            f"{statuses.count('failed')} of {len(statuses)} runs failed; "
            f"{trained.again} tries them again, from their checkpoints"
        )
        raise RunFailedError(message)
    if trained.points and not any(point["winner"] for point in trained.points):
        message = "no search has a winner: no candidate came to its end (try lower learning rates)"
        raise DivergedError(message)
    if statuses and all(status == "diverged" for status in statuses):
        message = "no run finished: training diverged in every run (try a lower learning_rate)"
        raise DivergedError(message)
