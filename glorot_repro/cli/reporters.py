"""How a run is shown: a live bar on a terminal, plain lines elsewhere, nothing when quiet."""

import time
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn
from rich.table import Table

from glorot_repro.config.schema import RunConfig
from glorot_repro.runs.summary import LayerSummary

LABELS = {
    "activation_std": "activation std",
    "backprop_std": "dC/ds std",
    "jacobian_singular_mean": "Jacobian mean",
}

PLAIN_SECONDS = 10.0
"""Seconds between two plain progress lines."""


class SilentReporter:
    """Says nothing; the base of those that do."""

    def __enter__(self) -> "SilentReporter":
        return self

    def __exit__(self, *error: object) -> None:
        """Nothing to put away."""

    def started(self, config: RunConfig, directory: Path, n_updates: int) -> None:
        """A run starts, or goes on from `n_updates` updates."""

    def advanced(self, n_updates: int, updates_per_second: float, error: float | None) -> None:
        """Updates done, speed, newest validation error in percent."""

    def note(self, line: str) -> None:
        """Something worth knowing."""

    def ended(
        self,
        config: RunConfig,
        directory: Path,
        info: dict[str, Any],
        summary: Sequence[LayerSummary],
    ) -> None:
        """A run came to an end, or had been finished before."""


class PlainReporter(SilentReporter):
    """Plain lines: talk on stderr, the table of each run on stdout."""

    def __init__(self, n_runs: int) -> None:
        self._n_runs = n_runs
        self._n_started = 0
        self._updates = 0
        self._told = 0.0
        self._talk = Console(stderr=True, highlight=False, soft_wrap=True)
        self._out = Console(highlight=False)

    def started(self, config: RunConfig, directory: Path, n_updates: int) -> None:
        self._updates = config.training.updates
        self._told = time.monotonic()
        resumed = f", from update {n_updates:,}" if n_updates else ""
        self.note(f"{directory}: {self._updates:,} updates{resumed}")

    def advanced(self, n_updates: int, updates_per_second: float, error: float | None) -> None:
        now = time.monotonic()
        if now - self._told >= PLAIN_SECONDS:
            self._told = now
            self.note(
                f"update {n_updates:,} of {self._updates:,}, "
                + _pace(n_updates, self._updates, updates_per_second, error)
            )

    def note(self, line: str) -> None:
        self._talk.print(line, markup=False)

    def ended(
        self,
        config: RunConfig,
        directory: Path,
        info: dict[str, Any],
        summary: Sequence[LayerSummary],
    ) -> None:
        self._n_started += 1
        self._say(f"{config.experiment}/{config.address}: {_outcome(info)}")
        if summary:
            self._out.print(_summary_table(summary))
            self._say(*_reasons(summary))
        self._say(f"{directory}", "")

    def _say(self, *lines: str) -> None:
        for line in lines:
            self._out.print(line, markup=False, soft_wrap=True)


class LiveReporter(PlainReporter):
    """A live bar with speed, time left and the current error."""

    def __init__(self, n_runs: int) -> None:
        super().__init__(n_runs)
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.completed:,.0f}/{task.total:,.0f} updates"),
            TextColumn("{task.fields[pace]}"),
            TimeRemainingColumn(),
            console=self._talk,
            transient=True,
        )
        self._task: TaskID | None = None

    def __enter__(self) -> "LiveReporter":
        self._bar.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._bar.stop()

    def started(self, config: RunConfig, directory: Path, n_updates: int) -> None:
        self._updates = config.training.updates
        name = f"run {self._n_started + 1} of {self._n_runs}"
        self._task = self._bar.add_task(
            name, total=max(1, self._updates), completed=n_updates, pace=""
        )

    def advanced(self, n_updates: int, updates_per_second: float, error: float | None) -> None:
        if self._task is not None:
            pace = _pace(n_updates, self._updates, updates_per_second, error)
            self._bar.update(self._task, completed=n_updates, pace=pace)

    def ended(
        self,
        config: RunConfig,
        directory: Path,
        info: dict[str, Any],
        summary: Sequence[LayerSummary],
    ) -> None:
        if self._task is not None:
            self._bar.remove_task(self._task)
            self._task = None
        super().ended(config, directory, info, summary)


def reporter_for(*, is_silent: bool, n_runs: int) -> SilentReporter:
    """The reporter that fits where the output goes."""
    if is_silent:
        return SilentReporter()
    if Console(stderr=True).is_terminal:
        return LiveReporter(n_runs)
    return PlainReporter(n_runs)


def _pace(n_updates: int, updates: int, updates_per_second: float, error: float | None) -> str:
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


def _reasons(summary: Sequence[LayerSummary]) -> list[str]:
    """One line for each verdict, for all neighboring layers that share it."""
    lines = []
    for (verdict, reason), rows in groupby(summary, key=lambda row: (row.verdict, row.reason)):
        layers = [row.layer for row in rows]
        name = f"layer {layers[0]}" if len(layers) == 1 else f"layers {layers[0]}-{layers[-1]}"
        lines.append(f"{name}: {verdict}: {reason}")
    return lines


def _outcome(info: dict[str, Any]) -> str:
    divergence = info.get("divergence")
    if divergence:
        where = f"layer {divergence['layer']}" if divergence["layer"] else "the cost"
        return f"diverged at update {divergence['update']:,} in {where}"
    text = f"{info['status']} after {info['updates_done']:,} updates"
    if info.get("test_error") is not None:
        text += (
            f", validation error {info['validation_error']:.2f} %, "
            f"test error {info['test_error']:.2f} %"
        )
    return text


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.4g}"
