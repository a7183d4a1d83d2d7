from collections.abc import Callable

from glorot_repro.report.panels import INITIALIZER_PANELS
from glorot_repro.runs.reading import RunRecord

MakeRecord = Callable[..., RunRecord]

STANDARD, NORMALIZED, AS_PRINTED = INITIALIZER_PANELS


def test_panels_know_their_runs_by_configuration(make_record: MakeRecord) -> None:
    standard = make_record(initializer="{first: standard, hidden: {name: standard, gain: 1.0}}")
    alias = make_record(initializer="glorot_uniform")
    printed = make_record(
        initializer="{first: standard, hidden: {name: xavier_uniform, gain: 1.27}}"
    )
    other = make_record(initializer="{first: normalized, hidden: normalized, output: normalized}")
    records = [other, printed, alias, standard]
    assert STANDARD.records(records) == [standard]
    assert NORMALIZED.records(records) == [alias]
    assert AS_PRINTED.records(records) == [printed]


def test_only_runs_that_differ_in_the_seed_alone_are_together(make_record: MakeRecord) -> None:
    deep = [make_record(stds=[0.1] * 6, seed=seed) for seed in (4, 2)]
    flat = make_record(stds=[0.1] * 5, seed=0)
    found = STANDARD.records([flat, *deep])
    assert [record.config.seed for record in found] == [2, 4]
    assert all(record.config.model.depth == 6 for record in found)


def test_a_seed_counts_once(make_record: MakeRecord) -> None:
    assert len(STANDARD.records([make_record(), make_record()])) == 1


def test_no_runs_give_an_empty_panel() -> None:
    assert STANDARD.records([]) == []
