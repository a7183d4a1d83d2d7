"""The live table, as text."""

import io
from pathlib import Path

from rich.console import Console

from glorot_repro.cli.live import RunTable
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
    for part in (JOBS[1].label, "400/1,000", "100", "6 s", "12.3", "running"):
        assert part in running
    assert "waiting" in waiting
    assert "1,000/1,000" in finished


def test_what_does_not_fit_is_counted() -> None:
    lines = drawn(made(), 2)
    assert sum("seed" in line for line in lines) == 1
    assert any("and 2 more" in line for line in lines)
    assert any("running" in line for line in lines[1:])


def test_a_narrow_terminal_cuts_names_and_no_numbers() -> None:
    lines = drawn(made(), 10, width=70)
    assert all(len(line) <= 70 for line in lines)
    (running,) = (line for line in lines if "running" in line and "runs:" not in line)
    for part in ("400/1,000", "100", "6 s", "12.3", "…"):
        assert part in running
