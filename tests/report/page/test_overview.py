"""The tiles count what the page has, and nothing that it has not."""

from made_up_runs import MakeRun

from glorot_repro.report.page.claims_view import ClaimsView, ClaimView
from glorot_repro.report.page.figure_view import FigureView
from glorot_repro.report.page.overview import tiles
from glorot_repro.report.page.run_view import run_views


def claim(verdict: str) -> ClaimView:
    return ClaimView("", "", "", "", "", "", verdict, "", "", [], [])


def figure(n_runs: int, errors: list[float]) -> FigureView:
    return FigureView("fig06", 6, "", "data:,", "", n_runs, "", True, None, None, errors)


def test_every_part_has_its_tile(make_run: MakeRun) -> None:
    runs = run_views([make_run(seed=0), make_run(seed=1, info={"status": "diverged"})])
    verdicts = ["confirmed", "confirmed", "not yet run"]
    claims = ClaimsView([claim(verdict) for verdict in verdicts])
    figures = [figure(3, [0.5, 2.5, 2.0]), figure(0, [])]
    found = [(one.number, one.text, one.target) for one in tiles(runs, figures, None, claims)]
    assert found == [
        ("1 of 2", "figures have runs", "figures"),
        ("2 of 3", "quantities of printed panels are within 2 errors of the print", "figures"),
        ("2 of 3", "claims confirmed, 0 contradicted, 1 not yet run", "claims"),
        ("2", "runs: 1 diverged, 1 finished", "runs"),
    ]


def test_nothing_has_no_tile() -> None:
    assert tiles([], [], None, None) == []
