"""Data sets that have changed since the run began."""

from pathlib import Path

import pytest
from small_files import MNIST_FILES, SmallMnist, write_files

from glorot_repro.data.changes import check_same_files
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
    check_same_files(Shapeset(), {})
