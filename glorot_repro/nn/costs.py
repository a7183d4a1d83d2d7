"""Costs of the softmax output, from the logits."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]
Labels = NDArray[np.intp]


def log_softmax(logits: Array) -> Array:
    """Log-probabilities, row by row: logits - max - log sum exp(logits - max). (batch, classes)."""
    shifted = logits - logits.max(axis=1, keepdims=True)
    shifted -= np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return shifted


@dataclass(frozen=True)
class Cost:
    """A cost C averaged over a mini-batch.

    evaluate(logits, labels): the mean cost and dC/dlogits, (batch, classes), of that mean.
    per_example(logits, labels): the cost of each example, (batch,).
    curvature(logits): d2C/dlogits^2 of the mean cost, (batch, classes), in the Gauss-Newton
    approximation, which knows no labels and is never negative.
    """

    name: str
    evaluate: Callable[[Array, Labels], tuple[float, Array]]
    per_example: Callable[[Array, Labels], Array]
    curvature: Callable[[Array], Array]


def _likelihood(logits: Array, labels: Labels) -> tuple[float, Array]:
    rows = np.arange(len(labels))
    log_probabilities = log_softmax(logits)
    mean_cost = -float(log_probabilities[rows, labels].mean(dtype=np.float64))
    delta = np.exp(log_probabilities)
    delta[rows, labels] -= 1
    delta /= len(labels)
    return mean_cost, delta


def _likelihood_per_example(logits: Array, labels: Labels) -> Array:
    return -log_softmax(logits)[np.arange(len(labels)), labels]


def _likelihood_curvature(logits: Array) -> Array:
    # The diagonal of diag(p) - p p^T, which is the Hessian itself.
    probabilities = np.exp(log_softmax(logits))
    return probabilities * (1 - probabilities) / len(logits)


def _squared_error(logits: Array, labels: Labels) -> tuple[float, Array]:
    probabilities = np.exp(log_softmax(logits))
    difference = probabilities.copy()
    difference[np.arange(len(labels)), labels] -= 1
    mean_cost = float((difference * difference).sum(dtype=np.float64) / len(labels))
    # d/dlogits of sum (p - y)^2 is 2 p (d - sum(p d)) with d = p - y
    delta = difference - (probabilities * difference).sum(axis=1, keepdims=True)
    delta *= probabilities
    delta *= 2 / len(labels)
    return mean_cost, delta


def _squared_error_per_example(logits: Array, labels: Labels) -> Array:
    difference = np.exp(log_softmax(logits))
    difference[np.arange(len(labels)), labels] -= 1
    return (difference * difference).sum(axis=1)


def _squared_error_curvature(logits: Array) -> Array:
    # The diagonal of 2 J^2 with J = dp/dlogits = diag(p) - p p^T.
    p = np.exp(log_softmax(logits))
    squares = (p * p).sum(axis=1, keepdims=True)
    return 2 / len(logits) * p * p * (1 - 2 * p + squares)


COSTS: dict[str, Cost] = {
    cost.name: cost
    for cost in (
        Cost(
            "negative_log_likelihood",
            _likelihood,
            _likelihood_per_example,
            _likelihood_curvature,
        ),
        Cost("squared_error", _squared_error, _squared_error_per_example, _squared_error_curvature),
    )
}
