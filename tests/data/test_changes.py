"""Data sets that have changed since the run began."""

from pathlib import Path

import pytest
from small_files import MNIST_FILES, SmallMnist, write_files

from glorot_repro.data.changes import check_same_content, check_same_files
from glorot_repro.data.downloads import Fetcher
from glorot_repro.data.finite import Splits
from glorot_repro.data.shapeset import Shapeset
from glorot_repro.errors import ConfigError


def test_changed_files_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GLOROT_DATA", str(tmp_path))
    write_files(tmp_path / "mnist", MNIST_FILES)
    dataset = SmallMnist()
    recorded = dataset.provenance()
    check_same_files(dataset, recorded)
    changed = {**recorded, "train-labels-idx1-ubyte": 64 * "0", "more": 64 * "1"}
    with pytest.raises(ConfigError, match="began: more, train-labels-idx1-ubyte; .* --force"):
        check_same_files(dataset, changed)
    fewer = {name: sha256 for name, sha256 in recorded.items() if "t10k-labels" not in name}
    with pytest.raises(ConfigError, match="began: t10k-labels-idx1-ubyte; "):
        check_same_files(dataset, fewer)
    check_same_files(Shapeset(), {})


def test_a_run_that_knows_no_files_is_not_held_against_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a data set that has one content everywhere or not."""
    monkeypatch.setenv("GLOROT_DATA", str(tmp_path))
    write_files(tmp_path / "mnist", MNIST_FILES)
    check_same_content(SmallMnist(), {})
    monkeypatch.setattr(SmallMnist, "official_hashes", {})
    check_same_content(SmallMnist(), {})


def test_the_authors_own_files_are_not_read_again_to_see_that_they_are_the_same() -> None:
    """They may not be here, and would be fetched."""

    class Unread(SmallMnist):
        def read(self, folder: Path, fetcher: Fetcher) -> Splits:
            pytest.fail("the files were read")

    check_same_content(Unread(), Unread().official_hashes)
