"""`figures`: draw the paper's figures from run directories, over the printed curves."""

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from glorot_repro.cli.options import RESULTS, JsonOption, QuietOption, ResultsOption

if TYPE_CHECKING:
    from glorot_repro.config.experiment import Experiment


def figures(
    names: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[NAME]...", help="Figures, such as fig06; all by default.", show_default=False
        ),
    ] = None,
    scale: Annotated[str, typer.Option("--scale", help="The scale of the runs.")] = "quick",
    results: ResultsOption = RESULTS,
    run_missing: Annotated[
        bool, typer.Option("--run", help="Train the runs that are missing first.")
    ] = False,
    quiet: QuietOption = False,
    json_output: JsonOption = False,
) -> None:
    """Draw figures as PNG, SVG and PDF into RESULTS/SCALE/figures/."""
    from glorot_repro.choice import unknown_name_message
    from glorot_repro.errors import ConfigError
    from glorot_repro.report.figures import FIGURES, draw_figure
    from glorot_repro.runs.records import experiment_records

    for name in names or ():
        if name not in FIGURES:
            raise ConfigError(unknown_name_message("figure", name, FIGURES))
    drawn: dict[str, list[str]] = {}
    for name in names or FIGURES:
        experiment = _experiment_of(name, scale)
        if run_missing:
            _run_missing(experiment, results, is_silent=quiet or json_output)
        records = experiment_records(experiment, results)
        if not records and not (quiet or json_output):
            typer.echo(
                f"{name}: not run yet at scale {scale}; add --run, or: "
                f"glorot-repro run {name} --scale {scale}",
                err=True,
            )
        paths = draw_figure(name, records, results / scale / "figures")
        drawn[name] = [str(path) for path in paths]
        if not (quiet or json_output):
            typer.echo(f"{name}: {' '.join(drawn[name])}")
    if json_output:
        typer.echo(json.dumps({"figures": drawn}, indent=2))


def _experiment_of(name: str, scale: str) -> "Experiment":
    from glorot_repro.config.experiment import load_experiment
    from glorot_repro.config.shipped import config_path

    return load_experiment(config_path(name), scale=scale)


def _run_missing(experiment: "Experiment", results: Path, *, is_silent: bool) -> None:
    from glorot_repro.cli.run import end_if_interrupted, run_experiment
    from glorot_repro.runs.info import is_finished
    from glorot_repro.runs.paths import run_directory

    if not experiment.search:
        missing = [one for one in experiment.runs if not is_finished(run_directory(results, one))]
        experiment = replace(experiment, runs=tuple(missing))
    if experiment.runs:
        outcomes, _ = run_experiment(experiment, results, is_silent=is_silent)
        end_if_interrupted(outcomes)
