"""Whether a data set is still the one that a run began with.

The images of a folder can change while the configuration stays the same.
"""

from collections.abc import Mapping

from glorot_repro.data.finite import FiniteDataset, files_are_here, unofficial_files
from glorot_repro.data.images import Dataset
from glorot_repro.errors import ConfigError, DataNotAvailableError


def check_same_files(dataset: Dataset, recorded: Mapping[str, str]) -> None:
    """Raise ConfigError unless the data files are those of `recorded`, an earlier provenance."""
    now = dataset.provenance()
    changed = sorted(name for name in {**recorded, **now} if recorded.get(name) != now.get(name))
    if changed:
        message = (
            f"{_name(dataset)} has changed since the run began: {', '.join(changed)}; bring the "
            "old files back, or start again with --force"
        )
        raise ConfigError(message)


def check_same_content(dataset: Dataset, recorded: Mapping[str, str]) -> None:
    """As `check_same_files`, for a run that needs its data no more.

    The authors' own files have one content, and files that are not here say nothing. Files that
    are here and are no data set any more have changed.
    """
    if not isinstance(dataset, FiniteDataset) or not recorded:
        return
    if dataset.official_hashes and not unofficial_files(dataset, recorded):
        return
    try:
        check_same_files(dataset, recorded)
    except DataNotAvailableError as error:
        if files_are_here(dataset):
            message = f"{_name(dataset)} has changed since the run began: {error}"
            raise ConfigError(message) from error


def _name(dataset: Dataset) -> str:
    return str(getattr(dataset, "name", type(dataset).__name__))
