"""Which networks a curve or a panel shows: recognized by configuration, never by a name."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from glorot_repro.config.schema import RunConfig
from glorot_repro.nn.scheme import NetworkInitializer
from glorot_repro.runs.reading import RunRecord
from glorot_repro.runs.seed_sets import preference, seed_sets


@dataclass(frozen=True)
class Model:
    """The networks of one curve or panel; what is None does not matter."""

    name: str
    title: str
    initializer: NetworkInitializer | None
    activation: str | None = None
    depth: int | None = None
    dataset: str | None = None
    is_pretrained: bool = False

    def records(self, records: Sequence[RunRecord]) -> list[RunRecord]:
        """The runs that are shown: of this model, equal in all but the seed, one a seed.

        Runs that differ in more are not averaged: those are taken that have come farthest, and of
        these the ones of lowest validation error.
        """
        shown = [record for record in records if self.shows(record.config)]
        return min(seed_sets(shown), key=preference, default=[])

    def shows(self, config: RunConfig) -> bool:
        """Whether a run of this configuration is one of the model."""
        return (
            (config.pretraining.updates > 0) == self.is_pretrained
            and self.initializer in (None, config.model.initializer)
            and self.activation in (None, config.model.activation)
            and self.depth in (None, config.model.depth)
            and self.dataset in (None, config.dataset.name)
        )


def is_comparable(records: Sequence[RunRecord], printed: Mapping[str, Any]) -> bool:
    """Whether runs can be held against a printed curve of the model `printed`.

    Activation, depth and data set have to be the printed ones, since a layer's statistics depend
    on the layers above it; which initializer the paper drew is the question. Not having run does
    not stop a comparison.
    """
    if not records:
        return True
    config = records[0].config
    ours = {
        "activation": config.model.activation,
        "depth": config.model.depth,
        "dataset": config.dataset.name,
    }
    return all(printed.get(key) in (None, value) for key, value in ours.items())


def _initializer(notation: str | Mapping[str, Any]) -> NetworkInitializer:
    return NetworkInitializer.model_validate(notation)


HIDDEN_GAIN = 1.27
"""n Var[W] of layers 2 to 5 that the printed normalized panels of figures 6 and 7 imply."""

STANDARD = _initializer("standard")
NORMALIZED = _initializer("normalized")
AS_PRINTED = _initializer(
    {
        "first": "standard",
        "hidden": {"name": "normalized", "gain": HIDDEN_GAIN},
        "output": "standard",
    }
)
AS_PRINTED_TITLE = f"as printed: layer 1 eq. 1, layers above {HIDDEN_GAIN} x eq. 16"
