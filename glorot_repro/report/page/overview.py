"""The first lines of the page: how much of everything there is."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from glorot_repro.report.page.claims_view import ClaimsView
from glorot_repro.report.page.figure_view import FigureView
from glorot_repro.report.page.run_view import RunView
from glorot_repro.report.page.table1_view import Table1View

NEAR = 2.0
"""Errors: what two readings of the same curve may well differ by."""


@dataclass(frozen=True)
class Tile:
    """A number with what it counts, and the part of the page that tells more."""

    number: str
    text: str
    target: str


def tiles(
    runs: Sequence[RunView],
    figures: Sequence[FigureView],
    table1: Table1View | None,
    claims: ClaimsView | None,
) -> list[Tile]:
    """One tile for each part that the page has."""
    found = []
    if figures:
        n_drawn = sum(figure.n_runs > 0 for figure in figures)
        found.append(Tile(f"{n_drawn} of {len(figures)}", "figures have runs", "figures"))
        errors = [error for figure in figures for error in figure.errors]
        if errors:
            n_near = sum(error <= NEAR for error in errors)
            text = f"quantities of printed panels are within {NEAR:g} errors of the print"
            found.append(Tile(f"{n_near} of {len(errors)}", text, "figures"))
    if table1 is not None:
        number = f"{table1.n_cells_run} of {table1.n_cells}"
        found.append(Tile(number, "cells of Table 1 have numbers", "table1"))
    if claims is not None:
        counts = dict(claims.by_verdict)
        number = f"{counts.pop('confirmed')} of {len(claims.claims)}"
        rest = ", ".join(f"{count} {verdict}" for verdict, count in counts.items())
        found.append(Tile(number, f"claims confirmed, {rest}", "claims"))
    if runs:
        statuses = sorted(Counter(run.status for run in runs).items())
        states = ", ".join(f"{count} {status}" for status, count in statuses)
        found.append(Tile(str(len(runs)), f"run{'s' * (len(runs) > 1)}: {states}", "runs"))
    return found
