"""The judged claims as one page of Markdown, a table for each verdict."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from glorot_repro.report.claims.judging import VERDICTS, ClaimResult, Verdict
from glorot_repro.wording import duration

_SECTIONS: dict[Verdict, str] = {
    "contradicted": "ours", "confirmed": "ours", "not yet run": "waits for"
}  # fmt: skip
"""The verdicts in the order of the page, and the heading of the last column."""


def with_verdict(judged: Sequence[ClaimResult], verdict: Verdict) -> list[ClaimResult]:
    """The claims that have a verdict, in their order."""
    return [result for result in judged if result.verdict == verdict]


def counts_text(judged: Sequence[ClaimResult]) -> str:
    """Such as `39 confirmed, 6 contradicted, 59 not yet run`."""
    return ", ".join(f"{len(with_verdict(judged, verdict))} {verdict}" for verdict in VERDICTS)


def told(result: ClaimResult) -> str:
    """What was found, or what the claim waits for and how long that takes, in one line."""
    if not result.seconds:
        return result.evidence
    return f"{result.evidence}; the rest takes about {duration(result.seconds)} on one core"


def as_markdown(judged: Sequence[ClaimResult]) -> str:
    """The page: what each claim states, what was printed, and what our runs give."""
    blocks = [
        "# The paper's claims, one by one",
        f"{len(judged)} statements of Glorot & Bengio (2010), restated, with what it printed and "
        "what the runs at hand give: `glorot-repro claims`. A claim without its runs has no "
        "verdict, and says what it waits for. Inputs of Shapeset are in [-1, 1], with one third of "
        "bright backgrounds, where a line names no others, and normalized weights are equation 16."
        f"\n\n{counts_text(judged)}.",
    ]
    for verdict, last_column in _SECTIONS.items():
        blocks += _section(verdict, last_column, with_verdict(judged, verdict))
    return "\n\n".join(blocks) + "\n"


def _section(verdict: Verdict, last_column: str, results: Sequence[ClaimResult]) -> list[str]:
    if not results:
        return []
    rows = [
        f"| claim | where | statement | printed or expected | {last_column} |",
        "|---|---|---|---|---|",
        *(
            _row(
                f"`{one.id}`",
                one.claim.where,
                one.claim.claim,
                _expected_text(one.claim.expected),
                told(one) if verdict == "not yet run" else f"{told(one)} ({one.at})",
            )
            for one in results
        ),
    ]
    return [f"## {verdict.capitalize()}", "\n".join(rows)]


def _row(*cells: str) -> str:
    escaped = (cell.replace("\\", "\\\\").replace("|", "\\|") for cell in cells)
    return f"| {' | '.join(escaped)} |"


def _expected_text(expected: Any) -> str:
    if isinstance(expected, Mapping):
        return "; ".join(f"{key}: {_expected_text(value)}" for key, value in expected.items())
    if isinstance(expected, list | tuple):
        return ", ".join(map(_expected_text, expected))
    return expected if isinstance(expected, str) else json.dumps(expected)
