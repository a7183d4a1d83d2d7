"""The softmax layer: what it owes to the examples, and what to its biases (section 3.1)."""

import math

import numpy as np
from numpy.typing import NDArray

from glorot_repro.nn.costs import log_softmax

Array = NDArray[np.floating]
Values = NDArray[np.float64]


def class_shares(labels: NDArray[np.integer], n_classes: int) -> Values:
    """(n_classes,) shares of the labels 0 .. n_classes - 1, of sum 1; NaN without labels."""
    if not len(labels):
        return np.full(n_classes, math.nan)
    return np.bincount(labels, minlength=n_classes) / len(labels)


def logit_std(logits: Array) -> float:
    """Standard deviation over the examples of the logits: (examples, classes), finite.

    Pooled over the classes: the root of the mean variance. The biases are the same for all
    examples, so this is the spread of h W_out alone, the part of the output that the top hidden
    layer decides.
    """
    return math.sqrt(float(logits.var(axis=0, dtype=np.float64).mean()))


def bias_prior_distance(biases: Array, priors: Values) -> float:
    """How far an output made of the biases alone is from the shares of the classes, 0 .. 1.

    Half the sum of |softmax(b) - priors|, the largest difference in the probability of any set
    of classes. biases: (classes,); priors: (classes,), of sum 1.
    """
    probabilities = np.exp(log_softmax(biases.astype(np.float64)[None]))[0]
    return float(np.abs(probabilities - priors).sum()) / 2
