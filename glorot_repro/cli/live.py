"""The live table of all runs on a terminal."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from glorot_repro.cli.duration import duration
from glorot_repro.cli.reporters import PlainReporter
from glorot_repro.runs.job import Job

ORDER = ("running", "waiting")
"""The statuses that are shown first."""

LINES_AROUND = 5
"""Lines of the terminal that the table's frame and the cursor take."""


@dataclass
class _Row:
    """One run. n_updates: done; rate: updates a second; error: validation error in percent."""

    job: Job
    status: str = "waiting"
    n_updates: int = 0
    rate: float = 0.0
    error: float | None = None

    @property
    def seconds_left(self) -> float | None:
        return (self.job.n_updates - self.n_updates) / self.rate if self.rate else None


@dataclass
class RunTable:
    """The state of all runs, which rich draws a few times a second."""

    rows: dict[Path, _Row] = field(default_factory=dict)

    def row(self, job: Job) -> _Row:
        """The row of the job's run."""
        row = self.rows.setdefault(job.directory.path, _Row(job))
        row.job = job
        return row

    def title(self) -> str:
        """How many runs there are, and when all will be done."""
        rows = list(self.rows.values())
        counts: dict[str, int] = {}
        for row in rows:
            counts[row.status] = counts.get(row.status, 0) + 1
        rate = sum(row.rate for row in rows if row.status == "running")
        n_left = sum(
            row.job.n_updates - row.n_updates
            for row in rows
            if row.status in ("running", "waiting")
        )
        listed = ", ".join(f"{n} {status}" for status, n in counts.items())
        left = f"; about {duration(n_left / rate)} left" if rate else ""
        return f"{len(rows)} runs: {listed}{left}"

    def table(self, height: int) -> Table:
        """All runs, those under way first, as far as they fit into `height` lines."""
        table = Table(title=self.title(), title_justify="left", title_style="")
        for name in ("run", "", "updates", "per s", "left", "error %", "status"):
            is_text = name in ("run", "", "status")
            # Where it gets narrow, the names give way.
            table.add_column(name, justify="left" if is_text else "right", no_wrap=name != "run")
        rank = {status: number for number, status in enumerate(ORDER)}
        rows = sorted(self.rows.values(), key=lambda row: rank.get(row.status, len(ORDER)))
        n_shown = len(rows) if len(rows) <= height else max(1, height - 1)
        for row in rows[:n_shown]:
            left = row.seconds_left if row.status == "running" else None
            table.add_row(
                Text(row.job.label, no_wrap=True, overflow="ellipsis"),
                ProgressBar(max(1, row.job.n_updates), row.n_updates, width=8),
                f"{row.n_updates:,}/{row.job.n_updates:,}",
                f"{row.rate:,.0f}" if row.status == "running" else "",
                "" if left is None else duration(left),
                "" if row.error is None else f"{row.error:.1f}",
                row.status,
            )
        if n_shown < len(rows):
            table.add_row(f"and {len(rows) - n_shown} more")
        return table


class LiveReporter(PlainReporter):
    """A table of all runs with progress and time left, beneath what has been said."""

    def __init__(self) -> None:
        super().__init__()
        self._runs = RunTable()
        self._live = Live(
            console=self._talk,
            transient=True,
            get_renderable=lambda: self._runs.table(self._talk.height - LINES_AROUND),
        )

    def __enter__(self) -> "LiveReporter":
        self._live.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._live.stop()

    def queued(self, job: Job) -> None:
        self._runs.row(job).status = "waiting"

    def started(self, job: Job, n_updates: int) -> None:
        row = self._runs.row(job)
        row.status, row.n_updates = "running", n_updates

    def advanced(
        self, job: Job, n_updates: int, updates_per_second: float, error: float | None
    ) -> None:
        row = self._runs.row(job)
        row.n_updates, row.rate, row.error = n_updates, updates_per_second, error

    def ended(self, job: Job, info: dict[str, Any]) -> None:
        row = self._runs.row(job)
        row.status, row.n_updates = info["status"], info["updates_done"]
        row.error = info.get("validation_error")
        # What is said goes to stdout, which may be the same terminal.
        self._live.stop()
        super().ended(job, info)
        self._live.start()
