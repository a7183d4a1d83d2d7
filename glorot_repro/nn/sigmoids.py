"""Activation functions between two limits, each with its derivative from its output z = f(s).

A function overwrites `out`, another array than `s`, and warns of nothing at any finite s.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]

LECUN_LIMIT = 1.7159
"""The limit A of A tanh(2 s / 3), which puts f(1) = 1. LeCun et al. (1998), section 4.4."""

LECUN_SLOPE = 2 / 3


def tanh_derivative(s: Array, z: Array, out: Array) -> None:
    """1 - z^2."""
    np.multiply(z, z, out=out)
    np.subtract(1, out, out=out)


def lecun_tanh(s: Array, out: Array) -> None:
    """1.7159 tanh(2 s / 3)."""
    np.multiply(s, LECUN_SLOPE, out=out)
    np.tanh(out, out=out)
    out *= LECUN_LIMIT


def lecun_tanh_derivative(s: Array, z: Array, out: Array) -> None:
    """2/3 (1.7159 - z^2 / 1.7159)."""
    np.multiply(z, z, out=out)
    out *= -LECUN_SLOPE / LECUN_LIMIT
    out += LECUN_SLOPE * LECUN_LIMIT  # 0 at the limit in both dtypes, and never below it


def hard_tanh(s: Array, out: Array) -> None:
    """s between -1 and 1."""
    np.clip(s, -1, 1, out=out)


def hard_tanh_derivative(s: Array, z: Array, out: Array) -> None:
    """1 between the limits, 0 at them."""
    np.less(np.abs(z), 1, out=out)


def sigmoid(s: Array, out: Array) -> None:
    """1 / (1 + exp(-s))."""
    # exp(min(s, 0)) / (1 + exp(-|s|)): neither exponential overflows, and small outputs keep
    # their relative precision, which a saturated sigmoid layer lives on.
    np.exp(-np.abs(s), out=out)
    out += 1
    np.divide(np.exp(np.minimum(s, 0)), out, out=out)


def sigmoid_derivative(s: Array, z: Array, out: Array) -> None:
    """z (1 - z)."""
    np.subtract(1, z, out=out)
    out *= z


def hard_sigmoid(s: Array, out: Array) -> None:
    """(s + 3) / 6 between 0 and 1."""
    np.add(s, 3, out=out)
    out /= 6
    np.clip(out, 0, 1, out=out)


def hard_sigmoid_derivative(s: Array, z: Array, out: Array) -> None:
    """1/6 between the limits, 0 at them."""
    np.logical_and(z > 0, z < 1, out=out)
    out /= 6


def softsign(s: Array, out: Array) -> None:
    """s / (1 + |s|)."""
    np.abs(s, out=out)
    out += 1
    np.divide(s, out, out=out)


def softsign_derivative(s: Array, z: Array, out: Array) -> None:
    """1 / (1 + |s|)^2 = (1 - |z|)^2."""
    np.abs(z, out=out)
    np.subtract(1, out, out=out)
    np.multiply(out, out, out=out)
