"""Arguments and options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

from glorot_repro.errors import ConfigError

CONFIG_HELP = (
    "The experiment's YAML file, or the name of one that comes with the package: "
    "see glorot-repro configs."
)


def _find_config(config: Path) -> Path:
    from glorot_repro.config.shipped import find_config

    return find_config(config)


ConfigArgument = Annotated[
    Path,
    typer.Argument(metavar="CONFIG", callback=_find_config, help=CONFIG_HELP, show_default=False),
]
OverridesArgument = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[KEY=VALUE]...", help="Overrides, such as model.depth=3.", show_default=False
    ),
]
ScaleOption = Annotated[
    str | None,
    typer.Option("--scale", help="A scale of the YAML: smoke, quick, medium, paper."),
]
ResultsOption = Annotated[
    Path,
    typer.Option(
        "--results", file_okay=False, help="Folder of the run directories.", show_default=True
    ),
]
QuietOption = Annotated[bool, typer.Option("--quiet", help="Print errors only.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]


def _use_data_folder(folder: Path | None) -> Path | None:
    from glorot_repro.data.folder import set_data_folder

    if folder is not None:
        set_data_folder(folder)
    return folder


DataDirOption = Annotated[
    Path | None,
    typer.Option(
        "--data-dir",
        callback=_use_data_folder,
        help="Folder of the data sets; GLOROT_DATA or the user's cache by default.",
        show_default=False,
    ),
]

RESULTS = Path("results")


def check_suffix(out: Path | None, *suffixes: str) -> None:
    """Raise ConfigError if the file of --out ends otherwise than in one of `suffixes`."""
    if out is None or out.suffix.lower() in suffixes:
        return
    *others, last = suffixes
    allowed = f"{', '.join(others)} or {last}" if others else last
    message = f"--out: expected a file that ends in {allowed}, found '{out}'"
    raise ConfigError(message)
