"""The paper's claims as the page shows them: what was stated, and what the runs say to it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

SYMBOLS = {"confirmed": "✓", "contradicted": "✗", "not yet run": "…"}
"""Every verdict and its sign, so that it is not told by its color alone."""


@dataclass(frozen=True)
class ClaimView:
    """One claim. runs: anchors and names of its runs in the page; needs: what it waits for."""

    id: str
    kind: str
    where: str
    claim: str
    passes: str
    note: str
    verdict: str
    evidence: str
    at: str
    runs: Sequence[tuple[str, str]]
    needs: Sequence[str]

    @property
    def symbol(self) -> str:
        """The verdict as a sign."""
        return SYMBOLS[self.verdict]


@dataclass(frozen=True)
class ClaimsView:
    """All claims, in the order of the paper."""

    claims: Sequence[ClaimView]

    @property
    def by_verdict(self) -> list[tuple[str, int]]:
        """Every verdict and how many claims have it, none included."""
        counts = Counter(claim.verdict for claim in self.claims)
        return [(verdict, counts[verdict]) for verdict in SYMBOLS]

    @property
    def by_kind(self) -> list[tuple[str, int]]:
        """Every kind and how many claims are of it, in the order of their first."""
        return list(Counter(claim.kind for claim in self.claims).items())
