"""The parts that all lines for a user have in common."""

import pytest

from glorot_repro.report.claims.paper import paper_claims
from glorot_repro.wording import (
    LONGEST_LIST,
    LONGEST_TEXT,
    listed,
    listed_numbers,
    nearest,
    one_line,
    shortened,
    unknown_name,
)


def test_control_characters_are_escaped() -> None:
    assert one_line("a\nb\x1b[1m\u2028c") == r"a\nb\x1b[1m\u2028c"


def test_a_long_text_is_cut() -> None:
    assert shortened("x" * LONGEST_TEXT) == "x" * LONGEST_TEXT
    assert shortened("x" * (LONGEST_TEXT + 1)) == "x" * (LONGEST_TEXT - 3) + "..."


@pytest.mark.parametrize(
    ("most", "line"), [(1, "a and 2 more"), (2, "a, b and 1 more"), (3, "a, b, c")]
)
def test_the_rest_of_a_list_is_counted(most: int, line: str) -> None:
    assert listed(["a", "b", "c"], most) == line


def test_the_middle_of_many_numbers_is_left_out() -> None:
    assert listed_numbers(range(0, 8000, 1000)).count(",") == 14
    assert listed_numbers(range(10), most=4) == "0, 1, ..., 9"


@pytest.mark.parametrize(
    ("word", "near"), [("Tahn", "tanh"), ("TANH", "tanh"), ("relu", "ReLU"), ("qwerty", None)]
)
def test_the_nearest_name_is_found_whatever_the_case(word: str, near: str | None) -> None:
    assert nearest(word, ["tanh", "softsign", "ReLU", "slower"]) == near


def test_an_unknown_name_is_told_with_the_nearest_and_the_allowed_ones() -> None:
    line = unknown_name("activation", "tahn", ["tanh", "relu"])
    assert line == "unknown activation 'tahn'; did you mean 'tanh'? (allowed: relu, tanh)"
    assert unknown_name("key", "x", []) == "unknown key 'x'"
    assert unknown_name("key", "tahn", ["tanh"], guess="") == "unknown key 'tahn' (allowed: tanh)"
    assert "did you mean 'model.tanh'?" in unknown_name("key", "tahn", ["tanh"], guess="model.tanh")


def test_a_message_stays_readable_whatever_the_word_and_however_many_names() -> None:
    """`claims foo` answered with one line of 2,368 bytes, all 104 names."""
    names = list(paper_claims())
    line = unknown_name("claim", "foo\n" * 100, names)
    assert line.isprintable()
    assert line.endswith(f" and {len(names) - LONGEST_LIST} more)")
    assert len(line) < 700
