"""Run directories that no training has made."""

from functools import partial
from pathlib import Path

import pytest
from made_up_runs import MakeRun, write_made_up_run

from glorot_repro.report.page import document


@pytest.fixture
def make_run(tmp_path: Path) -> MakeRun:
    """Writes a run directory into `results` of tmp_path."""
    return partial(write_made_up_run, tmp_path / "results")


@pytest.fixture(autouse=True)
def no_claims(monkeypatch: pytest.MonkeyPatch) -> None:
    """Judging all claims takes 20 seconds; tests of the page make up the claims they show."""
    monkeypatch.setattr(document, "claims_view", lambda scale, results, runs: None)
