"""The claims of the page, from judged claims."""

from pathlib import Path

import pytest
from made_up_claims import by_layer, made_up

from glorot_repro.report.claims import judging
from glorot_repro.report.claims.models import FIGURE_3_TANH
from glorot_repro.report.page import judged_claims
from glorot_repro.report.page.run_view import RunView


def test_claims_link_the_runs_of_the_page_and_tell_what_they_wait_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run = made_up(FIGURE_3_TANH, 95, activation_std=by_layer(0.641, 0.679, 0.545, 0.399, 0.24))
    names = ("tanh-std-end", "softsign-std-end")
    chosen = {name: judging.paper_claims()[name] for name in names}
    monkeypatch.setattr(judging, "paper_claims", lambda: chosen)
    monkeypatch.setattr(judged_claims, "load_all_runs", lambda results, scale: [run])
    shown = RunView("run7", run.path.name, "fig03", "paper", "", "", "", "", "", [])
    first, second = judged_claims.claims_view("paper", Path("results"), [shown]).claims
    assert (first.verdict, first.runs) == ("confirmed", [("run7", run.path.name)])
    assert (second.verdict, list(second.runs)) == ("not yet run", [])
    assert second.needs[0].startswith("fig03: softsign, about ")
    (unshown, _) = judged_claims.claims_view("paper", Path("results"), []).claims
    assert list(unshown.runs) == []
