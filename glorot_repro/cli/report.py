"""`report`: one HTML file with the figures, the runs and their histograms over training time."""

from pathlib import Path
from typing import Annotated

import typer

from glorot_repro.cli.options import (
    RESULTS,
    DataDirOption,
    JsonOption,
    QuietOption,
    ResultsOption,
    check_suffix,
)
from glorot_repro.cli.runs import RUN_HELP
from glorot_repro.strict_json import strict_json
from glorot_repro.wording import counted


def report(
    names: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[RUN]...",
            help=f"{RUN_HELP} Without one, the report is about the paper's figures.",
            show_default=False,
        ),
    ] = None,
    scale: Annotated[
        str, typer.Option("--scale", help="The scale of the runs, where none is named.")
    ] = "quick",
    results: ResultsOption = RESULTS,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            help="The .html file; RESULTS/SCALE/report.html or RESULTS/report.html by default.",
            show_default=False,
        ),
    ] = None,
    data_dir: DataDirOption = None,
    quiet: QuietOption = False,
    json_output: JsonOption = False,
) -> None:
    """Write a report that opens in any browser, without a network, as one HTML file."""
    from glorot_repro.report.page.document import paper_report, runs_report, write_report
    from glorot_repro.runs.catalog import find_run

    check_suffix(out, ".html", ".htm")
    if names:
        entries = {entry.path.absolute(): entry for entry in (find_run(results, n) for n in names)}
        page = runs_report(list(entries.values()))
        path = out or results / "report.html"
    else:
        if not (quiet or json_output):
            typer.echo("drawing the figures and judging the claims ...", err=True)
        page = paper_report(scale, results)
        path = out or results / scale / "report.html"
    size = write_report(page, path)
    if json_output:
        shown = {"report": str(path), "bytes": size, "runs": [run.name for run in page.runs]}
        typer.echo(strict_json(shown))
    elif not quiet:
        typer.echo(f"{path}: {size / 1e6:.1f} MB, {counted(len(page.runs), 'run')}")
