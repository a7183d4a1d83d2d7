"""Which test examples a network classifies correctly: what paired tests between models need.

Two evaluations are kept, one bit an example: the last one, and the one with the lowest validation
error so far. The first of equal errors counts, so that going on from a checkpoint chooses alike.
"""

import hashlib
import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Flags = NDArray[np.bool_]
State = dict[str, NDArray]

KEPT = ("last", "best")
"""The evaluations that are kept: the last, and the best by validation error."""


@dataclass(frozen=True)
class Answers:
    """The test examples after `update` updates; is_correct: (n,) bool, in test set order.

    validation_error: that of the same network, percent.
    """

    update: int
    validation_error: float
    is_correct: Flags

    @property
    def n_examples(self) -> int:
        """Examples of the test set."""
        return len(self.is_correct)

    @property
    def n_wrong(self) -> int:
        """Examples that were classified wrongly."""
        return self.n_examples - int(np.count_nonzero(self.is_correct))


class Correctness:
    """The answers of the last evaluation and of the best by validation; None before the first.

    labels_sha256: digest of the labels of the test examples. Runs can be compared example by
    example only if theirs are equal.
    """

    def __init__(self) -> None:
        self.last: Answers | None = None
        self.best: Answers | None = None
        self.labels_sha256 = ""
        self._lowest_error = math.inf

    def add(self, answers: Answers, labels: NDArray[np.uint8]) -> None:
        """Keep a new evaluation, made on examples with these labels."""
        if not self.labels_sha256:
            self.labels_sha256 = hashlib.sha256(labels.tobytes()).hexdigest()
        self.last = answers
        if answers.validation_error < self._lowest_error:
            self._lowest_error = answers.validation_error
            self.best = answers

    def require_below(self, lowest_error: float) -> None:
        """Count as best only what is below `lowest_error`, even if no answers are at hand for it.

        For runs that began before answers were kept.
        """
        self._lowest_error = min(self._lowest_error, lowest_error)

    def arrays(self) -> State:
        """The arrays of test_correct.npz; empty before the first evaluation."""
        if self.last is None:
            return {}
        arrays: State = {"labels_sha256": np.array(self.labels_sha256)}
        for name in KEPT:
            answers: Answers | None = getattr(self, name)
            if answers is None:
                continue
            arrays |= {
                f"{name}_update": np.array(answers.update, np.int64),
                f"{name}_validation_error": np.array(answers.validation_error, np.float64),
                f"{name}_n_examples": np.array(answers.n_examples, np.int64),
                f"{name}_correct": np.packbits(answers.is_correct),
            }
        return arrays

    @classmethod
    def from_arrays(cls, arrays: State) -> "Correctness":
        """What `arrays` told. Raises ValueError if the arrays are not those of one."""
        correctness = cls()
        if not arrays:
            return correctness
        try:
            correctness.labels_sha256 = str(arrays["labels_sha256"])
            correctness.last = _read(arrays, "last")
            if "best_update" in arrays:
                correctness.best = _read(arrays, "best")
                correctness._lowest_error = correctness.best.validation_error
        except KeyError as error:
            message = f"no array {error}"
            raise ValueError(message) from error
        return correctness


def _read(arrays: State, name: str) -> Answers:
    packed, n_examples = arrays[f"{name}_correct"], int(arrays[f"{name}_n_examples"])
    if packed.dtype != np.uint8 or packed.shape != (-(-n_examples // 8),):
        message = f"{name}_correct does not hold {n_examples} bits"
        raise ValueError(message)
    return Answers(
        int(arrays[f"{name}_update"]),
        float(arrays[f"{name}_validation_error"]),
        np.unpackbits(packed, count=n_examples).astype(np.bool_),
    )
