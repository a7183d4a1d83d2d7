"""Weight gradients from factors and from a sample of rows, against the explicit gradients."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from glorot_repro.measure.weight_gradients import (
    sample_shape,
    sample_weight_gradients,
    weight_gradient_moments,
)

Array = NDArray[np.floating]


def factors(
    shape: tuple[int, int, int, int], *, offset: float = 0.5, dtype: str = "float64"
) -> tuple[Array, Array]:
    """Inputs and deltas for (n_batches, batch, fan_in, fan_out); neither has mean 0."""
    n_batches, batch, fan_in, fan_out = shape
    generator = np.random.default_rng(sum(shape))
    inputs = generator.normal(offset, 1, (n_batches, batch, fan_in))
    deltas = generator.normal(offset / 10, 1, (n_batches, batch, fan_out))
    return inputs.astype(dtype), deltas.astype(dtype)


def explicit_gradients(inputs: Array, deltas: Array) -> Array:
    """(n_batches, fan_out, fan_in), in the factors' dtype."""
    return np.stack([e.T @ h for h, e in zip(inputs, deltas, strict=True)])


def sampled(inputs: Array, deltas: Array) -> Array:
    out = np.full(sample_shape(inputs, deltas), np.nan, inputs.dtype)
    sample_weight_gradients(inputs, deltas, out=out)
    return out


@settings(max_examples=50)
@given(shape=st.tuples(*[st.integers(1, 9)] * 4), offset=st.sampled_from([0.0, 0.5, 1000.0]))
def test_moments_are_those_of_all_gradients(
    shape: tuple[int, int, int, int], offset: float
) -> None:
    inputs, deltas = factors(shape, offset=offset)
    every = explicit_gradients(inputs, deltas)
    largest = float(np.abs(every).max())
    mean, std = weight_gradient_moments(inputs, deltas)
    assert mean == pytest.approx(every.mean(), abs=1e-12 * largest)
    assert std == pytest.approx(every.std(), rel=1e-12, abs=1e-12 * largest)


@pytest.mark.parametrize(("dtype", "tolerance"), [("float64", 1e-12), ("float32", 1e-4)])
def test_moments_of_a_wide_layer_agree_with_the_explicit_gradient(
    dtype: str, tolerance: float
) -> None:
    inputs, deltas = factors((30, 10, 200, 150), dtype=dtype)
    every = explicit_gradients(inputs, deltas).astype(np.float64)
    mean, std = weight_gradient_moments(inputs, deltas)
    assert mean == pytest.approx(every.mean(), rel=tolerance)
    assert std == pytest.approx(every.std(), rel=tolerance)


def test_moments_of_float32_factors_are_summed_in_float64() -> None:
    inputs, deltas = factors((30, 10, 200, 150), dtype="float32")
    every = explicit_gradients(inputs.astype(np.float64), deltas.astype(np.float64))
    mean, std = weight_gradient_moments(inputs, deltas)
    assert mean == pytest.approx(every.mean(), rel=1e-11)
    assert std == pytest.approx(every.std(), rel=1e-12)


def test_identical_units_have_no_spread_at_all() -> None:
    """Gradients of a constant network on constant inputs: mean 0.12, and not 1e-9 of std."""
    inputs, deltas = np.full((3, 10, 40), 0.3), np.full((3, 10, 20), 0.04)
    mean, std = weight_gradient_moments(inputs, deltas)
    assert mean == pytest.approx(0.12, rel=1e-14)
    assert std < 1e-15


def test_moments_of_gradients_that_vanished_do_not_underflow() -> None:
    inputs, deltas = factors((4, 5, 6, 7))
    _, std = weight_gradient_moments(inputs, deltas)
    _, vanished = weight_gradient_moments(inputs, deltas * 1e-140)
    assert vanished == pytest.approx(std * 1e-140, rel=1e-12, abs=0)


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_factors_that_are_not_finite_give_no_warning(bad: float) -> None:
    inputs, deltas = factors((3, 2, 4, 5), dtype="float32")
    deltas[1, 0, 1] = bad  # unit 1 of batch 1, which the sample has
    assert not math.isfinite(weight_gradient_moments(inputs, deltas)[1])
    assert not np.isfinite(sampled(inputs, deltas)).all()


def test_no_factors_give_nan() -> None:
    assert math.isnan(weight_gradient_moments(np.zeros((0, 10, 3)), np.zeros((0, 10, 2)))[1])


@settings(max_examples=50)
@given(
    shape=st.tuples(st.integers(1, 12), st.integers(1, 4), st.integers(1, 5), st.integers(1, 40))
)
def test_sample_takes_batches_and_units_equally(shape: tuple[int, int, int, int]) -> None:
    n_batches, _, fan_in, fan_out = shape
    inputs, deltas = factors(shape)
    every = explicit_gradients(inputs, deltas)
    sample = sampled(inputs, deltas)
    n_rows = max(n_batches, fan_out)
    assert sample.shape == (n_rows, fan_in)
    of_batch, of_unit = np.zeros(n_batches, int), np.zeros(fan_out, int)
    for row in sample:
        # Which row of which gradient it is; values are continuous, so that only one fits.
        distance = np.abs(every - row).max(axis=2)
        batch, unit = np.unravel_index(distance.argmin(), distance.shape)
        assert distance[batch, unit] < 1e-12
        of_batch[batch] += 1
        of_unit[unit] += 1
    for counts in (of_batch, of_unit):
        assert counts.max() - counts.min() <= 1


def test_sample_of_one_batch_is_its_gradient() -> None:
    inputs, deltas = factors((1, 10, 7, 9))
    np.testing.assert_allclose(sampled(inputs, deltas), deltas[0].T @ inputs[0], rtol=1e-13)


def test_sampling_error_of_the_std_is_within_its_bound() -> None:
    """1/sqrt(2 rows) = 5 %, for the worst case: one delta a row, gradients of rank one."""
    generator = np.random.default_rng(5)
    n_rows, errors = 200, []
    for _ in range(200):
        inputs = np.ones((10, 1, 30))
        deltas = generator.normal(size=(10, 1, n_rows))
        errors.append(sampled(inputs, deltas).std() / weight_gradient_moments(inputs, deltas)[1])
    # Relative standard error of a std of 200 draws: 1/sqrt(400) = 5 %; 4 of them.
    bound = 1 / math.sqrt(2 * n_rows)
    assert 0.8 * bound < float(np.std(errors)) < 1.2 * bound


def test_sample_writes_through_a_given_buffer() -> None:
    inputs, deltas = factors((4, 3, 5, 6), dtype="float32")
    out = np.zeros((6, 5), np.float32)
    sample_weight_gradients(inputs, deltas, out=out)
    np.testing.assert_array_equal(out, sampled(inputs, deltas))
