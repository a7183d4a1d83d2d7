"""Files that cannot be read as a configuration."""

import os
from pathlib import Path

import pytest

from glorot_repro.config.file import LARGEST_FILE
from glorot_repro.config.loader import read_document
from glorot_repro.errors import ConfigError


def error_of(path: str | Path) -> str:
    with pytest.raises(ConfigError) as caught:
        read_document(path)
    assert caught.value.exit_code == 2
    assert str(caught.value).isprintable()
    return str(caught.value)


def test_a_directory_is_named_as_one(tmp_path: Path) -> None:
    assert error_of(tmp_path) == f"{tmp_path}: expected a YAML file, found a directory"


def test_a_missing_file_suggests_its_neighbor(tmp_path: Path) -> None:
    (tmp_path / "fig06.yaml").write_text("name: x\n")
    message = error_of(tmp_path / "fig6.yaml")
    assert message.startswith(f"{tmp_path}/fig6.yaml: expected a YAML file, found nothing there")
    assert message.endswith(f"did you mean '{tmp_path}/fig06.yaml'?")
    assert "did you mean" not in error_of(tmp_path / "nowhere" / "fig6.yaml")


def test_an_unreadable_file_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("name: x\n")

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("builtins.open", refuse)
    assert error_of(path) == f"{path}: cannot be read: Permission denied"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("name: x\n")
    path.chmod(0)
    assert "cannot be read: Permission denied" in error_of(path)


@pytest.mark.parametrize("name", ["a\x00b", "x" * 5000, "two\nlines.yaml"])
def test_an_impossible_name_is_one_line(name: str) -> None:
    error_of(name)


def test_a_huge_file_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "huge.yaml"
    path.write_bytes(b"#" * (LARGEST_FILE + 1))
    assert f"at most {LARGEST_FILE} bytes, found more" in error_of(path)


def test_a_device_is_read_no_further_than_a_file() -> None:
    assert f"at most {LARGEST_FILE} bytes" in error_of("/dev/zero")
