"""Answers on the test examples: kept as bits, the last ones and the best by validation."""

import io
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from glorot_repro.arrays import arrays_in, to_npz
from glorot_repro.measure.correctness import KEPT, Answers, Correctness

LABELS = np.array([3, 1, 4, 1, 5], dtype=np.uint8)


def answers(update: int, error: float, flags: list[bool] | None = None) -> Answers:
    return Answers(update, error, np.array([True, False, True, True, False] if flags is None
                                           else flags, dtype=np.bool_))  # fmt: skip


def after(*errors: float) -> Correctness:
    correctness = Correctness()
    for update, error in enumerate(errors):
        correctness.add(answers(update, error), LABELS)
    return correctness


evaluations = st.integers(1, 40).flatmap(
    lambda n: st.lists(
        st.tuples(st.floats(0, 100), st.lists(st.booleans(), min_size=n, max_size=n)),
        min_size=1,
        max_size=6,
    )
)


@settings(max_examples=60)
@given(evaluations, st.integers(0, 6))
def test_answers_survive_a_checkpoint_at_any_evaluation(
    history: list[tuple[float, list[bool]]], cut: int
) -> None:
    labels = np.zeros(len(history[0][1]), np.uint8)
    whole, resumed = Correctness(), Correctness()
    for update, (error, flags) in enumerate(history):
        if update == cut:
            file = to_npz(resumed.arrays(), compress=True)
            resumed = Correctness.from_arrays(arrays_in(io.BytesIO(file)))
        for correctness in (whole, resumed):
            correctness.add(answers(update, error, flags), labels)
    assert to_npz(whole.arrays()) == to_npz(resumed.arrays())
    # The independent choice: the first of the lowest errors.
    best = min(range(len(history)), key=lambda update: history[update][0])
    read = Correctness.from_arrays(resumed.arrays())
    for kept, update in ((read.last, len(history) - 1), (read.best, best)):
        assert kept is not None
        assert (kept.update, kept.validation_error) == (update, history[update][0])
        assert kept.is_correct.tolist() == history[update][1]
        assert kept.n_wrong == history[update][1].count(False)


def test_one_example_takes_one_bit() -> None:
    correctness = Correctness()
    flags = np.zeros(10_000, np.bool_)
    correctness.add(Answers(0, 50.0, flags), np.zeros(10_000, np.uint8))
    for name in KEPT:
        assert correctness.arrays()[f"{name}_correct"].nbytes == 1250


def test_nothing_evaluated_is_no_arrays() -> None:
    assert Correctness().arrays() == {}
    assert Correctness.from_arrays({}).last is None


def test_a_lower_error_of_old_counts_though_its_answers_are_lost() -> None:
    correctness = Correctness()
    correctness.require_below(30.0)
    correctness.add(answers(5, 31.0), LABELS)
    assert correctness.best is None
    assert Correctness.from_arrays(correctness.arrays()).best is None
    correctness.add(answers(6, 29.0), LABELS)
    assert correctness.best is correctness.last
    correctness.require_below(30.0)
    correctness.add(answers(7, 29.5), LABELS)
    assert correctness.best is not correctness.last


def test_the_digest_tells_other_examples() -> None:
    other = Correctness()
    other.add(answers(0, 1.0), LABELS[::-1].copy())
    assert other.labels_sha256 != after(1.0).labels_sha256


@pytest.mark.parametrize(
    "damage",
    [
        {"last_correct": np.zeros(2, np.uint8)},
        {"last_correct": np.zeros(1, np.int64)},
        {"best_n_examples": np.array(90)},
    ],
)
def test_arrays_of_another_length_or_type_are_refused(damage: dict[str, NDArray[Any]]) -> None:
    with pytest.raises(ValueError, match="bits"):
        Correctness.from_arrays(after(2.0, 1.0).arrays() | damage)


def test_missing_arrays_are_refused() -> None:
    arrays = after(1.0).arrays()
    del arrays["last_update"]
    with pytest.raises(ValueError, match="last_update"):
        Correctness.from_arrays(arrays)
