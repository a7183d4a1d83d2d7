"""The section of the YAML, the endless stream and the fixed sets."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.random import SeedSequence
from pydantic import ValidationError

from glorot_repro.data.images import Dataset, ExampleStream
from glorot_repro.data.registry import DATASETS
from glorot_repro.data.shapeset import BLOCK_SIZE, Shapeset, draw_block

SEED = 31415


@pytest.fixture(scope="module")
def served() -> tuple[np.ndarray, np.ndarray]:
    """The first three blocks, as one batch of a fresh stream."""
    return stream().next_batch(3 * BLOCK_SIZE)


def stream(section: Shapeset | None = None, dtype: type = np.float32) -> ExampleStream:
    return (section or Shapeset()).training_stream(SeedSequence(SEED), dtype)


def test_shapeset_is_registered_and_is_a_dataset() -> None:
    assert DATASETS["shapeset"] is Shapeset
    dataset: Dataset = Shapeset()
    assert dataset.input_size == np.prod(dataset.image_shape) == 1024
    assert dataset.n_classes == len(dataset.class_names) == 9
    assert dataset.provenance() == {}


@pytest.mark.parametrize(
    "wrong",
    [
        {"range": [1, -1]},
        {"range": [0, 0]},
        {"range": [0]},
        {"bright_background": -0.1},
        {"bright_background": 1.1},
        {"bright_background": float("nan")},
        {"bright_background": "0.5"},
        {"range": [False, True]},
        {"validation_size": 0},
        {"test_size": 1.5},
        {"nothing": 1},
    ],
)
def test_impossible_options_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Shapeset.model_validate(wrong)


def test_whole_numbers_mean_the_same_as_reals() -> None:
    written = Shapeset.model_validate({"range": [0, 1], "bright_background": 1})
    assert written == Shapeset(range=(0.0, 1.0), bright_background=1.0)
    assert [type(end) for end in written.range] == [float, float]


def test_stream_serves_the_blocks_of_its_seeds(served: tuple[np.ndarray, np.ndarray]) -> None:
    inputs, labels = served
    for number in range(3):
        block = draw_block(SeedSequence(SEED), number, 0.3333)
        part = slice(number * BLOCK_SIZE, (number + 1) * BLOCK_SIZE)
        np.testing.assert_array_equal(labels[part], block.labels)
        np.testing.assert_allclose(inputs[part], block.images / 127.5 - 1, atol=1e-7)
    assert inputs.dtype == np.float32
    assert labels.dtype == np.intp


def test_blocks_are_drawn_from_the_children_of_the_seeds() -> None:
    spawned = SeedSequence(SEED).spawn(3)[2]
    child = draw_block(SeedSequence(SEED), 2, 0.5)
    ours = np.random.default_rng(spawned).random((15, BLOCK_SIZE))
    np.testing.assert_array_equal(child.first.kind, (3 * ours[5]).astype(int))


@settings(max_examples=15)
@given(st.lists(st.integers(0, 1500), max_size=5))
def test_examples_do_not_depend_on_the_sizes_of_batches(sizes: list[int]) -> None:
    inputs, labels = stream().next_batch(sum(sizes))
    in_parts = stream()
    position = 0
    for size in sizes:
        part_inputs, part_labels = in_parts.next_batch(size)
        np.testing.assert_array_equal(part_inputs, inputs[position : position + size])
        np.testing.assert_array_equal(part_labels, labels[position : position + size])
        position += size
        assert in_parts.position == position


@pytest.mark.parametrize("positions", [[0], [1995], [BLOCK_SIZE], [5990], [4321, 7, 4000, 3]])
def test_seek_goes_on_as_if_so_many_had_been_served(
    positions: list[int], served: tuple[np.ndarray, np.ndarray]
) -> None:
    sought = stream()
    for position in positions:
        sought.seek(position)
        inputs, labels = sought.next_batch(10)
        np.testing.assert_array_equal(inputs, served[0][position : position + 10])
        np.testing.assert_array_equal(labels, served[1][position : position + 10])
        assert sought.position == position + 10


def test_seek_before_the_start_is_refused() -> None:
    with pytest.raises(ValueError, match="no position -1"):
        stream().seek(-1)


def test_batches_can_be_overwritten_without_harm(served: tuple[np.ndarray, np.ndarray]) -> None:
    overwritten = stream()
    inputs, labels = overwritten.next_batch(10)
    inputs[:] = 0
    labels[:] = 0
    overwritten.seek(0)
    np.testing.assert_array_equal(overwritten.next_batch(10)[0], served[0][:10])
    overwritten.seek(0)
    np.testing.assert_array_equal(overwritten.next_batch(10)[1], served[1][:10])


@pytest.mark.parametrize(("low", "high"), [(0.0, 1.0), (-2.0, 3.0)])
def test_range_is_that_of_the_inputs(low: float, high: float) -> None:
    section = Shapeset(range=(low, high), validation_size=1000)
    inputs, _ = stream(section, np.float64).next_batch(1000)
    assert inputs.dtype == np.float64
    assert inputs.min() == low
    assert inputs.max() == high
    fixed = section.validation_images(SeedSequence(1)).inputs(slice(None), np.float64)
    assert (fixed.min(), fixed.max()) == (low, high)


def test_training_validation_and_test_images_share_no_picture() -> None:
    section = Shapeset(validation_size=300, test_size=200)
    training = draw_block(SeedSequence(SEED), 0, section.bright_background).images
    validation = section.validation_images(SeedSequence(SEED))
    test = section.test_images(SeedSequence(SEED))
    assert (len(validation), len(test)) == (300, 200)
    rows = np.concatenate([training, validation.images, test.images])
    assert len(np.unique(rows, axis=0)) == len(rows)


def test_fixed_sets_depend_on_the_seeds_only() -> None:
    section = Shapeset(test_size=50)
    first, again = (section.test_images(SeedSequence(SEED, spawn_key=(2,))) for _ in range(2))
    other = section.test_images(SeedSequence(SEED, spawn_key=(3,)))
    np.testing.assert_array_equal(first.images, again.images)
    assert (first.images != other.images).any()


def test_sample_has_one_picture_per_count_and_grows_at_its_end() -> None:
    section = Shapeset(bright_background=0.5)
    images, labels = section.sample(BLOCK_SIZE + 7, seed=3)
    assert images.shape == (BLOCK_SIZE + 7, 32, 32)
    assert images.dtype == labels.dtype == np.uint8
    fewer, fewer_labels = section.sample(5, seed=3)
    np.testing.assert_array_equal(fewer, images[:5])
    np.testing.assert_array_equal(fewer_labels, labels[:5])


def test_a_sample_of_a_fixed_training_set_is_of_its_images() -> None:
    """`data sample shapeset train_size=50` drew others."""
    dataset = Shapeset(train_size=50)
    images, labels = dataset.sample(50, seed=1)
    training = dataset.training_images()

    def pairs(images: np.ndarray, labels: np.ndarray) -> list[tuple[bytes, int]]:
        return sorted(
            (image.tobytes(), int(label)) for image, label in zip(images, labels, strict=True)
        )

    assert pairs(images, labels) == pairs(training.images, training.labels)


@pytest.mark.parametrize(("share", "mean"), [(0.5, -0.002), (1 / 3, -0.115)])
def test_mean_input_follows_from_the_share_of_bright_backgrounds(share: float, mean: float) -> None:
    """Foreground is 0.193 of an image, bright and dark levels average 0.549 and -0.553."""
    inputs, _ = stream(Shapeset(bright_background=share)).next_batch(10_000)
    # The mean of one image deviates by 0.417.
    assert abs(inputs.mean(dtype=np.float64) - mean) < 4 * 0.417 / np.sqrt(10_000)


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_every_set_has_the_share_of_bright_backgrounds(share: float) -> None:
    """A corner of an image is background."""
    endless = Shapeset(bright_background=share, validation_size=40, test_size=40)
    finite = endless.model_copy(update={"train_size": 40})
    seeds = SeedSequence(SEED)
    for images in (
        endless.validation_images(seeds).images,
        endless.test_images(seeds).images,
        endless.sample(40, seed=1)[0].reshape(40, -1),
        finite.training_images().images,
        finite.sample(40, seed=1)[0].reshape(40, -1),
    ):
        assert ((images[:, 0] >= 140) == bool(share)).all()


def test_an_upright_image_has_rows_of_pixels_flat_or_not() -> None:
    images = np.zeros((2, 32, 32), np.uint8)
    images[1, 20, 3] = 200  # x: 20 to the right, y: 3 downwards
    for stored in (images, images.reshape(2, -1)):
        assert np.argwhere(Shapeset().upright(stored)).tolist() == [[1, 3, 20]]
