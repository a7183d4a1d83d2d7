"""Who is told how a run goes on."""

from pathlib import Path

from glorot_repro.config.schema import RunConfig


class Reporter:
    """This one keeps it to itself; others override what they tell."""

    def started(self, config: RunConfig, directory: Path, n_updates: int) -> None:
        """The run starts, or goes on from `n_updates` updates."""

    def advanced(self, n_updates: int, updates_per_second: float, error: float | None) -> None:
        """Updates done, speed, and the newest validation error in percent."""

    def pretraining(self, progress: dict[str, int], updates_per_second: float) -> None:
        """The layer in pre-training, as in run.json, and the speed."""

    def note(self, line: str) -> None:
        """Something worth knowing."""
