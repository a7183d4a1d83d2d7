from collections.abc import Callable
from dataclasses import replace

from glorot_repro.report.histogram_panels import INITIALIZER_PANELS
from glorot_repro.report.models import STANDARD as EQUATION_1
from glorot_repro.report.models import Model, is_comparable
from glorot_repro.runs.reading import RunRecord

MakeRecord = Callable[..., RunRecord]

STANDARD, NORMALIZED, AS_PRINTED = (model for model, _ in INITIALIZER_PANELS)


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


def test_of_several_learning_rates_the_one_of_lowest_validation_error_is_shown(
    make_trained: MakeRecord,
) -> None:
    def at(rate: float, seed: int, done: int, *errors: float) -> RunRecord:
        record = make_trained(
            {("validation_error", 0): errors},
            seed=seed,
            settings=f"grid: {{training.learning_rate: [{rate}]}}",
        )
        return replace(record, info={"updates_done": done})

    slow = [at(0.01, seed, 40_000, 80.0, 70.0) for seed in (0, 1)]
    good = at(0.03, 0, 40_000, 80.0, 60.0)
    short = at(0.1, 0, 20_000, 50.0)
    tanh = Model("", "", EQUATION_1, "tanh")
    assert tanh.records([*slow, good, short]) == [good]
    assert tanh.records([*slow, short]) == slow


def test_a_seed_counts_once(make_record: MakeRecord) -> None:
    assert len(STANDARD.records([make_record(), make_record()])) == 1


def test_no_runs_give_an_empty_panel() -> None:
    assert STANDARD.records([]) == []


def test_a_model_may_ask_for_activation_depth_and_data_set(make_record: MakeRecord) -> None:
    deep, flat = make_record(), make_record(stds=[0.1] * 4)
    records = [deep, flat]
    assert Model("", "", EQUATION_1, "tanh", depth=4).records(records) == [flat]
    assert Model("", "", EQUATION_1, "sigmoid").records(records) == []
    assert Model("", "", EQUATION_1, dataset="mnist").records(records) == []
    assert Model("", "", EQUATION_1, dataset="shapeset").records(records) == [deep]


def test_only_the_printed_network_is_comparable(make_record: MakeRecord) -> None:
    printed = {"activation": "tanh", "depth": 5, "dataset": "shapeset", "initializer": "normalized"}
    assert is_comparable([make_record()], printed)
    assert is_comparable([make_record()], {**printed, "activation": None})
    assert not is_comparable([make_record(stds=[0.1] * 4)], printed)
    assert not is_comparable([make_record()], {**printed, "dataset": "mnist"})
    assert not is_comparable([make_record()], {**printed, "activation": "softsign"})
    assert is_comparable([], printed)
