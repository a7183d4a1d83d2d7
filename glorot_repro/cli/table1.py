"""`table1`: the paper's Table 1 from run directories, beside the printed numbers."""

import sys
from contextlib import redirect_stdout
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from glorot_repro.cli.options import RESULTS, DataDirOption, JsonOption, QuietOption, ResultsOption
from glorot_repro.errors import (
    DataNotAvailableError,
    DivergedError,
    GlorotReproError,
    RunBusyError,
    RunFailedError,
)
from glorot_repro.strict_json import strict_json

if TYPE_CHECKING:
    from glorot_repro.config.experiment import Experiment
    from glorot_repro.config.schema import RunConfig


def table1(
    scale: Annotated[str, typer.Option("--scale", help="The scale of the runs.")] = "quick",
    results: ResultsOption = RESULTS,
    run_missing: Annotated[
        bool,
        typer.Option(
            "--run", help="Train the runs that are missing first, where their data can be had."
        ),
    ] = False,
    table_format: Annotated[
        str, typer.Option("--format", help="What to print: text, csv, markdown or latex.")
    ] = "text",
    data_dir: DataDirOption = None,
    quiet: QuietOption = False,
    json_output: JsonOption = False,
) -> None:
    """Print Table 1, and write it into RESULTS/SCALE/figures/ in all formats."""
    from glorot_repro.config.experiment import load_experiment
    from glorot_repro.config.shipped import config_path
    from glorot_repro.errors import ConfigError
    from glorot_repro.report.table1 import experiment_table
    from glorot_repro.report.table1_formats import FORMATS, write_table
    from glorot_repro.wording import unknown_name

    if table_format not in FORMATS:
        raise ConfigError(unknown_name("format", table_format, FORMATS))
    experiment = load_experiment(config_path("table1"), scale=scale)
    is_silent = quiet or json_output
    failure: GlorotReproError | None = None
    if run_missing:
        try:
            _run_missing(experiment, results, is_silent=is_silent)
        except (DataNotAvailableError, RunFailedError, DivergedError, RunBusyError) as error:
            failure = error  # what is there comes first
    table = experiment_table(experiment, results)
    paths = write_table(table, results / scale / "figures")
    if json_output:
        shown = {**table.to_json(), "files": [str(path) for path in paths]}
        typer.echo(strict_json(shown))
    elif not quiet:
        _, formatted = FORMATS[table_format]
        typer.echo(formatted(table), nl=False)
        typer.echo(f"written: {' '.join(map(str, paths))}", err=True)
        if not run_missing and not any(cell.has_numbers for cell in table.cells.values()):
            typer.echo(f"table1: not run yet at scale {scale}; add --run", err=True)
    if failure is not None:
        raise failure


def _run_missing(experiment: "Experiment", results: Path, *, is_silent: bool) -> None:
    from glorot_repro.cli.run import end, run_experiment
    from glorot_repro.runs.local import unfinished

    to_do = _with_data(unfinished(experiment.runs, results))
    if to_do:
        experiment = replace(experiment, runs=tuple(to_do))
        with redirect_stdout(sys.stderr):  # so that the table alone can go into a file
            trained = run_experiment(experiment, results, is_silent=is_silent)
        end(trained)


def _with_data(runs: "list[RunConfig]") -> "list[RunConfig]":
    """The runs whose data are there or can be fetched; a line for each data set that cannot."""
    from glorot_repro.data.finite import files_are_here

    missing = set()
    for dataset in {one.dataset.name: one.dataset for one in runs}.values():
        if files_are_here(dataset):
            continue
        try:
            dataset.provenance()
        except DataNotAvailableError as error:
            missing.add(dataset.name)
            typer.echo(str(error), err=True)
    return [one for one in runs if one.dataset.name not in missing]
