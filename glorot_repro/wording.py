"""What the lines for a user have in common: escapes, shortened texts, lists, durations, names."""

import difflib
from collections.abc import Iterable, Mapping, Sequence

LONGEST_TEXT = 60
"""Characters of a user's text that a message repeats."""

LONGEST_LIST = 20
"""Allowed names that a message lists: all activations or initializers, some of the claims."""

MOST_NAMED = 5
"""Longer things that a message names, such as runs or files."""

LIKENESS = 0.6
"""Share of letters that two names have in common, in order, if one may be a slip of the other."""


def one_line(text: str) -> str:
    """The text with line breaks and other control characters written as escapes."""
    return "".join(
        c if c.isprintable() else c.encode("unicode_escape", "backslashreplace").decode("ascii")
        for c in text
    )


def shortened(text: str) -> str:
    """The text, cut where it would make a message unreadable."""
    return text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - 3] + "..."


def counted(n: int, noun: str) -> str:
    """`1 run`, `2,000 runs`: a number with the singular `noun`, which takes an s for all but 1."""
    return f"{n:,} {noun}{'' if n == 1 else 's'}"


def listed(names: Sequence[str], most: int = MOST_NAMED, *, separator: str = ", ") -> str:
    """The first `most` of the names, and how many more there are."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return separator.join(names[:most]) + more


def listed_numbers(numbers: Sequence[int], most: int = 8) -> str:
    """`0, 20,000, 40,000, ..., 2,500,000`: ascending numbers, the middle left out."""
    shown = [f"{number:,}" for number in numbers]
    if len(shown) > most:
        shown[most - 2 : -1] = ["..."]
    return ", ".join(shown)


def nearest(word: str, names: Iterable[str]) -> str | None:
    """The name that is most like `word`, whatever their case; None if none is near."""
    in_lower_case = {name.lower(): name for name in names}
    near = difflib.get_close_matches(word.lower(), list(in_lower_case), n=1, cutoff=LIKENESS)
    return in_lower_case[near[0]] if near else None


def unknown_name(kind: str, word: str, allowed: Iterable[str], *, guess: str | None = None) -> str:
    """What was found, what may have been meant, and the valid names, shortened, in one line.

    guess: what may have been meant, "" for nothing; by default the allowed name that is nearest.
    """
    names = sorted(allowed)
    meant = nearest(word, names) if guess is None else guess
    hint = f"; did you mean '{meant}'?" if meant else ""
    choice = f" (allowed: {listed(names, LONGEST_LIST)})" if names else ""
    return f"unknown {kind} '{shortened(one_line(word))}'{hint}{choice}"


def duration(seconds: float) -> str:
    """Seconds, minutes or hours, whichever fits `seconds`."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    if seconds < 5400:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h"


def pretraining_text(progress: Mapping[str, int]) -> str:
    """How far pre-training is, from the progress that run.json holds.

    Such as `pre-training layer 1 of 3, update 7,828 of 200,000`.
    """
    return (
        f"pre-training layer {progress['layer']} of {progress['layers']}, "
        f"update {progress['updates_done']:,} of {progress['updates']:,}"
    )
