"""YAML text to places, and every way in which a text is not an experiment."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glorot_repro.config.loader import (
    DEEPEST,
    MOST_VALUES,
    Document,
    parse_document,
    parse_value,
)
from glorot_repro.config.node import Node, Place
from glorot_repro.errors import ConfigError


def first_mistake(text: str | bytes) -> str:
    """The one line about a text: of the error, or of the first mistake that was collected."""
    try:
        document = parse_document(text, source="f.yaml")
    except ConfigError as error:
        return str(error)
    return str(document.mistakes[0]) if document.mistakes else ""


def at(document: Document, *path: str | int) -> Node:
    node: Node | None = document.root
    for part in path:
        assert node is not None
        node = node.child(part)
    assert node is not None
    return node


TRAPS = [
    ("", "f.yaml:1:1: expected keys such as 'name: my-experiment', found nothing"),
    ("# only a comment\n", "f.yaml:1:1: expected keys"),
    ("- a\n", "f.yaml:1:1: expected keys such as 'name: my-experiment', found a list"),
    ("word", "f.yaml:1:1: expected keys such as 'name: my-experiment', found one value"),
    (
        "a: 1\nb:\n  c: 1\na: 2\n",
        "f.yaml:4:1: a: expected the key once, found it again; first given in line 1",
    ),
    ("b:\n  c: 1\n  'c': 1\n", "f.yaml:3:3: b.c: expected the key once"),
    ("a: {x: 1, x: 2}", "f.yaml:1:11: a.x: expected the key once"),
    ("a:\n\tb: 1\n", "f.yaml:2:1: expected spaces, found a tab; indent with spaces"),
    ("a:\t1\n", "f.yaml:1:3: expected spaces, found a tab"),
    ("model:\nb: 1\n", "f.yaml:1:7: model: expected a value, found nothing"),
    ("a: [1, ~]\n", "f.yaml:1:8: a[1]: expected a value, found nothing"),
    ("a: 1\n---\nb: 2\n", "f.yaml:2:1: expected one experiment in a file, found a second document"),
    ("a: 1\n b: 2\n", "f.yaml:2:3: expected one 'key: value' in a line"),
    ("a: b: c\n", "f.yaml:1:5: expected one 'key: value' in a line"),
    (
        "a: [1, 2\nb: 3\n",
        "f.yaml:2:2: expected ',' or ']', found ':' "
        "(while parsing a flow sequence that starts in line 1)",
    ),
    ("a: 'x\n", "f.yaml:2:1: expected YAML, found the end of the text"),
    ("a: @x\n", "f.yaml:1:4: expected YAML, found character '@'"),
    (
        "a: !!python/object/apply:os.system ['true']\n",
        "f.yaml:1:4: expected a value without a tag, found '!!python/object/apply:os.system'; "
        "remove it",
    ),
    ("a: !!str 5\n", "f.yaml:1:4: expected a value without a tag, found '!!str'"),
    ("!x a: 5\n", "f.yaml:1:1: expected a value without a tag, found '!x'"),
    ("1: x\n", "f.yaml:1:1: expected a word as key, found 1"),
    ("a: {true: x}\n", "f.yaml:1:5: a: expected a word as key, found true"),
    ("a: {1e-3: x}\n", "f.yaml:1:5: a: expected a word as key, found 1e-3"),
    ("[a, b]: x\n", "f.yaml:1:1: expected a word as key, found a list or mapping"),
    ("'': x\n", "f.yaml:1:1: expected a word as key, found nothing"),
    ("a: *b\n", "f.yaml:1:4: expected YAML, found undefined alias 'b'"),
    (
        "a: &x 1\nb: &x 2\n",
        "f.yaml:2:4: expected each anchor once, found one again; first given in line 1",
    ),
    ("a: &a [1, *a]\n", "f.yaml:1:4: a[1]: expected a value, found an alias"),
    ("a: &a {b: {<<: *a}}\n", "f.yaml:1:4: a.b: expected a value, found an alias"),
    ("a: {<<: 5}\n", "f.yaml:1:9: a: expected a mapping (or a list of mappings) to merge"),
    ("a: {<<: {b: 1}, <<: {c: 1}}\n", "f.yaml:1:17: a.<<: expected the key once"),
    ('a: "\\ud800"\n', "f.yaml:1:4: a: expected text, found half a character"),
    ('a: 1\nb: "\\UFFFFFFFF"\n', "f.yaml:2:"),
    ("a: \x00\n", "f.yaml:1:4: expected printable text, found the character \\x00"),
    ("a: 1\nb: \x07\n", "f.yaml:2:4: expected printable text, found the character \\x07"),
    (b"a: 1\nb: \xff\n", "f.yaml:2:4: expected UTF-8, found the byte 0xff; save the file as UTF-8"),
    (b"\xef\xbb\xbfa: \xff", "f.yaml:1:4: expected UTF-8, found the byte 0xff"),
    (b"a: \xc3\xa9 \xe9\n", "f.yaml:1:6: expected UTF-8, found the byte 0xe9"),
    (b"\xff\xfea\x00:\x00", "f.yaml:1:1: expected UTF-8, found UTF-16"),
    ("%YAML 3.0\n---\na: 1\n", "f.yaml:1:1: expected YAML, found"),
    ("[" * 5000, f"f.yaml:1:{DEEPEST + 1}: expected at most {DEEPEST} levels of nesting"),
    ("? " * 5000, f"f.yaml:1:{2 * DEEPEST + 1}: expected at most {DEEPEST} levels of nesting"),
]


@pytest.mark.parametrize(("text", "start"), TRAPS)
def test_a_trap_is_one_line_with_its_place(text: str | bytes, start: str) -> None:
    line = first_mistake(text)
    assert line.startswith(start)
    assert line.isprintable()


def test_an_alias_bomb_is_bounded() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    for i in range(1, 9):
        lines.append(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]")
    assert f"expected at most {MOST_VALUES} values, found more" in first_mistake("\n".join(lines))


def test_places_count_lines_and_columns_from_one() -> None:
    document = parse_document("name: x\nmodel:\n  hidden: [64,\n    32]\n", source="f.yaml")
    assert at(document, "model", "hidden").key_place == Place("f.yaml", 3, 3)
    assert at(document, "model", "hidden").place == Place("f.yaml", 3, 11)
    assert at(document, "model", "hidden", 1).place == Place("f.yaml", 4, 5)
    assert at(document, "model", "hidden", 1).key == "model.hidden[1]"
    assert at(document, "model", "hidden").child(2) is None
    assert at(document, "name").child("x") is None


@pytest.mark.parametrize(
    "text", ["name: x\r\nmodel:\r\n  width: 5\r\n", "\ufeffname: x\nmodel:\n  width: 5\n"]
)
def test_windows_line_ends_and_byte_order_marks_change_no_place(text: str) -> None:
    document = parse_document(text.encode(), source="f.yaml")
    assert document.root.plain() == {"name": "x", "model": {"width": 5}}
    assert at(document, "model", "width").place == Place("f.yaml", 3, 10)


def test_an_alias_keeps_the_place_of_its_anchor_and_its_own_key() -> None:
    document = parse_document("a: &here {x: 1}\nb: *here\n", source="f.yaml")
    assert at(document, "b", "x").place == Place("f.yaml", 1, 14)
    assert at(document, "b", "x").key == "b.x"


def test_merge_keys_fill_what_is_not_given() -> None:
    text = "a: &a {x: 1, y: 2}\nb: {y: 3, <<: *a}\nc: {<<: [{x: 5}, *a], z: 0}\nd: {'<<': 1}\n"
    plain = parse_document(text, source="f.yaml").root.plain()
    assert plain["b"] == {"x": 1, "y": 3}
    assert plain["c"] == {"x": 5, "y": 2, "z": 0}
    assert plain["d"] == {"<<": 1}


def test_quotes_make_words() -> None:
    document = parse_document("a: '5'\nb: \"true\"\nc: |\n  1\nd: 5\n", source="f.yaml")
    assert document.root.plain() == {"a": "5", "b": "true", "c": "1\n", "d": 5}
    assert [at(document, key).quoted for key in "abcd"] == [True, True, True, False]


def test_a_value_of_the_command_line_may_be_anything() -> None:
    place = Place("command line: seeds=[0, 1]")
    document = parse_value("[0, 1]", key="seeds", place=place)
    assert document.root.plain() == [0, 1]
    assert at(document, 1).place == place
    assert parse_value("", key="a", place=place).root.value is None


words = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True)
scalars = (
    st.integers(-(2**52), 2**52)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.booleans()
    | st.text(st.characters(min_codepoint=32, max_codepoint=0x2FF, exclude_categories=["Cc"]))
)
trees = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(words, trees, min_size=1, max_size=4), st.booleans())
def test_json_is_read_as_json(data: dict[str, Any], is_ascii: bool) -> None:
    text = json.dumps(data, ensure_ascii=is_ascii)
    assert parse_document(text, source="f.yaml").root.plain() == data


def test_a_character_in_two_halves_is_one() -> None:
    """So JSON writes those beyond the first 65,536."""
    document = parse_document('a: "\\ud83d\\ude00"\n', source="f.yaml")
    assert document.root.plain() == {"a": "\N{GRINNING FACE}"}
    assert not document.mistakes


@settings(max_examples=300)
@given(
    st.binary(max_size=60)
    | st.text(max_size=60).map(lambda text: text.encode("utf-8", "surrogatepass"))
    | st.text("ab:{}[]&*!|>%-?#'\" \n\t,<\\.~1", max_size=40).map(str.encode)
)
def test_random_bytes_are_read_or_refused_in_one_line(data: bytes) -> None:
    line = first_mistake(data)
    assert line == "" or line.startswith("f.yaml:")
    assert line.isprintable()
