"""Products of a mini-batch and a weight matrix, cut into blocks that OpenBLAS multiplies fastest.

OpenBLAS packs its operands before it multiplies. With ten examples a weight is used ten times, and
packing it costs as much as using it. For small products OpenBLAS has kernels that do not pack, so
the product is cut into small ones, which a single `np.matmul` over stacked views runs without a
Python loop. On machines without such kernels the blocks cost little.

The limits are those of OpenBLAS's kernels for AVX-512 (`gemm_small_kernel_permit`): at most 100^3
multiplications, and for x W^T at most 1200 results.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]

MOST_MULTIPLICATIONS = 100**3
MOST_RESULTS_TRANSPOSED = 1200
"""Limits of OpenBLAS for a product that is not packed."""

SMALLEST_BLOCK = 16
"""Below this many columns, a block is a call with too little in it: one product is faster."""

ROWS_OF_GRADIENT_BLOCK = 250
"""Rows of a weight gradient made at a time: (250, 1000) float32 stay in the second-level cache."""


def n_updates_to_put_off(batch_size: int) -> int:
    """Updates after which the weights are written, at least 1: about 50 examples' worth."""
    return max(1, round(50 / batch_size))


def largest_divisor(number: int, limit: int) -> int:
    """The largest divisor of `number` that is at most `limit`, both at least 1."""
    return next(d for d in range(min(number, limit), 0, -1) if number % d == 0)


def forward_block(batch_size: int, fan_in: int, fan_out: int) -> int:
    """Columns of one block of x W^T; `fan_out` where one product is best."""
    limit = min(
        MOST_MULTIPLICATIONS // (batch_size * fan_in), MOST_RESULTS_TRANSPOSED // batch_size
    )
    if batch_size == 1 or limit < SMALLEST_BLOCK or fan_out <= limit:
        return fan_out
    block = largest_divisor(fan_out, limit)
    # A width without a good divisor gets full blocks and a remainder.
    return block if 2 * block > limit else limit


def backward_block(batch_size: int, fan_in: int, fan_out: int) -> tuple[int, int]:
    """Rows and columns of W in one block of e W; (fan_out, fan_in) where one product is best.

    Short and wide blocks, since the kernel is slow where many rows are summed at a time. Both
    numbers are divisors.
    """
    whole = (fan_out, fan_in)
    rows, columns = largest_divisor(fan_out, 500), largest_divisor(fan_in, 100)
    if batch_size == 1 or batch_size * fan_in * fan_out <= MOST_MULTIPLICATIONS:
        return whole
    if min(rows, columns) < SMALLEST_BLOCK or batch_size * rows * columns > MOST_MULTIPLICATIONS:
        return whole
    return rows, columns


class ForwardProduct:
    """x W^T for a fixed W, into a fixed array: all views are made once.

    weights: (fan_out, fan_in), C-contiguous. out: (batch, fan_out), C-contiguous.
    """

    def __init__(self, weights: Array, out: Array) -> None:
        (batch_size, fan_out), fan_in = out.shape, weights.shape[1]
        block = forward_block(batch_size, fan_in, fan_out)
        n_blocks = fan_out // block
        full = n_blocks * block
        # (blocks, fan_in, block) and (blocks, batch, block)
        self._weights = weights[:full].reshape(n_blocks, block, fan_in).transpose(0, 2, 1)
        self._out = out[:, :full].reshape(batch_size, n_blocks, block).transpose(1, 0, 2)
        if n_blocks == 1:
            self._weights, self._out = self._weights[0], self._out[0]
        self._rest = None if full == fan_out else (weights[full:].T, out[:, full:])

    def write(self, x: Array) -> None:
        """Overwrites `out` with x W^T; x: (batch, fan_in)."""
        np.matmul(x, self._weights, out=self._out)
        if self._rest is not None:
            weights, out = self._rest
            np.matmul(x, weights, out=out)


class BackwardProduct:
    """e W for a fixed W, as terms that remain to be summed, in a fixed array.

    weights: (fan_out, fan_in), C-contiguous.
    terms: (n + 1, batch, fan_in); `write` fills all but the last, which is the caller's.
    """

    def __init__(self, weights: Array, batch_size: int) -> None:
        fan_out, fan_in = weights.shape
        rows, columns = backward_block(batch_size, fan_in, fan_out)
        n_terms, n_columns = fan_out // rows, fan_in // columns
        self.terms = np.zeros((n_terms + 1, batch_size, fan_in), weights.dtype)
        self._rows = (batch_size, n_terms, rows)
        self._is_whole = n_terms == n_columns == 1
        self._weights = weights.reshape(n_terms, rows, n_columns, columns).transpose(0, 2, 1, 3)
        self._out = (
            self.terms[:-1].reshape(n_terms, batch_size, n_columns, columns).transpose(0, 2, 1, 3)
        )
        if self._is_whole:
            self._weights, self._out = weights, self.terms[0]

    def write(self, e: Array) -> None:
        """Overwrites `terms[:-1]`, whose sum is e W; e: (batch, fan_out)."""
        if not self._is_whole:
            # (terms, 1, batch, rows)
            e = e.reshape(self._rows).transpose(1, 0, 2)[:, np.newaxis]
        np.matmul(e, self._weights, out=self._out)
