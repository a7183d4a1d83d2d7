"""What `baseline` and `check` share: their networks, and curves of other programs."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from glorot_repro.errors import ConfigError

if TYPE_CHECKING:
    from glorot_repro.measure.curves import Curves
    from glorot_repro.runs.pinning import PinnedNetwork

CurvesOption = Annotated[
    list[Path] | None,
    typer.Option(
        "--curves",
        metavar="FILE.csv",
        help="Curves that another program wrote (update,layer,quantity,value), in place of "
        "CONFIG; give it once for each seed.",
        show_default=False,
    ),
]
BaselineOption = Annotated[
    Path | None,
    typer.Option(
        "--baseline",
        metavar="DIR",
        help="Folder of the baseline; results/baselines/<experiment>[-<scale>] by default.",
        show_default=False,
    ),
]

NO_CONFIG = "give an experiment as CONFIG, or --curves FILE.csv with --baseline DIR"


def networks_of(path: Path, scale: str | None, folder: Path | None) -> "list[PinnedNetwork]":
    """The networks of a file or of a named experiment. Raises ConfigError."""
    from glorot_repro.config.experiment import load_experiment
    from glorot_repro.config.shipped import find_config
    from glorot_repro.runs.pinning import pinned_networks

    return pinned_networks(load_experiment(find_config(path), scale=scale), folder)


def require_only_curves(config: Path | None, scale: str | None, seeds: int | None) -> None:
    """Raises ConfigError if options of an experiment came with --curves."""
    if config is not None or scale is not None or seeds is not None:
        message = "--curves takes the place of CONFIG, --scale and --seeds"
        raise ConfigError(message)


def folder_of_curves(folder: Path | None) -> Path:
    """The baseline's folder. Raises ConfigError if it was not given."""
    if folder is None:
        message = "--curves needs --baseline DIR"
        raise ConfigError(message)
    return folder


def read_curves(path: Path) -> "Curves":
    """The curves in a CSV file. Raises ConfigError if it is none, or holds no values."""
    from glorot_repro.measure.curves import Curves

    try:
        curves = Curves.from_csv(path.read_bytes())
    except (OSError, ValueError) as error:
        message = f"{path} cannot be read as curves: {error}"
        raise ConfigError(message) from error
    if not len(curves):
        message = f"{path} holds no values"
        raise ConfigError(message)
    return curves


def talk(line: str, *, is_silent: bool) -> None:
    """Tell what is going on, on stderr."""
    if not is_silent:
        typer.echo(line, err=True)
