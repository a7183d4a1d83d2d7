"""What unquoted words of the YAML mean."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glorot_repro.config.scalars import number_hint, read_plain


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1e-3", 0.001),
        ("1E5", 100_000),
        (".5", 0.5),
        ("1.", 1),
        ("-.5e+1", -5),
        ("+7", 7),
        ("2.5e6", 2_500_000),
        ("0", 0),
        ("-0.0", 0),
        ("0.10", 0.1),
    ],
)
def test_numbers_are_read_as_people_write_them(text: str, value: float) -> None:
    assert read_plain(text) == value
    assert isinstance(read_plain(text), int) == float(value).is_integer()


@pytest.mark.parametrize(
    "text",
    [
        "on",
        "off",
        "yes",
        "no",
        "y",
        "n",
        "Yes",
        "NO",
        "2010-05-13",
        "12:30",
        "1:30:00",
        "inf",
        "nan",
    ]
    + ["010", "0x1F", "0o10", "0b11", "1_000", "1,000", "1e", "e5", ".", "-", "1.5.2", "١"],
)
def test_everything_else_is_a_word(text: str) -> None:
    assert read_plain(text) == text


def test_only_true_and_false_are_truth_values() -> None:
    assert [read_plain(word) for word in ("true", "True", "FALSE", "false")] == [
        True,
        True,
        False,
        False,
    ]


def test_nothing_and_the_non_finite_numbers_are_themselves() -> None:
    assert [read_plain(word) for word in ("", "~", "null")] == [None, None, None]
    assert [read_plain(word) for word in (".inf", "-.Inf", "1e999")] == [
        math.inf,
        -math.inf,
        math.inf,
    ]
    assert math.isnan(float(str(read_plain(".nan"))))


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_float_comes_back(number: float) -> None:
    assert read_plain(repr(number)) == number


@given(st.integers(-(10**25), 10**25))
def test_every_whole_number_comes_back_exactly(number: int) -> None:
    assert read_plain(str(number)) == number


@given(st.text())
def test_any_text_has_a_value_and_a_hint(text: str) -> None:
    read_plain(text)
    hint = number_hint(text)
    assert hint == "" or hint.startswith("write ")


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("010", "write 10 (YAML programs disagree about leading zeros)"),
        ("0x1F", "write 31"),
        ("0o10", "write 8"),
        ("1_000", "write 1000"),
        ("1,000.5", "write 1000.5"),
        ("50%", "write 0.5"),
        ("0x", ""),
        ("0xZZ", ""),
        ("0b12", ""),
        (".", ""),
        ("tanh", ""),
        ("nan", ""),
        ("1.2.3", ""),
    ],
)
def test_a_misspelt_number_gets_a_hint(text: str, hint: str) -> None:
    assert number_hint(text) == hint
