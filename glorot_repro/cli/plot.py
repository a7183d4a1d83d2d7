"""`plot`: the measurements of runs as figures."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from glorot_repro.cli.numbers import parse_numbers
from glorot_repro.cli.options import RESULTS, JsonOption, ResultsOption, check_suffix
from glorot_repro.cli.runs import RUN_HELP
from glorot_repro.errors import ConfigError
from glorot_repro.strict_json import strict_json

if TYPE_CHECKING:
    from glorot_repro.runs.reading import RunRecord

Kind = Literal["curves", "layers", "histogram", "ridge"]

RunsArgument = Annotated[
    list[str], typer.Argument(metavar="RUN...", help=RUN_HELP, show_default=False)
]


def plot(
    names: RunsArgument,
    quantity: Annotated[
        str | None,
        typer.Option(
            "--quantity",
            help="What to plot, such as backprop_std, test_error or, as histograms, backprop.",
            show_default=False,
        ),
    ] = None,
    kind: Annotated[
        Kind | None,
        typer.Option(
            "--kind",
            help="Over updates, over layers, or densities; what fits the quantity by default.",
            show_default=False,
        ),
    ] = None,
    layers: Annotated[
        list[str] | None,
        typer.Option("--layers", help="Layers, such as 1,3-5.", show_default=False),
    ] = None,
    at: Annotated[
        list[str] | None,
        typer.Option(
            "--at",
            metavar="UPDATES",
            help="Updates, such as 0,20000; the first and the last by default.",
            show_default=False,
        ),
    ] = None,
    log: Annotated[
        bool | None,
        typer.Option(
            "--log/--linear",
            help="The vertical axis; by default logarithmic for curves that span much.",
            show_default=False,
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            metavar="FILE",
            help="A .png, .svg or .pdf file; RUN-QUANTITY.png by default.",
            show_default=False,
        ),
    ] = None,
    results: ResultsOption = RESULTS,
    json_output: JsonOption = False,
) -> None:
    """Plot what was measured in runs: curves, densities, and theory where there is one."""
    from glorot_repro.files import write_atomically
    from glorot_repro.report.run_figure import run_figure
    from glorot_repro.report.run_plots import quantities_of
    from glorot_repro.report.run_rows import Choice, default_kind
    from glorot_repro.report.style import FORMATS, figure_bytes

    check_suffix(out, *(f".{name}" for name in FORMATS))
    file_format = "png" if out is None else out.suffix.lower().removeprefix(".")
    choice = Choice(
        quantity or "",
        layers=parse_numbers("--layers", layers),
        at=parse_numbers("--at", at),
        log=log,
    )
    records = read_runs(names, results)
    if quantity is None:
        both = [quantities_of(records[0], of_histograms=flag) for flag in (False, True)]
        message = (
            f"choose one with --quantity: {', '.join(both[0])}; "
            f"as histograms: {', '.join(both[1]) or 'none'}"
        )
        raise ConfigError(message)
    chosen = kind or default_kind(records, quantity)
    figure = run_figure(records, choice, chosen)
    path = out or Path(f"{name_of(records)}-{quantity}{'-ridge' if chosen == 'ridge' else ''}.png")
    write_atomically(path, figure_bytes(figure, file_format))
    if json_output:
        shown = {"runs": [str(record.path) for record in records], "kind": chosen}
        typer.echo(strict_json({"plot": str(path), **shown}))
    else:
        typer.echo(str(path))


def read_runs(names: Sequence[str], results: Path) -> "list[RunRecord]":
    """The runs of RUN..., each once."""
    from glorot_repro.runs.catalog import find_run
    from glorot_repro.runs.reading import load_run

    paths = {path.resolve(): path for path in (find_run(results, name).path for name in names)}
    return [load_run(path) for path in paths.values()]


def name_of(records: "Sequence[RunRecord]") -> str:
    """The name of a file about these runs: experiment and run, `runs` for several."""
    if len(records) > 1:
        return "runs"
    return f"{records[0].config.experiment}-{records[0].path.absolute().name}"
