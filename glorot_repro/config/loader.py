"""YAML text to a tree of values with their places; nothing in it is ever executed.

What YAML allows and this loader does not: tags, more than one document, keys that are not words,
duplicate keys, values left empty, deep nesting and aliases that expand without bound. Anchors,
aliases and merge keys (`<<`) work; a value that came by an alias keeps the place of its anchor.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from os import PathLike, fspath
from typing import Any

import yaml
from yaml.error import Mark, MarkedYAMLError, YAMLError
from yaml.reader import ReaderError

from glorot_repro.config.file import decode, read_bytes
from glorot_repro.config.mistakes import Mistake
from glorot_repro.config.node import Node, Place
from glorot_repro.config.scalars import read_plain
from glorot_repro.errors import ConfigError
from glorot_repro.wording import one_line, shortened

DEEPEST = 30
"""Levels of nesting; an experiment has five."""

MOST_VALUES = 20_000
"""Values after aliases are expanded."""

PlaceOf = Callable[[Mark], Place]


@dataclass(frozen=True)
class Document:
    """The tree of one YAML text, and the mistakes that can be seen without knowing its meaning."""

    root: Node
    mistakes: tuple[Mistake, ...] = ()


def read_document(path: str | PathLike[str]) -> Document:
    """The document of a file; ConfigError if it cannot be read or is not YAML."""
    return parse_document(read_bytes(path), source=one_line(fspath(path)))


def parse_document(text: str | bytes, *, source: str) -> Document:
    """The document of a text, bytes being UTF-8, whose root has to be a mapping.

    `source` names the text in messages. Raises ConfigError for what is not YAML.
    """
    decoded = text if isinstance(text, str) else decode(text, source=source)
    document = _parse(decoded, lambda mark: Place(source, mark.line + 1, mark.column + 1), key="")
    if not isinstance(document.root.value, dict):
        what = {list: "a list", type(None): "nothing"}.get(type(document.root.value), "one value")
        message = (
            f"{document.root.place}: expected keys such as 'name: my-experiment', found {what}"
        )
        raise ConfigError(message)
    return document


def parse_value(text: str, *, key: str, place: Place) -> Document:
    """The document of an argument `key=text`: any value; all of it stands at `place`."""
    return _parse(text, lambda mark: place, key=key)


class _Loader(yaml.SafeLoader):
    """Composes nodes only; every plain scalar stays text, for `read_plain`."""

    yaml_implicit_resolvers: dict[Any, Any] = {}  # noqa: RUF012  (the name is PyYAML's)

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.nesting = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        event: Any = self.peek_event()
        tag = getattr(event, "tag", None)
        if tag is not None:
            name = tag.replace("tag:yaml.org,2002:", "!!")
            problem = f"expected a value without a tag, found '{shortened(name)}'; remove it"
            raise MarkedYAMLError(problem=problem, problem_mark=event.start_mark)
        if self.nesting >= DEEPEST:
            problem = f"expected at most {DEEPEST} levels of nesting, found more"
            raise MarkedYAMLError(problem=problem, problem_mark=event.start_mark)
        self.nesting += 1
        node = super().compose_node(parent, index)
        self.nesting -= 1
        return node


def _parse(text: str, place_of: PlaceOf, *, key: str) -> Document:
    try:
        loader = _Loader(text)
    except ReaderError as error:
        character = one_line(chr(error.character)) if isinstance(error.character, int) else "?"
        message = f"expected printable text, found the character {character}"
        place = place_of(_mark_at(text, error.position))
        raise ConfigError(str(Mistake(place, "", message))) from None
    try:
        root = loader.get_single_node()
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark or loader.get_mark()
        raise ConfigError(str(Mistake(place_of(mark), "", _syntax_message(error)))) from None
    except (YAMLError, ValueError, OverflowError) as error:  # such as an escape beyond Unicode
        message = f"expected YAML, found a syntax error: {error}"
        raise ConfigError(str(Mistake(place_of(loader.get_mark()), "", message))) from None
    if root is None:
        start = place_of(_mark_at(text, 0))
        return Document(Node(None, start, start, key))
    reading = _Reading(place_of)
    tree = reading.convert(root, key, place_of(root.start_mark))
    return Document(tree, tuple(reading.mistakes))


def _mark_at(text: str, position: int) -> Mark:
    before = text[:position]
    column = len(before) - before.rfind("\n") - 1
    return Mark("", position, before.count("\n"), column, None, 0)


_SYNTAX = {
    "mapping values are not allowed here": (
        "expected one 'key: value' in a line, found a second ':'; "
        "quote text that contains a colon, and look at the indentation"
    ),
    "found character '\\t' that cannot start any token": (
        "expected spaces, found a tab; indent with spaces"
    ),
    "but found another document": "expected one experiment in a file, found a second document",
}

_PLAIN_ENGLISH = {
    "<block end>": "a key of the same level",
    "'<stream end>'": "the end of the text",
    "'<document end>'": "the end of the text",
    "the node content": "a value",
    "unexpected end of stream": "the end of the text",
    ", but found ": ", found ",
    ", but got ": ", found ",
}


def _syntax_message(error: MarkedYAMLError) -> str:
    problem = error.problem or "a syntax error"
    context = error.context or ""
    context_mark, mark = error.context_mark, error.problem_mark
    line = context_mark.line + 1 if context_mark else 0
    if problem in _SYNTAX:
        return _SYNTAX[problem]
    if context.startswith("found duplicate anchor"):
        return f"expected each anchor once, found one again; first given in line {line}"
    for jargon, english in _PLAIN_ENGLISH.items():
        problem = problem.replace(jargon, english)
    if problem.startswith("found "):
        problem = f"expected YAML, {problem}"
    elif not problem.startswith(("expected", "could not find expected")):
        problem = f"expected YAML, found a syntax error: {problem}"
    if context and mark and line not in (0, mark.line + 1):
        return f"{problem} ({context} that starts in line {line})"
    return f"{problem} ({context})" if context else problem


@dataclass
class _Reading:
    """Turns PyYAML's nodes into ours, and collects mistakes on the way."""

    place_of: PlaceOf
    mistakes: list[Mistake] = field(default_factory=list)
    n_values: int = 0
    open_nodes: set[int] = field(default_factory=set)

    def convert(self, node: yaml.Node, key: str, key_place: Place | None = None) -> Node:
        place = self.place_of(node.start_mark)
        self.n_values += 1
        if self.n_values > MOST_VALUES:
            message = f"expected at most {MOST_VALUES} values, found more (aliases count each time)"
            raise ConfigError(str(Mistake(place, key, message)))
        if id(node) in self.open_nodes:
            message = "expected a value, found an alias that contains itself"
            raise ConfigError(str(Mistake(place, key, message)))
        key_place = key_place or place
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node, key, place, key_place)
        self.open_nodes.add(id(node))
        value: list[Node] | dict[str, Node]
        if isinstance(node, yaml.SequenceNode):
            value = [self.convert(item, f"{key}[{i}]") for i, item in enumerate(node.value)]
        else:
            value = self._mapping(node, key)
        self.open_nodes.discard(id(node))
        return Node(value, place, key_place, key)

    def _scalar(self, node: yaml.ScalarNode, key: str, place: Place, key_place: Place) -> Node:
        quoted = node.style is not None
        value = node.value if quoted else read_plain(node.value)
        if value is None:
            message = "expected a value, found nothing; leave the key out to use its default"
            self.mistakes.append(Mistake(place, key, message))
        if isinstance(value, str) and _has_half_characters(value):
            # JSON writes a character beyond the first 65,536 as two halves.
            value = value.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")
        if isinstance(value, str) and _has_half_characters(value):
            self.mistakes.append(Mistake(place, key, "expected text, found half a character"))
            value = value.encode("utf-8", "replace").decode("utf-8")
        return Node(value, place, key_place, key, text=node.value, quoted=quoted)

    def _mapping(self, node: Any, prefix: str) -> dict[str, Node]:
        children: dict[str, Node] = {}
        merged: dict[str, Node] = {}
        first_lines: dict[str, int] = {}
        for key_node, value_node in node.value:
            key_place = self.place_of(key_node.start_mark)
            word = self._key(key_node, prefix, key_place)
            if word is None:
                continue
            full_key = f"{prefix}.{word}" if prefix else word
            if word in first_lines:
                first = f"; first given in line {first_lines[word]}" if key_place.line else ""
                message = f"expected the key once, found it again{first}"
                self.mistakes.append(Mistake(key_place, full_key, message))
                continue
            first_lines[word] = key_place.line
            if word == "<<" and key_node.style is None:
                merged = self._merged(value_node, prefix)
            else:
                children[word] = self.convert(value_node, full_key, key_place)
        return {**merged, **children}

    def _key(self, node: yaml.Node, prefix: str, place: Place) -> str | None:
        if isinstance(node, yaml.ScalarNode):
            value = node.value if node.style is not None else read_plain(node.value)
            if isinstance(value, str) and value:
                return value
            what = shortened(node.value) or "nothing"
        else:
            what = "a list or mapping"
        self.mistakes.append(Mistake(place, prefix, f"expected a word as key, found {what}"))
        return None

    def _merged(self, node: Any, prefix: str) -> dict[str, Node]:
        sources = node.value if isinstance(node, yaml.SequenceNode) else [node]
        merged: dict[str, Node] = {}
        for source in sources:
            if not isinstance(source, yaml.MappingNode):
                message = "expected a mapping (or a list of mappings) to merge, found another value"
                self.mistakes.append(Mistake(self.place_of(node.start_mark), prefix, message))
                return {}
            child = self.convert(source, prefix)
            # the first source that has a key wins, as YAML's merge keys have it
            merged = {**dict(child.items()), **merged}
        return merged


def _has_half_characters(text: str) -> bool:
    return any("\ud800" <= c <= "\udfff" for c in text)
