"""`baseline` and `check`: pin the curves of an experiment, and fail when they change."""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from glorot_repro.cli.options import (
    CONFIG_HELP,
    DataDirOption,
    JsonOption,
    QuietOption,
    ScaleOption,
)
from glorot_repro.errors import CheckFailedError, ConfigError
from glorot_repro.strict_json import strict_json

if TYPE_CHECKING:
    from glorot_repro.measure.curves import Curves
    from glorot_repro.runs.baseline import Baseline
    from glorot_repro.runs.pinning import PinnedNetwork
    from glorot_repro.runs.result import Result

Mode = Literal["exact", "statistical"]

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
        help="Folder of the baseline; results/baselines/<experiment> by default.",
        show_default=False,
    ),
]


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
        int, typer.Option("--seeds", min=1, metavar="N", help="Seeds to run, from the first.")
    ] = N_SEEDS,
    scale: ScaleOption = None,
    curves: CurvesOption = None,
    folder: BaselineOption = None,
    data_dir: DataDirOption = None,
    quiet: QuietOption = False,
    json_output: JsonOption = False,
) -> None:
    """Run an experiment for several seeds and pin its curves, for `check`."""
    from glorot_repro.runs.band_width import median_factors
    from glorot_repro.runs.baseline import pin_curves, statistical_keys, write_baseline
    from glorot_repro.runs.pinning import pin

    made: list[tuple[Path, Baseline]] = []
    if curves:
        _only_curves(config, scale)
        place = _folder_of_curves(folder)
        made.append((place, pin_curves([_read_curves(path) for path in curves])))
    else:
        networks = _networks(_one(config), scale, folder)
        for network in networks:
            _talk(f"{network.label}: {seeds} seeds", is_silent=quiet or json_output)
            first = network.config.seed
            made.append((network.folder, pin(network, range(first, first + seeds))))
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
            typer.echo(f"{place}: {len(one.bands):,} values of {one.n_curves} runs{width}")
        for place, one in made:
            if one.n_curves > 1 and not statistical_keys(one.bands):
                line = f"{place}: none of its quantities can be compared over seeds, only exactly"
                typer.echo(line, err=True)
        if any(1 < one.n_curves < FEW_SEEDS for _, one in made):
            line = f"with fewer than {FEW_SEEDS} runs the comparison of other seeds shows large "
            typer.echo(f"{line}changes only; {N_SEEDS} are advised", err=True)


def check(
    configs: Annotated[
        list[Path] | None,
        typer.Argument(metavar="CONFIG...", help=CONFIG_HELP, show_default=False),
    ] = None,
    only: Annotated[
        Mode | None,
        typer.Option(
            "--only",
            help="One comparison: of the same seed, or of other seeds.",
            show_default=False,
        ),
    ] = None,
    seeds: Annotated[
        int, typer.Option("--seeds", min=1, metavar="K", help="Other seeds to run.")
    ] = 1,
    rate: Annotated[
        float,
        typer.Option(
            "--false-alarm-rate",
            metavar="P",
            help="Probability that the comparisons of other seeds fail without a reason, from 1e-8 "
            "to 0.5.",
        ),
    ] = 1e-4,
    scale: ScaleOption = None,
    curves: CurvesOption = None,
    folder: BaselineOption = None,
    data_dir: DataDirOption = None,
    junit: Annotated[
        Path | None,
        typer.Option("--junit", metavar="FILE", help="Write a JUnit report.", show_default=False),
    ] = None,
    plots: Annotated[
        Path | None,
        typer.Option(
            "--plots",
            metavar="DIR",
            help="Draw curve and band of each failure into this folder.",
            show_default=False,
        ),
    ] = None,
    quiet: QuietOption = False,
    json_output: JsonOption = False,
) -> None:
    """Run experiments and compare their curves with the pinned ones: exit code 0 or 1."""
    from glorot_repro.runs.check import check_networks

    is_silent = quiet or json_output
    if curves:
        _only_curves(configs[0] if configs else None, scale)
        results = [_check_curves(curves, _folder_of_curves(folder), only, rate)]
    else:
        if not configs:
            raise ConfigError(_NO_CONFIG)
        if folder is not None and len(configs) > 1:
            message = "--baseline is for one CONFIG"
            raise ConfigError(message)
        networks = [one for path in configs for one in _networks(path, scale, folder)]
        results = check_networks(
            networks,
            mode=only,
            n_seeds=seeds,
            rate=rate,
            tell=lambda label: _talk(label, is_silent=is_silent),
        )
    failed = [result for result in results if not result.has_passed]
    if junit is not None:
        from glorot_repro.files import write_atomically
        from glorot_repro.report.junit import junit_xml

        write_atomically(junit, junit_xml(results))
    drawn = _draw(failed, plots) if plots else []
    if json_output:
        shown = {
            "passed": not failed,
            "false_alarm_rate": rate,
            "results": [result.to_json() for result in results],
            "plots": [str(path) for path in drawn],
        }
        typer.echo(strict_json(shown))
    else:
        for line in _lines(failed if quiet else results, rate):
            typer.echo(line, err=quiet)
    if failed:
        message = f"{len(failed)} of {len(results)} comparisons failed"
        raise CheckFailedError(message)


