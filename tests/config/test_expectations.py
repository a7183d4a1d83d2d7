"""What a type expects, in words; and mistakes of types that no section uses yet."""

from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
from pydantic import Field

from glorot_repro.choice import variant_of
from glorot_repro.config.expectations import expected, keys_of, similar_key, type_at
from glorot_repro.config.loader import parse_document
from glorot_repro.config.mistakes import Mistake
from glorot_repro.config.validation import validated
from glorot_repro.section import Count, Section


class Left(Section):
    """A variant."""

    name: Literal["left"] = "left"
    size: Count = 1


class Right(Section):
    """Another variant, with other options; one has the variant's own name."""

    name: Literal["right"] = "right"
    share: Annotated[float, Field(gt=0, lt=1)] = 0.5
    right: Annotated[float, Field(ge=0)] = 0


Side: Any = variant_of("side", {"left": Left, "right": Right})


class Toy(Section):
    """All kinds of types."""

    side: Side = Left()
    flag: bool = False
    words: list[str] = []
    table: dict[str, Count] = {}
    path: Path = Path()
    folder: str | None = None
    pairs: tuple[tuple[float, float], ...] = ()
    mode: Literal["fast"] = "fast"


@pytest.mark.parametrize(
    ("hint", "words"),
    [
        (bool, "true or false"),
        (int, "a whole number"),
        (Count, "a whole number of at least 1"),
        (Annotated[float, Field(gt=0)], "a number above 0"),
        (Annotated[float, Field(gt=0, lt=1.5)], "a number above 0 and below 1.5"),
        (Annotated[float, Field(ge=0, le=1)], "a number from 0 to 1"),
        (Annotated[int, Field(le=7)], "a whole number of at most 7"),
        (list[str], "a list of texts"),
        (list[dict[str, int]], "a list of mappings"),
        (tuple[float, float], "a list of 2 numbers"),
        (tuple[tuple[int, ...], ...], "a list of lists of whole numbers"),
        (
            Annotated[list[int], Field(min_length=2, max_length=3)],
            "a list of whole numbers, at least 2 of them, at most 3 of them",
        ),
        (int | None, "a whole number"),
        (Literal["a", "b"], "one of 'a', 'b'"),
        (Literal["a"], "'a'"),
        (Toy, "a mapping"),
        (Left | Right, "a mapping"),
        (Path, ""),
        (Any, ""),
    ],
)
def test_a_type_has_words(hint: Any, words: str) -> None:
    assert expected(hint) == words


def test_absurd_bounds_are_named_only_when_they_are_broken() -> None:
    assert expected(Count) == "a whole number of at least 1"
    assert expected(Count, all_bounds=True) == "a whole number from 1 to 1000000000000"


def test_a_location_leads_through_variants_lists_and_tables_to_its_type() -> None:
    assert expected(type_at(Toy, ["side", "right", "share"])) == "a number above 0 and below 1"
    assert expected(type_at(Toy, ["pairs", 3, 1])) == "a number"
    assert expected(type_at(Toy, ["table", "a"])) == "a whole number of at least 1"
    assert expected(type_at(Toy, ["words", 0])) == "text"
    assert keys_of(type_at(Toy, ["side", "left"])) == ["name", "size"]
    assert expected(type_at(Toy, ["side", "right", "right"])) == "a number of at least 0"
    assert type_at(Toy, ["nothing"]) is None
    assert type_at(Toy, ["flag", "x"]) is None
    assert keys_of(int) == []


def test_a_similar_key_of_another_section_is_found() -> None:
    class Outer(Section):
        left: Left = Left()

    assert similar_key(Outer, "sise") == "left.size"
    assert similar_key(Outer, "zzz") is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "side: {name: left, share: 1}",
            "1:20: side.share: unknown key 'share' (allowed: name, si",
        ),
        ("side: {name: right, share: 1}", "1:28: side.share: expected a number above 0 and below"),
        ("side: lefd", "1:7: side: unknown side 'lefd'; did you mean 'left'? (allowed: left"),
        ("flag: yes", "1:7: flag: expected true or false, found the word 'yes'"),
        ("flag: 1", "1:7: flag: expected true or false, found 1"),
        ("words: [a, 5]", "1:12: words[1]: expected text, found 5"),
        ("words: a", "1:8: words: expected a list of texts, found the word 'a'; write [a]"),
        ("table: {a: 0}", "1:12: table.a: expected a whole number of at least 1, found 0"),
        ("folder: 5", "1:9: folder: expected text, found 5"),
        ("pairs: [[1, 2], [3]]", "1:17: pairs[1]: expected a list of 2 numbers, found a list of 1"),
        ("mode: fasd", "1:7: mode: expected 'fast', found the word 'fasd'; did you mean 'fast'?"),
        ("path: 5", "1:7: path: expected a valid string, found 5"),
    ],
)
def test_a_variant_of_any_registry_has_good_messages(text: str, message: str) -> None:
    mistakes: list[Mistake] = []
    assert validated(Toy, parse_document(text, source="f.yaml").root, mistakes) is None
    assert str(mistakes[0]).startswith(f"f.yaml:{message}")


def test_what_is_right_is_read() -> None:
    text = "side: {name: right, share: .5}\npath: a/b\npairs: [[1, 2.5]]\nflag: true\n"
    toy = validated(Toy, parse_document(text, source="f.yaml").root, [])
    assert toy == Toy(side=Right(), path=Path("a/b"), pairs=((1.0, 2.5),), flag=True)
