"""Comparisons of errors that one run each may decide only if they are clear."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from glorot_repro.report.claims.evidence import CLEARLY, Evidence, Need, more_seeds
from glorot_repro.report.claims.groups import Group


@dataclass(frozen=True)
class Lead:
    """A difference of errors, its standard error, and how large it is asked to be.

    groups: those whose errors are compared.
    """

    points: float
    spread: float
    asked: float
    groups: tuple[Group, ...]

    @classmethod
    def at(cls, update: int, worse: Group, better: Group, *, asked: float = 0.0) -> "Lead":
        """Of the last test errors up to `update`, percent."""
        errors = [group.error_with_spread(update) for group in (worse, better)]
        return cls._of(errors, asked, (worse, better))

    @classmethod
    def of_best(cls, worse: Group, better: Group, *, asked: float = 0.0) -> "Lead":
        """Of the test errors where the validation errors are lowest, percent."""
        errors = [group.best_error_with_spread() for group in (worse, better)]
        return cls._of(errors, asked, (worse, better))

    @classmethod
    def _of(
        cls, errors: Sequence[tuple[float, float]], asked: float, groups: tuple[Group, ...]
    ) -> "Lead":
        (high, high_spread), (low, low_spread) = errors
        return cls(high - low, math.hypot(high_spread, low_spread), asked, groups)

    @property
    def is_as_asked(self) -> bool:
        """Whether it is as large as asked."""
        return self.points >= self.asked

    @property
    def is_clear(self) -> bool:
        """Whether more seeds would hardly change that."""
        return abs(self.points - self.asked) >= CLEARLY * self.spread


def are_as_asked(evidence: Evidence, leads: Sequence[Lead], waiting: Sequence[Need] = ()) -> bool:
    """Whether all are as large as asked.

    waiting: runs that are missing for further leads. Raises MissingRuns for them, and for more
    seeds of what is not clear, unless one lead is clearly too small, which decides at once.
    """
    if not any(lead.is_clear and not lead.is_as_asked for lead in leads):
        evidence.wait_for([*waiting, *seeds_to_tell(leads)])
    return all(lead.is_as_asked for lead in leads)


def seeds_to_tell(leads: Sequence[Lead]) -> list[Need]:
    """The seeds that are missing to tell those leads that are not clear."""
    unclear = [group for lead in leads if not lead.is_clear for group in lead.groups]
    by_title = {group.model.title: group for group in unclear}
    return [need for group in by_title.values() for need in more_seeds([group], group.end)]
