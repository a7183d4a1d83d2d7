"""All file names of a run and of a search, made in this one place.

results/<scale>/<experiment>/<run>/ holds the files of a run; search.json lies beside the runs.
"""

from dataclasses import dataclass
from pathlib import Path

from glorot_repro.config.schema import RunConfig


@dataclass(frozen=True)
class RunDirectory:
    """The files of one run."""

    path: Path

    @property
    def config(self) -> Path:
        """The resolved configuration; running it again gives the same run."""
        return self.path / "config.yaml"

    @property
    def info(self) -> Path:
        """Status, updates done, versions, machine, timings."""
        return self.path / "run.json"

    @property
    def curves(self) -> Path:
        """Tidy table: update,layer,quantity,value."""
        return self.path / "curves.csv"

    @property
    def histograms(self) -> Path:
        """Histograms of each record."""
        return self.path / "histograms.npz"

    @property
    def test_correct(self) -> Path:
        """Which test examples were classified correctly; none without evaluations."""
        return self.path / "test_correct.npz"

    @property
    def samples(self) -> Path:
        """Some test images, to be looked at."""
        return self.path / "samples.npz"

    @property
    def checkpoint(self) -> Path:
        """The newest checkpoint, while the run is unfinished."""
        return self.path / "checkpoint.npz"

    @property
    def previous_checkpoint(self) -> Path:
        """The checkpoint before the newest."""
        return self.path / "checkpoint-previous.npz"

    @property
    def has_checkpoint(self) -> bool:
        """Whether there is a checkpoint to go on from, whole or not."""
        return self.checkpoint.exists() or self.previous_checkpoint.exists()

    @property
    def request(self) -> Path:
        """Which request of a cluster's user began the run from the start; most runs have none."""
        return self.path / ".request"

    @property
    def lock(self) -> Path:
        """Held by the process that trains the run."""
        return self.path / ".lock"


def search_report(results: Path, scale: str, experiment: str) -> Path:
    """What a search found at each grid point: candidates, winner and its runs."""
    return results / scale / experiment / "search.json"


def search_lock(report: Path) -> Path:
    """Held by the command that writes the report of a search."""
    return report.with_name(".lock")


def run_directory(results: Path, config: RunConfig) -> RunDirectory:
    """Where the run belongs: the directory of an equal run of the same scale, or its own.

    Equal runs have the same hash; so a network that several experiments need is trained once.
    """
    own = results / config.scale / config.experiment / config.address
    if RunDirectory(own).config.exists():  # a run that could not begin leaves the folder alone
        return RunDirectory(own)
    others = sorted((results / config.scale).glob(f"*/*-{config.hash}"))
    return RunDirectory(others[0] if others else own)
