"""`plot` and `export`: the measurements of runs as figures, and as files for other programs."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from glorot_repro.cli.numbers import parse_numbers
from glorot_repro.cli.options import RESULTS, JsonOption, ResultsOption
from glorot_repro.cli.runs import RUN_HELP
from glorot_repro.errors import ConfigError

if TYPE_CHECKING:
    from glorot_repro.runs.reading import RunRecord

Kind = Literal["curves", "layers", "histogram", "ridge"]
Format = Literal["csv", "npz", "tensorboard"]

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
    from glorot_repro.report.run_figure import Choice, default_kind, run_figure
    from glorot_repro.report.run_plots import quantities_of
    from glorot_repro.report.style import FORMATS, figure_bytes

    file_format = "png" if out is None else out.suffix.lower().removeprefix(".")
    if file_format not in FORMATS:
        message = f"--out: expected a file that ends in .png, .svg or .pdf, found '{out}'"
        raise ConfigError(message)
    choice = Choice(
        quantity or "",
        layers=parse_numbers("--layers", layers),
        at=parse_numbers("--at", at),
        log=log,
    )
    records = _records(names, results)
    if quantity is None:
        both = [quantities_of(records[0], of_histograms=flag) for flag in (False, True)]
        message = (
            f"choose one with --quantity: {', '.join(both[0])}; "
            f"as histograms: {', '.join(both[1]) or 'none'}"
        )
        raise ConfigError(message)
    chosen = kind or default_kind(records, quantity)
    figure = run_figure(records, choice, chosen)
    path = out or Path(f"{_stem(records)}-{quantity}{'-ridge' if chosen == 'ridge' else ''}.png")
    write_atomically(path, figure_bytes(figure, file_format))
    if json_output:
        shown = {"runs": [str(record.path) for record in records], "kind": chosen}
        typer.echo(json.dumps({"plot": str(path), **shown}, indent=2))
    else:
        typer.echo(str(path))


def export(
    names: RunsArgument,
    to: Annotated[Format, typer.Option("--to", help="The format of the file.", show_default=False)],
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            metavar="PATH",
            help="A file, for tensorboard a folder; named after RUN by default.",
            show_default=False,
        ),
    ] = None,
    results: ResultsOption = RESULTS,
    json_output: JsonOption = False,
) -> None:
    """Write the measurements of runs for other programs: a tidy csv, arrays, TensorBoard."""
    from glorot_repro.files import write_atomically

    records = _records(names, results)
    stem = _stem(records)
    if to == "tensorboard":
        from glorot_repro.runs.tensorboard import export_tensorboard

        paths = export_tensorboard(records, out or Path("tensorboard"))
    elif to == "csv":
        from glorot_repro.runs.export import tidy_csv

        paths = [out or Path(f"{stem}.csv")]
        write_atomically(paths[0], tidy_csv(records))
    else:
        from glorot_repro.arrays import to_npz
        from glorot_repro.runs.export import plain_arrays

        if len(records) > 1:
            message = "an npz file holds one run: export them one by one, or --to csv"
            raise ConfigError(message)
        paths = [out or Path(f"{stem}.npz")]
        write_atomically(paths[0], to_npz(plain_arrays(records[0]), compress=True))
    written = [str(path) for path in paths]
    typer.echo(json.dumps({"written": written}, indent=2) if json_output else "\n".join(written))


def _records(names: Sequence[str], results: Path) -> "list[RunRecord]":
    from glorot_repro.runs.catalog import find_run
    from glorot_repro.runs.reading import load_run

    paths = dict.fromkeys(find_run(results, name).path for name in names)
    return [load_run(path) for path in paths]


def _stem(records: "Sequence[RunRecord]") -> str:
    """The name of a file about these runs: experiment and run, `runs` for several."""
    if len(records) > 1:
        return "runs"
    return f"{records[0].config.experiment}-{records[0].path.absolute().name}"
