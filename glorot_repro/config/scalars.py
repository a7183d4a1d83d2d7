"""What an unquoted word of the YAML means: a number, true or false, nothing, or a word.

The rules are those of YAML 1.2, and stricter where YAML 1.1 and 1.2 read different numbers:
`010` (8 or 10), `0x1F`, `0o10`, `1_000` and `12:30` are words, hence errors wherever a number is
expected; the message says what to write. `on`, `off`, `yes`, `no` and dates are words, too.
"""

import re

from glorot_repro.config.node import Scalar

_WHOLE = re.compile(r"[-+]?(0|[1-9][0-9]*)")
_REAL = re.compile(r"[-+]?(\.[0-9]+|(0|[1-9][0-9]*)(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_WORDS: dict[str, Scalar] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **{
        sign + word: float(sign + "inf")
        for sign in ("", "+", "-")
        for word in (".inf", ".Inf", ".INF")
    },
    **dict.fromkeys((".nan", ".NaN", ".NAN"), float("nan")),
}

LARGEST_EXACT = 2**53
"""Up to here every whole number is a float64, so that 1e6 and 1000000 may mean the same."""


def read_plain(text: str) -> Scalar:
    """The value of an unquoted scalar.

    A whole number is an int however it is written (5e5, 1.0), since counts are often written so;
    a field that wants a float takes an int.
    """
    if text in _WORDS:
        return _WORDS[text]
    if _WHOLE.fullmatch(text) and len(text) <= 30:
        return int(text)
    if not _REAL.fullmatch(text):
        return text
    number = float(text)
    return int(number) if number.is_integer() and abs(number) < LARGEST_EXACT else number


def is_number(value: object) -> bool:
    """Whether this is an int or a float; true and false are not."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def number_hint(text: str) -> str:
    """How to write the number that `text` seems to mean; empty if it does not look like one."""
    bare = text.strip().replace("_", "").replace(",", "")
    if re.fullmatch(r"[-+]?0[xob][0-9a-fA-F]+", bare):
        try:
            return f"write {int(bare, 0)}"
        except ValueError:
            return ""
    if re.fullmatch(r"[-+]?0[0-9]+", bare):
        return f"write {int(bare)} (YAML programs disagree about leading zeros)"
    if re.fullmatch(r"[-+]?(inf|infinity|nan)", bare, re.IGNORECASE):
        return ""
    if re.fullmatch(r"[-+]?[0-9.]+([eE][-+]?[0-9]+)?%?", bare) and bare.count(".") <= 1:
        digits = bare.rstrip("%")
        if not is_number(read_plain(digits)):
            return ""
        return f"write {float(digits) / 100:g}" if bare != digits else f"write {digits}"
    return ""
