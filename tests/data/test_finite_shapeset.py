"""Shapeset with a fixed training set: its images, its epochs, its address."""

import numpy as np
import pytest
from numpy.random import SeedSequence

from glorot_repro.config.experiment import parse_experiment
from glorot_repro.data.images import Dataset
from glorot_repro.data.shapeset import Shapeset

N = 2100  # not a multiple of the 2,000 that are drawn at once


@pytest.fixture(scope="module")
def finite() -> Shapeset:
    return Shapeset(train_size=N)


def sorted_rows(rows: np.ndarray) -> list[bytes]:
    return sorted(row.tobytes() for row in rows)


def test_an_epoch_holds_every_image_once_in_another_order_for_every_seed(finite: Shapeset) -> None:
    images = finite.training_images()
    assert len(images) == N
    everything = images.inputs(slice(None), np.float32)
    epochs = []
    for seed in (1, 2):
        stream = finite.training_stream(SeedSequence(seed), np.float32)
        inputs, labels = (
            np.concatenate(parts)
            for parts in zip(*(stream.next_batch(210) for _ in range(10)), strict=True)
        )
        assert np.array_equal(np.bincount(labels), np.bincount(images.labels))
        assert sorted_rows(inputs) == sorted_rows(everything)
        epochs.append(labels)
    assert not np.array_equal(epochs[0], epochs[1])
    assert not np.array_equal(epochs[0], images.labels)


def test_no_picture_of_a_fixed_set_comes_twice(finite: Shapeset) -> None:
    """In sets larger than the pictures that are drawn at once."""
    seeds = SeedSequence(1)
    sets = Shapeset(validation_size=N, test_size=N)
    for images in (
        finite.training_images(),
        sets.validation_images(seeds),
        sets.test_images(seeds),
    ):
        assert len({row.tobytes() for row in images.images}) == N


def test_a_larger_set_begins_with_the_smaller(finite: Shapeset) -> None:
    few = Shapeset(train_size=50).training_images()
    many = finite.training_images()
    np.testing.assert_array_equal(few.images, many.images[:50])
    np.testing.assert_array_equal(few.labels, many.labels[:50])


def test_the_training_set_is_apart_from_every_other_set(finite: Shapeset) -> None:
    """Of 1,024 gray levels at random, no two pictures are alike by chance."""
    seeds = SeedSequence(0, spawn_key=(2,))
    small = Shapeset(train_size=N, validation_size=2000, test_size=2000)
    stream = Shapeset().training_stream(SeedSequence(0, spawn_key=(1,)), np.float32)
    first = stream.next_batch(2000)[0]
    training = {row.tobytes() for row in finite.training_images().inputs(slice(None), np.float32)}
    for images in (small.validation_images(seeds), small.test_images(seeds)):
        others = {row.tobytes() for row in images.inputs(slice(None), np.float32)}
        assert not training & others
    assert not training & {row.tobytes() for row in first}


def test_the_fixed_sets_are_those_of_the_endless_data_set(finite: Shapeset) -> None:
    seeds = SeedSequence(3)
    one, other = (
        dataset.test_images(seeds)
        for dataset in (Shapeset(test_size=30), Shapeset(test_size=30, train_size=N))
    )
    np.testing.assert_array_equal(one.images, other.images)


def test_without_a_size_address_and_stream_are_the_old_ones() -> None:
    endless = parse_experiment("name: a\n").runs[0]
    written = parse_experiment("name: a\ndataset: {name: shapeset, train_size: 0}\n").runs[0]
    finite = parse_experiment("name: a\ndataset: {name: shapeset, train_size: 10}\n").runs[0]
    assert endless.hash == written.hash != finite.hash
    assert "dataset" not in endless.canonical()
    dataset: Dataset = Shapeset()
    assert type(dataset.training_stream(SeedSequence(0), np.float32)).__name__ == "ShapesetStream"


def test_a_stream_goes_on_in_the_middle_of_an_epoch(finite: Shapeset) -> None:
    whole, sought = (finite.training_stream(SeedSequence(5), np.float32) for _ in range(2))
    expected = whole.next_batch(N + 50)
    sought.seek(N - 20)
    inputs, labels = sought.next_batch(70)
    np.testing.assert_array_equal(inputs, expected[0][N - 20 :])
    np.testing.assert_array_equal(labels, expected[1][N - 20 :])
