"""Lists of whole numbers as options take them: `1,3-5`."""

import re
from collections.abc import Sequence

from glorot_repro.errors import ConfigError

MOST = 10_000
"""Numbers of a range, lest `0-999999999` fills the memory."""


def parse_numbers(option: str, texts: Sequence[str] | None) -> list[int] | None:
    """The numbers of `1,3-5`, given once or several times; None if it was not given.

    Raises ConfigError, naming the option, for anything else.
    """
    if not texts:
        return None
    numbers: list[int] = []
    for part in (part.strip() for text in texts for part in text.split(",")):
        found = re.fullmatch(r"(\d{1,15})(?:-(\d{1,15}))?", part, re.ASCII)
        first, last = (int(found[1]), int(found[2] or found[1])) if found else (1, 0)
        if last < first or last - first >= MOST:
            message = f"{option}: expected whole numbers such as 1,3-5, found '{part}'"
            raise ConfigError(message)
        numbers.extend(range(first, last + 1))
    return numbers
