"""How runs are shown: a live table on a terminal, plain lines elsewhere, errors only when quiet."""

import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import groupby
from typing import Any

from rich.console import Console
from rich.table import Table

from glorot_repro.cli.columns import print_columns
from glorot_repro.errors import GlorotReproError
from glorot_repro.runs.data_files import unofficial_data_note
from glorot_repro.runs.forcing import told_to_repeat
from glorot_repro.runs.job import Job
from glorot_repro.runs.scheduler import Watcher
from glorot_repro.runs.summary import LayerSummary, summary_of
from glorot_repro.wording import counted, one_line, pretraining_text

LABELS = {
    "activation_std": "activation std",
    "backprop_std": "dC/ds std",
    "jacobian_singular_mean": "Jacobian mean",
}

ERRORS = ("diverged", "failed")
"""Statuses of runs that are told even when quiet."""

WITHOUT_TABLE = ("paused", "failed")
"""Statuses of runs that are not worth a table, or have nothing to make it from."""

_WIDE = 1000
"""Columns that any table of layers fits in."""

PLAIN_SECONDS = 10.0
"""Seconds between two plain progress lines."""


class SilentReporter(Watcher):
    """Says only what went wrong, on stderr; the base of those that say more."""

    def __enter__(self) -> "SilentReporter":
        return self

    def __exit__(self, *error: object) -> None:
        """Nothing to put away."""

    def ended(self, job: Job, info: dict[str, Any]) -> None:
        """A run that diverged or failed is one line."""
        if info["status"] in ERRORS:
            print(_ending(job, info), file=sys.stderr)

    def decided(self, points: Sequence[dict[str, Any]]) -> None:
        """What a search found at each grid point."""

    def counted(self, outcomes: Sequence[tuple[Job, dict[str, Any]]]) -> None:
        """All is done that will be done."""


class PlainReporter(SilentReporter):
    """Plain lines: talk on stderr, the table of each run on stdout."""

    has_tables = True
    """Whether a run that ends gets the table of its layers, or one line for each verdict."""

    def __init__(self) -> None:
        self._n_queued = 0
        self._told: dict[Job, float] = {}
        self._talk = Console(stderr=True, highlight=False, soft_wrap=True)
        self._out = Console(highlight=False)

    def queued(self, job: Job) -> None:
        self._n_queued += 1

    def started(self, job: Job, n_updates: int) -> None:
        self._told[job] = time.monotonic()
        resumed = f", from update {n_updates:,}" if n_updates else ""
        self.note(f"{job.directory.path}: {counted(job.n_updates, 'update')}{resumed}")

    def advanced(
        self, job: Job, n_updates: int, updates_per_second: float, error: float | None
    ) -> None:
        speed = pace(n_updates, job.n_updates, updates_per_second, error)
        self._tell(job, f"update {n_updates:,} of {job.n_updates:,}, {speed}")

    def pretraining(self, job: Job, progress: dict[str, int], updates_per_second: float) -> None:
        self._tell(job, f"{pretraining_text(progress)}, {updates_per_second:,.0f} updates/s")

    def note(self, line: str) -> None:
        self._talk.print(line, markup=False)

    def ended(self, job: Job, info: dict[str, Any]) -> None:
        self._say(_ending(job, info))
        if job.pause_at is None and info["status"] not in WITHOUT_TABLE:
            print_summary(layers_of(job, self.note), has_table=self.has_tables)
        data_note = unofficial_data_note([info])
        self._say(*([data_note] if data_note else []), f"{job.directory.path}", "")

    def decided(self, points: Sequence[dict[str, Any]]) -> None:
        if points:
            self._say(f"search: {points[0]['criterion']}")
            print_search(points)

    def counted(self, outcomes: Sequence[tuple[Job, dict[str, Any]]]) -> None:
        # Of the jobs of one run, the last one tells what became of it.
        infos = {job.directory.path: (job, info) for job, info in outcomes}
        if len(infos) < 2:
            return
        counts = Counter(info["status"] for _, info in infos.values())
        listed = ", ".join(f"{n} {status}" for status, n in counts.items())
        self._say(f"{len(infos)} runs: {listed}")
        for job, info in infos.values():
            if info["status"] == "failed":
                self._say(one_line(f"failed: {job.label}: {info['failure']}"))

    def _tell(self, job: Job, line: str) -> None:
        """A line of progress, unless there was one just before."""
        now = time.monotonic()
        if now - self._told.get(job, now) >= PLAIN_SECONDS:
            self._told[job] = now
            self.note(f"{job.label}: {line}" if self._n_queued > 1 else line)

    def _say(self, *lines: str) -> None:
        for line in lines:
            self._out.print(line, markup=False, soft_wrap=True)


def layers_of(job: Job, note: Callable[[str], None]) -> list[LayerSummary]:
    """The summary of the job's run; empty, with a note, if its files are damaged."""
    try:
        return summary_of(job.directory.path)
    except GlorotReproError as error:
        note(told_to_repeat(error, job.directory.path))
        return []


