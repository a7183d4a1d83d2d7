import subprocess
from pathlib import Path

import pytest

from glorot_repro.runs.machine import describe_machine, git_commit


def git(folder: Path, *arguments: str) -> str:
    author = ("-c", "user.name=reader", "-c", "user.email=reader@example.org")
    command = ["git", "-C", str(folder), *author, *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A package that is committed in the repository around it."""
    folder = tmp_path / "project" / "package"
    folder.mkdir(parents=True)
    (folder / "__init__.py").write_text("")
    git(folder.parent, "init", "--quiet")
    git(folder.parent, "add", ".")
    git(folder.parent, "commit", "--quiet", "--message", "A package")
    return folder


@pytest.fixture(autouse=True)
def _forget_commits() -> None:
    git_commit.cache_clear()


def test_every_package_that_decides_numbers_tells_its_version() -> None:
    assert {"numpy", "scipy", "pillow"} <= set(describe_machine()["versions"])


def test_commit_is_that_of_the_repository_that_holds_the_package(package: Path) -> None:
    assert git_commit(package) == git(package, "rev-parse", "HEAD")


@pytest.mark.parametrize("name", ["__init__.py", "new.py"])
def test_commit_of_a_changed_package_is_dirty(package: Path, name: str) -> None:
    """run.json named the last commit as if the changed source were in it."""
    (package / name).write_text("x = 1\n")
    assert git_commit(package) == git(package, "rev-parse", "HEAD") + "-dirty"


def test_files_outside_the_package_do_not_make_it_dirty(package: Path) -> None:
    (package.parent / "results.csv").write_text("")
    assert git_commit(package) == git(package, "rev-parse", "HEAD")


def test_installed_package_has_no_commit_though_it_lies_in_a_repository(package: Path) -> None:
    """In PROJECT/.venv run.json named the HEAD of PROJECT, whatever that was."""
    installed = package.parent / ".venv" / "package"
    installed.mkdir(parents=True)
    (installed / "__init__.py").write_text("")
    assert git_commit(installed) is None


def test_package_outside_any_repository_has_no_commit(tmp_path: Path) -> None:
    assert git_commit(tmp_path) is None
