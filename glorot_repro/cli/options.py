"""Arguments and options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

ConfigArgument = Annotated[
    Path, typer.Argument(metavar="CONFIG", help="The experiment's YAML file.", show_default=False)
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
    Path, typer.Option("--results", help="Folder of the run directories.", show_default=True)
]
QuietOption = Annotated[bool, typer.Option("--quiet", help="Print errors only.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]

RESULTS = Path("results")
