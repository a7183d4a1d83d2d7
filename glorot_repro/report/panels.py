"""The panels of figures 6 to 8: which initializer, and which printed panel lies under it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from glorot_repro.nn.scheme import NetworkInitializer
from glorot_repro.runs.reading import RunRecord


@dataclass(frozen=True)
class InitializerPanel:
    """One panel; printed: the name of the paper's panel that is drawn beneath."""

    name: str
    title: str
    initializer: NetworkInitializer
    printed: str

    def records(self, records: Sequence[RunRecord]) -> list[RunRecord]:
        """The runs that this panel shows: its initializer, one network, one run a seed.

        Runs that differ in more than the seed are not averaged: the largest set of equal ones is
        taken, the first of them if several are as large.
        """
        sets: dict[str, dict[int, RunRecord]] = {}
        for record in records:
            if record.config.model.initializer == self.initializer:
                alike = record.config.model_copy(update={"seed": 0}).hash
                sets.setdefault(alike, {}).setdefault(record.config.seed, record)
        largest = max(sets.values(), key=len, default={})
        return [largest[seed] for seed in sorted(largest)]


def _initializer(notation: str | Mapping[str, Any]) -> NetworkInitializer:
    return NetworkInitializer.model_validate(notation)


HIDDEN_GAIN = 1.27
"""n Var[W] of layers 2 to 5 that the printed normalized panels of figures 6 and 7 imply."""

INITIALIZER_PANELS = (
    InitializerPanel("standard", "standard (eq. 1)", _initializer("standard"), "top"),
    InitializerPanel("normalized", "normalized (eq. 16)", _initializer("normalized"), "bottom"),
    InitializerPanel(
        "as_printed",
        f"as printed: layer 1 eq. 1, layers above {HIDDEN_GAIN} x eq. 16",
        _initializer(
            {
                "first": "standard",
                "hidden": {"name": "normalized", "gain": HIDDEN_GAIN},
                "output": "standard",
            }
        ),
        "bottom",
    ),
)
