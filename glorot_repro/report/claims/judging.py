"""Judging claims: each by its function, on the runs at hand, with evidence for what was found."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
from threadpoolctl import threadpool_limits

from glorot_repro.errors import ConfigError, DataNotAvailableError, StorageError
from glorot_repro.measure.histogram_series import FIELDS
from glorot_repro.report.claims.evidence import Bench, Evidence, Finding, MissingRuns, Need
from glorot_repro.report.claims.groups import SparseCurve
from glorot_repro.report.claims.paper import Claim, paper_claims
from glorot_repro.report.claims.registry import CLAIMS
from glorot_repro.report.claims.saturation import END
from glorot_repro.runs.catalog import list_runs
from glorot_repro.runs.paths import RunDirectory
from glorot_repro.runs.reading import RunRecord, load_run
from glorot_repro.strict_json import with_nulls
from glorot_repro.wording import unknown_name

Verdict = Literal["confirmed", "contradicted", "not yet run"]
VERDICTS: tuple[Verdict, ...] = ("confirmed", "contradicted", "not yet run")


@dataclass(frozen=True)
class ClaimResult:
    """A claim and what became of it.

    evidence: one line with the numbers; of a claim that is not yet run, what is missing or cannot
    be read, and what was seen so far. at: the updates of the statistic. measured: strict JSON, None
    if nothing was measured. runs: directories of the runs that were used; none for what is measured
    on the spot. needs: the runs that a claim waits for.
    """

    claim: Claim
    verdict: Verdict
    evidence: str
    at: str = ""
    measured: dict[str, Any] | None = None
    runs: tuple[Path, ...] = ()
    needs: tuple[Need, ...] = ()

    @property
    def id(self) -> str:
        """The claim's id."""
        return self.claim.id

    @property
    def seconds(self) -> float:
        """Estimate for the runs that are missing, one after the other on one core."""
        return sum(need.seconds for need in self.needs)

    def to_json(self) -> dict[str, Any]:
        """Strict JSON."""
        claim = asdict(self.claim)
        test = {key: claim.pop(key) for key in ("runs", "statistic", "passes")}
        return {
            **claim,
            "test": test,
            "verdict": self.verdict,
            "evidence": self.evidence,
            "at": self.at,
            "measured": self.measured,
            "runs": [str(path) for path in self.runs],
            "needs": [asdict(need) for need in self.needs],
            "seconds": round(self.seconds),
        }


def judge_claims(
    records: Sequence[RunRecord],
    ids: Iterable[str] | None = None,
    *,
    results: Path | None = None,
    advanced: Callable[[str], None] = lambda name: None,
) -> list[ClaimResult]:
    """The verdicts of the claims `ids`, of all if None, in the order of the paper.

    records: runs of any experiments and scales; each claim finds those that it is about. What
    needs no training (data, setup, theory, networks at update 0) is measured here. results: the
    folder with the outcomes of searches and of `svm`. advanced: told the id that comes next.
    Raises ConfigError for an unknown id.
    """
    claims = paper_claims()
    chosen = list(claims) if ids is None else list(dict.fromkeys(ids))
    for name in chosen:
        if name not in claims:
            raise ConfigError(unknown_name("claim", name, claims))
    bench = Bench(records, results)
    # As in training: two threads that share a busy core take ten times as long as one.
    with threadpool_limits(1, user_api="blas"):
        judged = []
        for name in [name for name in claims if name in chosen]:
            advanced(name)
            judged.append(_judge(claims[name], bench))
        return judged


def load_all_runs(
    results: Path, scale: str | None = None, *, tell: Callable[[str], None] = lambda line: None
) -> list[RunRecord]:
    """All runs of a results folder, of one scale or of all, that have curves.

    Of their histograms only the activations' that claims look at: all of a long run are 15 MB.
    A run that cannot be read is left out, and `tell` is given a line that says why.
    """
    records = []
    for entry in list_runs(results):
        if scale in (None, entry.scale) and RunDirectory(entry.path).curves.exists():
            try:
                records.append(_without_most_histograms(load_run(entry.path)))
            except (ConfigError, StorageError) as error:
                tell(f"left out: {error}")
    return records


def _without_most_histograms(record: RunRecord) -> RunRecord:
    if record.histograms is None or not len(record.histograms["updates"]):
        return record
    arrays = record.histograms
    place = int(np.abs(arrays["updates"] - END).argmin())
    kept = {"activation_layers": arrays["activation_layers"]}
    for name in ("updates", *(f"activation_{field}" for field in FIELDS)):
        kept[name] = arrays[name][place : place + 1].copy()
    return replace(record, histograms=kept)


def _judge(claim: Claim, bench: Bench) -> ClaimResult:
    sparse: list[SparseCurve] = []
    try:
        finding, evidence = _find(claim, bench, sparse)
    except MissingRuns as missing:
        return _not_yet_run(claim, bench, missing, sparse)
    except (DataNotAvailableError, StorageError) as error:
        return ClaimResult(claim, "not yet run", str(error))
    return _result(
        claim, "confirmed" if finding.holds else "contradicted", finding.evidence, finding, evidence
    )


def _find(
    claim: Claim, bench: Bench, sparse: list[SparseCurve], *, is_provisional: bool = False
) -> tuple[Finding, Evidence]:
    """What the function of a claim finds on the runs whose curves are dense enough for it.

    Which curves it looks at only the function knows: a run that turns out to be too sparse is
    appended to `sparse`, and the function begins anew without it.
    """
    while True:
        without = [record for one in sparse for record in one.records]
        evidence = Evidence(bench, is_provisional=is_provisional, without=without)
        try:
            return CLAIMS[claim.id](evidence), evidence
        except SparseCurve as error:
            sparse.append(error)


def _not_yet_run(
    claim: Claim, bench: Bench, missing: MissingRuns, sparse: list[SparseCurve]
) -> ClaimResult:
    """What is missing; if there are runs that are too short, also what they show so far.

    Runs that are too sparse are named.
    """
    lacking = missing.reason or "; ".join(_lacking(missing.needs))
    lacking = "; ".join([lacking, *(f"left out: {error}" for error in sparse)])
    try:
        finding, so_far = _find(claim, bench, sparse, is_provisional=True)
    except (MissingRuns, DataNotAvailableError, StorageError):
        return ClaimResult(claim, "not yet run", lacking, needs=missing.needs)
    text = f"{lacking}; so far: {finding.evidence}"
    return _result(claim, "not yet run", text, finding, so_far, missing.needs)


def _result(
    claim: Claim,
    verdict: Verdict,
    text: str,
    finding: Finding,
    evidence: Evidence,
    needs: tuple[Need, ...] = (),
) -> ClaimResult:
    at = finding.at
    if verdict == "not yet run":
        at = "the newest update of each run"
    return ClaimResult(
        claim,
        verdict,
        text,
        at,
        with_nulls(finding.measured),
        tuple(record.path for record in evidence.used.values()),
        needs,
    )


def _lacking(needs: Sequence[Need]) -> list[str]:
    """What is missing of each experiment, and how far what there is has come."""
    rows: dict[tuple[str, int], list[str]] = {}
    for need in needs:
        told = f"{need.model} (reached {need.reached:,})" if need.reached else need.model
        rows.setdefault((need.experiment, need.updates), []).append(told)
    return [
        f"{experiment} to update {updates:,}: {', '.join(models)}"
        for (experiment, updates), models in rows.items()
    ]
