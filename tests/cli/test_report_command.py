"""`report` on runs in a results folder."""

import json
from pathlib import Path

from conftest import Run
from made_up_runs import write_made_up_run


def test_a_report_of_chosen_runs(cli: Run, tmp_path: Path) -> None:
    for seed in (0, 1):
        write_made_up_run(tmp_path / "results", seed=seed)
    done = cli("report", "seed1", "--json")
    assert done.returncode == 0, done.stderr
    shown = json.loads(done.stdout)
    assert shown["report"] == "results/report.html"
    (name,) = shown["runs"]
    text = (tmp_path / "results" / "report.html").read_text()
    assert shown["bytes"] == len(text.encode())
    assert name in text
    assert "seed0" not in text


def test_a_run_that_is_not_there_is_one_line(process: Run) -> None:
    done = process("report", "nothing", "--out", "page.html")
    assert done.returncode == 2
    assert "no run in results" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_report_of_another_suffix_is_refused(cli: Run, tmp_path: Path) -> None:
    write_made_up_run(tmp_path / "results", seed=0)
    done = cli("report", "seed0", "--out", "page.pdf")
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert "--out: expected a file that ends in .html or .htm, found 'page.pdf'" in line
    assert not (tmp_path / "page.pdf").exists()
