"""The application: its commands, and how an error becomes one line and an exit code."""

import os
import sys
import traceback
from collections.abc import Callable
from typing import Annotated

import typer

from glorot_repro import __version__
from glorot_repro.cli import (
    baseline,
    check,
    claims,
    configs,
    data,
    export,
    figures,
    init,
    plot,
    report,
    run,
    runs,
    svm,
    table1,
)
from glorot_repro.cli.output import lasting_output
from glorot_repro.errors import GlorotReproError

app = typer.Typer(
    name="glorot-repro",
    help="The laboratory of Glorot & Bengio (2010): see, measure and guard how variance flows "
    "through a deep network.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command("run")(run.run)
app.command("baseline")(baseline.baseline)
app.command("check")(check.check)
app.command("config")(configs.config)
app.command("configs")(configs.configs)
app.command("schema")(configs.schema)
app.command("runs")(runs.runs)
app.command("show")(runs.show)
app.command("compare")(runs.compare)
app.command("rm")(runs.rm)
app.command("plot")(plot.plot)
app.command("export")(export.export)
app.command("figures")(figures.figures)
app.command("table1")(table1.table1)
app.command("claims")(claims.claims)
app.command("report")(report.report)
app.command("svm")(svm.svm)
app.add_typer(data.app, name="data")
app.add_typer(init.app, name="init")


def _show_version(value: bool) -> None:
    if value:
        typer.echo(f"glorot-repro {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
    version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version."),
    ] = False,
) -> None:
    if debug:
        os.environ["GLOROT_REPRO_DEBUG"] = "1"


def main() -> None:
    """Run the command line; ends the process with the exit code of what happened."""
    with lasting_output() as out:
        code = _outcome(app)
        lost = _outcome(out.check)
    sys.exit(code or lost)


def _outcome(act: Callable[[], object]) -> int | str | None:
    try:
        act()
    except GlorotReproError as error:
        _complain(error)
        return error.exit_code
    except MemoryError as error:
        _complain(GlorotReproError(f"not enough memory: {str(error) or 'none was left'}"))
        return GlorotReproError.exit_code
    except SystemExit as end:
        return end.code
    return 0


def _complain(error: GlorotReproError) -> None:
    if os.environ.get("GLOROT_REPRO_DEBUG"):
        traceback.print_exc()
    print(f"glorot-repro: {error.line}", file=sys.stderr)
