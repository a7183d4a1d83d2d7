"""The settings of a YAML text as a tree in which every value knows where it was written."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

Scalar = None | bool | int | float | str


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a file, or a whole argument of the command line.

    source: the file as the user named it, or `command line: key=value`.
    line, column: counted from 1. Line 0 is the command line, where `column` is the argument's
    position among the others.
    """

    source: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        return f"{self.source}:{self.line}:{self.column}" if self.line else self.source


@dataclass(frozen=True, slots=True)
class Node:
    """One value of the settings; never changed, so that overridden trees can share parts.

    key: the full key under which the value was written, as in `training.updates`, `seeds[1]` or
    `scales.quick.training.updates`, also after an override has moved it elsewhere.
    place: where the value starts; key_place: where its key starts (a list item: `place` again).
    text: a scalar as it was written; quoted: whether it stood in quotes.
    """

    value: "Scalar | list[Node] | dict[str, Node]"
    place: Place
    key_place: Place
    key: str = ""
    text: str = ""
    quoted: bool = False

    @property
    def written_key(self) -> str:
        """The key without the index of a list item, which has no key of its own."""
        return re.sub(r"\[\d+\]$", "", self.key)

    def plain(self) -> Any:
        """The value without places: scalars, lists and dicts."""
        if isinstance(self.value, dict):
            return {key: child.plain() for key, child in self.value.items()}
        if isinstance(self.value, list):
            return [child.plain() for child in self.value]
        return self.value

    def child(self, part: str | int) -> "Node | None":
        """The value under a key or an index, None where there is none."""
        if isinstance(self.value, dict):
            return self.value.get(part) if isinstance(part, str) else None
        if isinstance(self.value, list) and isinstance(part, int) and part < len(self.value):
            return self.value[part]
        return None

    def items(self) -> "Iterator[tuple[str, Node]]":
        """The keys and values of a mapping; nothing for a scalar or a list."""
        yield from self.value.items() if isinstance(self.value, dict) else ()
