"""The numbers that describe a data set, against plain sums."""

from pathlib import Path

import numpy as np
import pytest
from small_files import MNIST_FILES, SmallMnist, write_files

from glorot_repro.data.description import N_GENERATED, describe, input_moments
from glorot_repro.data.folder import set_data_folder
from glorot_repro.data.shapeset import Shapeset


def test_moments_are_those_of_the_inputs() -> None:
    levels = np.random.default_rng(0).integers(0, 256, (2300, 17), dtype=np.uint8)
    values = np.linspace(-1, 1, 256) ** 3
    inputs = values[levels]
    expected = inputs.mean(), (inputs**2).mean()
    assert input_moments(levels, values) == pytest.approx(expected, rel=1e-12)


def test_a_finite_data_set_is_described_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GLOROT_DATA", "")
    set_data_folder(tmp_path)
    write_files(tmp_path / "mnist", MNIST_FILES)
    description = describe(SmallMnist(range=(-1.0, 1.0)))
    assert description.sizes == {"training": 40, "validation": 20, "test": 30}
    assert description.class_counts["training"] == [4] * 10
    images = np.frombuffer(MNIST_FILES["train-images-idx3-ubyte"], np.uint8, offset=16)
    inputs = images[: 40 * 784] / 127.5 - 1
    assert description.mean == pytest.approx(inputs.mean(), abs=1e-12)
    assert description.mean_square == pytest.approx((inputs**2).mean())
    assert len(description.files) == 4


def test_a_finite_shapeset_is_described_by_its_training_images() -> None:
    """A set of 100 was told as 10,000 drawn images, each of them a hundred times."""
    dataset = Shapeset(train_size=100)
    training = dataset.training_images()
    description = describe(dataset)
    assert description.sizes == {"training": 100}
    assert description.class_counts["training"] == np.bincount(training.labels).tolist()
    inputs = training.inputs(slice(None), np.float64)
    assert description.mean == pytest.approx(inputs.mean(), abs=1e-12)


def test_a_generated_data_set_is_described_by_a_sample() -> None:
    description = describe(Shapeset())
    assert description.sizes == {"drawn": N_GENERATED}
    assert sum(description.class_counts["drawn"]) == N_GENERATED
    assert description.files == ()
