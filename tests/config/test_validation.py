"""Every mistake in an experiment: its place, its full key, what was expected, found and near."""

import sys
from pathlib import Path

import pytest

from glorot_repro.config.experiment import parse_experiment
from glorot_repro.errors import ConfigError

START = "# an experiment\n\nname: x\n"
"""Three lines before the one that is wrong."""


def error_of(text: str, *overrides: str, scale: str | None = None) -> str:
    with pytest.raises(ConfigError) as caught:
        parse_experiment(text, overrides, scale, source="f.yaml")
    line = str(caught.value)
    assert line.isprintable()
    return line


def table() -> list[tuple[str, str]]:
    path = Path(__file__).with_name("mistakes.txt")
    lines = [line for line in path.read_text().splitlines() if line and line[0] != "#"]
    return [(line, message.strip()) for line, message in zip(lines[::2], lines[1::2], strict=True)]


@pytest.mark.parametrize(("line", "message"), table(), ids=[line for line, _ in table()])
def test_a_mistake_names_place_key_expectation_and_finding(line: str, message: str) -> None:
    text = START + line.replace("\\n", "\n") + "\n"
    assert error_of(text).startswith(f"f.yaml:{message}")


def test_a_long_description_is_measured() -> None:
    line = error_of(f"name: x\ndescription: {'x' * 401}\n")
    assert line == "f.yaml:2:14: description: expected at most 400 characters, found 401"


def test_without_a_name_the_root_is_to_blame() -> None:
    assert error_of("model: {}\n").startswith("f.yaml:1:1: name: expected a word of at most 64")


def test_the_first_mistake_in_the_file_is_reported() -> None:
    """Whether the loader, a section, an axis or a scale finds it."""
    lines = [
        "name: x",
        "grid: {training.updates: [1, -2]}",
        "training: {updates: x}",
        "scales: {quick: {training.updates: y}}",
        "training: {}",
        "foo: 1",
    ]
    expected = ["2:30", "3:21", "4:36", "5:1", "6:1"]
    for n_right, place in enumerate(expected):
        kept = [lines[0], *["# was wrong"] * n_right, *lines[1 + n_right :]]
        if "training: {updates: x}" not in kept:  # or the duplicate key is none
            kept[2] = "training: {}"
        assert error_of("\n".join(kept) + "\n").startswith(f"f.yaml:{place}: ")


def test_the_file_comes_before_the_command_line() -> None:
    assert error_of("name: x\nfoo: 1\n", "bar=1").startswith("f.yaml:2:1")
    assert error_of("name: x\nfoo: 1\n", "training.updates=").startswith("f.yaml:2:1")


def test_the_first_wrong_argument_is_reported() -> None:
    assert error_of("name: x\n", "seeds=x", "foo=1").startswith("command line: seeds=x")
    assert error_of("name: x\n", "foo=1", "seeds=x").startswith("command line: foo=1")


def test_an_override_cannot_hide_a_mistake_of_the_file() -> None:
    text = "name: x\ntraining: {updates: -1}\n"
    assert error_of(text, "training.updates=5").startswith("f.yaml:2:21")


def test_more_runs_than_anyone_means_are_refused_before_they_are_made() -> None:
    axes = ", ".join(
        f"{key}: [{', '.join(str(n) for n in range(1, 31))}]"
        for key in ("training.updates", "training.batch_size", "record.bins")
    )
    message = "expected at most 10000 runs, found 27000 of all combinations"
    assert error_of(f"name: x\ngrid: {{{axes}}}\n") == f"f.yaml:2:7: grid: {message}"
    seeds = ", ".join(str(seed) for seed in range(10_001))
    assert "expected at most 10000 runs" in error_of(f"name: x\nseeds: [{seeds}]\n")


def test_code_of_the_reader_that_fails_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "broken_by_reader.py").write_text("raise RuntimeError('two\\nlines')\n")
    (tmp_path / "shapeless_by_reader.py").write_text("def f(s):\n    return s[:1]\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    line = error_of("name: x\nmodel: {activation: 'broken_by_reader:f'}\n")
    assert line.startswith("f.yaml:2:21: model.activation: activation 'broken_by_reader:f' does")
    line = error_of("name: x\nmodel: {activation: 'shapeless_by_reader:f'}\n")
    assert "turned shape (2, 3) into (1, 3)" in line
