"""Which candidate of a search is the best: by validation error, never by test error."""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from glorot_repro.config.address import canonical_hash
from glorot_repro.config.schema import RunConfig
from glorot_repro.config.search import SearchSection
from glorot_repro.errors import StorageError
from glorot_repro.measure.curves import Curves
from glorot_repro.runs.forcing import told_to_repeat
from glorot_repro.runs.lock import held_in_turn
from glorot_repro.runs.paths import search_lock
from glorot_repro.runs.reading import load_run
from glorot_repro.strict_json import read_json, write_json

FORMAT_VERSION = 2
BAD = ("diverged", "failed")


@dataclass(frozen=True)
class Score:
    """How a candidate did.

    candidate: its values of the keys of `search`; errors: validation error of each of its runs,
    percent, None where there is none; n_updates: updates up to which it was judged.
    """

    candidate: dict[str, Any]
    errors: tuple[float | None, ...]
    statuses: tuple[str, ...]
    n_updates: int

    @property
    def mean(self) -> float | None:
        """Mean validation error over `search_seeds`; None if a run has none, or came to nothing."""
        known = [error for error in self.errors if error is not None]
        if any(status in BAD for status in self.statuses) or len(known) < len(self.errors):
            return None
        return sum(known) / len(known) if known else None

    def to_json(self) -> dict[str, Any]:
        """Strict JSON."""
        return {
            "candidate": self.candidate,
            "validation_error": self.mean,
            "validation_errors": list(self.errors),
            "statuses": list(self.statuses),
            "updates": self.n_updates,
        }


def validation_error(curves: Curves, *, window: int, n_updates: int) -> float | None:
    """The lowest validation error, percent, of the last `window` evaluations (0: of all).

    Only evaluations of the first `n_updates` updates count. None without any.
    """
    updates, errors = curves.series("validation_error")
    errors = errors[updates <= n_updates][-window:]
    return min((float(error) for error in errors if math.isfinite(error)), default=None)


def ranked(scores: Sequence[Score]) -> list[Score]:
    """The scores, best first; those that came to nothing last, in the order of the file."""
    return sorted(scores, key=lambda score: math.inf if score.mean is None else score.mean)


def rungs(search: SearchSection, config: RunConfig, n_candidates: int) -> list[int]:
    """Updates after which halving chooses, before the end; none for method grid.

    Each is rounded up to an evaluation, so that there is an error to choose by.
    """
    if search.method == "grid":
        return []
    found: list[int] = []
    n_updates = search.first_updates
    while n_candidates > 1:
        rung = next_evaluation(n_updates, config)
        if rung >= config.training.updates:
            break
        if rung not in found:
            found.append(rung)
            n_candidates = n_survivors(n_candidates, search.factor)
        n_updates *= search.factor
    return found


def next_evaluation(n_updates: int, config: RunConfig) -> int:
    """`n_updates`, rounded up to an evaluation."""
    every = config.evaluation.every
    return -(-n_updates // every) * every


def n_survivors(n_candidates: int, factor: int) -> int:
    """How many candidates go on: one in `factor`, rounded up."""
    return -(-n_candidates // factor)


def criterion(search: SearchSection) -> str:
    """By what the winner is chosen, in words."""
    which = f"the last {search.window} evaluations" if search.window else "all evaluations"
    return f"lowest validation error of {which}, mean over search_seeds"


def score_of(
    runs: Sequence[tuple[RunConfig, Path, dict[str, Any]]], *, window: int, n_updates: int
) -> Score:
    """The score of one candidate from its runs: configuration, directory and run.json."""
    errors, statuses = [], []
    for _, directory, info in runs:
        status = info["status"]
        if status == "diverged" and info.get("updates_done", 0) >= n_updates:
            status = "paused"  # what it was when it had come so far, and may have been judged
        try:
            curves = Curves() if status in BAD else load_run(directory).curves
        except StorageError as error:
            raise StorageError(told_to_repeat(error, directory)) from error
        errors.append(validation_error(curves, window=window, n_updates=n_updates))
        statuses.append(status)
    return Score(runs[0][0].candidate, tuple(errors), tuple(statuses), n_updates)


def spread(values: Sequence[float | None]) -> dict[str, Any]:
    """Mean, standard deviation (of a sample; None for one value) and number, for error bars."""
    known = [value for value in values if value is not None]
    n_values = len(known)
    mean = sum(known) / n_values if known else None
    std = None
    if mean is not None and n_values > 1:
        std = math.sqrt(sum((value - mean) ** 2 for value in known) / (n_values - 1))
    return {"mean": mean, "std": std, "n": n_values}


def settings_of(runs: Sequence[RunConfig], search: SearchSection) -> str:
    """Eight hex digits that tell one grid point's search from others.

    By its candidates, their seeds (`search_seeds`) and how it chooses among them.
    """
    options = search.model_dump(include=None if search.method == "halving" else {"window"})
    return canonical_hash(
        {
            "candidates": sorted({run.settings_hash for run in runs}),
            "seeds": sorted({run.seed for run in runs}),
            **options,
        }
    )


def write_report(path: Path, points: Sequence[dict[str, Any]]) -> None:
    """Write search.json.

    What is told there of other searches stays: of other grid points, and of the same ones with
    other settings, candidates, seeds or options; commands that write at once do so one after the
    other. Raises StorageError, also if the file there is damaged.
    """
    with held_in_turn(search_lock(path)):
        before = read_report(path) or {"points": []}
        told = {_identity(point): point for point in [*before["points"], *points]}
        write_json(path, {"format_version": FORMAT_VERSION, "points": list(told.values())})


def read_report(path: Path) -> dict[str, Any] | None:
    """What `write_report` wrote, None without the file.

    Each of its points has its labels under `point`, its `settings_of` under `settings`, and the
    labels of its winner under `winner`, None without one. Raises StorageError, one line with the
    file, if it is damaged.
    """
    report = read_json(path)
    if report is None:
        return None
    version, points = report.get("format_version"), report.get("points")
    if version != FORMAT_VERSION:
        message = f"{path} cannot be read: format version {version}, expected {FORMAT_VERSION}"
        raise StorageError(message)
    if not isinstance(points, list) or not all(map(_is_point, points)):
        message = f"{path} cannot be read: expected grid points, each with its winner"
        raise StorageError(message)
    return report


def _is_point(told: object) -> bool:
    return (
        isinstance(told, dict)
        and isinstance(told.get("point"), dict)
        and isinstance(told.get("settings"), str)
        and "winner" in told
        and isinstance(told["winner"], dict | None)
    )


def _identity(told: dict[str, Any]) -> tuple[str, str]:
    return key_of(told["point"]), told["settings"]


def key_of(labels: dict[str, Any] | None) -> str:
    """The same text for equal labels of a grid point or a candidate, whatever their order."""
    return json.dumps(labels, sort_keys=True)
