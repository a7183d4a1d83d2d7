"""`check`: compare the curves of experiments with those that are pinned."""

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
from glorot_repro.errors import CheckFailedError, ConfigError
from glorot_repro.strict_json import strict_json
from glorot_repro.wording import counted

if TYPE_CHECKING:
    from glorot_repro.runs.result import Result

Mode = Literal["exact", "statistical"]


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
        int | None,
        typer.Option(
            "--seeds",
            min=1,
            metavar="K",
            help="Other seeds to run; 1 by default.",
            show_default=False,
        ),
    ] = None,
    false_alarm_rate: Annotated[
        float | None,
        typer.Option(
            "--false-alarm-rate",
            metavar="P",
            help="Probability that the comparisons of other seeds fail without a reason, from 1e-8 "
            "to 0.5; 1e-4 by default.",
            show_default=False,
        ),
    ] = None,
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
    """Run experiments and compare their curves with the pinned ones: exit code 0 or 1.

    As the files stand: no key=value.
    """
    from glorot_repro.runs.band_width import FALSE_ALARM_RATE
    from glorot_repro.runs.check import check_networks

    if only == "exact" and (seeds is not None or false_alarm_rate is not None):
        message = "--seeds and --false-alarm-rate are of other seeds, which --only exact leaves out"
        raise ConfigError(message)
    is_silent = quiet or json_output
    rate = FALSE_ALARM_RATE if false_alarm_rate is None else false_alarm_rate
    if curves:
        require_only_curves(configs[0] if configs else None, scale, seeds)
        results = [_check_curves(curves, folder_of_curves(folder), only, rate)]
    else:
        if not configs:
            raise ConfigError(NO_CONFIG)
        if folder is not None and len(configs) > 1:
            message = "--baseline is for one CONFIG"
            raise ConfigError(message)
        networks = [one for path in configs for one in networks_of(path, scale, folder)]
        results = check_networks(
            networks,
            mode=only,
            n_seeds=seeds,
            rate=rate,
            tell=lambda label: talk(label, is_silent=is_silent),
        )
    failed = [result for result in results if not result.has_passed]
    # First what a file that cannot be written must not take away.
    if not json_output:
        for line in _lines(failed if quiet else results, rate):
            typer.echo(line, err=quiet)
    drawn = _draw(failed, plots) if plots else []
    if json_output:
        shown = {
            "passed": not failed,
            "false_alarm_rate": rate,
            "results": [result.to_json() for result in results],
            "plots": [str(path) for path in drawn],
        }
        typer.echo(strict_json(shown))
    if junit is not None:
        from glorot_repro.files import write_atomically
        from glorot_repro.report.junit import junit_xml

        write_atomically(junit, junit_xml(results))
    if failed:
        message = f"{len(failed)} of {len(results)} comparisons failed"
        raise CheckFailedError(message)


def _check_curves(paths: Sequence[Path], folder: Path, only: Mode | None, rate: float) -> "Result":
    from glorot_repro.runs.baseline import read_baseline
    from glorot_repro.runs.result import curves_result

    return curves_result(
        [read_curves(path) for path in paths], read_baseline(folder), str(folder), only, rate
    )


def _draw(failed: "Sequence[Result]", folder: Path) -> list[Path]:
    from glorot_repro.report.check_figure import draw_check

    return [draw_check(result, folder) for result in failed if result.comparison.deviations]


def _lines(results: "Sequence[Result]", rate: float) -> list[str]:
    lines = []
    for result in results:
        seeds = ", ".join(map(str, result.seeds))
        what = f"{result.mode}{f', seed {seeds}' if seeds else ''}"
        values = counted(result.n_compared, "value")
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
