"""Finding an experiment by its file or by its name."""

from collections import Counter
from pathlib import Path

import pytest

from glorot_repro.config.shipped import (
    copy_configs,
    find_config,
    packaged_configs,
    packaged_folder,
)
from glorot_repro.errors import ConfigError, StorageError


@pytest.fixture(autouse=True)
def _empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_no_two_experiments_of_the_package_have_one_name() -> None:
    names = Counter(path.stem for path in packaged_folder().rglob("*.yaml"))
    assert set(names.values()) == {1}
    assert set(names) == set(packaged_configs())
    assert {"fig01", "fig12", "table1", "tanh"} <= set(names)


def test_a_file_wins_over_a_name(tmp_path: Path) -> None:
    packaged = find_config("fig06")
    assert packaged == packaged_folder() / "fig06.yaml"
    (tmp_path / "fig06").write_text("name: mine\n")
    assert find_config("fig06") == Path("fig06")


def test_a_folder_does_not_hide_a_name(tmp_path: Path) -> None:
    (tmp_path / "fig06").mkdir()
    (tmp_path / "other").mkdir()
    assert find_config("fig06") == packaged_folder() / "fig06.yaml"
    assert find_config("other") == Path("other")  # for the reader to say that it is a directory


def test_a_copy_in_configs_takes_the_place_of_the_package_s(tmp_path: Path) -> None:
    copy_configs(Path("configs"))
    assert find_config("fig06") == Path("configs/fig06.yaml")
    assert find_config("tanh") == Path("configs/examples/tanh.yaml")


def test_an_unknown_name_is_told_with_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="unknown experiment 'fig6'; did you mean 'fig06'"):
        find_config("fig6")
    (tmp_path / "mine.yaml").write_text("name: mine\n")
    with pytest.raises(ConfigError, match="did you mean the file 'mine.yaml'"):
        find_config("mine")
    with pytest.raises(ConfigError, match=r"unknown experiment 'a\\nb'"):
        find_config("a\nb")
    with pytest.raises(ConfigError, match=r"unknown experiment 'aaaa[a]*\.\.\.'"):
        find_config(300 * "a")  # longer than the name of a file may be: a traceback


@pytest.mark.parametrize("written", ["fig6.yaml", "other/fig06", "./fig06"])
def test_what_is_written_as_a_path_is_a_path(written: str) -> None:
    path = find_config(written)
    assert path == Path(written)


def test_copies_are_the_same_files_and_harm_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "copies"
    (folder / "examples").mkdir(parents=True)
    (folder / "examples" / "tanh.yaml").write_text("name: mine\n")
    with pytest.raises(StorageError, match=r"tanh\.yaml is there and differs"):
        copy_configs(folder)
    assert len(list(folder.rglob("*.yaml"))) == 1
    (folder / "examples" / "tanh.yaml").unlink()
    copied = copy_configs(folder)
    assert copy_configs(folder) == copied
    source = packaged_folder()
    assert {path.relative_to(folder): path.read_bytes() for path in copied} == {
        path.relative_to(source): path.read_bytes() for path in source.rglob("*.yaml")
    }
