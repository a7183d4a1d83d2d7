"""Where the time of one update of the paper's network goes, on one core.

Run: python benchmarks/parts.py [--rounds N]

Times parts of it alone: the products with weights that lie in the core's own cache already, as
fast as OpenBLAS's kernels multiply; one fetching of all weights; the writing of what was put off.
What is left of the whole update are the small products of what is pending, the activations, the
cost and the calls. Times are the shortest of the rounds.
"""

import argparse
import time
from collections.abc import Callable

import numpy as np
from contenders import CASES, Sgemm, initial_parameters, ours
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from glorot_repro.training.blocking import (
    CACHE_LINE,
    BackwardProduct,
    ForwardProduct,
    Workspace,
    add_gradient,
    n_updates_to_put_off,
)

Array = NDArray[np.floating]

CASE = CASES["main"]
ROWS = 200
"""Rows of weights that stay in a second-level cache of 1 MB; whole blocks of either product."""


def shortest(call: Callable[[], object], rounds: int, times: int) -> float:
    """Seconds of one call: the mean of `times`, the least of the rounds."""
    seconds = []
    for _ in range(rounds):
        begin = time.perf_counter()
        for _ in range(times):
            call()
        seconds.append((time.perf_counter() - begin) / times)
    return min(seconds)


def in_cache(weights: list[Array]) -> list[Array]:
    """All rows of the weights, in parts that stay in the cache."""
    return [part[n : n + ROWS] for part in weights for n in range(0, len(part), ROWS)]


def forward(rows: Array, rounds: int) -> float:
    """Seconds of x W^T."""
    x = np.full((CASE.batch_size, rows.shape[1]), 0.5, rows.dtype)
    product = ForwardProduct(rows, np.zeros((CASE.batch_size, len(rows)), rows.dtype))
    return shortest(lambda: product.write(x), rounds, 50)


def backward(rows: Array, rounds: int) -> float:
    """Seconds of the terms of e W."""
    e = np.full((CASE.batch_size, len(rows)), 0.5, rows.dtype)
    product = BackwardProduct(rows, CASE.batch_size, Workspace(rows.dtype))
    return shortest(lambda: product.write(e), rounds, 50)


def writing(weights: list[Array], rounds: int) -> float:
    """Seconds of adding what was put off, for each update."""
    n_updates = n_updates_to_put_off(CASE.batch_size)
    n = n_updates * CASE.batch_size
    factors = [
        (part, np.zeros((n, len(part)), part.dtype), np.ones((n, part.shape[1]), part.dtype))
        for part in weights
    ]

    def write() -> None:
        for part, e, x in factors:
            add_gradient(part, e, x)

    return shortest(write, rounds, 10) / n_updates


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rounds", type=int, default=15)
    rounds = parser.parse_args().rounds
    parameters = initial_parameters(CASE, np.float32)
    weights, contender, steps = parameters.weights, ours(CASE), iter(range(10**9))
    with threadpool_limits(1, user_api="blas"):
        sgemm = Sgemm()
        peak = Sgemm.multiplications / shortest(lambda: sgemm.step(0), rounds, 10)
        whole = shortest(lambda: contender.step(next(steps)), rounds, 200)
        seconds = {
            "x W^T, in the cache": sum(forward(part, rounds) for part in in_cache(weights)),
            "e W, in the cache": sum(backward(part, rounds) for part in in_cache(weights[1:])),
            "writing, per update": writing(weights, rounds),
        }
        lines = parameters.flat[:: CACHE_LINE // parameters.flat.itemsize]
        fetching = shortest(lambda: np.dot(lines, lines), rounds, 20)
    n_weights = [part.size for part in weights]
    work = CASE.batch_size * np.array([sum(n_weights), sum(n_weights[1:]), sum(n_weights)])
    print(f"sgemm {2 * peak / 1e9:.0f} GFLOP/s")
    for (name, time_), multiplications in zip(seconds.items(), work, strict=True):
        print(f"{name:22}{1e3 * time_:7.3f} ms{2 * multiplications / time_ / 1e9:6.0f} GFLOP/s")
    print(
        f"{'fetching all, once':22}{1e3 * fetching:7.3f} ms"
        f"{parameters.flat.nbytes / fetching / 1e9:6.0f} GB/s"
    )
    share = CASE.multiplications / whole / peak
    products = sum(seconds.values())
    print(f"{'the whole update':22}{1e3 * whole:7.3f} ms{100 * share:6.0f} % of sgemm")
    bound = CASE.multiplications / products / peak
    print(f"{'products and writing':22}{1e3 * products:7.3f} ms{100 * bound:6.0f} % of sgemm")


if __name__ == "__main__":
    main()
