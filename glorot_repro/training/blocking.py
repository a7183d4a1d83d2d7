"""Products of a mini-batch and a weight matrix, cut into blocks that OpenBLAS multiplies fastest.

OpenBLAS packs its operands before it multiplies. With ten examples a weight is used ten times, and
packing it costs as much as using it. For small products OpenBLAS has kernels that do not pack, so
the product is cut into small ones, which a single `np.matmul` over stacked views runs without a
Python loop. On machines without such kernels the blocks cost little.

The limits are those of OpenBLAS's kernels for AVX-512 (`gemm_small_kernel_permit`): at most 100^3
multiplications, and for x W^T at most 1200 results.

These kernels walk down the rows of a block, a few columns at a time, and wait for each row where
the weights come from memory. So the blocks of a large network are fetched first, in the order in
which they lie: reading one number of each cache line brings them into the core's own cache at the
memory's full speed.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg.blas import dgemm, sgemm

from glorot_repro.nn.parameters import Parameters

Array = NDArray[np.floating]

MOST_MULTIPLICATIONS = 100**3
MOST_RESULTS_TRANSPOSED = 1200
"""Limits of OpenBLAS for a product that is not packed."""

SMALLEST_BLOCK = 16
"""A block with fewer columns has too little in it for a call."""

FORWARD_COLUMNS = 50
"""Most columns of a block of x W^T: 14 % faster than 100 with weights that are in no cache."""

BACKWARD_COLUMNS = (100, 500)
"""Least and most columns of a block of W in e W. Wide blocks are read along the rows, as memory
likes it: 200 x 500 is 10 % faster than 500 x 100. With narrower ones than 100 one product wins."""

BACKWARD_ROWS = 250
"""Most rows of a block of W in e W: the kernel is slow where more are summed at a time."""

MOST_TERMS = 8
"""Into which e W may be cut: at 100 examples and 10 terms one product is 3 % faster."""

EXAMPLES_PUT_OFF = 50
"""The more updates are put off, the fewer passes over the weights, and the more small products."""

SMALL_NETWORK = 100_000
"""Weights and biases below which the calls of an update take longer than its products."""

LARGE_NETWORK = 16_000_000
"""Bytes of weights and biases from which blocks are fetched. At 20 million that makes the update
1.2 times as fast; at 12 it gains nothing; 8 stay in the last-level cache, and it costs a tenth."""

FETCHED = 800_000
"""Bytes to fetch before they are used, which have to stay in a second-level cache of 1 MB."""

CACHE_LINE = 64
"""Bytes that come from memory together."""


def n_updates_to_put_off(batch_size: int) -> int:
    """Updates after which the weights are written: 5 for mini-batches of ten, 1 from 34 on."""
    return max(1, round(EXAMPLES_PUT_OFF / batch_size))


def is_small(parameters: Parameters) -> bool:
    """Whether the update is to be made in as few calls as possible."""
    return parameters.flat.size < SMALL_NETWORK


def is_large(parameters: Parameters) -> bool:
    """Whether the weights do not stay in the caches between an update's passes over them."""
    return parameters.flat.nbytes >= LARGE_NETWORK


def largest_divisor(number: int, limit: int) -> int:
    """The largest divisor of `number` that is at most `limit`, both at least 1."""
    return next(d for d in range(min(number, limit), 0, -1) if number % d == 0)


def forward_block(batch_size: int, fan_in: int, fan_out: int) -> int:
    """Columns of one block of x W^T; `fan_out` where one product is best."""
    limit = min(
        MOST_MULTIPLICATIONS // (batch_size * fan_in),
        MOST_RESULTS_TRANSPOSED // batch_size,
        FORWARD_COLUMNS,
    )
    if batch_size == 1 or limit < SMALLEST_BLOCK or fan_out <= limit:
        return fan_out
    block = largest_divisor(fan_out, limit)
    # A width without a good divisor gets full blocks and a remainder.
    return block if 2 * block > limit else limit


