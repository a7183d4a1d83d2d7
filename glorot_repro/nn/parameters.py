"""All weights and biases of a network as views of one flat array."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import DTypeLike, NDArray

Array = NDArray[np.floating]

ALIGNMENT_BYTES = 64
"""Each weight matrix starts on a cache line, where the BLAS kernels are fastest."""


class Parameters:
    """Weights and biases of a network with the given layer sizes, all zero at first.

    sizes: (inputs, hidden 1, ..., hidden depth, classes).
    flat: (n,) the one array behind everything, with up to 15 unused zeros before each matrix.
    weights: per layer (fan_out, fan_in), views of `flat`; s = z W^T + b.
    biases: per layer (fan_out,), views of `flat`.
    """

    def __init__(self, sizes: Sequence[int], dtype: DTypeLike = np.float32) -> None:
        self.sizes = tuple(sizes)
        self.dtype = np.dtype(dtype)
        step = ALIGNMENT_BYTES // self.dtype.itemsize
        places: list[tuple[int, int]] = []
        end = 0
        for fan_in, fan_out in self.layer_fans:
            start = -(-end // step) * step
            end = start + fan_in * fan_out
            places.append((start, end))
        bias_start = -(-end // step) * step
        self.flat = _aligned_zeros(bias_start + sum(self.sizes[1:]), self.dtype)
        self.weights: list[Array] = []
        self.biases: list[Array] = []
        for (fan_in, fan_out), (start, stop) in zip(self.layer_fans, places, strict=True):
            self.weights.append(self.flat[start:stop].reshape(fan_out, fan_in))
            self.biases.append(self.flat[bias_start : bias_start + fan_out])
            bias_start += fan_out

    @property
    def layer_fans(self) -> list[tuple[int, int]]:
        """(fan_in, fan_out) of each layer, the softmax layer last."""
        return list(zip(self.sizes[:-1], self.sizes[1:], strict=True))

    def like(self) -> "Parameters":
        """Another set of the same shape, all zero: a gradient, or a copy to be."""
        return Parameters(self.sizes, self.dtype)

    def copy_from(self, other: "Parameters") -> None:
        """Overwrites these values with those of `other`."""
        np.copyto(self.flat, other.flat)


def _aligned_zeros(size: int, dtype: np.dtype) -> Array:
    spare = ALIGNMENT_BYTES // dtype.itemsize
    raw = np.zeros(size + spare, dtype)
    skip = (-raw.ctypes.data % ALIGNMENT_BYTES) // dtype.itemsize
    return raw[skip : skip + size]
