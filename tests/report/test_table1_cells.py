"""Which runs make a cell of Table 1, and what it says."""

import numpy as np
import pytest
from scipy.stats import binomtest
from table_records import made_up_record

from glorot_repro.report.table1_cells import (
    DIVERGED,
    FINISHED,
    MODELS,
    NOT_EVALUATED,
    NOT_RUN,
    UNFINISHED,
    Cell,
    Reading,
    cell_of,
)
from glorot_repro.runs.reading import RunRecord


def cell(*records: RunRecord) -> Cell:
    return cell_of("Tanh", "shapeset", [Reading.of(record) for record in records])


def test_a_model_is_known_by_its_configuration() -> None:
    for model in MODELS:
        written = "normalized" if model.name.endswith(" N") else "standard"
        record = made_up_record(f"{model.activation}/{written}")
        assert [one.name for one in MODELS if one.is_of(record)] == [model.name]
    for settings in (
        "model.depth=4",
        "training.optimizer=momentum",
        "pretraining.updates=5",
        "training.cost=squared_error",
    ):
        other = made_up_record(settings=settings)
        assert not any(model.is_of(other) for model in MODELS), settings


def test_last_and_best_by_validation_are_told() -> None:
    one = cell(made_up_record(wrong=(800, 300, 250), validation=(80.0, 20.0, 40.0)))
    assert (one.status, one.updates_done, one.updates) == (FINISHED, 20, 20)
    # The test error chooses nothing: at the end it is lower, but not the validation error.
    assert (one.error("best"), one.error("last")) == (30.0, 25.0)
    assert [score.update for score in one.of("best")] == [10]


def test_seeds_are_averaged_and_give_an_interval_of_their_own() -> None:
    records = [made_up_record(seed=seed, wrong=(800, 300, n)) for seed, n in ((0, 390), (1, 410))]
    one = cell(*records)
    assert one.seeds == (0, 1)
    assert one.error("last") == pytest.approx(40.0)
    assert one.seed_interval("last") == pytest.approx((40 - 12.7062047, 40 + 12.7062047))
    assert cell(records[0]).seed_interval("last") is None


def test_test_sets_that_seeds_share_count_once() -> None:
    for dataset, n_examples in (("mnist", 1000), ("{name: shapeset, test_size: 1000}", 2000)):
        one = cell(*[made_up_record(dataset=dataset, seed=seed) for seed in (0, 1)])
        assert one.counts("last") == (pytest.approx(0.4 * n_examples), n_examples)
        exact = binomtest(2 * n_examples // 5, n_examples).proportion_ci(method="wilson")
        assert one.example_interval("last") == pytest.approx((100 * exact.low, 100 * exact.high))


def test_of_several_settings_the_best_by_validation_is_shown_and_none_averaged() -> None:
    slow = made_up_record(
        settings="training.learning_rate=0.001", validation=(80, 20, 20), wrong=(900, 310, 310)
    )
    fast = [
        made_up_record(
            seed=seed,
            settings="training.learning_rate=0.1",
            validation=(80, 30, 30),
            wrong=(900, 200, 200),
        )
        for seed in (0, 1)
    ]
    one = cell(slow, *fast)
    assert (one.learning_rate, one.seeds, one.error("last")) == (0.001, (0,), 31.0)


def test_finished_runs_go_before_unfinished_and_these_before_diverged() -> None:
    finished = made_up_record(seed=0)
    running = made_up_record(seed=1, status="running", wrong=(800, 100), validation=(80, 10))
    diverged = made_up_record(seed=2, status="diverged", wrong=(800,), validation=(80,))
    assert cell(running, diverged, finished).seeds == (0,)
    one = cell(running, diverged)
    assert (one.status, one.seeds, one.updates_done, one.updates) == (UNFINISHED, (1,), 10, 20)
    assert cell(diverged).status == DIVERGED


def test_a_finished_setting_goes_before_a_better_one_that_still_runs() -> None:
    running = made_up_record(
        settings="training.learning_rate=0.1",
        status="running",
        wrong=(800, 100),
        validation=(80, 10),
    )
    one = cell(running, made_up_record(settings="training.learning_rate=0.001"))
    assert (one.status, one.learning_rate) == (FINISHED, 0.001)


def test_of_unfinished_runs_those_count_that_have_come_farthest() -> None:
    near = made_up_record(seed=0, status="interrupted", wrong=(800, 100), validation=(80, 10))
    far = [made_up_record(seed=seed, status="running") for seed in (1, 2)]
    assert cell(near, *far).seeds == (1, 2)


def test_cells_without_numbers_say_why() -> None:
    assert cell().status == NOT_RUN
    never = made_up_record(wrong=(), validation=())
    one = cell(never)
    assert (one.status, one.has_numbers, one.error("best")) == (NOT_EVALUATED, False, None)
    assert one.example_interval("best") is None
    assert one.of("last") == ()


def test_a_run_without_answers_has_its_error_and_interval_all_the_same() -> None:
    one, other = cell(made_up_record()), cell(made_up_record(has_answers=False))
    for evaluation in ("last", "best"):
        assert other.error(evaluation) == one.error(evaluation)
        assert other.example_interval(evaluation) == one.example_interval(evaluation)
        assert other.of(evaluation)[0].is_correct is None


def test_answers_of_another_evaluation_than_the_curves_are_not_used() -> None:
    """A process killed between curves.csv and test_correct.npz leaves older answers."""
    record = made_up_record()
    record.curves.add(30, 0, "validation_error", 50.0)
    record.curves.add(30, 0, "test_error", 50.0)
    one = cell(record)
    assert one.of("last")[0].is_correct is None
    best = one.of("best")[0]
    assert best.is_correct is not None
    assert np.count_nonzero(~best.is_correct) == 300