def backward_block(batch_size: int, fan_in: int, fan_out: int) -> tuple[int, int]:
    """Rows and columns of W in one block of e W; (fan_out, fan_in) where one product is best.

    Both numbers are divisors.
    """
    least, most = BACKWARD_COLUMNS
    # So few columns that the rows, of which each block makes a term, need no more than MOST_TERMS.
    most = min(most, MOST_MULTIPLICATIONS * MOST_TERMS // (batch_size * fan_out))
    if batch_size == 1 or most < least or batch_size * fan_in * fan_out <= MOST_MULTIPLICATIONS:
        return fan_out, fan_in
    columns = largest_divisor(fan_in, most)
    limit = min(BACKWARD_ROWS, MOST_MULTIPLICATIONS // (batch_size * columns))
    rows = largest_divisor(fan_out, limit)
    if columns < SMALLEST_BLOCK or fan_out > MOST_TERMS * rows:
        return fan_out, fan_in
    return rows, columns


class Workspace:
    """Arrays for results that are used up before the next layer's turn.

    Layers share those of the same purpose and shape, which leaves the caches to the weights.
    """

    def __init__(self, dtype: np.dtype) -> None:
        self._dtype = dtype
        self._arrays: dict[tuple[str, tuple[int, ...]], Array] = {}

    def array(self, purpose: str, shape: tuple[int, ...]) -> Array:
        """The array of this purpose and shape, zero when it is made."""
        return self._arrays.setdefault((purpose, shape), np.zeros(shape, self._dtype))


@dataclass(frozen=True, eq=False)
class _Group:
    """Blocks that are multiplied by one call.

    numbers: which blocks; weights, out: their views; lines: one number of each of their cache
    lines, None where they need not be fetched.
    """

    numbers: slice
    weights: Array
    out: Array
    lines: Array | None

    def write(self, x: Array) -> None:
        """Overwrites `out` with the products of x and the blocks, fetched if need be."""
        if self.lines is not None:
            # Their sum would do, but waits longer where they come from memory.
            np.dot(self.lines, self.lines)
        self.multiply(x)

    def multiply(self, x: Array) -> None:
        """Overwrites `out` with the products of x and the blocks as they are at hand."""
        np.matmul(x, self.weights, out=self.out)


def _groups(blocks: Array, out: Array, rows: Array, *, fetch: bool) -> Iterator[_Group]:
    """The blocks, all in one group, or in such that are fetched before they are used.

    blocks, out: (n, ...) views of weights and results; rows: (n, ...), the weights as they lie.
    """
    n_blocks = len(blocks)
    n_grouped = max(1, FETCHED // rows[0].nbytes) if fetch else n_blocks
    for start in range(0, n_blocks, n_grouped):
        numbers = slice(start, start + n_grouped)
        lines = rows[numbers].reshape(-1)[:: CACHE_LINE // rows.itemsize] if fetch else None
        yield _Group(numbers, blocks[numbers], out[numbers], lines)


class ForwardProduct:
    """x W^T for a fixed W, into a fixed array: all views are made once.

    weights: (fan_out, fan_in), C-contiguous. out: (batch, fan_out), C-contiguous. fetch: whether
    the weights are to be fetched block by block.
    """

    def __init__(self, weights: Array, out: Array, *, fetch: bool = False) -> None:
        (batch_size, fan_out), fan_in = out.shape, weights.shape[1]
        block = forward_block(batch_size, fan_in, fan_out)
        n_blocks = fan_out // block
        full = n_blocks * block
        rows = weights[:full].reshape(n_blocks, block, fan_in)
        blocks = rows.transpose(0, 2, 1)
        # (blocks, batch, block)
        results = out[:, :full].reshape(batch_size, n_blocks, block).transpose(1, 0, 2)
        self._groups = list(_groups(blocks, results, rows, fetch=fetch and n_blocks > 1))
        self._rest = None if full == fan_out else (weights[full:].T, out[:, full:])

    @property
    def fetches(self) -> bool:
        """Whether the weights are fetched block by block."""
        return self._groups[0].lines is not None

    def write(self, x: Array) -> None:
        """Overwrites `out` with x W^T; x: (batch, fan_in)."""
        for group in self._groups:
            group.write(x)
        self._write_rest(x)

    def _write_rest(self, x: Array) -> None:
        if self._rest is not None:
            weights, out = self._rest
            np.matmul(x, weights, out=out)

    @staticmethod
    def write_all(products: "Sequence[ForwardProduct]", xs: Array) -> None:
        """What `write` does for each of the products, which have the same W, fetched once."""
        for groups in zip(*(product._groups for product in products), strict=True):
            groups[0].write(xs[0])
            for group, x in zip(groups[1:], xs[1:], strict=True):
                group.multiply(x)
        for product, x in zip(products, xs, strict=True):
            product._write_rest(x)


class BackwardProduct:
    """e W for a fixed W, as terms that remain to be summed, in a fixed array.

    weights: (fan_out, fan_in), C-contiguous. fetch: whether the weights are to be fetched block by
    block.
    terms: (n, batch, fan_in); `write` fills all but the last, which is the caller's.
    """

    def __init__(
        self, weights: Array, batch_size: int, workspace: Workspace, *, fetch: bool = False
    ) -> None:
        fan_out, fan_in = weights.shape
        rows, columns = backward_block(batch_size, fan_in, fan_out)
        n_terms, n_columns = fan_out // rows, fan_in // columns
        self.terms = workspace.array("terms", (n_terms + 1, batch_size, fan_in))
        self._blocks_of_e = (batch_size, n_terms, 1, rows)
        # (terms, columns' blocks, rows, columns) and (terms, columns' blocks, batch, columns)
        in_rows = weights.reshape(n_terms, rows, n_columns, columns)
        out = self.terms[:-1].reshape(n_terms, batch_size, n_columns, columns).swapaxes(1, 2)
        groups = _groups(in_rows.swapaxes(1, 2), out, in_rows, fetch=fetch and n_terms > 1)
        # The last rows first: the forward pass has left them in the cache.
        self._groups = list(groups)[::-1]

    def write(self, e: Array) -> None:
        """Overwrites `terms[:-1]`, whose sum is e W; e: (batch, fan_out)."""
        # (terms, 1, batch, rows)
        blocks = e.reshape(self._blocks_of_e).transpose(1, 2, 0, 3)
        for group in self._groups:
            group.write(blocks[group.numbers])


def add_gradient(weights: Array, e: Array, x: Array) -> None:
    """weights += e^T x, in place; weights: (fan_out, fan_in), e: (n, fan_out), x: (n, fan_in).

    All C-contiguous and of one dtype. The BLAS adds to its result while it has it in a register,
    which numpy has no call for: scipy's saves a pass over the weights and over e^T x.
    """
    gemm = sgemm if weights.dtype == np.float32 else dgemm
    # Its arrays are in Fortran's order: it sees the transposes, W^T += x^T e.
    gemm(1.0, x.T, e.T, beta=1.0, c=weights.T, trans_b=1, overwrite_c=1)
