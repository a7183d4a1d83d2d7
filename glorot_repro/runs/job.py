"""A run to be executed, as the scheduler knows it."""

from dataclasses import dataclass, replace
from typing import Any

from glorot_repro.config.schema import RunConfig
from glorot_repro.runs.paths import RunDirectory


@dataclass(frozen=True, eq=False)
class Job:
    """One run, up to a number of updates or to its end.

    pause_at: updates, None for all of them. force: whether to begin from the start.
    """

    config: RunConfig
    directory: RunDirectory
    pause_at: int | None = None
    force: bool = False

    @property
    def label(self) -> str:
        """The run's name, by which people know it."""
        return self.config.address

    @property
    def key(self) -> tuple[str, int | None]:
        """Equal for jobs that leave the same behind."""
        return str(self.directory.path), self.pause_at

    @property
    def n_updates(self) -> int:
        """Updates after which the job is done."""
        updates = self.config.training.updates
        return updates if self.pause_at is None else min(self.pause_at, updates)

    def again(self) -> "Job":
        """The job once more, from where it came to."""
        return replace(self, force=False)

    def task(self) -> dict[str, Any]:
        """The job as `runs.worker.perform` takes it."""
        return {
            "config": self.config.to_yaml(),
            "directory": str(self.directory.path.absolute()),
            "force": self.force,
            "pause_at": self.pause_at,
        }
