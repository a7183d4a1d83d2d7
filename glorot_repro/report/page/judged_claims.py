"""The claims of the page, judged by the runs of a results folder."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from glorot_repro.report.claims.evidence import Need
from glorot_repro.report.claims.judging import ClaimResult, judge_claims, load_all_runs
from glorot_repro.report.page.claims_view import ClaimsView, ClaimView
from glorot_repro.report.page.run_view import RunView

Place = tuple[str, str, str]
"""Scale, experiment and name of a run."""


def claims_view(scale: str, results: Path, shown: Iterable[RunView]) -> ClaimsView:
    """All claims by the runs of one scale; those runs that the page shows are links."""
    judged = judge_claims(load_all_runs(results, scale), results=results)
    keys = {(run.scale, run.experiment, run.name): run.key for run in shown}
    return ClaimsView([_view(result, keys) for result in judged])


def _view(result: ClaimResult, keys: Mapping[Place, str]) -> ClaimView:
    claim = result.claim
    places = [_place(path) for path in result.runs]
    return ClaimView(
        id=claim.id,
        kind=claim.kind,
        where=claim.where,
        claim=claim.claim,
        passes=claim.passes,
        note=claim.note,
        verdict=result.verdict,
        evidence=result.evidence,
        at=result.at,
        runs=[(keys[place], place[-1]) for place in places if place in keys],
        needs=[_told(need) for need in result.needs],
    )


def _place(run: Path) -> Place:
    path = run.absolute()
    return path.parents[1].name, path.parents[0].name, path.name


def _told(need: Need) -> str:
    hours = f", about {need.seconds / 3600:.1f} h" if need.seconds else ""
    return f"{need.experiment}: {need.model}{hours}"
