"""Intervals and tests against textbook numbers, closed forms and enumeration."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.stats import chi2_contingency

from glorot_repro.report.differences import (
    paired_p,
    student_interval,
    two_proportion_p,
    wilson_interval,
)


@pytest.mark.parametrize(
    ("n_wrong", "n_examples", "low", "high"),
    # Newcombe (1998), Statistics in Medicine 17, table I, method 3.
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611),
     (1, 29, 0.0061, 0.1718)],
)  # fmt: skip
def test_wilson_gives_the_textbook_interval(
    n_wrong: int, n_examples: int, low: float, high: float
) -> None:
    assert wilson_interval(n_wrong, n_examples) == pytest.approx((low, high), abs=5e-5)


def test_student_interval_of_two_values_is_their_half_distance_times_t_of_one_degree() -> None:
    assert student_interval([0.0, 2.0]) == pytest.approx((1 - 12.7062047, 1 + 12.7062047))
    assert student_interval([3.0, 3.0, 3.0]) == (3.0, 3.0)
    assert student_interval([3.0]) is None


@settings(max_examples=60)
@given(st.integers(0, 200), st.integers(0, 300))
def test_the_two_proportion_test_is_the_chi_squared_test_of_the_table(a: int, b: int) -> None:
    table = [[a, 200 - a], [b, 300 - b]]
    is_constant = a + b in (0, 500)
    expected = 1.0 if is_constant else chi2_contingency(table, correction=False).pvalue
    assert two_proportion_p((a, 200), (b, 300)) == pytest.approx(expected, rel=1e-9, abs=1e-300)


def answers(both: int, first: int, second: int, neither: int) -> NDArray[np.int64]:
    """Differences of so many examples that both, one or neither of two models have right."""
    return np.repeat([0, 1, -1, 0], (both, first, second, neither))


@pytest.mark.parametrize(
    ("first", "second", "p"),
    # 11 against 1 is Raschka's example of the exact test; n against 0 is 2 / 2^n.
    [(11, 1, 2 * 13 / 2**12), (1, 11, 2 * 13 / 2**12), (9, 0, 2 / 2**9), (5, 5, 1.0), (0, 0, 1.0)],
)
def test_mcnemar_looks_only_at_examples_that_one_of_the_two_has_right(
    first: int, second: int, p: float
) -> None:
    assert paired_p(answers(400, first, second, 60)) == pytest.approx(p, rel=1e-12)
    assert paired_p(answers(0, first, second, 0)) == pytest.approx(p, rel=1e-12)


def test_mcnemar_agrees_with_its_large_sample_form() -> None:
    # Agresti, Categorical Data Analysis: approval of the prime minister, z^2 = 17.36.
    p = paired_p(answers(794, 150, 86, 570))
    assert p == pytest.approx(math.erfc(math.sqrt(17.36 / 2)), rel=0.25)


@settings(max_examples=60)
@given(st.lists(st.integers(-3, 3), max_size=9))
def test_the_test_over_seeds_counts_all_signs(values: list[int]) -> None:
    sums = [
        abs(sum(sign * value for sign, value in zip(signs, values, strict=True)))
        for signs in itertools.product((-1, 1), repeat=len(values))
    ]
    expected = sum(one >= abs(sum(values)) for one in sums) / len(sums)
    assert paired_p(np.array(values, np.int64)) == pytest.approx(expected, rel=1e-9)


def test_equal_seeds_make_examples_no_more() -> None:
    """Three copies of one seed are no more evidence than one."""
    differences = np.repeat([1, -1, 0], [30, 12, 500])
    assert paired_p(3 * differences) == pytest.approx(paired_p(differences), rel=1e-9)


def test_the_test_over_seeds_keeps_its_level() -> None:
    """Of 400 pairs of equal models with correlated seeds, 5 % are called different at 5 %."""
    generator = np.random.default_rng(0)
    n_rejected = 0
    for _ in range(400):
        difficulty = generator.beta(0.4, 0.8, 300)
        seeds = generator.random((2, 3, 300)) > difficulty
        n_rejected += paired_p((seeds[0].sum(0) - seeds[1].sum(0)).astype(np.int64)) < 0.05
    assert n_rejected <= 20 + 3 * math.sqrt(400 * 0.05 * 0.95)
    assert n_rejected >= 3  # not a test that never rejects
