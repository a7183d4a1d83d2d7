"""The table as a whole: pairs of models, best groups, and cells without runs."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.stats import binomtest
from table_records import made_up_record

from glorot_repro.config.experiment import parse_experiment
from glorot_repro.report.differences import paired_p, two_proportion_p
from glorot_repro.report.table1 import experiment_table, table1
from glorot_repro.report.table1_cells import COLUMNS, MODELS, NO_DATA, NOT_RUN
from glorot_repro.runs.reading import RunRecord


def at(model: str, is_wrong: np.ndarray, **options: Any) -> RunRecord:
    """A run whose only evaluation has these answers."""
    return made_up_record(model, wrong=(is_wrong,), validation=(50.0,), **options)


def first(n: int) -> np.ndarray:
    return np.arange(1000) < n


def test_the_paired_test_sees_what_the_unpaired_one_cannot() -> None:
    """Tanh errs wherever softsign does, and on 15 more: a sure difference of 1.5 points."""
    records = [at("softsign/standard", first(300)), at("tanh/standard", first(315)),
               at("sigmoid/standard", first(800))]  # fmt: skip
    table = table1(records, scale="quick")
    pairs = {(pair.better, pair.worse): pair for pair in table.pairs["shapeset", "last"]}
    assert len(pairs) == 3
    pair = pairs["Softsign", "Tanh"]
    assert pair.difference == pytest.approx(1.5)
    assert pair.paired == pytest.approx(2 / 2**15)
    assert pair.unpaired == two_proportion_p((300, 1000), (315, 1000))
    assert table.best_group("shapeset", "last", "unpaired") == {"Softsign", "Tanh"}
    assert table.best_group("shapeset", "last", "paired") == {"Softsign"}
    assert table.p_to_best("Tanh", "shapeset", "last", "paired") == pair.paired
    assert table.p_to_best("Softsign", "shapeset", "last", "paired") is None


def test_pairs_are_made_within_the_seeds_that_both_have() -> None:
    generator = np.random.default_rng(0)
    flags = {seed: (generator.random(1000) < 0.3, generator.random(1000) < 0.3) for seed in (0, 1)}
    records = [at("tanh/standard", flags[seed][0], seed=seed) for seed in (0, 1)]
    records += [
        at("softsign/standard", flags[1][1], seed=1),
        at("softsign/standard", first(9), seed=7),
    ]
    (pair,) = table1(records, scale="quick").pairs["shapeset", "last"]
    differences = flags[1][1].astype(np.int64) - flags[1][0]
    assert pair.paired == pytest.approx(paired_p(differences))


def test_seeds_of_shapeset_are_pooled_as_other_examples() -> None:
    records = []
    for seed in (0, 1):
        records += [at("tanh/standard", first(320), seed=seed)]
        records += [at("softsign/standard", first(310), seed=seed)]
    (pair,) = table1(records, scale="quick").pairs["shapeset", "last"]
    assert pair.paired == pytest.approx(binomtest(20, 20).pvalue)
    assert pair.unpaired == two_proportion_p((620, 2000), (640, 2000))


def test_shared_test_examples_are_no_more_for_more_seeds() -> None:
    records = []
    for seed in (0, 1, 2):
        records += [at("tanh/standard", first(320), seed=seed, dataset="mnist")]
        records += [at("softsign/standard", first(310), seed=seed, dataset="mnist")]
    (pair,) = table1(records, scale="quick").pairs["mnist", "last"]
    assert pair.paired == pytest.approx(binomtest(10, 10).pvalue)
    assert pair.unpaired == pytest.approx(two_proportion_p((310, 1000), (320, 1000)))


def test_without_answers_there_is_no_paired_test_and_no_group_by_it() -> None:
    records = [
        at("tanh/standard", first(300)),
        at("softsign/standard", first(500), has_answers=False),
    ]
    table = table1(records, scale="quick")
    (pair,) = table.pairs["shapeset", "last"]
    assert pair.paired is None
    assert table.best_group("shapeset", "last", "paired") == set()
    assert table.best_group("shapeset", "last", "unpaired") == {"Tanh"}


def test_no_group_where_one_of_several_models_cannot_be_tested() -> None:
    """It was left out as if it were significantly worse."""
    records = [
        at("tanh/standard", first(300)),
        at("tanh/normalized", first(310)),
        at("softsign/standard", first(301), has_answers=False),
    ]
    table = table1(records, scale="quick")
    assert table.best_group("shapeset", "last", "paired") == set()
    assert table.best_group("shapeset", "last", "unpaired") == {"Tanh", "Tanh N", "Softsign"}


def test_one_model_alone_is_no_best_group() -> None:
    table = table1([made_up_record()], scale="quick")
    assert table.best_group("shapeset", "best", "unpaired") == set()
    assert table.is_provisional("shapeset")


def test_a_column_with_all_models_finished_is_not_provisional() -> None:
    records = [
        made_up_record(f"{model.activation}/{initializer}")
        for model in MODELS
        for initializer in ("standard", "normalized")
    ]
    assert not table1(records, scale="quick").is_provisional("shapeset")


def test_cells_without_runs_say_whether_the_data_are_there() -> None:
    table = table1([made_up_record()], scale="quick", unavailable=["small_imagenet", "shapeset"])
    assert len(table.cells) == len(MODELS) * len(COLUMNS)
    assert {cell.status for cell in table.column("small_imagenet")} == {NO_DATA}
    assert {cell.status for cell in table.column("mnist")} == {NOT_RUN}
    assert table.cell("Tanh", "shapeset").has_numbers


def test_other_models_and_data_sets_are_passed_over() -> None:
    other = [made_up_record("relu/standard"), made_up_record(dataset="fashion_mnist")]
    assert not any(cell.has_numbers for cell in table1(other, scale="quick").cells.values())


def test_it_is_strict_json_with_every_pair() -> None:
    records = [
        at("tanh/standard", first(300)),
        at("softsign/standard", first(0), has_answers=False),
    ]
    shown = json.loads(json.dumps(table1(records, scale="quick").to_json(), allow_nan=False))
    column = shown["columns"][0]
    assert column["best_groups"]["last"] == {"unpaired": ["Softsign"], "paired": []}
    assert [pair["p"]["paired"] for pair in column["pairs"]] == [None, None]
    assert column["printed_best_group"] == ["Softsign", "Softsign N", "Tanh N"]
    assert [cell["status"] for cell in column["cells"]].count("not run") == 3


def test_an_experiment_without_runs_tells_what_data_there_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GLOROT_DATA", str(tmp_path))
    experiment = parse_experiment(
        "name: table1\ngrid: {dataset: [shapeset, small_imagenet]}\nscales: {quick: {}}\n",
        scale="quick",
    )
    table = experiment_table(experiment, tmp_path)
    assert table.cell("Tanh", "shapeset").status == NOT_RUN
    assert table.cell("Tanh", "small_imagenet").status == NO_DATA
