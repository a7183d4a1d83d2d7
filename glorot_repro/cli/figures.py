"""`figures`: draw the paper's figures from run directories, over the printed curves."""

from collections.abc import Sequence
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
    from glorot_repro.report.comparison import AgreementRow


def figures(
    names: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[NAME]... [KEY=VALUE]...",
            help="Figures, such as fig06, all of the paper's by default; then overrides of their "
            "experiments, such as 'dataset.range=[0,1]'.",
            show_default=False,
        ),
    ] = None,
    scale: Annotated[str, typer.Option("--scale", help="The scale of the runs.")] = "quick",
    results: ResultsOption = RESULTS,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            metavar="DIR",
            help="Folder of the figures and agreement.csv, to be given with overrides.",
            show_default=False,
        ),
    ] = None,
    run_missing: Annotated[
        bool, typer.Option("--run", help="Train the runs that are missing first.")
    ] = False,
    data_dir: DataDirOption = None,
    quiet: QuietOption = False,
    json_output: JsonOption = False,
) -> None:
    """Draw figures as PNG, SVG and PDF into RESULTS/SCALE/figures/, and compare them.

    How far each curve is from the paper's goes to RESULTS/SCALE/agreement.csv. With overrides they
    are figures of other networks than the paper's, which replace none of these: give --out.
    Overrides that make networks which no panel of the figure shows are refused.
    """
    from glorot_repro.errors import ConfigError
    from glorot_repro.report.agreement import PANELS, agreement, row_to_json, write_agreement
    from glorot_repro.report.figures import COMPUTED, FIGURES, PAPER_FIGURES, draw_figure
    from glorot_repro.report.run_labels import run_command
    from glorot_repro.report.shown_networks import require_shown
    from glorot_repro.runs.records import experiment_records
    from glorot_repro.wording import unknown_name

    overrides = [one for one in names or () if "=" in one]
    names = [one for one in names or () if "=" not in one]
    for name in names:
        if name not in FIGURES:
            raise ConfigError(unknown_name("figure", name, FIGURES))
    if overrides and out is None:
        message = f"figures with {overrides[0]} are not the paper's, and do not replace them: "
        raise ConfigError(message + "name a folder by --out")
    experiments = {name: _experiment_of(name, scale, overrides) for name in names or PAPER_FIGURES}
    for name, experiment in experiments.items():
        require_shown(name, experiment, overrides)
    is_silent = quiet or json_output
    drawn: dict[str, list[str]] = {}
    rows: list[AgreementRow] = []
    failures: list[GlorotReproError] = []
    for name, experiment in experiments.items():
        if run_missing:
            try:
                _run_missing(experiment, results, is_silent=is_silent)
            except (DataNotAvailableError, RunFailedError, DivergedError, RunBusyError) as error:
                # The other figures need neither these data nor these runs; they come first.
                failures.append(error)
        records = experiment_records(experiment, results, with_unfinished=True)
        if not records and name not in COMPUTED and not (run_missing or is_silent):
            typer.echo(
                f"{name}: not run yet at scale {scale}; add --run, or: "
                f"{run_command(name, scale, overrides)}",
                err=True,
            )
        paths = draw_figure(name, records, out or results / scale / "figures", overrides, scale)
        drawn[name] = [str(path) for path in paths]
        if name in PANELS:
            rows += agreement(records, name)
        if not is_silent:
            typer.echo(f"{name}: {' '.join(drawn[name])}")
    table = (out or results / scale) / "agreement.csv"
    write_agreement(table, rows, figures=drawn)
    if json_output:
        shown = {"figures": drawn, "agreement": [row_to_json(row) for row in rows]}
        typer.echo(strict_json(shown))
    elif not quiet:
        _print_agreement(rows)
        typer.echo(f"all of it, curve by curve: {table}")
    _raise_worst(failures)


def _raise_worst(failures: "Sequence[GlorotReproError]") -> None:
    """Raises one of the errors, if there are any, after a line for each of the others.

    Data that are not there end the command only if nothing worse happened: runs that fail have to
    be looked at.
    """
    ordered = sorted(failures, key=lambda error: isinstance(error, DataNotAvailableError))
    for error in ordered[1:]:
        typer.echo(error.line, err=True)
    if ordered:
        raise ordered[0]


def _print_agreement(rows: "Sequence[AgreementRow]") -> None:
    """For each quantity of a panel how many errors it is from the print, and its worst point."""
    from glorot_repro.cli.columns import print_columns
    from glorot_repro.report.agreement import summaries

    lines = [
        (
            one.figure,
            one.panel,
            one.quantity,
            str(one.n_points),
            f"{one.rms:.3g}",
            f"{one.worst.curve} {one.worst.side}".rstrip(),
            *(
                f"{value:.4g}"
                for value in (one.worst.worst_x, one.worst.worst_ours, one.worst.worst_printed)
            ),
            f"{one.worst.updates:,}",
            str(one.worst.n_seeds or "-"),
        )
        for one in summaries(rows)
    ]
    if not lines:
        return
    numbers = ("points", "errors", "x", "ours", "paper", "updates", "seeds")
    names = ("figure", "panel", "quantity", "points", "errors", "worst curve", *numbers[2:])
    typer.echo("")
    print_columns(names, lines, right=numbers)
    typer.echo(
        "errors: root mean square difference from the printed points that were reached, in units "
        "of reading error and spread over seeds;\n"
        "with one seed the spread is unknown, and the unit is the reading error alone"
    )


def _experiment_of(name: str, scale: str, overrides: "Sequence[str]") -> "Experiment":
    from glorot_repro.config.experiment import load_experiment
    from glorot_repro.config.shipped import config_path

    return load_experiment(config_path(name), overrides, scale=scale)


def _run_missing(experiment: "Experiment", results: Path, *, is_silent: bool) -> None:
    from glorot_repro.cli.run import end, run_experiment
    from glorot_repro.runs.local import unfinished

    if not experiment.search:
        experiment = replace(experiment, runs=tuple(unfinished(experiment.runs, results)))
    if experiment.runs:
        end(run_experiment(experiment, results, is_silent=is_silent))
