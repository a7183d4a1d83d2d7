"""Data sets that do not fit the network, or have changed since the run began."""

from pathlib import Path

import pytest
from small_files import MNIST_FILES, SmallMnist, write_files

from glorot_repro.data.cifar10 import Cifar10
from glorot_repro.data.fit import check_network_shape, check_same_files
from glorot_repro.data.shapeset import Shapeset
from glorot_repro.errors import ConfigError


def test_a_network_that_fits_is_accepted() -> None:
    check_network_shape(Cifar10(), (3072, 50, 10))
    check_network_shape(Shapeset(), (1024, 9))


@pytest.mark.parametrize(
    ("sizes", "words"),
    [
        ((1024, 5, 10), "images of 32 x 32 x 3 are 3,072 inputs, the network takes 1,024"),
        ((3072, 5, 9), "there are 10 classes, the network tells 9"),
        ((1024, 9), "the network takes 1,024; there are 10 classes"),
    ],
)
def test_what_does_not_fit_is_named(sizes: tuple[int, ...], words: str) -> None:
    with pytest.raises(ConfigError, match=f"cifar10 does not fit the network: .*{words}"):
        check_network_shape(Cifar10(), sizes)


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