_NO_CONFIG = "give an experiment as CONFIG, or --curves FILE.csv with --baseline DIR"


def _one(config: Path | None) -> Path:
    if config is None:
        raise ConfigError(_NO_CONFIG)
    return config


def _only_curves(config: Path | None, scale: str | None) -> None:
    if config is not None or scale is not None:
        message = "--curves takes the place of CONFIG and --scale"
        raise ConfigError(message)


def _folder_of_curves(folder: Path | None) -> Path:
    if folder is None:
        message = "--curves needs --baseline DIR"
        raise ConfigError(message)
    return folder


def _networks(path: Path, scale: str | None, folder: Path | None) -> "list[PinnedNetwork]":
    from glorot_repro.config.experiment import load_experiment
    from glorot_repro.config.shipped import find_config
    from glorot_repro.runs.pinning import pinned_networks

    return pinned_networks(load_experiment(find_config(path), scale=scale), folder)


def _factor_text(factor: float) -> str:
    if math.isinf(factor):
        return "without bound"
    if factor < 2:
        return f"by {100 * (factor - 1):.2g} % (median)"
    return f"by a factor of {factor:.2g} (median)"


def _read_curves(path: Path) -> "Curves":
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


def _check_curves(paths: Sequence[Path], folder: Path, only: Mode | None, rate: float) -> "Result":
    from glorot_repro.runs.baseline import read_baseline
    from glorot_repro.runs.result import curves_result

    return curves_result(
        [_read_curves(path) for path in paths], read_baseline(folder), str(folder), only, rate
    )


def _draw(failed: "Sequence[Result]", folder: Path) -> list[Path]:
    from glorot_repro.report.check_figure import draw_check

    return [draw_check(result, folder) for result in failed if result.comparison.deviations]


def _lines(results: "Sequence[Result]", rate: float) -> list[str]:
    lines = []
    for result in results:
        seeds = ", ".join(map(str, result.seeds))
        what = f"{result.mode}{f', seed {seeds}' if seeds else ''}"
        values = f"{result.n_compared:,} values"
        if result.has_passed:
            unknown = f"; {result.n_unknown:,} more are not in the baseline"
            end = unknown if result.n_unknown else ""
            lines.append(f"ok      {result.label}: {what}: {values} within tolerance{end}")
        else:
            lines.append(f"FAILED  {result.label}: {what}: {result.summary}")
            if result.cause is not None:
                lines.append(f"        likely cause: {result.cause}")
    if any(result.mode == "statistical" for result in results):
        lines.append(f"false-alarm rate of all comparisons of other seeds: {rate:g}")
    return lines


def _talk(line: str, *, is_silent: bool) -> None:
    if not is_silent:
        typer.echo(line, err=True)
