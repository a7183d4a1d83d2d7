"""Table 1 as it is printed: test errors, and which of them are in bold."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import combinations

from glorot_repro.report.differences import two_proportion_p


@dataclass(frozen=True)
class PrintedPair:
    """Two models of one column, the better one first; p: of the unpaired two-proportion test.

    is_bold: of the better and of the worse one.
    """

    dataset: str
    better: str
    worse: str
    is_bold: tuple[bool, bool]
    p: float


@dataclass(frozen=True, eq=False)
class PrintedTable:
    """errors: data set -> model -> percent; bold: data set -> models; level: the p of bold print.

    n_examples: test examples of a column.
    """

    errors: Mapping[str, Mapping[str, float]]
    bold: Mapping[str, frozenset[str]]
    level: float
    n_examples: int

    def pairs(self, dataset: str) -> list[PrintedPair]:
        """All pairs of a column, and how different the printed numbers alone say that they are."""
        column = self.errors[dataset]
        pairs = []
        for models in combinations(column, 2):
            better, worse = sorted(models, key=lambda model: column[model])
            counts = [column[model] * self.n_examples / 100 for model in (better, worse)]
            p = two_proportion_p((counts[0], self.n_examples), (counts[1], self.n_examples))
            is_bold = (better in self.bold[dataset], worse in self.bold[dataset])
            pairs.append(PrintedPair(dataset, better, worse, is_bold, p))
        return pairs

    def unsupported(self) -> list[PrintedPair]:
        """A bold and a plain number each that the unpaired test does not tell apart."""
        return [
            pair
            for dataset in self.errors
            for pair in self.pairs(dataset)
            if pair.is_bold == (True, False) and pair.p >= self.level
        ]

    def best_group(self, dataset: str) -> frozenset[str]:
        """The best model of a column and those that the unpaired test does not tell from it."""
        column = self.errors[dataset]
        best = min(column, key=lambda model: column[model])
        alike = [p.worse for p in self.pairs(dataset) if p.better == best and p.p >= self.level]
        return frozenset([best, *alike])


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
