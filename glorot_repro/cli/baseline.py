"""`baseline`: pin the curves of an experiment."""

import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from glorot_repro.cli.options import (
    CONFIG_HELP,
    DataDirOption,
    JsonOption,
    QuietOption,
    ScaleOption,
)
from glorot_repro.cli.pinned import (
    NO_CONFIG,
    BaselineOption,
    CurvesOption,
    folder_of_curves,
    networks_of,
    read_curves,
    require_only_curves,
    talk,
)
from glorot_repro.errors import ConfigError
from glorot_repro.strict_json import strict_json
from glorot_repro.wording import counted

if TYPE_CHECKING:
    from glorot_repro.runs.baseline import Baseline

N_SEEDS = 30
"""Seeds of a baseline: for 400 values a band is 8 spreads wide to each side, with 5 seeds 140, with
any number 5."""

FEW_SEEDS = 10
"""With fewer, a band is more than 19 spreads wide."""


def baseline(
    config: Annotated[
        Path | None,
        typer.Argument(metavar="CONFIG", help=CONFIG_HELP, show_default=False),
    ] = None,
    seeds: Annotated[
        int | None,
        typer.Option(
            "--seeds",
            min=1,
            metavar="N",
            help=f"Seeds to run, from the first; {N_SEEDS} by default.",
            show_default=False,
        ),
    ] = None,
    scale: ScaleOption = None,
    curves: CurvesOption = None,
    folder: BaselineOption = None,
    data_dir: DataDirOption = None,
    quiet: QuietOption = False,
    json_output: JsonOption = False,
) -> None:
    """Run an experiment for several seeds and pin its curves, for `check`.

    As the file stands: no key=value.
    """
    from glorot_repro.config.schema import LARGEST_SEED
    from glorot_repro.runs.band_width import median_factors
    from glorot_repro.runs.baseline import pin_curves, statistical_keys, write_baseline
    from glorot_repro.runs.pinning import pin

    made: list[tuple[Path, Baseline]] = []
    if curves:
        require_only_curves(config, scale, seeds)
        place = folder_of_curves(folder)
        made.append((place, pin_curves([read_curves(path) for path in curves])))
    else:
        if config is None:
            raise ConfigError(NO_CONFIG)
        networks = networks_of(config, scale, folder)
        n_seeds = seeds or N_SEEDS
        last = max(network.config.seed for network in networks) + n_seeds - 1
        if last > LARGEST_SEED:
            message = f"{counted(n_seeds, 'seed')} would go up to {last}, beyond {LARGEST_SEED}"
            raise ConfigError(message)
        for network in networks:
            talk(f"{network.label}: {counted(n_seeds, 'seed')}", is_silent=quiet or json_output)
            first = network.config.seed
            made.append((network.folder, pin(network, range(first, first + n_seeds))))
    factors = median_factors([one for _, one in made])
    # Only now, so that a network that cannot be pinned leaves no half of a baseline.
    for place, one in made:
        write_baseline(one, place)
    if json_output:
        shown = [
            {
                "folder": str(place),
                "values": len(one.bands),
                "curves": one.n_curves,
                "median_factor": factor,
            }
            for (place, one), factor in zip(made, factors, strict=True)
        ]
        typer.echo(strict_json({"baselines": shown}))
    elif not quiet:
        for (place, one), factor in zip(made, factors, strict=True):
            width = "" if factor is None else f"; other seeds may differ {_factor_text(factor)}"
            values, runs = counted(len(one.bands), "value"), counted(one.n_curves, "run")
            typer.echo(f"{place}: {values} of {runs}{width}")
        for place, one in made:
            if one.n_curves > 1 and not statistical_keys(one.bands):
                line = f"{place}: none of its quantities can be compared over seeds, only exactly"
                typer.echo(line, err=True)
        if any(1 < one.n_curves < FEW_SEEDS for _, one in made):
            line = f"with fewer than {FEW_SEEDS} runs the comparison of other seeds shows large "
            typer.echo(f"{line}changes only; {N_SEEDS} are advised", err=True)


def _factor_text(factor: float) -> str:
    if math.isinf(factor):
        return "without bound"
    if factor < 2:
        return f"by {100 * (factor - 1):.2g} % (median)"
    return f"by a factor of {factor:.2g} (median)"
