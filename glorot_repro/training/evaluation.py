"""Classification error and cost on a fixed set of images."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from glorot_repro.data.images import LabelledImages
from glorot_repro.nn.network import Network

CHUNK = 250
"""Examples in one forward pass: the activations of five layers stay inside the cache."""


@dataclass(frozen=True)
class Evaluation:
    """error: percent of the examples; cost: mean over the examples; is_correct: (n,) bool."""

    error: float
    cost: float
    is_correct: NDArray[np.bool_]


def evaluate(network: Network, images: LabelledImages) -> Evaluation:
    """The error and the cost of `network` on all of `images`."""
    is_correct = np.empty(len(images), dtype=np.bool_)
    cost = 0.0
    with np.errstate(over="ignore", invalid="ignore"):
        for start in range(0, len(images), CHUNK):
            part = slice(start, start + CHUNK)
            labels = images.labels[part].astype(np.intp)
            logits = network.forward(images.inputs(part, network.parameters.dtype)).logits
            is_correct[part] = logits.argmax(axis=1) == labels
            cost += float(network.cost.per_example(logits, labels).sum(dtype=np.float64))
    # In whole numbers first: the float nearest to 85.85, not 85.85000000000001.
    n_wrong = len(images) - int(is_correct.sum())
    return Evaluation(100 * n_wrong / len(images), cost / len(images), is_correct)
