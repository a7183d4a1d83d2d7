"""What all finite data sets share, shown on small MNIST files."""

from pathlib import Path
from typing import ClassVar, cast

import numpy as np
import pytest
from pydantic import ValidationError
from small_files import MNIST_FILES, SmallMnist, write_files

from glorot_repro.config.experiment import parse_experiment
from glorot_repro.data.cifar10 import Cifar10
from glorot_repro.data.downloads import Fetcher
from glorot_repro.data.finite import (
    FiniteDataset,
    Split,
    Splits,
    files_are_here,
    unofficial_files,
)
from glorot_repro.data.folder import data_folder, set_data_folder
from glorot_repro.data.image_folder import ImageFolder
from glorot_repro.data.images import Dataset
from glorot_repro.data.mnist import Mnist
from glorot_repro.data.registry import DATASETS
from glorot_repro.data.shapeset import Shapeset
from glorot_repro.data.small_imagenet import SmallImagenet
from glorot_repro.errors import ConfigError, DataNotAvailableError

SEEDS = np.random.SeedSequence(3)


@pytest.fixture
def dataset(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SmallMnist:
    monkeypatch.setenv("GLOROT_DATA", "")
    set_data_folder(tmp_path)
    write_files(tmp_path / "mnist", MNIST_FILES)
    return SmallMnist(range=(-1.0, 3.0))


def levels(name: str) -> np.ndarray:
    return np.frombuffer(MNIST_FILES[name], np.uint8, offset=16).reshape(-1, 784)


def test_images_are_scaled_to_the_range(dataset: SmallMnist) -> None:
    validation = dataset.validation_images(SEEDS)
    inputs = validation.inputs(slice(0, 4), np.float64)
    expected = 4 * (levels("train-images-idx3-ubyte")[40:44] / 255) - 1
    np.testing.assert_allclose(inputs, expected)
    assert len(dataset.test_images(SEEDS)) == 30


def test_levels_lie_between_0_and_1_unless_said_otherwise(dataset: SmallMnist) -> None:
    inputs = SmallMnist().test_images(SEEDS).inputs(slice(None), np.float64)
    np.testing.assert_allclose(inputs, levels("t10k-images-idx3-ubyte") / 255)


def test_all_files_have_to_be_here_of_data_that_are_not_generated(
    dataset: SmallMnist, tmp_path: Path
) -> None:
    assert files_are_here(dataset)
    (tmp_path / "mnist" / "t10k-labels-idx1-ubyte").unlink()
    assert not files_are_here(dataset)
    assert files_are_here(Shapeset())


def test_stream_serves_the_training_images_only(dataset: SmallMnist) -> None:
    inputs, labels = dataset.training_stream(SEEDS, np.float32).next_batch(40)
    expected = 4 * (levels("train-images-idx3-ubyte")[:40] / 255) - 1
    np.testing.assert_allclose(
        np.sort(inputs.sum(axis=1)), np.sort(expected.sum(axis=1)), rtol=1e-4
    )
    assert np.bincount(labels).tolist() == [4] * 10


def test_files_are_read_once(dataset: SmallMnist, tmp_path: Path) -> None:
    stream = dataset.training_stream(SEEDS, np.float32)
    for path in (tmp_path / "mnist").iterdir():
        path.unlink()
    assert len(dataset.test_images(SEEDS)) == 30
    assert set(dataset.provenance()) == set(MNIST_FILES)
    stream.next_batch(100)


def test_sample_is_shuffled_and_its_beginning_does_not_depend_on_the_count(
    dataset: SmallMnist,
) -> None:
    images, labels = dataset.sample(40, seed=1)
    assert images.shape == (40, 28, 28)
    assert images.dtype == np.uint8
    training = levels("train-images-idx3-ubyte")[:40]
    order = [int(np.flatnonzero((training == image.ravel()).all(axis=1))[0]) for image in images]
    assert sorted(order) == list(range(40))
    assert order != sorted(order)
    np.testing.assert_array_equal(labels, np.array(order) % 10)
    np.testing.assert_array_equal(dataset.sample(7, seed=1)[0], images[:7])
    assert len(dataset.sample(50, seed=1)[0]) == 50


def test_addresses_do_not_depend_on_the_data_folder(dataset: SmallMnist) -> None:
    assert set(dataset.model_dump(exclude_defaults=True)) == {"name", "range"}


@pytest.mark.parametrize("bad", [[1, 0], [0, 0], ["0", "1"], [0.0]])
def test_range_has_two_ascending_numbers(bad: list[object]) -> None:
    with pytest.raises(ValidationError):
        SmallMnist.model_validate({"range": bad})


def test_images_that_do_not_fit_the_network_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Misfit(SmallMnist):
        n_levels: ClassVar[int] = 784
        label: ClassVar[int] = 0

        def read(self, folder: Path, fetcher: Fetcher) -> Splits:
            split = Split(np.zeros((3, self.n_levels), np.uint8), np.full(3, self.label, np.uint8))
            return Splits(split, split, split, ())

    assert len(Misfit().splits().test) == 3

    class OtherSize(Misfit):
        n_levels: ClassVar[int] = 783

    class OtherLabels(Misfit):
        label: ClassVar[int] = 10

    with pytest.raises(DataNotAvailableError, match="783 levels .* expected 784 levels"):
        OtherSize().splits()
    with pytest.raises(DataNotAvailableError, match="up to 10, expected .* and 10 classes"):
        OtherLabels().splits()


@pytest.mark.parametrize("name", sorted(DATASETS))
def test_sections_know_their_shape_without_reading(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GLOROT_DATA", str(tmp_path / "nothing"))
    section = DATASETS[name]
    if any(field.is_required() for field in section.model_fields.values()):
        pytest.skip("its shape is that of the reader's own images")
    dataset = cast("Dataset", section())
    assert dataset.input_size == np.prod(dataset.image_shape)
    assert dataset.n_classes == len(dataset.class_names)
    if isinstance(dataset, FiniteDataset):
        assert dataset.split_sizes is not None
        assert all(path is None for path in dataset.files_here(data_folder()).values())


def test_no_file_of_a_data_set_without_published_hashes_is_unofficial() -> None:
    for dataset in (ImageFolder(path="images"), Shapeset()):
        assert unofficial_files(dataset, {"a.png": "0"}) == []
    assert unofficial_files(Mnist(), {"a.png": "0"}) == ["a.png"]


def test_sections_are_data_sets() -> None:
    """The types say it; the stream is an ExampleStream."""
    datasets: list[Dataset] = [Mnist(), Cifar10(), SmallImagenet(), ImageFolder(path="images")]
    assert len({type(dataset) for dataset in datasets}) == 4


def test_data_folder_is_the_variable_or_the_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GLOROT_DATA", str(tmp_path))
    assert data_folder() == tmp_path
    monkeypatch.setenv("GLOROT_DATA", "")
    assert data_folder().name == "glorot_repro"
    monkeypatch.chdir(tmp_path)
    set_data_folder(Path("relative"))
    monkeypatch.chdir("/")
    assert data_folder() == tmp_path / "relative"


def test_the_home_of_nobody_is_a_folder_that_is_not_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each way to name one ended in a traceback: could not determine home directory."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GLOROT_DATA", "~no-such-user/data")
    assert data_folder() == tmp_path / "~no-such-user" / "data"
    set_data_folder(Path("~no-such-user/other"))
    assert data_folder() == tmp_path / "~no-such-user" / "other"
    with pytest.raises(DataNotAvailableError, match="~no-such-user/images is not there"):
        ImageFolder(path="~no-such-user/images").splits()


def test_an_upright_image_is_stored_by_rows_of_pixels() -> None:
    flat = np.arange(2 * 37 * 37).astype(np.uint8).reshape(2, -1)
    upright = SmallImagenet().upright(flat)
    np.testing.assert_array_equal(upright, flat.reshape(2, 37, 37))
    np.testing.assert_array_equal(SmallImagenet().upright(upright), upright)


def test_the_first_training_images_alone_make_a_smaller_set(dataset: SmallMnist) -> None:
    few = dataset.model_copy(update={"train_size": 20})
    expected = 4 * (levels("train-images-idx3-ubyte")[:20] / 255) - 1
    np.testing.assert_allclose(few.training_images().inputs(slice(None), np.float64), expected)
    inputs, labels = few.training_stream(SEEDS, np.float32).next_batch(60)
    assert np.bincount(labels).tolist() == [6] * 10  # three epochs of two images a class
    np.testing.assert_allclose(
        np.sort(inputs.sum(axis=1)), np.sort(np.repeat(expected.sum(axis=1), 3)), rtol=1e-4
    )
    _, sampled = few.sample(20, seed=1)
    assert np.bincount(sampled).tolist() == [2] * 10
    for images in (few.validation_images(SEEDS), few.test_images(SEEDS)):
        assert len(images) in (20, 30)  # as ever
    assert few.provenance() == dataset.provenance()


@pytest.mark.parametrize(("name", "n"), [("mnist", 50_000), ("cifar10", 40_000)])
def test_no_more_training_images_can_be_had_than_there_are(name: str, n: int) -> None:
    text = f"name: a\ndataset: {{{{name: {name}, train_size: {{}}}}}}\n"
    whole, few = (parse_experiment(text.format(size)).runs[0] for size in (n, n - 1))
    assert whole.hash == parse_experiment(f"name: a\ndataset: {name}\n").runs[0].hash != few.hash
    for wrong in (0, n + 1):
        with pytest.raises(ConfigError, match=r"dataset\.train_size: ") as told:
            parse_experiment(text.format(wrong))
        assert "\n" not in str(told.value)
