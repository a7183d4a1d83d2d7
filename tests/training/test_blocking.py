"""Products in blocks against one product in float64, for widths with and without divisors."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glorot_repro.nn.parameters import Parameters
from glorot_repro.training.blocking import (
    MOST_MULTIPLICATIONS,
    MOST_RESULTS_TRANSPOSED,
    SMALL_NETWORK,
    BackwardProduct,
    ForwardProduct,
    Workspace,
    add_gradient,
    backward_block,
    forward_block,
    is_large,
    is_small,
    largest_divisor,
    n_updates_to_put_off,
)

WIDTHS = st.one_of(st.integers(1, 300), st.sampled_from([250, 500, 784, 997, 1000, 1024, 1500]))
SIZES = {"fan_in": WIDTHS, "fan_out": WIDTHS, "batch_size": st.sampled_from([1, 2, 10, 32, 100])}
DTYPES = st.sampled_from(["float32", "float64"])
TOLERANCE = {"float32": 2e-4, "float64": 1e-12}
few = settings(max_examples=60, derandomize=True)


def random(shape: tuple[int, int], dtype: str, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).uniform(-1, 1, shape).astype(dtype)


@few
@given(**SIZES, dtype=DTYPES, fetch=st.booleans())
def test_forward_product_is_x_times_w_transposed(
    fan_in: int, fan_out: int, batch_size: int, dtype: str, fetch: bool
) -> None:
    """W is written after the views are made: they must be views."""
    weights, out = np.zeros((fan_out, fan_in), dtype), np.full((batch_size, fan_out), np.nan, dtype)
    product = ForwardProduct(weights, out, fetch=fetch)
    weights[...] = random((fan_out, fan_in), dtype)
    x = random((batch_size, fan_in), dtype, 1)
    product.write(x)
    expected = x.astype(np.float64) @ weights.astype(np.float64).T
    np.testing.assert_allclose(out, expected, atol=TOLERANCE[dtype])


@pytest.mark.parametrize("fetch", [True, False])
@pytest.mark.parametrize("fan_out", [100, 101, 30])
def test_products_taken_at_once_are_those_taken_one_by_one(fan_out: int, fetch: bool) -> None:
    """Two blocks, two blocks and a remainder, and one product."""
    weights = random((fan_out, 400), "float32")
    xs = np.stack([random((10, 400), "float32", seed) for seed in (1, 2, 3)])
    at_once, alone = np.full((2, 3, 10, fan_out), np.nan, np.float32)
    ForwardProduct.write_all([ForwardProduct(weights, out, fetch=fetch) for out in at_once], xs)
    for x, out in zip(xs, alone, strict=True):
        ForwardProduct(weights, out, fetch=fetch).write(x)
    np.testing.assert_array_equal(at_once, alone)
    assert np.isfinite(alone).all()


@few
@given(**SIZES, dtype=DTYPES, fetch=st.booleans())
def test_terms_of_backward_product_sum_to_e_times_w(
    fan_in: int, fan_out: int, batch_size: int, dtype: str, fetch: bool
) -> None:
    weights = np.zeros((fan_out, fan_in), dtype)
    product = BackwardProduct(weights, batch_size, Workspace(weights.dtype), fetch=fetch)
    product.terms.fill(np.nan)
    weights[...] = random((fan_out, fan_in), dtype)
    e = random((batch_size, fan_out), dtype, 1)
    product.write(e)
    assert np.isnan(product.terms[-1]).all()  # the caller's
    expected = e.astype(np.float64) @ weights.astype(np.float64)
    np.testing.assert_allclose(product.terms[:-1].sum(axis=0), expected, atol=TOLERANCE[dtype])


@few
@given(**SIZES, n_free=st.integers(0, 5), dtype=DTYPES)
def test_gradient_is_added_in_place(
    fan_in: int, fan_out: int, batch_size: int, n_free: int, dtype: str
) -> None:
    """Also to weights that are a view into one flat array, from the first rows of larger arrays."""
    weights = random((fan_out + 1, fan_in), dtype).ravel()[fan_in:].reshape(fan_out, fan_in)
    before = weights.astype(np.float64)
    e = random((batch_size + n_free, fan_out), dtype, 1)[:batch_size]
    x = random((batch_size + n_free, fan_in), dtype, 2)[:batch_size]
    add_gradient(weights, e, x)
    expected = before + e.astype(np.float64).T @ x.astype(np.float64)
    np.testing.assert_allclose(weights, expected, atol=TOLERANCE[dtype])


@few
@given(**SIZES)
def test_blocks_stay_within_the_limits_or_are_the_whole(
    fan_in: int, fan_out: int, batch_size: int
) -> None:
    columns = forward_block(batch_size, fan_in, fan_out)
    assert 1 <= columns <= fan_out
    if columns < fan_out:
        assert batch_size * columns * fan_in <= MOST_MULTIPLICATIONS
        assert batch_size * columns <= MOST_RESULTS_TRANSPOSED
    shape = backward_block(batch_size, fan_in, fan_out)
    assert fan_out % shape[0] == 0
    assert fan_in % shape[1] == 0
    if shape != (fan_out, fan_in):
        assert batch_size * shape[0] * shape[1] <= MOST_MULTIPLICATIONS


@pytest.mark.parametrize(("fan_in", "columns"), [(784, 50), (1000, 50), (1024, 50), (3072, 25)])
def test_blocks_of_the_papers_networks(fan_in: int, columns: int) -> None:
    """Those measured as the fastest, for a mini-batch of ten."""
    assert forward_block(10, fan_in, 1000) == columns
    assert backward_block(10, 1000, 1000) == (200, 500)
    assert backward_block(32, 1000, 1000) == (125, 250)
    assert backward_block(100, 1000, 1000) == (1000, 1000)


def test_inputs_too_wide_for_any_block_take_one_product() -> None:
    assert forward_block(10, 200_000, 1000) == 1000


@given(number=st.integers(1, 5000), limit=st.integers(1, 5000))
def test_largest_divisor(number: int, limit: int) -> None:
    found = largest_divisor(number, limit)
    assert found == max(d for d in range(1, min(number, limit) + 1) if number % d == 0)


@pytest.mark.parametrize(("batch_size", "n"), [(1, 50), (10, 5), (32, 2), (100, 1), (300, 1)])
def test_updates_put_off_fall_with_the_batch_size(batch_size: int, n: int) -> None:
    assert n_updates_to_put_off(batch_size) == n


def test_small_networks_are_told_by_their_parameters() -> None:
    assert is_small(Parameters((32, *[100] * 9, 9)))
    assert not is_small(Parameters((SMALL_NETWORK, 1)))


def test_large_networks_are_told_by_their_bytes() -> None:
    """Those of the paper from four hidden layers on."""
    assert is_large(Parameters((1024, *[1000] * 4, 9)))
    assert not is_large(Parameters((1024, *[1000] * 3, 9)))
    assert is_large(Parameters((1024, *[1000] * 3, 9), "float64"))


def test_workspace_shares_arrays_of_one_purpose_and_shape_only() -> None:
    workspace = Workspace(np.dtype("float32"))
    one = workspace.array("a", (2, 3))
    assert workspace.array("a", (2, 3)) is one
    assert workspace.array("b", (2, 3)) is not one
    assert workspace.array("a", (3, 2)).shape == (3, 2)
