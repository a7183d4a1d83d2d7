"""Whether a data set fits a network, and whether it is still the one an unfinished run began with.

The images of a folder can change while the configuration stays the same.
"""

from collections.abc import Mapping, Sequence

from glorot_repro.data.images import Dataset
from glorot_repro.errors import ConfigError


def check_network_shape(dataset: Dataset, sizes: Sequence[int]) -> None:
    """Raise ConfigError unless a network of these layer sizes, inputs to outputs, fits.

    Reads no image.
    """
    problems = []
    if sizes[0] != dataset.input_size:
        shape = " x ".join(str(n) for n in dataset.image_shape)
        problems.append(
            f"images of {shape} are {dataset.input_size:,} inputs, the network takes {sizes[0]:,}"
        )
    if sizes[-1] != dataset.n_classes:
        problems.append(f"there are {dataset.n_classes} classes, the network tells {sizes[-1]}")
    if problems:
        message = f"{_name(dataset)} does not fit the network: {'; '.join(problems)}"
        raise ConfigError(message)


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


def _name(dataset: Dataset) -> str:
    return str(getattr(dataset, "name", type(dataset).__name__))
