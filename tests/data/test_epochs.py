"""Streams of epochs: every example once an epoch, and a position that is the whole state."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from glorot_repro.data.epochs import EpochOrder, EpochStream
from glorot_repro.data.images import LabelledImages

N = 23
SEEDS = np.random.SeedSequence(5, spawn_key=(1,))


def numbered_images() -> LabelledImages:
    """Images whose first two levels and whose label are their number."""
    number = np.arange(N, dtype=np.uint8)
    images = np.repeat(number[:, None], 4, axis=1)
    return LabelledImages(images, number, np.linspace(-1, 1, 256))


def numbers(stream: EpochStream, *batch_sizes: int) -> NDArray[np.intp]:
    return np.concatenate([stream.next_batch(size)[1] for size in batch_sizes])


def new_stream(seeds: np.random.SeedSequence = SEEDS) -> EpochStream:
    return EpochStream(numbered_images(), seeds, np.float32)


def test_every_epoch_holds_every_example_once_in_an_order_of_its_own() -> None:
    served = numbers(new_stream(), *[10] * 23).reshape(10, N)
    np.testing.assert_array_equal(np.sort(served, axis=1), np.tile(np.arange(N), (10, 1)))
    assert len({tuple(epoch) for epoch in served}) == 10


def test_order_of_an_epoch_comes_from_the_child_of_the_seeds() -> None:
    served = numbers(new_stream(), N, N, N)
    children = np.random.SeedSequence(5, spawn_key=(1,)).spawn(3)
    expected = [np.random.default_rng(child).permutation(N) for child in children]
    np.testing.assert_array_equal(served, np.concatenate(expected))


@given(st.lists(st.integers(0, 3 * N), max_size=6), st.integers(0, 4 * N))
def test_batch_sizes_and_seeking_do_not_change_the_examples(sizes: list[int], start: int) -> None:
    whole = numbers(new_stream(), 20 * N)
    stream = new_stream()
    stream.next_batch(7)
    stream.seek(start)
    served = numbers(stream, 0, *sizes)
    np.testing.assert_array_equal(served, whole[start : start + sum(sizes)])
    assert stream.position == start + sum(sizes)


def test_inputs_are_the_pixel_values_of_the_images() -> None:
    inputs, labels = new_stream().next_batch(5)
    assert inputs.dtype == np.float32
    assert inputs.flags.c_contiguous
    assert labels.dtype == np.intp
    expected = np.linspace(-1, 1, 256)[labels][:, None].repeat(4, axis=1).astype(np.float32)
    np.testing.assert_array_equal(inputs, expected)


def test_other_seeds_give_another_order_and_seeds_are_not_used_up() -> None:
    seeds = np.random.SeedSequence(5, spawn_key=(1,))
    first = numbers(new_stream(seeds), N)
    np.testing.assert_array_equal(first, numbers(new_stream(seeds), N))
    assert seeds.n_children_spawned == 0
    assert not np.array_equal(first, numbers(new_stream(np.random.SeedSequence(6)), N))


def test_a_negative_position_is_refused() -> None:
    with pytest.raises(ValueError, match="no position -1"):
        new_stream().seek(-1)


def test_orders_are_uniform() -> None:
    """Chance of each of the 6 orders of 3 examples: 1/6, within 4 standard errors of 3,000."""
    order = EpochOrder(3, np.random.SeedSequence(0))
    epochs = order.next_index(9000).reshape(3000, 3)
    counts = np.unique(epochs @ [9, 3, 1], return_counts=True)[1]
    assert len(counts) == 6
    assert abs(counts / 3000 - 1 / 6).max() < 4 * np.sqrt(1 / 6 * 5 / 6 / 3000)
