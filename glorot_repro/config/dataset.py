"""One data set by itself, without an experiment: its name and `key=value` options."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

from glorot_repro.config.mistakes import Mistake, raise_first
from glorot_repro.config.node import Node, Place
from glorot_repro.config.plan import option_nodes
from glorot_repro.config.validation import validated
from glorot_repro.data.registry import DATASETS
from glorot_repro.errors import ConfigError
from glorot_repro.wording import unknown_name

if TYPE_CHECKING:
    from glorot_repro.data.images import Dataset


def dataset_named(name: str, options: Sequence[str] = ()) -> "Dataset":
    """The data set of this name with `key=value` options, checked like those of a file.

    Raises ConfigError, one line, for an unknown name, key or value.
    """
    if name not in DATASETS:
        message = unknown_name("data set", name, DATASETS)
        raise ConfigError(message)
    place = Place("command line")
    mistakes: list[Mistake] = []
    children = {"name": Node(name, place, place, "name", text=name)}
    children |= option_nodes(options, mistakes)
    section = DATASETS[name]
    dataset = validated(section, Node(children, place, place), mistakes)
    raise_first(mistakes)
    return cast("Dataset", dataset)
