"""`figures`: draw the paper's figures from run directories, over the printed curves."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from glorot_repro.cli.options import RESULTS, JsonOption, QuietOption, ResultsOption

if TYPE_CHECKING:
    from glorot_repro.config.schema import RunConfig
    from glorot_repro.runs.reading import RunRecord


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

    for name in names or ():
        if name not in FIGURES:
            raise ConfigError(unknown_name_message("figure", name, FIGURES))
    drawn: dict[str, list[str]] = {}
    for name in names or FIGURES:
        runs = _runs_of(name, scale)
        if run_missing:
            _run_missing(runs, results, is_silent=quiet or json_output)
        records = _records_of(runs, results)
        if not records and not (quiet or json_output):
            typer.echo(
                f"{name}: not run yet at scale {scale}; add --run, or: "
                f"glorot-repro run configs/{name}.yaml --scale {scale}",
                err=True,
            )
        paths = draw_figure(name, records, results / scale / "figures")
        drawn[name] = [str(path) for path in paths]
        if not (quiet or json_output):
            typer.echo(f"{name}: {' '.join(drawn[name])}")
    if json_output:
        typer.echo(json.dumps({"figures": drawn}, indent=2))


def _runs_of(name: str, scale: str) -> "list[RunConfig]":
    from glorot_repro.config.experiment import expand_runs, load_experiment
    from glorot_repro.config.shipped import config_path

    return expand_runs(load_experiment(config_path(name), scale=scale))


def _run_missing(runs: "list[RunConfig]", results: Path, *, is_silent: bool) -> None:
    from glorot_repro.cli.run import run_all
    from glorot_repro.runs.execution import is_finished
    from glorot_repro.runs.paths import run_directory

    missing = [one for one in runs if not is_finished(run_directory(results, one))]
    run_all(missing, results, is_silent=is_silent)


def _records_of(runs: "list[RunConfig]", results: Path) -> "list[RunRecord]":
    from glorot_repro.runs.execution import is_finished
    from glorot_repro.runs.paths import run_directory
    from glorot_repro.runs.reading import load_run

    directories = [run_directory(results, one) for one in runs]
    return [load_run(directory.path) for directory in directories if is_finished(directory)]
