"""A tree of settings against its sections: every mistake with its place, in our words."""

import json
from collections.abc import Mapping
from typing import Any, TypeVar, get_args

from pydantic import ValidationError

from glorot_repro.config.expectations import (
    LARGEST_SHOWN,
    expected,
    has_fixed_length,
    keys_along,
    keys_of,
    similar_key,
    type_at,
)
from glorot_repro.config.mistakes import Mistake, found
from glorot_repro.config.node import Node
from glorot_repro.section import Section
from glorot_repro.wording import nearest, shortened, unknown_name

AnySection = TypeVar("AnySection", bound=Section)
Context = Mapping[str, bool]


def validated(
    section: type[AnySection],
    tree: Node,
    mistakes: list[Mistake],
    context: Context | None = None,
) -> AnySection | None:
    """The section that a tree says; None after appending to `mistakes` what is wrong.

    Types are strict: "10" is not a number and true is not 1. context: what else the section is
    told, by the keys in `glorot_repro.section`; nothing by default.
    """
    try:
        # Through JSON, because pydantic's strict mode for JSON still takes a list for a tuple.
        return section.model_validate_json(json.dumps(tree.plain()), strict=True, context=context)
    except ValidationError as error:
        mistakes.extend(_mistakes(error, section, tree))
        return None


def _mistakes(error: ValidationError, section: type[Section], tree: Node) -> list[Mistake]:
    located = []
    for details in error.errors(include_url=False):
        location = list(details["loc"])
        context = details.get("ctx", {})
        location += [part for part in str(context.get("key", "")).split(".") if part]
        path, node = _walk(tree, keys_along(section, location))
        named = _named_field(details, node)
        if named is not None:
            path, node = (*path, named), node.child(named) or node
        located.append((path, details["type"], _mistake(details, section, location, node)))
    # Two errors only repeat a mistake that is reported further down: a list is called too short
    # when its items are wrong, and an initializer that stands for two layers is wrong once where
    # it is written and once where it is only implied.
    return [
        mistake
        for path, kind, mistake in located
        if not any(
            _is_below(other_path, path)
            and (kind == "too_short" or other.message == mistake.message)
            for other_path, _, other in located
        )
    ]


def _is_below(path: tuple[str | int, ...], upper: tuple[str | int, ...]) -> bool:
    return len(path) > len(upper) and path[: len(upper)] == upper


def _walk(tree: Node, location: list[str | int]) -> tuple[tuple[str | int, ...], Node]:
    # What is not a key of the tree is only implied.
    node, path = tree, list[str | int]()
    for part in location:
        child = node.child(part)
        if child is not None:
            node, path = child, [*path, part]
    return tuple(path), node


def _named_field(details: Any, node: Node) -> str | None:
    """The key of `node` that an error about the whole section is about."""
    is_name = details["type"] == "unknown_name" and node.child("name") is not None
    return "name" if is_name else None


def _mistake(
    details: Any, section: type[Section], location: list[str | int], node: Node
) -> Mistake:
    kind = details["type"]
    if kind == "extra_forbidden":
        allowed = keys_of(type_at(section, location[:-1]))
        key = str(location[-1])
        elsewhere = similar_key(section, key)
        guess = nearest(key, allowed) or elsewhere
        if elsewhere == key:  # a dotted key, where only overrides and axes have them
            upper, _, rest = key.partition(".")
            message = f"unknown key '{key}'; write {upper}: {{{rest}: ...}}"
            return Mistake(node.key_place, node.key, message)
        message = unknown_name("key", key, allowed, guess=guess or "")
        return Mistake(node.key_place, node.written_key, message)
    if kind == "missing" and isinstance(location[-1], int):  # an item of a list of fixed length
        words = expected(type_at(section, location[:-1]))
        return Mistake(node.place, node.key, f"expected {words}, found {found(node)}")
    if kind == "missing":
        key = f"{node.key}.{location[-1]}" if node.key else str(location[-1])
        words = expected(type_at(section, location)) or "a value"
        return Mistake(node.key_place, key, f"expected {words}, found nothing")
    place = node.key_place if location[-1:] == ["[key]"] else node.place
    return Mistake(place, node.key, _message(details, section, location, node))


def _message(details: Any, section: type[Section], location: list[str | int], node: Node) -> str:
    kind, context = details["type"], details.get("ctx", {})
    hint = type_at(section, location)
    if kind == "value_error":
        return _with_found(str(context["error"]), node)
    if kind in ("mistake", "unknown_name"):
        return _with_found(str(context["message"]), node)
    if kind == "string_too_short":
        return "expected text, found none between the quotes"
    if kind == "string_too_long" and isinstance(node.value, str):
        most = context["max_length"]
        return f"expected at most {most} characters, found {len(node.value)}"
    if location[-1:] == ["[key]"]:
        return f"expected {expected(hint)}, found '{node.key.rpartition('.')[2]}'"
    is_absurd = kind.startswith("less_than") or float(context.get("ge", 0)) < -LARGEST_SHOWN
    words = expected(hint, all_bounds=is_absurd)
    if not words:
        # A type of a variant that we have no words for: pydantic's own are good enough.
        words = str(details["msg"]).removeprefix("Input should be ")
    finite = " that is finite" if kind == "finite_number" else ""
    return f"expected {words}{finite}, found {found(node)}{_hint(kind, hint, node)}"


def _hint(kind: str, hint: Any, node: Node) -> str:
    if kind == "literal_error" and isinstance(node.value, str):
        near = nearest(node.value, [str(choice) for choice in get_args(hint)])
        return f"; did you mean '{near}'?" if near else ""
    is_list = kind in ("tuple_type", "list_type") and not has_fixed_length(hint)
    if is_list and not isinstance(node.value, dict | None):
        return f"; write [{shortened(node.text)}]"
    return ""


def _with_found(message: str, node: Node) -> str:
    if message.startswith("expected") and ", found" not in message:
        return f"{message}, found {found(node)}"
    return message
