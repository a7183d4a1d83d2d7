"""`runs`, `show`, `compare`, `rm`: look after the runs of a results folder."""

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from glorot_repro.cli.options import RESULTS, JsonOption, ResultsOption
from glorot_repro.errors import ConfigError
from glorot_repro.strict_json import strict_json
from glorot_repro.wording import duration, pretraining_text

if TYPE_CHECKING:
    from glorot_repro.runs.catalog import Entry
    from glorot_repro.runs.comparison import CurveDifference

RUN_HELP = "A run directory, or the beginning of a run's name that no other run has."
RunArgument = Annotated[str, typer.Argument(metavar="RUN", help=RUN_HELP, show_default=False)]


def runs(results: ResultsOption = RESULTS, json_output: JsonOption = False) -> None:
    """List the runs: experiment, run, status, updates, error, age."""
    from glorot_repro.cli.columns import print_columns
    from glorot_repro.runs.catalog import list_runs

    entries = list_runs(results)
    if json_output:
        shown = {"runs": [entry.to_json() for entry in entries]}
        typer.echo(strict_json(shown))
        return
    if not entries:
        typer.echo(f"no runs in {results}", err=True)
        return
    numbers = ("updates", "validation %", "test %", "age")
    names = ("experiment", "run", "status", *numbers)
    print_columns(names, [_row(entry) for entry in entries], right=numbers)


def show(
    run: RunArgument, results: ResultsOption = RESULTS, json_output: JsonOption = False
) -> None:
    """Show one run: what became of it, on which machine, and the state of its layers."""
    from glorot_repro.cli.reporters import print_summary
    from glorot_repro.runs.catalog import find_run
    from glorot_repro.runs.data_files import unofficial_data_note
    from glorot_repro.runs.paths import RunDirectory
    from glorot_repro.runs.summary import summary_of

    entry = find_run(results, run)
    rows = summary_of(entry.path) if RunDirectory(entry.path).curves.exists() else []
    if json_output:
        layers = [asdict(row) for row in rows]
        shown = {**entry.info, "directory": str(entry.path), "status": entry.status}
        typer.echo(strict_json({**shown, "layers": layers}))
        return
    for key, value in _facts(entry).items():
        typer.echo(f"{key:18}{value}")
    print_summary(rows)
    data_note = unofficial_data_note([entry.info])
    if data_note:
        typer.echo(data_note)


def compare(
    first: RunArgument,
    second: RunArgument,
    results: ResultsOption = RESULTS,
    json_output: JsonOption = False,
) -> None:
    """Compare two runs: their configurations and their curves, with the size of differences."""
    from glorot_repro.runs.catalog import find_run
    from glorot_repro.runs.comparison import config_differences, curve_differences
    from glorot_repro.runs.reading import load_run

    records = [load_run(find_run(results, name).path) for name in (first, second)]
    settings = config_differences(records[0].config, records[1].config)
    curves = curve_differences(records[0], records[1])
    if json_output:
        shown = {
            "runs": [str(record.path) for record in records],
            "config": {key: list(pair) for key, pair in settings.items()},
            "curves": [asdict(one) for one in curves],
        }
        typer.echo(strict_json(shown))
        return
    for key, (one, other) in settings.items():
        typer.echo(f"{key}: {json.dumps(one)} | {json.dumps(other)}")
    if not settings:
        typer.echo("the configurations are equal")
    _print_curves(curves)


def rm(
    names: Annotated[
        list[str], typer.Argument(metavar="RUN...", help=RUN_HELP, show_default=False)
    ],
    results: ResultsOption = RESULTS,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Remove runs, with all their files."""
    from glorot_repro.runs.catalog import find_run, remove_runs

    found = [find_run(results, name) for name in names]
    entries = list({entry.path.resolve(): entry for entry in found}.values())
    if not yes:
        for entry in entries:
            typer.echo(f"{entry.path}: {entry.status}", err=True)
        noun = "this run" if len(entries) == 1 else f"these {len(entries)} runs"
        try:
            typer.confirm(f"Remove {noun}?", abort=True, err=True)
        except typer.Abort:
            if sys.stdin.isatty():
                raise
            message = f"nobody has agreed to remove {noun}; --yes does not ask"
            raise ConfigError(message) from None
    remove_runs(entries)


def _row(entry: "Entry") -> tuple[str, ...]:
    done, updates = entry.info.get("updates_done"), entry.info.get("updates")
    supervised = "" if done is None else f"{done:,}"
    if supervised and updates not in (None, done):
        supervised += f"/{updates:,}"
    return (
        f"{entry.scale}/{entry.experiment}",
        entry.name,
        entry.status,
        _pretraining(entry.info) or supervised,
        *(_percent(entry.info.get(key)) for key in ("validation_error", "test_error")),
        duration(entry.age),
    )


def _pretraining(info: dict[str, Any]) -> str | None:
    """How far pre-training is; None outside of it, and for files that do not tell of how much."""
    progress = info.get("pretraining")
    return pretraining_text(progress) if progress and "layers" in progress else None


def _percent(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"


def _facts(entry: "Entry") -> dict[str, Any]:
    """What is worth telling about a run, in words; without what is not known."""
    info = entry.info
    divergence = info.get("divergence")
    layer = f" in layer {divergence['layer']}" if divergence and divergence["layer"] else ""
    errors = {key: info.get(key) for key in ("validation_error", "test_error")}
    updates = f"{info.get('updates_done', 0):,} of {info.get('updates', 0):,}"
    blas = ", ".join(f"{b['library']} {b['version']}" for b in info.get("blas", []))
    facts = {
        "run": str(entry.path),
        "status": entry.status,
        "updates": ", ".join(part for part in (updates, _pretraining(info)) if part),
        "diverged": divergence and f"at update {divergence['update']:,}{layer}",
        "failure": info.get("failure"),
        **{
            key.replace("_", " "): None if value is None else f"{value:.2f} %"
            for key, value in errors.items()
        },
        "started": info.get("started"),
        "seconds": info.get("seconds", {}).get("total"),
        "machine": info.get("machine", {}).get("system"),
        "BLAS": blas,
        "git commit": info.get("git_commit"),
    }
    return {key: value for key, value in facts.items() if value not in (None, "")}


def _print_curves(curves: "Sequence[CurveDifference]") -> None:
    from glorot_repro.cli.columns import print_columns

    if not curves:
        typer.echo("the curves are equal, to the last bit")
        return
    numbers = ("layer", "unequal", "largest", "relative", "at update", "last", "last of other")
    rows = [
        (
            one.quantity,
            "" if one.layer is None else str(one.layer),
            f"{one.n_different} of {one.n_shared}",
            *("-" if size is None else f"{size:.3g}" for size in (one.largest, one.relative)),
            "" if one.at is None else f"{one.at:,}",
            *("-" if value is None else f"{value:.4g}" for value in one.last),
        )
        for one in curves
    ]
    print_columns(("quantity", *numbers), rows, right=numbers)
