"""The live table of all runs on a terminal."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from glorot_repro.cli.reporters import PlainReporter
from glorot_repro.runs.job import Job
from glorot_repro.wording import duration

ORDER = ("running", "waiting")
"""The statuses that are shown first."""

LINES_AROUND = 6
"""Lines of the terminal that the table's title and frame and the cursor take."""

MOST_TABLES = 2
"""With more runs than that, a run that ends gets one line for its layers in place of a table, so
that the lines above the live table stay an overview."""

STYLES = {"finished": "green", "diverged": "red", "failed": "red"}
"""Colors of statuses, which say the same in words."""


@dataclass
class _Row:
    """One run. n_updates: done; rate: updates a second; error: validation error in percent.

    pretraining: its progress, as in run.json, while the run is in that phase.
    """

    job: Job
    status: str = "waiting"
    n_updates: int = 0
    rate: float = 0.0
    error: float | None = None
    pretraining: dict[str, int] | None = None

    @property
    def is_running(self) -> bool:
        return self.status == "running"

    @property
    def has_pretraining_left(self) -> bool:
        """Whether a phase is left of which nobody knows how long it takes."""
        is_left = self.status in ORDER and not self.n_updates
        return is_left and self.job.config.pretraining.updates > 0

    @property
    def seconds_left(self) -> float | None:
        if self.pretraining or not self.rate:
            return None
        return (self.job.n_updates - self.n_updates) / self.rate

    @property
    def progress(self) -> tuple[int, int]:
        """Updates done, and of how many, of the phase that the run is in."""
        if self.pretraining:
            return self.pretraining["updates_done"], self.pretraining["updates"]
        return self.n_updates, self.job.n_updates

    @property
    def updates(self) -> str:
        done, updates = self.progress
        return f"{updates:,}" if self.status == "waiting" and not done else f"{done:,}/{updates:,}"

    @property
    def shown_status(self) -> str:
        told = self.pretraining
        return f"pre-training {told['layer']}/{told['layers']}" if told else self.status


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
        rates = [row.rate for row in rows if row.is_running]
        known = [rate for rate in rates if rate]
        # Those that have only just begun will be about as fast as the others.
        rate = sum(known) * len(rates) / len(known) if known else 0.0
        n_left = sum(
            row.job.n_updates - row.n_updates
            for row in rows
            if row.status in ("running", "waiting")
        )
        listed = ", ".join(f"{n} {status}" for status, n in counts.items())
        is_known = rate and not any(row.has_pretraining_left for row in rows)
        left = f"; about {duration(n_left / rate)} left" if is_known else ""
        return f"{len(rows)} runs: {listed}{left}"

    def table(self, height: int) -> Table:
        """All runs, those under way first, as far as they fit into `height` lines."""
        table = Table(
            title=self.title(),
            title_justify="left",
            title_style="",
            box=SIMPLE_HEAD,
            collapse_padding=True,
            pad_edge=False,
        )
        for name in ("run", "", "updates", "per s", "left", "validation %", "status"):
            is_text = name in ("run", "", "status")
            # Where it gets narrow, the names give way.
            table.add_column(name, justify="left" if is_text else "right", no_wrap=name != "run")
        rank = {status: number for number, status in enumerate(ORDER)}
        rows = sorted(self.rows.values(), key=lambda row: rank.get(row.status, len(ORDER)))
        n_shown = len(rows) if len(rows) <= height else max(1, height - 1)
        names = self._names()
        for row in rows[:n_shown]:
            left = row.seconds_left if row.is_running else None
            done, updates = row.progress
            table.add_row(
                Text(names[row.job.label], no_wrap=True, overflow="ellipsis"),
                # An empty bar is drawn, in another color: without colors it would look full.
                ProgressBar(updates, done, width=8) if done else "",
                row.updates,
                f"{row.rate:,.0f}" if row.is_running and row.rate else "",
                "" if left is None else duration(left),
                "" if row.error is None else f"{row.error:.1f}",
                Text(row.shown_status, style=STYLES.get(row.status, "")),
            )
        if n_shown < len(rows):
            table.add_row(f"and {len(rows) - n_shown} more")
        return table

    def _names(self) -> dict[str, str]:
        """Labels to what is shown of them: without their hash, if that leaves them different."""
        labels = [row.job.label for row in self.rows.values()]
        short = {label: label.rpartition("-")[0] for label in labels}
        is_enough = len(set(short.values())) == len(short)
        return short if is_enough else {label: label for label in labels}


class LiveReporter(PlainReporter):
    """A table of all runs with progress and time left, beneath what has been said."""

    def __init__(self) -> None:
        super().__init__()
        self._runs = RunTable()
        self._live = self._new_live()

    def __enter__(self) -> "LiveReporter":
        self._live.start()
        return self

    def _new_live(self) -> Live:
        return Live(
            console=self._talk,
            transient=True,
            get_renderable=lambda: self._runs.table(self._talk.height - LINES_AROUND),
        )

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
        row.pretraining = None

    def pretraining(self, job: Job, progress: dict[str, int], updates_per_second: float) -> None:
        row = self._runs.row(job)
        row.pretraining, row.rate = progress, updates_per_second

    def ended(self, job: Job, info: dict[str, Any]) -> None:
        row = self._runs.row(job)
        row.status, row.n_updates = info["status"], info.get("updates_done", 0)
        row.pretraining = None
        row.error = info.get("validation_error")
        self.has_tables = len(self._runs.rows) <= MOST_TABLES
        # What is said goes to stdout, which may be the same terminal.
        self._live.stop()
        super().ended(job, info)
        # A new one: the old one would erase as many lines as it had, which are other ones now.
        self._live = self._new_live()
        self._live.start()
