"""The whole YAML file: the settings of a run, and what makes many runs of them."""

from typing import Annotated, Any

from pydantic import AfterValidator, Field

from glorot_repro.config.expectations import Phrase
from glorot_repro.config.schema import Seed, Settings
from glorot_repro.section import Section

Word = Annotated[
    str,
    Field(pattern=r"^[a-z0-9_][a-z0-9_-]*$", max_length=64),
    Phrase("a word of at most 64 characters of a-z, 0-9, '_' and '-'"),
]
Axes = dict[str, Annotated[list[Any], Field(min_length=1)]]
Seeds = Annotated[tuple[Seed, ...], Field(min_length=1)]


def _one_line(text: str) -> str:
    if not text.isprintable():
        message = "expected one line of text, found a line break or another control character"
        raise ValueError(message)
    return text


class ExperimentFile(Settings):
    """One YAML file: an experiment, which expands to one or more runs."""

    name: Word = Field(
        description="name of the experiment and of its results folder: a-z, 0-9, '_' and '-'"
    )
    description: Annotated[str, AfterValidator(_one_line)] = Field(
        "", max_length=400, description="one line about its purpose"
    )
    seeds: Seeds = Field((0,), description="every network is trained once with each seed")
    grid: Axes = Field(
        default_factory=dict,
        description="lists of values for dotted keys, every combination of which is trained; or "
        "a list of such mappings, each combined by itself",
    )
    search: Axes = Field(
        default_factory=dict,
        description="lists of values for dotted keys; at every grid point the combinations "
        "compete by validation error",
    )
    search_seeds: Seeds = Field((0,), description="seeds of the competing runs of `search`")
    scales: dict[Word, dict[str, Any]] = Field(
        default_factory=dict,
        description="named sets of overrides {dotted key: value}, chosen with --scale; "
        "`paper` is the file as it stands",
    )


class GridOnly(Section):
    """One more mapping of a list of grids."""

    grid: Axes
