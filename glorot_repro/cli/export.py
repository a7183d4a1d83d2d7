"""`export`: the measurements of runs as files for other programs."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from glorot_repro.cli.options import RESULTS, JsonOption, ResultsOption, check_suffix
from glorot_repro.cli.plot import RunsArgument, name_of, read_runs
from glorot_repro.errors import ConfigError
from glorot_repro.strict_json import strict_json

Format = Literal["csv", "npz", "tensorboard"]


def export(
    names: RunsArgument,
    to: Annotated[Format, typer.Option("--to", help="The format of the file.", show_default=False)],
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            metavar="PATH",
            help="A .csv or .npz file, for tensorboard a folder; named after RUN by default.",
            show_default=False,
        ),
    ] = None,
    results: ResultsOption = RESULTS,
    json_output: JsonOption = False,
) -> None:
    """Write the measurements of runs for other programs: a tidy csv, arrays, TensorBoard."""
    from glorot_repro.files import write_atomically

    if to != "tensorboard":
        check_suffix(out, f".{to}")
    records = read_runs(names, results)
    stem = name_of(records)
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
    typer.echo(strict_json({"written": written}) if json_output else "\n".join(written))
