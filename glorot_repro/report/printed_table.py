"""Table 1 as it is printed: test errors, and which of them are in bold."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources


@dataclass(frozen=True, eq=False)
class PrintedTable:
    """errors: data set -> model -> percent; bold: data set -> models; level: the p of bold print.

    n_examples: test examples of a column.
    """

    errors: Mapping[str, Mapping[str, float]]
    bold: Mapping[str, frozenset[str]]
    level: float
    n_examples: int


@cache
def printed_table() -> PrintedTable:
    """Table 1 of the paper."""
    text = (resources.files("glorot_repro.paper") / "table1.json").read_text(encoding="utf-8")
    data = json.loads(text)
    return PrintedTable(
        data["errors"],
        {dataset: frozenset(models) for dataset, models in data["bold"].items()},
        data["level"],
        data["test_examples"],
    )
