"""The page as HTML: whole, escaped, labelled, and without a word to a network."""

import os
import re
from collections.abc import Sequence
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from made_up_runs import MakeRun
from matplotlib.figure import Figure

from glorot_repro.arrays import read_npz, to_npz
from glorot_repro.report.figures import FIGURES
from glorot_repro.report.page.claims_view import ClaimsView, ClaimView
from glorot_repro.report.page.document import (
    Report,
    paper_report,
    runs_report,
    to_html,
    write_report,
)
from glorot_repro.report.page.figure_view import FigureView
from glorot_repro.report.page.table import PageTable
from glorot_repro.report.page.table1_view import table1_view
from glorot_repro.runs.reading import RunRecord

EVIL = "<script>alert('x')</script><!--\"&"

VOID = {"meta", "link", "img", "input", "br"}


class Page(HTMLParser):
    """The tags of a page, with a check that they are closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, (tag, self.getpos())

    def of(self, *names: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.tags if tag in names]


def test_what_comes_from_files_is_text(make_run: MakeRun) -> None:
    entry = make_run(
        info={
            "status": EVIL,
            "failure": EVIL,
            "git_commit": EVIL,
            "data_files": {EVIL: EVIL},
            "unofficial_data_files": [EVIL],
            "versions": {EVIL: EVIL},
        },
        note=f"# {EVIL}\n",
    )
    table = PageTable(EVIL, [EVIL, EVIL], [[EVIL, EVIL]])
    figure = FigureView("fig01", 1, EVIL, "data:,", EVIL, 1, EVIL, True, table, table)
    report = runs_report([entry])
    claim = ClaimView(
        EVIL, EVIL, EVIL, EVIL, EVIL, EVIL, "confirmed", EVIL, EVIL, [(EVIL, EVIL)], [EVIL]
    )
    page = to_html(Report(EVIL, EVIL, report.runs, [figure], claims=ClaimsView([claim])))
    plain = to_html(report)
    assert "<script>alert" not in page
    assert page.count("<script") == plain.count("<script") == 2
    assert page.count("<!--") == 0
    assert page.count("&lt;script&gt;alert") >= 25
    Page(page)


def test_data_cannot_end_their_script(make_run: MakeRun) -> None:
    (run,) = runs_report([make_run()]).runs
    assert run.data is not None
    run.data["name"] = "</script><script>alert(1)</script>"
    page = to_html(Report("", "", [run]))
    assert "<script>alert" not in page
    assert page.count("</script>") == 2


def test_a_page_is_whole_and_labelled(make_run: MakeRun) -> None:
    page = Page(to_html(runs_report([make_run(seed=seed) for seed in (0, 1)])))
    assert page.open == []
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    labels = {attributes.get("for") for attributes in page.of("label")}
    for control in page.of("select"):
        assert control["id"] in labels
    assert "viewer-time" in labels
    for link in page.of("a"):
        assert (link["href"] or "")[1:] in ids
    for image in page.of("img"):
        assert image["alt"]
    for name in ("main", "nav", "header", "footer", "title"):
        assert page.of(name)
    assert page.of("html")[0]["lang"] == "en"
    assert all("scope" in head for head in page.of("th"))


def test_a_page_needs_no_network(make_run: MakeRun) -> None:
    text = to_html(runs_report([make_run()]))
    page = Page(text)
    addresses = [a[key] for _, a in page.tags for key in ("src", "href") if key in a]
    assert all((address or "").startswith(("#", "data:")) for address in addresses)
    assert "@import" not in text
    assert not re.search(r"url\((?!#)", text)
    assert set(re.findall(r"https?://[^\s\"']+", text)) == {"http://www.w3.org/2000/svg"}


def test_equal_runs_give_equal_bytes(make_run: MakeRun) -> None:
    entry = make_run()
    assert to_html(runs_report([entry])) == to_html(runs_report([entry]))


def test_a_damaged_run_is_shown_as_such(make_run: MakeRun) -> None:
    fine, damaged, early = (make_run(seed=seed) for seed in (0, 1, 2))
    (damaged.path / "histograms.npz").write_bytes(b"PK\x03\x04 cut")
    (early.path / "curves.csv").unlink()
    report = runs_report([fine, damaged, early])
    assert [len(run.problems) for run in report.runs] == [0, 1, 1]
    assert [run.key for run in report.viewable_runs] == ["run1"]
    page = to_html(report)
    assert "histograms.npz is damaged" in page
    assert "Nothing is measured yet" in page
    Page(page)


def test_a_run_that_failed_before_its_first_record_tells_why(make_run: MakeRun) -> None:
    """That nothing is measured yet was all that the page said."""
    failed = make_run(info={"status": "failed", "failure": "RuntimeError: no such <sine>"})
    (failed.path / "curves.csv").unlink()
    page = to_html(runs_report([failed]))
    assert "The run failed: RuntimeError: no such &lt;sine&gt;" in page
    assert "Nothing is measured yet" in page


def test_the_network_of_a_run_without_its_curves_is_told(make_run: MakeRun) -> None:
    """Which one had failed was a dash in the list of runs."""
    fine, failed, damaged = (make_run(seed=seed) for seed in (0, 1, 2))
    (failed.path / "curves.csv").unlink()
    (damaged.path / "curves.csv").write_bytes(b"update,lay")
    runs = runs_report([fine, failed, damaged]).runs
    networks = [run.network.removesuffix(f", seed {n}") for n, run in enumerate(runs)]
    assert networks == [networks[0]] * 3
    assert networks[0] != "–"
    assert [dict(run.settings)["seed"] for run in runs] == ["0", "1", "2"]


def _without(path: Path, name: str) -> None:
    arrays = read_npz(path)
    del arrays[name]
    path.write_bytes(to_npz(arrays))


def test_files_that_lack_a_part_or_have_another_are_damage_of_one_run(make_run: MakeRun) -> None:
    """They ended the report of all runs in a traceback."""
    odd = [{"updates_done": "x"}, {"seconds": 3}, {"divergence": {}}, {"test_error": [1]}]
    entries = [make_run(seed=seed, info=info) for seed, info in enumerate(odd)]
    lacking = ["updates", "backprop_layers", "backprop_counts", "activation_overflow"]
    for seed, name in enumerate(lacking, start=len(odd)):
        entries.append(make_run(seed=seed))
        _without(entries[-1].path / "histograms.npz", name)
    *damaged, fine = runs_report([*entries, make_run(seed=20)]).runs
    assert fine.problems == []
    for run in damaged[: len(odd)]:
        assert run.status == "damaged"
        assert "run.json is damaged: " in run.problems[0]
    for run, name in zip(damaged[len(odd) :], lacking, strict=True):
        assert "histograms.npz is damaged: expected numbers in" in run.problems[0]
        assert f"as {name}, found none" in run.problems[0]


def test_a_folder_whose_name_is_no_text_is_in_the_page(make_run: MakeRun, tmp_path: Path) -> None:
    """The bytes of its name that are not UTF-8 were a traceback."""
    entry = make_run()
    path = tmp_path / os.fsdecode(b"r\xff") / entry.path.name
    page = tmp_path / "report.html"
    write_report(runs_report([replace(entry, path=path)]), page)
    assert f"r?/{entry.name}" in page.read_text()


def test_without_runs_the_page_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("glorot_repro.report.page.document.figure_views", lambda *_: [])
    page = to_html(paper_report("quick", tmp_path))
    assert "There are no runs yet." in page
    assert "viewer-time" not in page.split("<script>")[0]
    Page(page)


def test_the_report_of_the_paper_has_its_figures(
    make_run: MakeRun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_run()
    monkeypatch.setattr("glorot_repro.report.page.figure_view.PAPER_FIGURES", ("fig06",))
    draw, scales = FIGURES["fig06"], []

    def drawn(records: Sequence[RunRecord], *, scale: str) -> Figure:
        scales.append(scale)
        return draw(records, scale=scale)

    monkeypatch.setitem(FIGURES, "fig06", drawn)
    report = paper_report("quick", tmp_path / "results")
    (figure,) = report.figures
    assert (figure.number, figure.n_runs, figure.agreement) == (6, 0, None)
    assert figure.image.startswith("data:image/svg+xml;base64,")
    assert scales == ["quick"]  # of the command below the image
    page = to_html(report)
    assert "glorot-repro run fig06 --scale quick" in page
    assert 'href="#fig06"' in page
    assert [run.name for run in report.runs] == [run.name for run in report.viewable_runs]
    Page(page)


def test_table_1_is_there_before_its_runs(tmp_path: Path) -> None:
    view = table1_view("smoke", tmp_path)
    assert (view.n_cells, view.n_cells_run) == (20, 0)
    assert len(view.models) == 5
    page = to_html(Report("", "", [], table1=view))
    assert "glorot-repro table1 --scale smoke --run" in page
    # Printed in bold: softsign with the standard initialization on Shapeset.
    assert "<strong>16.27</strong>" in page
    # Two rows of each model stand beside one printed number.
    assert page.count('class="number printed" rowspan="2"') == 20
    Page(page)


def test_more_runs_than_one_chart_can_hold_are_told(make_run: MakeRun) -> None:
    """The chart was gone without a word."""
    entries = [make_run(seed=seed, n_records=2) for seed in range(13)]
    page = to_html(runs_report(entries))
    assert "More than 12 runs: name fewer" in page
    assert "data-compare=" not in page
    page = to_html(runs_report(entries[:12]))
    assert "More than 12 runs" not in page
    assert "data-compare=" in page


def test_the_index_tells_what_runs_of_one_network_do_not_share(make_run: MakeRun) -> None:
    first, second = (make_run(seed=seed, n_records=2) for seed in (0, 1))
    alike = "3 layers of 30, 20, 10 tanh units, weights: standard"
    networks = [run.network for run in runs_report([first, second]).runs]
    assert networks == [f"{alike}, seed 0", f"{alike}, seed 1"]
    assert [run.network for run in runs_report([first]).runs] == [alike]
    config = second.path / "config.yaml"
    for key, value in (("learning_rate", "0.5"), ("batch_size", "3"), ("cost", "squared_error")):
        found = re.compile(rf"(training:.*?{key}: )[\w.]+", flags=re.DOTALL)
        config.write_text(found.sub(rf"\g<1>{value}", config.read_text()))
    networks = [run.network for run in runs_report([first, second]).runs]
    others = "learning rate 0.5, mini-batch 3, cost squared error, seed 1"
    assert networks[1] == f"{alike}, {others}"
    (second.path / "config.yaml").unlink()
    assert [run.network for run in runs_report([first, second]).runs] == [alike, "–"]
