"""The claims as the package holds them: data that `claims.yaml` states, nothing computed."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any

import yaml


@dataclass(frozen=True)
class Claim:
    """A checkable statement of the paper.

    kind: setup, theory, number, ordering or qualitative. expected: the paper's numbers, in the
    form that suits them. runs, statistic and passes: what to run, what to measure on it, and when
    the claim holds, in words. note: what a reader should know, empty if nothing.
    """

    id: str
    where: str
    kind: str
    claim: str
    quantity: str
    expected: Any
    runs: str
    statistic: str
    passes: str
    note: str


@cache
def paper_claims() -> Mapping[str, Claim]:
    """Every claim by its id, in the order of the paper."""
    text = (resources.files("glorot_repro.paper") / "claims.yaml").read_text(encoding="utf-8")
    claims = [
        Claim(
            id=entry["id"],
            where=str(entry["where"]),
            kind=entry["kind"],
            claim=entry["claim"],
            quantity=entry["quantity"],
            expected=entry["expected"],
            runs=entry["test"]["runs"],
            statistic=entry["test"]["statistic"],
            passes=entry["test"]["pass"],
            note=entry.get("note", ""),
        )
        for entry in yaml.safe_load(text)["claims"]
    ]
    return MappingProxyType({claim.id: claim for claim in claims})
