"""Mistakes in a configuration: collected, put in the order of the file, the first one raised."""

from collections.abc import Iterable
from dataclasses import dataclass

from glorot_repro.config.node import Node, Place
from glorot_repro.config.scalars import is_number, number_hint, read_plain
from glorot_repro.errors import ConfigError
from glorot_repro.wording import one_line, shortened


@dataclass(frozen=True)
class Mistake:
    """One mistake: where, under which full key, and what was expected and found."""

    place: Place
    key: str
    message: str

    def __str__(self) -> str:
        # The command line's place repeats the key already.
        show_key = self.key and not self.place.source.startswith(f"command line: {self.key}=")
        line = f"{self.place}: {self.key}: " if show_key else f"{self.place}: "
        return one_line(line + self.message)


def raise_first(mistakes: Iterable[Mistake]) -> None:
    """Raise ConfigError for the first mistake in the order of the file, if there is any.

    The command line comes after the file, its arguments as they were given.
    """
    ordered = sorted(
        mistakes, key=lambda m: (m.place.line == 0, m.place.line, m.place.column)
    )  # the sort is stable: at one place the mistake that was found first stays first
    if ordered:
        raise ConfigError(str(ordered[0]))


def found(node: Node) -> str:
    """What stands there, in words that tell a quoted number from a number, with a hint."""
    value = node.value
    if value is None:
        return "nothing"
    if isinstance(value, list):
        return f"a list of {len(value)}" if value else "an empty list"
    if isinstance(value, dict):
        return "a mapping" if value else "an empty mapping"
    text = shortened(node.text or str(value))
    if not isinstance(value, str):
        return text
    if node.quoted:
        unquoted = read_plain(value)
        hint = "; remove the quotes" if is_number(unquoted) or isinstance(unquoted, bool) else ""
        return f"the quoted text '{text}'{hint}"
    hint = number_hint(value)
    return f"the word '{text}'" + (f"; {hint}" if hint else "")
