"""The live table, as text."""

import io
import re
import sys
import time
from pathlib import Path

import pytest
from rich.console import Console

from glorot_repro.cli.live import LiveReporter, RunTable
from glorot_repro.cli.reporters import PlainReporter
from glorot_repro.config.experiment import parse_experiment
from glorot_repro.runs.job import Job
from glorot_repro.runs.paths import RunDirectory

RUNS = parse_experiment("name: x\nseeds: [0, 1, 2]\ntraining: {updates: 1000}\n").runs
JOBS = [Job(run, RunDirectory(Path(run.address))) for run in RUNS]


def drawn(table: RunTable, height: int, width: int = 140) -> list[str]:
    console = Console(file=io.StringIO(), width=width)
    with console.capture() as captured:
        console.print(table.table(height))
    return captured.get().splitlines()


def made() -> RunTable:
    table = RunTable()
    for job in JOBS:
        table.row(job)
    finished, running = table.row(JOBS[0]), table.row(JOBS[1])
    finished.status, finished.n_updates = "finished", 1000
    running.status, running.n_updates, running.rate, running.error = "running", 400, 100.0, 12.34
    return table


def test_all_runs_are_shown_with_progress_and_time_left() -> None:
    lines = drawn(made(), 10)
    assert lines[0].strip() == "3 runs: 1 finished, 1 running, 1 waiting; about 16 s left"
    running, waiting, finished = (line for line in lines if "seed" in line)
    for part in ("seed1 ", "400/1,000", "100", "6 s", "12.3", "running"):
        assert part in running
    assert waiting.split() == ["seed2", "1,000", "waiting"]
    assert "1,000/1,000" in finished


def test_time_left_counts_a_run_that_has_just_begun_with_the_others() -> None:
    """Its speed, still 0, once made the time left jump from 34 s to 2 minutes."""
    table = made()
    before = table.title()
    table.row(JOBS[2]).status = "running"
    assert before.endswith("1 running, 1 waiting; about 16 s left")
    assert table.title().endswith("2 running; about 8 s left")


def test_a_run_in_pretraining_shows_its_layer_and_no_time_that_nobody_knows() -> None:
    """It stood at 0 of the updates that come after it; the time left was that of the others."""
    text = "name: x\ntraining: {updates: 1000}\nmodel: {depth: 3}\npretraining: {updates: 2000}\n"
    (pretrained,) = parse_experiment(text, ["seeds=[7]"]).runs
    table = made()
    row = table.row(Job(pretrained, RunDirectory(Path(pretrained.address))))
    assert table.title() == "4 runs: 1 finished, 1 running, 2 waiting"
    progress = {"layer": 1, "layers": 3, "updates_done": 500, "updates": 2000}
    row.status, row.rate, row.pretraining = "running", 50.0, progress
    assert table.title() == "4 runs: 1 finished, 2 running, 1 waiting"
    for width in (140, 80):
        (line,) = (line for line in drawn(table, 10, width) if "seed7" in line)
        assert line.split()[2:] == ["500/2,000", "50", "pre-training", "1/3"]


def test_names_keep_their_hash_only_where_they_need_it() -> None:
    table = RunTable()
    twins = parse_experiment("name: x\ntraining: {updates: 1000}\n").runs
    twins += parse_experiment("name: x\ntraining: {updates: 2000}\n").runs
    for run in twins:
        table.row(Job(run, RunDirectory(Path(run.address))))
    lines = drawn(table, 10)
    assert all(any(run.address in line for line in lines) for run in twins)
    assert not any(JOBS[0].label in line for line in drawn(made(), 10))


def test_what_does_not_fit_is_counted() -> None:
    lines = drawn(made(), 2)
    assert sum("seed" in line for line in lines) == 1
    assert any("and 2 more" in line for line in lines)
    assert any("running" in line for line in lines[1:])


def test_a_narrow_terminal_cuts_names_and_no_numbers() -> None:
    lines = drawn(made(), 10, width=66)
    assert all(len(line) <= 66 for line in lines)
    (running,) = (line for line in lines if "running" in line and "runs:" not in line)
    for part in ("400/1,000", "100", "6 s", "12.3", "…"):
        assert part in running


class Terminal(io.StringIO):
    """A file that says that it is a terminal."""

    def isatty(self) -> bool:
        return True

    def screen(self) -> list[str]:
        """What a terminal without an end at the bottom would show."""
        lines, row = [""], 0
        for part in re.findall(r"\x1b\[[0-9;?]*[A-Za-z]|[\r\n]|[^\x1b\r\n]+", self.getvalue()):
            if part == "\n":
                row += 1
                lines += [""] * (row + 1 - len(lines))
            elif re.fullmatch(r"\x1b\[[0-9]*A", part):
                row = max(0, row - int(part[2:-1] or 1))
            elif part == "\x1b[2K":
                lines[row] = ""
            elif part[0] not in "\x1b\r":
                lines[row] += part
        return [line.strip() for line in lines if line.strip()]


def test_a_run_leaves_pretraining_with_its_first_update(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys, "stderr", terminal)

    def wait_for(text: str) -> None:
        deadline = time.monotonic() + 60
        while text not in terminal.getvalue():
            assert time.monotonic() < deadline
            time.sleep(0.01)

    with LiveReporter() as reporter:
        reporter.started(JOBS[0], 0)
        reporter.pretraining(
            JOBS[0], {"layer": 1, "layers": 3, "updates_done": 500, "updates": 2000}, 50.0
        )
        wait_for("500/2,000")
        reporter.advanced(JOBS[0], 3, 10.0, None)
        wait_for("3/1,000")


def test_what_is_said_stays_above_the_table(monkeypatch: pytest.MonkeyPatch) -> None:
    """The table, drawn anew beneath a line, once erased it and some lines above it."""
    terminal = Terminal()
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setattr(sys, "stdout", terminal)
    monkeypatch.setattr(sys, "stderr", terminal)
    with LiveReporter() as reporter:
        for job in JOBS:
            reporter.queued(job)
        for job in JOBS:
            reporter.started(job, 0)
            reporter.ended(job, {"status": "failed", "failure": "a reason", "updates_done": 10})
    assert terminal.screen() == [
        line for job in JOBS for line in (f"x/{job.label}: failed: a reason", job.label)
    ]


def test_the_error_of_an_own_function_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    """A message of two lines was told as two."""
    info = {"status": "failed", "failure": "RuntimeError: too\nmany", "updates_done": 0}
    with PlainReporter() as reporter:
        for job in JOBS[:2]:
            reporter.ended(job, info)
        reporter.counted([(job, info) for job in JOBS[:2]])
    told = [line for line in capsys.readouterr().out.splitlines() if "RuntimeError" in line]
    assert len(told) == 4
    assert all(line.endswith("RuntimeError: too\\nmany") for line in told)
