"""`init`: what an initializer draws, and which initializer fits which activation."""

import math
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from glorot_repro.cli.columns import print_columns
from glorot_repro.cli.options import JsonOption, QuietOption
from glorot_repro.strict_json import finite_or_none, strict_json

if TYPE_CHECKING:
    from glorot_repro.config.sweep import SweepSection
    from glorot_repro.measure.init_sweep import Measurement, Passage

app = typer.Typer(
    help="Initializers: describe one, or sweep them against activations and depths.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@app.command("describe")
def describe(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="An initializer, or your own as module:object.")
    ],
    options: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[KEY=VALUE]...",
            help="Options as in the YAML, such as gain=tanh.",
            show_default=False,
        ),
    ] = None,
    fan_in: Annotated[
        int, typer.Option("--in", min=1, max=20_000, help="Units of the layer below.")
    ] = 1000,
    fan_out: Annotated[
        int, typer.Option("--out", min=1, max=20_000, help="Units of the layer.")
    ] = 1000,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Seed of the draw.")] = 0,
    json_output: JsonOption = False,
) -> None:
    """Print formula, variance, bound and source of an initializer, and what a draw is like.

    The gains are fan_in Var[W] and fan_out Var[W], equations 10 and 11 of the paper.
    """
    fields = _described(name, options or [], fan_in, fan_out, seed)
    if json_output:
        typer.echo(strict_json(fields))
        return
    width = max(len(key) for key in fields)
    for key, value in fields.items():
        if key != "draw":
            typer.echo(f"{key.replace('_', ' ').ljust(width)}  {_text(value)}")
    typer.echo(f"\na draw of {fan_out:,} x {fan_in:,} weights, seed {seed}")
    for key, value in fields["draw"].items():
        typer.echo(f"{key.replace('_', ' ').ljust(width)}  {_text(value)}")


@app.command("sweep")
def sweep(
    settings: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[KEY=VALUE]...",
            help="activations=[tanh, relu], initializers=[normalized, {name: orthogonal, gain: "
            "tanh}], depths=[5, 20, 50], width=200, examples=100, seed=0.",
            show_default=False,
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", help="Folder for the heat maps, one a depth, as PNG, SVG and PDF."),
    ] = None,
    quiet: QuietOption = False,
    json_output: JsonOption = False,
) -> None:
    """Pass random signals through untrained networks: variance ratios per layer and theory.

    Forward is the variance of the activations over examples, backward the mean square of dC/ds;
    each ratio is from one layer to the next, and below it stands the theory. Takes some
    seconds as it is.
    """
    from threadpoolctl import threadpool_limits

    from glorot_repro.config.sweep import sweep_settings
    from glorot_repro.errors import ConfigError
    from glorot_repro.measure.init_sweep import sweep as measured

    section = sweep_settings(settings or [])
    names = [*section.activations, *(initializer.name for initializer in section.initializers)]
    own = [name for name in names if ":" in name]
    try:
        with threadpool_limits(1, user_api="blas"):
            measurements = measured(section)
    except Exception as error:
        if not own:
            raise
        # The reader's code may fail in any way, also at this width alone.
        message = f"{' or '.join(own)} failed at width {section.width}: {error}"
        raise ConfigError(message) from error
    paths = [] if out is None else _draw(measurements, section, out)
    if json_output:
        rows = [_as_json(measurement) for measurement in measurements]
        fields = {"networks": rows, "figures": [str(path) for path in paths]}
        typer.echo(strict_json(fields))
    elif not quiet:
        _print_sweep(measurements)
        for path in paths:
            typer.echo(str(path))


def _described(
    name: str, options: list[str], fan_in: int, fan_out: int, seed: int
) -> dict[str, Any]:
    import numpy as np

    from glorot_repro.config.sweep import initializer_named
    from glorot_repro.errors import ConfigError
    from glorot_repro.measure.weights import weight_statistics

    initializer = initializer_named(name, options)
    variance = initializer.variance(fan_in, fan_out)
    try:
        weights = initializer.draw(np.random.default_rng(seed), fan_in, fan_out)
    except ValueError as error:  # the reader's own initializer
        raise ConfigError(str(error)) from error
    note = {"note": "then rescaled by the first training examples"}
    return {
        **initializer.model_dump(mode="json"),
        "family": initializer.family,
        "formula": initializer.formula,
        "source": initializer.source,
        **(note if initializer.needs_examples else {}),
        "fan_in": fan_in,
        "fan_out": fan_out,
        "bound": initializer.bound(fan_in, fan_out),
        "std": None if variance is None else math.sqrt(variance),
        "variance": variance,
        "forward_gain": None if variance is None else fan_in * variance,
        "backward_gain": None if variance is None else fan_out * variance,
        "draw": {
            key: finite_or_none(value) for key, value in asdict(weight_statistics(weights)).items()
        },
    }


def _print_sweep(measurements: "list[Measurement]") -> None:
    from glorot_repro.report.settings_text import setting_text

    numbers = ("depth", "forward", "theory", "backward", "theory", "lost after")
    rows = [
        (
            m.activation,
            setting_text(m.initializer),
            str(m.depth),
            _ratio(m.forward),
            _ratio(m.forward_theory),
            _ratio(m.backward),
            _ratio(m.backward_theory),
            "-" if m.lost_after is None else str(m.lost_after),
        )
        for m in measurements
    ]
    print_columns(("activation", "initializer", *numbers), rows, right=numbers)


def _draw(measurements: "list[Measurement]", section: "SweepSection", out: Path) -> list[Path]:
    from glorot_repro.files import write_atomically
    from glorot_repro.report.style import FORMATS, figure_bytes
    from glorot_repro.report.sweep_figure import sweep_figure

    caption = (
        f"random signals: {section.width:,} units a layer, {section.examples:,} examples, "
        f"seed {section.seed} (glorot-repro init sweep)"
    )
    paths = []
    for depth in dict.fromkeys(m.depth for m in measurements):
        figure = sweep_figure([m for m in measurements if m.depth == depth], caption)
        for file_format in FORMATS:
            path = out / f"init_sweep_depth{depth}.{file_format}"
            write_atomically(path, figure_bytes(figure, file_format))
            paths.append(path)
    return paths


def _as_json(measurement: "Measurement") -> dict[str, Any]:
    ways: dict[str, Any] = {}
    for way in ("forward", "forward_theory", "backward", "backward_theory"):
        found: Passage | None = getattr(measurement, way)
        ways[way] = found and {**asdict(found), "ratio": finite_or_none(found.ratio)}
    return {
        "activation": measurement.activation,
        "initializer": measurement.initializer.model_dump(mode="json"),
        "depth": measurement.depth,
        **ways,
        "lost_after": measurement.lost_after,
    }


def _ratio(passage: "Passage | None") -> str:
    if passage is None:
        return "-"
    return "none" if math.isnan(passage.ratio) else f"{passage.ratio:.4g}"


def _text(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:.6g}" if isinstance(value, float) else str(value)
