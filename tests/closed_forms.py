"""Activation functions and their slopes by their textbook formulas, in float64.

The oracle of all tests that need one: written for clarity with scipy, not for training.
"""

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

Values = NDArray[np.floating]
Function = Callable[[Values], Values]

SELU = (1.0507009873554804934193349852946, 1.6732632423543772848170429916717)


def _density(s: Values) -> Values:
    return np.exp(-(s**2) / 2) / np.sqrt(2 * np.pi)


def _distribution(s: Values) -> Values:
    tails = [math.erfc(-value / math.sqrt(2)) / 2 for value in s.flat]
    return np.array(tails).reshape(s.shape)


FUNCTIONS: dict[str, Function] = {
    "tanh": np.tanh,
    "sigmoid": expit,
    "softsign": lambda s: s / (1 + abs(s)),
    "hard_tanh": lambda s: np.where(abs(s) < 1, s, np.sign(s)),
    "lecun_tanh": lambda s: 1.7159 * np.tanh(2 * s / 3),
    "hard_sigmoid": lambda s: np.where(abs(s) < 3, (s + 3) / 6, s > 0),
    "relu": lambda s: np.where(s > 0, s, 0.0),
    "leaky_relu": lambda s: np.where(s > 0, s, 0.01 * s),
    "softplus": lambda s: np.logaddexp(0, s),
    "elu": lambda s: np.where(s > 0, s, np.expm1(np.minimum(s, 0))),
    "selu": lambda s: SELU[0] * np.where(s > 0, s, SELU[1] * np.expm1(np.minimum(s, 0))),
    "gelu": lambda s: s * _distribution(s),
    "silu": lambda s: s * expit(s),
    "linear": lambda s: s,
}
SLOPES: dict[str, Function] = {
    "tanh": lambda s: 1 / np.cosh(s) ** 2,
    "sigmoid": lambda s: expit(s) * expit(-s),
    "softsign": lambda s: (1 + abs(s)) ** -2.0,
    "hard_tanh": lambda s: np.where(abs(s) < 1, 1.0, 0.0),
    "lecun_tanh": lambda s: 1.7159 * 2 / 3 / np.cosh(2 * s / 3) ** 2,
    "hard_sigmoid": lambda s: np.where(abs(s) < 3, 1 / 6, 0.0),
    "relu": lambda s: np.where(s > 0, 1.0, 0.0),
    "leaky_relu": lambda s: np.where(s > 0, 1.0, 0.01),
    "softplus": expit,
    "elu": lambda s: np.where(s > 0, 1.0, np.exp(np.minimum(s, 0))),
    "selu": lambda s: SELU[0] * np.where(s > 0, 1.0, SELU[1] * np.exp(np.minimum(s, 0))),
    "gelu": lambda s: _distribution(s) + s * _density(s),
    "silu": lambda s: expit(s) * (1 + s * expit(-s)),
    "linear": np.ones_like,
}
