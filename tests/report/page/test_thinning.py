"""Which times go into the page, and numbers of few digits."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from glorot_repro.report.page.thinning import evenly, rounded


@given(st.integers(1, 500), st.integers(2, 60))
def test_the_first_and_the_last_are_kept_and_the_gaps_are_even(n_items: int, at_most: int) -> None:
    kept = evenly(n_items, at_most)
    assert len(kept) == min(n_items, at_most)
    assert (kept[0], kept[-1]) == (0, n_items - 1)
    if len(kept) > 1:
        gaps = np.diff(kept)
        assert gaps.min() >= 1
        assert gaps.max() - gaps.min() <= 1


def test_one_of_many_is_the_last() -> None:
    assert evenly(7, 1).tolist() == [6]
    assert evenly(0, 5).tolist() == []


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_rounded_number_is_near(value: float) -> None:
    short = rounded(value)
    assert short is not None
    assert abs(short - value) <= 5.0001e-4 * abs(value)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_is_not_finite_is_null(value: float) -> None:
    assert rounded(value) is None


def test_whole_numbers_have_no_decimal_point() -> None:
    assert repr(rounded(83.0)) == "83"
    assert repr(rounded(83.3333)) == "83.33"