def print_summary(summary: Sequence[LayerSummary], *, has_table: bool = True) -> None:
    """Print the table of a run's layers on stdout, never cut, and the reasons of its verdicts."""
    if summary:
        out = Console(highlight=False)
        if has_table:
            table = _summary_table(summary)
            # In a pipe a console has 80 columns, and would cut numbers and verdicts.
            whole = out.measure(table, options=out.options.update_width(_WIDE)).maximum
            out.width = max(out.width, whole)
            out.print(table)
        for line in _reasons(summary):
            out.print(line, markup=False, soft_wrap=True)


def reporter_for(*, is_silent: bool) -> SilentReporter:
    """The reporter that fits where the output goes."""
    if is_silent:
        return SilentReporter()
    if Console(stderr=True).is_terminal:
        from glorot_repro.cli.live import LiveReporter

        return LiveReporter()
    return PlainReporter()


def pace(n_updates: int, updates: int, updates_per_second: float, error: float | None) -> str:
    parts = [f"{updates_per_second:,.0f} updates/s"]
    if updates_per_second:
        parts.append(f"{(updates - n_updates) / updates_per_second:,.0f} s left")
    if error is not None:
        parts.append(f"validation error {error:.1f} %")
    return ", ".join(parts)


def _summary_table(summary: Sequence[LayerSummary]) -> Table:
    has_ends = any(q.at_end is not None for row in summary for q in row.quantities)
    table = Table(caption_justify="left")
    for name in ("layer", "quantity", "measured", "theory", "ratio"):
        table.add_column(name, justify="left" if name == "quantity" else "right", no_wrap=True)
    if has_ends:
        table.add_column("at end", justify="right", no_wrap=True)
    table.add_column("verdict", no_wrap=True)
    for row in summary:
        for number, quantity in enumerate(row.quantities):
            is_first, is_last = number == 0, number == len(row.quantities) - 1
            table.add_row(
                str(row.layer) if is_first else "",
                LABELS[quantity.name],
                _number(quantity.measured),
                _number(quantity.theory),
                _number(quantity.ratio),
                *([_number(quantity.at_end)] if has_ends else []),
                row.verdict if is_first else "",
                end_section=is_last,
            )
    return table


def print_search(points: Sequence[dict[str, Any]]) -> None:
    """Print the candidates of each grid point with their validation error, and the winners."""
    rows = []
    for point in points:
        for candidate in point["candidates"]:
            error = candidate["validation_error"]
            statuses = ", ".join(sorted(set(candidate["statuses"])))
            is_winner = candidate["candidate"] == point["winner"]
            rows.append(
                (
                    _values(point["point"]),
                    _values(candidate["candidate"]),
                    statuses if error is None else f"{error:.2f}",
                    f"{candidate['updates']:,}",
                    f"winner, {_spread(point)}" if is_winner else "",
                )
            )
    numbers = ("validation %", "updates")
    print_columns(("grid point", "candidate", *numbers, ""), rows, right=numbers)


def _values(labels: dict[str, Any]) -> str:
    return " ".join(f"{key.rpartition('.')[2]}={value}" for key, value in labels.items())


def _spread(point: dict[str, Any]) -> str:
    error = point["test_error"]
    if error["mean"] is None:
        return "not trained with all seeds yet"
    std = "" if error["std"] is None else f" ± {error['std']:.2f}"
    seeds = "seed" if error["n"] == 1 else "seeds"
    return f"test error {error['mean']:.2f}{std} % ({error['n']} {seeds})"


def _reasons(summary: Sequence[LayerSummary]) -> list[str]:
    """One line for each verdict, for all neighboring layers that share it."""
    lines = []
    for (verdict, reason), rows in groupby(summary, key=lambda row: (row.verdict, row.reason)):
        layers = [row.layer for row in rows]
        name = f"layer {layers[0]}" if len(layers) == 1 else f"layers {layers[0]}-{layers[-1]}"
        lines.append(f"{name}: {verdict}: {reason}")
    return lines


def _ending(job: Job, info: dict[str, Any]) -> str:
    return one_line(f"{job.config.experiment}/{job.label}: {_outcome(info)}")


def _outcome(info: dict[str, Any]) -> str:
    divergence = info.get("divergence")
    if divergence:
        where = f"layer {divergence['layer']}" if divergence["layer"] else "the cost"
        which = " of pre-training" if divergence["quantity"].startswith("reconstruction") else ""
        return f"diverged at update {divergence['update']:,}{which} in {where}"
    if info["status"] == "failed":
        return f"failed: {info['failure']}"
    text = f"{info['status']} after {counted(info.get('updates_done', 0), 'update')}"
    if info.get("test_error") is not None:
        text += (
            f", validation error {info['validation_error']:.2f} %, "
            f"test error {info['test_error']:.2f} %"
        )
    best = info.get("best")
    if best and best["update"] != info.get("updates_done", 0):
        text += f" (best by validation: {best['test_error']:.2f} % at update {best['update']:,})"
    return text


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.4g}"
