"""Activation functions that grow without limit, each with its derivative.

A function overwrites `out`, another array than `s`, and warns of nothing at any finite s.
"""

import math

import numpy as np
from numpy.typing import NDArray

from glorot_repro.nn.sigmoids import sigmoid

Array = NDArray[np.floating]

LEAK = 0.01
"""The slope of leaky_relu below 0. Maas et al. (2013)."""

SELU_SLOPE = 1.0507009873554805
SELU_LIMIT = 1.0507009873554805 * 1.6732632423543772
"""lambda, and lambda alpha, at which mean 0 and variance 1 are a fixed point.
Klambauer et al. (2017), equation 14."""


def linear(s: Array, out: Array) -> None:
    """s."""
    np.copyto(out, s)


def linear_derivative(s: Array, z: Array, out: Array) -> None:
    """1."""
    out.fill(1)


def relu(s: Array, out: Array) -> None:
    """max(s, 0)."""
    np.maximum(s, 0, out=out)


def relu_derivative(s: Array, z: Array, out: Array) -> None:
    """1 above 0, 0 elsewhere."""
    np.greater(z, 0, out=out)


def leaky_relu(s: Array, out: Array) -> None:
    """s above 0, LEAK s below."""
    np.multiply(s, LEAK, out=out)
    np.maximum(s, out, out=out)


def leaky_relu_derivative(s: Array, z: Array, out: Array) -> None:
    """1 above 0, LEAK elsewhere."""
    np.greater(z, 0, out=out)
    out *= 1 - LEAK
    out += LEAK


def softplus(s: Array, out: Array) -> None:
    """log(1 + exp(s)) = max(s, 0) + log(1 + exp(-|s|))."""
    np.abs(s, out=out)
    np.negative(out, out=out)
    np.exp(out, out=out)
    np.log1p(out, out=out)
    out += np.maximum(s, 0)


def softplus_derivative(s: Array, z: Array, out: Array) -> None:
    """1 / (1 + exp(-s)) = 1 - exp(-z)."""
    np.negative(z, out=out)
    np.expm1(out, out=out)
    np.negative(out, out=out)


def elu(s: Array, out: Array) -> None:
    """s above 0, exp(s) - 1 below. Clevert et al. (2016), equation 15 with alpha = 1."""
    np.minimum(s, 0, out=out)
    np.expm1(out, out=out)
    np.maximum(s, out, out=out)  # s > exp(s) - 1 only above 0


def elu_derivative(s: Array, z: Array, out: Array) -> None:
    """1 above 0, exp(s) = z + 1 below."""
    np.minimum(z, 0, out=out)
    out += 1


def selu(s: Array, out: Array) -> None:
    """SELU_SLOPE s above 0, SELU_LIMIT (exp(s) - 1) below."""
    np.minimum(s, 0, out=out)
    np.expm1(out, out=out)
    out *= SELU_LIMIT
    out += SELU_SLOPE * np.maximum(s, 0)


def selu_derivative(s: Array, z: Array, out: Array) -> None:
    """SELU_SLOPE above 0, SELU_LIMIT exp(s) = z + SELU_LIMIT below."""
    np.add(z, SELU_LIMIT, out=out)
    np.copyto(out, SELU_SLOPE, where=z > 0)


def gelu(s: Array, out: Array) -> None:
    """s times the normal distribution function. Hendrycks & Gimpel (2016), not approximated."""
    _normal_distribution(s, out)
    out *= s


def gelu_derivative(s: Array, z: Array, out: Array) -> None:
    """The normal distribution function plus s times its density."""
    # Beyond 1e4 the square might leave the range of the dtype, and exp has long been 0.
    rest = np.clip(s, -1e4, 1e4)
    rest *= rest
    rest *= -0.5
    np.exp(rest, out=rest)
    rest *= 1 / math.sqrt(2 * math.pi)
    rest *= s
    _normal_distribution(s, out)
    out += rest


def _normal_distribution(s: Array, out: Array) -> None:
    """The probability of standard normal values below s."""
    from scipy.special import ndtr  # loaded by networks of gelu alone: 0.05 s

    ndtr(s, out=out)


def silu(s: Array, out: Array) -> None:
    """s sigmoid(s)."""
    sigmoid(s, out)
    out *= s


def silu_derivative(s: Array, z: Array, out: Array) -> None:
    """sigmoid(s) + z (1 - sigmoid(s))."""
    sigmoid(s, out)
    rest = 1 - out
    rest *= z
    out += rest
