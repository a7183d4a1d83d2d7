"""`run`: train the runs of an experiment and say how their signals flow."""

import json
import signal
from collections.abc import Sequence
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
from glorot_repro.errors import DivergedError

if TYPE_CHECKING:
    from glorot_repro.config.schema import RunConfig

INTERRUPTED = 130


def run(
    config: ConfigArgument,
    overrides: OverridesArgument = None,
    scale: ScaleOption = None,
    results: ResultsOption = RESULTS,
    force: Annotated[bool, typer.Option("--force", help="Repeat finished runs.")] = False,
    quiet: QuietOption = False,
    json_output: JsonOption = False,
) -> None:
    """Train every run of an experiment that is not finished yet."""
    from glorot_repro.config.experiment import expand_runs, load_experiment

    runs = expand_runs(load_experiment(config, overrides or [], scale))
    outcomes = run_all(runs, results, is_silent=quiet or json_output, force=force)
    if json_output:
        typer.echo(json.dumps({"runs": outcomes}, indent=2, allow_nan=False))
    _end(outcomes)


def run_all(
    runs: "Sequence[RunConfig]", results: Path, *, is_silent: bool, force: bool = False
) -> list[dict[str, Any]]:
    """Execute `runs` one after the other; run.json and the layers of each, as far as it came.

    SIGINT and SIGTERM stop after the current update, with a checkpoint.
    """
    from glorot_repro.cli.reporters import reporter_for
    from glorot_repro.runs.execution import execute
    from glorot_repro.runs.paths import run_directory
    from glorot_repro.runs.summary import summary_of

    stop = _StopOnSignal()
    outcomes: list[dict[str, Any]] = []
    with reporter_for(is_silent=is_silent, n_runs=len(runs)) as reporter:
        for one in runs:
            directory = run_directory(results, one)
            info = execute(one, directory, reporter, should_stop=stop.is_requested, force=force)
            summary = summary_of(directory.path)
            reporter.ended(one, directory.path, info, summary)
            layers = [asdict(row) for row in summary]
            outcomes.append({"directory": str(directory.path), **info, "layers": layers})
            if info["status"] == "interrupted":
                break
    return outcomes


def _end(outcomes: list[dict[str, Any]]) -> None:
    statuses = [outcome["status"] for outcome in outcomes]
    if "interrupted" in statuses:
        typer.echo("interrupted; the same command goes on from here", err=True)
        raise typer.Exit(INTERRUPTED)
    if statuses and all(status == "diverged" for status in statuses):
        message = "no run finished: training diverged in every run (try a lower learning_rate)"
        raise DivergedError(message)


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
