"""Objects of the reader's own, and the source that they came from."""

import hashlib
import json
import random
from pathlib import Path

import pytest

from glorot_repro.nn.plugins import load_object, notice_edits, source_sha256


def test_the_source_is_the_file_as_it_was_when_it_was_loaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is edited while a run goes on is not what the run was made with."""
    monkeypatch.syspath_prepend(tmp_path)
    path = tmp_path / "loaded_once.py"
    path.write_text("half = 0.5  # a comment counts\n")
    assert load_object("loaded_once:half", kind="activation") == 0.5
    loaded = hashlib.sha256(path.read_bytes()).hexdigest()
    path.write_text("half = 0.25\n")
    assert source_sha256("loaded_once:half") == loaded


def test_an_edited_module_is_loaded_again_on_demand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    path = tmp_path / "loaded_twice.py"
    path.write_text("half = 0.5\n")
    load_object("loaded_twice:half", kind="activation")
    path.write_text("half = 0.50 / 2\n")
    assert load_object("loaded_twice:half", kind="activation") == 0.5
    notice_edits()
    assert load_object("loaded_twice:half", kind="activation") == 0.25
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    assert source_sha256("loaded_twice:half") == sha256

    path.write_text("half = nothing\n")
    notice_edits()
    for _ in range(2):
        with pytest.raises(ValueError, match="activation 'loaded_twice:half' does not import"):
            load_object("loaded_twice:half", kind="activation")
    path.unlink()
    notice_edits()


def test_an_edited_module_is_loaded_again_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    path = tmp_path / "loaded_again_once.py"
    path.write_text("half = object()\n")
    before = load_object("loaded_again_once:half", kind="activation")
    path.write_text("half = object()  # another\n")
    notice_edits()
    again = load_object("loaded_again_once:half", kind="activation")
    assert again is not before
    assert load_object("loaded_again_once:half", kind="activation") is again


def test_a_module_whose_file_is_gone_stays_loaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    path = tmp_path / "gone_since_loaded.py"
    path.write_text("half = 0.5\n")
    load_object("gone_since_loaded:half", kind="activation")
    path.unlink()
    notice_edits()
    assert load_object("gone_since_loaded:half", kind="activation") == 0.5


def test_an_object_may_lie_inside_another() -> None:
    assert load_object("json:JSONDecoder.decode", kind="activation") is json.JSONDecoder.decode


def test_a_module_without_a_file_has_no_source() -> None:
    load_object("sys:maxsize", kind="activation")
    assert source_sha256("sys:maxsize") is None


def test_an_error_in_the_module_is_not_taken_for_a_missing_object(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`numpy.flaot32` at the top of it was told as: the module has no 'half'."""
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "misspelt.py").write_text("import math\nmath.pie\nhalf = 0.5\n")
    with pytest.raises(ValueError, match="does not import: AttributeError: .*'pie'"):
        load_object("misspelt:half", kind="activation")
    with pytest.raises(ValueError, match="module 'math' has no 'pie'"):
        load_object("math:pie", kind="activation")


def test_a_module_of_python_that_hides_the_readers_own_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`random.py` with a `wave` in the working directory: the module had no 'wave', it said."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "random.py").write_text("def wave(s): return s\n")
    with pytest.raises(ValueError, match="module 'random' has no 'wave'") as caught:
        load_object("random:wave", kind="activation")
    assert str(caught.value).endswith(f"(it is {random.__file__})")


def test_a_script_that_exits_is_no_end_of_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The command ended there, with the script's exit code 0 and not a word."""
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "a_script.py").write_text("import sys\nhalf = 0.5\nsys.exit(0)\n")
    with pytest.raises(ValueError, match="'a_script:half' does not import: SystemExit: 0"):
        load_object("a_script:half", kind="activation")
