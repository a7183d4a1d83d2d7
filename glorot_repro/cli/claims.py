"""`claims`: what the paper states, and what the runs at hand say to it."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from glorot_repro.cli.options import (
    RESULTS,
    DataDirOption,
    JsonOption,
    ResultsOption,
    check_suffix,
)
from glorot_repro.strict_json import strict_json
from glorot_repro.wording import duration

if TYPE_CHECKING:
    from collections.abc import Sequence

    from glorot_repro.report.claims.evidence import Need
    from glorot_repro.report.claims.judging import ClaimResult


def claims(
    names: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[ID]...",
            help="Claims, such as fig06-standard-shrink, in full; all by default.",
            show_default=False,
        ),
    ] = None,
    scale: Annotated[
        str | None,
        typer.Option(
            "--scale",
            help="The scale of the runs; by default all: those long enough, at the best rate.",
        ),
    ] = None,
    results: ResultsOption = RESULTS,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            metavar="FILE",
            help="The .md file to write the statements with their verdicts to.",
            show_default=False,
        ),
    ] = None,
    data_dir: DataDirOption = None,
    json_output: JsonOption = False,
) -> None:
    """Judge the paper's claims: confirmed, contradicted, or not yet run.

    What needs no training (data, initializers, theory, networks at update 0) is measured on the
    spot, which takes about half a minute.
    """
    from glorot_repro.cli.progress import passing_line
    from glorot_repro.files import write_atomically
    from glorot_repro.report.claims.judging import judge_claims, load_all_runs
    from glorot_repro.report.claims.page import as_markdown

    check_suffix(out, ".md")
    if scale is not None:
        _require_scale(scale, results)
    records = load_all_runs(results, scale, tell=lambda line: typer.echo(line, err=True))
    with passing_line(is_silent=json_output) as tell:
        judged = judge_claims(records, names or None, results=results, advanced=tell)
    if out is not None:
        write_atomically(out, as_markdown(judged).encode())
    if json_output:
        shown = {"claims": [result.to_json() for result in judged]}
        typer.echo(strict_json(shown))
    elif names:
        for result in judged:
            _print_detail(result)
    else:
        _print_table(judged)


def _require_scale(scale: str, results: Path) -> None:
    """Raises ConfigError unless there are runs of a scale, or an experiment that has it."""
    from glorot_repro.config.shipped import shipped_scales
    from glorot_repro.errors import ConfigError
    from glorot_repro.runs.catalog import scales_of_runs
    from glorot_repro.wording import one_line, unknown_name

    at_hand = scales_of_runs(results)
    if scale in at_hand:
        return
    allowed = at_hand | shipped_scales()
    if scale not in allowed:
        place = one_line(f"command line: --scale {scale}")
        message = f"{place}: {unknown_name('scale', scale, allowed)}"
        raise ConfigError(message)


def _print_table(judged: "Sequence[ClaimResult]") -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from glorot_repro.report.claims.judging import VERDICTS
    from glorot_repro.report.claims.page import counts_text, told, with_verdict

    console = Console()
    for verdict in VERDICTS:
        chosen = with_verdict(judged, verdict)
        if not chosen:
            continue
        table = Table(title=verdict, title_justify="left", title_style="bold", box=box.SIMPLE)
        table.add_column("claim", no_wrap=True)
        table.add_column("where")
        table.add_column("evidence" if verdict != "not yet run" else "waits for", ratio=1)
        for result in chosen:
            table.add_row(Text(result.id), Text(result.claim.where), Text(told(result)))
        console.print(table)
    typer.echo(f"{len(judged)} claims: {counts_text(judged)}")


def _print_detail(result: "ClaimResult") -> None:
    claim = result.claim
    facts = {
        "claim": f"{claim.id}: {claim.claim}",
        "where": f"{claim.where} ({claim.kind})",
        "quantity": claim.quantity,
        "expected": json.dumps(claim.expected),
        "runs": claim.runs,
        "statistic": claim.statistic,
        "holds if": claim.passes,
        "note": claim.note,
        "verdict": result.verdict,
        "evidence": result.evidence,
        "at": result.at,
        "measured": None if result.measured is None else json.dumps(result.measured),
        "runs used": " ".join(str(path) for path in result.runs),
        "waits for": _commands(result.needs),
    }
    for key, value in facts.items():
        if value:
            typer.echo(f"{key:11}{value}")
    typer.echo()


def _commands(needs: "Sequence[Need]") -> str:
    """Each command once, with the time that all of what is waited for takes of it."""
    seconds: dict[str, float] = {}
    for need in needs:
        seconds[need.command] = seconds.get(need.command, 0.0) + need.seconds
    return "; ".join(
        f"{command} (about {duration(time)})" if time else command
        for command, time in seconds.items()
    )
