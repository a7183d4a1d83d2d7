"""`data`: look at data sets."""

from pathlib import Path
from typing import Annotated

import typer

from glorot_repro.cli.options import OverridesArgument

app = typer.Typer(help="Look at data sets.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Commands on data sets."""


@app.command()
def sample(
    name: Annotated[str, typer.Argument(help="The data set: shapeset.")],
    overrides: OverridesArgument = None,
    count: Annotated[int, typer.Option("--count", min=1, help="Number of images.")] = 100,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Seed of the draws.")] = 0,
    out: Annotated[Path, typer.Option("--out", help="The .npz file to write.")] = Path(
        "sample.npz"
    ),
) -> None:
    """Write images (uint8) and labels of a generated data set; image[x, y], x to the right."""
    from glorot_repro.config.dataset import dataset_named
    from glorot_repro.data.shapeset import Shapeset
    from glorot_repro.errors import ConfigError
    from glorot_repro.runs.arrays import to_npz
    from glorot_repro.runs.files import write_atomically

    dataset = dataset_named(name, overrides or [])
    if not isinstance(dataset, Shapeset):
        message = f"{name} is not generated: only shapeset can be sampled"
        raise ConfigError(message)
    images, labels = dataset.sample(count, seed)
    write_atomically(out, to_npz({"images": images, "labels": labels}, compress=True))
    typer.echo(f"{out}: {count:,} images, seed {seed}")
