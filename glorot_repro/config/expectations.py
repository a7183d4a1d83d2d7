"""What a key of the configuration expects, in words, read off its type.

Every section and every variant of a registry gets its messages from here, so that a new one
needs none of its own.
"""

import types
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import annotated_types as at
from pydantic import Tag
from pydantic.fields import FieldInfo

from glorot_repro.section import Section
from glorot_repro.wording import nearest

LARGEST_SHOWN = 100_000
"""Greater bounds, of either sign, only keep absurd numbers away: they are named when broken."""


@dataclass(frozen=True)
class Phrase:
    """Annotation of a type whose own words are clearer than those made from its parts."""

    text: str


def type_at(root: type[Section], location: Sequence[str | int]) -> Any:
    """The type of the field at a pydantic error location, with its Annotated metadata.

    Elements of a location that are names of variants, not keys, choose a member of a union.
    Returns None where the location leads nowhere.
    """
    hint: Any = root
    for position, part in enumerate(location):
        bare = _bare(hint)
        if part == "[key]":
            continue
        if members := _members(bare):
            chosen = _variant(members, part)
            if chosen is not None:
                # Without its tag: the variant may have a key of the same name.
                hint = _bare(chosen)
                continue
            bare = _bare(members[0])
        if _is_section(bare):
            named = {info.alias or name: info for name, info in bare.model_fields.items()}
            if part not in named:
                return None
            info = named[str(part)]
            hint = (
                Annotated[(info.annotation, *info.metadata)] if info.metadata else info.annotation
            )
        elif get_origin(bare) is tuple and isinstance(part, int):
            items = [item for item in get_args(bare) if item is not Ellipsis]
            hint = items[min(part, len(items) - 1)]
        elif get_origin(bare) is dict:
            hint = get_args(bare)[0 if "[key]" in location[position + 1 :] else 1]
        elif get_origin(bare) is list:
            hint = get_args(bare)[0]
        else:
            return None
    return hint


def keys_along(root: type[Section], location: Sequence[str | int]) -> list[str | int]:
    """The elements of a pydantic error location that are keys or indices, no names of variants."""
    return [
        part
        for position, part in enumerate(location)
        if _variant(_members(_bare(type_at(root, location[:position]))), part) is None
    ]


def keys_of(hint: Any) -> list[str]:
    """The keys of the section that a type is; empty for other types."""
    bare = _bare(hint)
    if not _is_section(bare):
        return []
    return [info.alias or name for name, info in bare.model_fields.items()]


def similar_key(root: type[Section], key: str) -> str | None:
    """The two-level dotted key of `root` whose last part is most like that of `key`, if any."""
    dotted = {
        child: f"{upper}.{child}"
        for upper in keys_of(root)
        for child in keys_of(type_at(root, [upper]))
    }
    near = nearest(key.rpartition(".")[2], dotted)
    return dotted[near] if near else None


def holds_sections(hint: Any) -> bool:
    """Whether a type is a section or a choice of sections, so that keys may go deeper."""
    bare = _bare(hint)
    return _is_section(bare) or any(_is_section(_bare(member)) for member in _members(bare))


def expected(hint: Any, *, plural: bool = False, all_bounds: bool = False) -> str:
    """What a type expects: `a whole number of at least 1`, `a list of numbers above 0`.

    Empty for a type that it has no words for.
    """
    bare, metadata = _bare(hint), list(_metadata(hint))
    for item in metadata:
        if isinstance(item, Phrase):
            return item.text
    members = [member for member in _members(bare) if member is not type(None)]
    if members and not _is_section(bare):
        bare = _bare(members[0]) if len(members) == 1 else dict
    origin = get_origin(bare)
    if origin is Literal:
        values = [f"'{value}'" for value in get_args(bare)]
        return values[0] if len(values) == 1 else "one of " + ", ".join(values)
    if bare is bool:
        return "true or false"
    if bare in (int, float):
        noun = "whole number" if bare is int else "number"
        return (f"{noun}s" if plural else f"a {noun}") + _bounds(metadata, all_bounds)
    if bare is str:
        return "texts" if plural else "text"
    if bare is dict or origin is dict or _is_section(bare):
        return "mappings" if plural else "a mapping"
    if origin in (tuple, list):
        return _expected_list(bare, metadata, plural)
    return ""


def _expected_list(bare: Any, metadata: list[Any], plural: bool) -> str:
    items = get_args(bare)
    noun = "lists" if plural else "a list"
    each = expected(items[0], plural=True) or "values"
    if has_fixed_length(bare):
        return f"{noun} of {len(items)} {each}"
    least = max([m.min_length for m in metadata if isinstance(m, at.MinLen)], default=0)
    most = min([m.max_length for m in metadata if isinstance(m, at.MaxLen)], default=0)
    at_least = f", at least {least} of them" if least else ""
    at_most = f", at most {most} of them" if most else ""
    return f"{noun} of {each}{at_least}{at_most}"


def has_fixed_length(hint: Any) -> bool:
    """Whether a list needs a certain number of items."""
    bare = _bare(hint)
    return get_origin(bare) is tuple and Ellipsis not in get_args(bare)


def _bounds(metadata: list[Any], all_bounds: bool) -> str:
    least: Any = None
    above: Any = None
    most: Any = None
    below: Any = None
    for item in metadata:
        least = item.ge if isinstance(item, at.Ge) else least
        above = item.gt if isinstance(item, at.Gt) else above
        most = item.le if isinstance(item, at.Le) else most
        below = item.lt if isinstance(item, at.Lt) else below
    if not all_bounds:
        most = most if most is not None and float(most) <= LARGEST_SHOWN else None
        least = least if least is not None and float(least) >= -LARGEST_SHOWN else None
    if least is not None and most is not None:
        return f" from {_shown(least)} to {_shown(most)}"
    words = {"of at least": least, "above": above, "of at most": most, "below": below}
    parts = [f"{word} {_shown(bound)}" for word, bound in words.items() if bound is not None]
    return " " + " and ".join(parts) if parts else ""


def _shown(bound: Any) -> str:
    return str(bound) if isinstance(bound, int) else f"{bound:g}"


def _is_section(hint: Any) -> bool:
    return isinstance(hint, type) and issubclass(hint, Section)


def _bare(hint: Any) -> Any:
    while get_origin(hint) is Annotated:
        hint = get_args(hint)[0]
    return hint


def _metadata(hint: Any) -> Iterator[Any]:
    while get_origin(hint) is Annotated:
        hint, *metadata = get_args(hint)
        for item in metadata:
            if isinstance(item, FieldInfo):
                yield from item.metadata
            else:
                yield item


def _members(bare: Any) -> tuple[Any, ...]:
    return get_args(bare) if get_origin(bare) in (Union, types.UnionType) else ()


def _variant(members: Sequence[Any], name: str | int) -> Any:
    """The member of a union that `name` chooses, None if there is none."""
    for member in members:
        if any(isinstance(item, Tag) and item.tag == name for item in _metadata(member)):
            return member
    return None
