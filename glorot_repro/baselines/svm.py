"""A support vector machine with an RBF kernel, its C and gamma chosen by validation error."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from glorot_repro.baselines.kernel import Values, rbf_kernel
from glorot_repro.config.svm import SvmSection
from glorot_repro.data.images import LabelledImages
from glorot_repro.errors import ConfigError

MOST_IN_A_MATRIX = 15_000
"""Training examples whose kernel is held as a whole, 1.8 GB; libsvm computes that of more."""

CHUNK = 500
"""Examples that are classified at a time."""

CACHE_MB = 2000
"""Kernel columns that libsvm keeps."""

LIBSVM_SLOWNESS = 4.0
"""Times that a kernel by libsvm's loops takes longer than as a matrix."""

Tell = Callable[[str], None]


@dataclass(frozen=True)
class Candidate:
    """A pair of C and gamma, trained on so many examples; error in percent of validation images."""

    C: float
    gamma: float
    n_examples: int
    validation_error: float
    seconds: float


@dataclass(frozen=True)
class Outcome:
    """search and finalists: all that were trained, in their order; the best finalist is reported.

    Errors in percent; n_support: support vectors; seconds: all of it.
    """

    best: Candidate
    test_error: float
    n_support: int
    search: tuple[Candidate, ...]
    finalists: tuple[Candidate, ...]
    seconds: float


class Machine:
    """A trained machine."""

    def __init__(self, images: LabelledImages, C: float, gamma: float) -> None:
        """Trains on `images`.

        Raises ConfigError, one line, if they are all of one class, and without scikit-learn.
        """
        machine = _scikit_learn_svm()
        if len(np.unique(images.labels)) < 2:
            message = (
                f"an SVM needs two classes, and the first {len(images):,} training images are of "
                "one class; raise svm.search_examples or dataset.train_size"
            )
            raise ConfigError(message)
        self._gamma = gamma
        self._x = _inputs(images, slice(None))
        self._is_matrix = len(images) <= MOST_IN_A_MATRIX
        if self._is_matrix:
            self._svc = machine(kernel="precomputed", C=C)
            self._svc.fit(rbf_kernel(self._x, self._x, gamma), images.labels)
        else:
            self._svc = machine(kernel="rbf", gamma=gamma, C=C, cache_size=CACHE_MB)
            self._svc.fit(self._x, images.labels)

    @property
    def n_support(self) -> int:
        """The number of support vectors."""
        return int(self._svc.n_support_.sum())

    def error(self, images: LabelledImages) -> float:
        """Percent of the images that it puts into a wrong class."""
        n_wrong = 0
        for start in range(0, len(images), CHUNK):
            part = slice(start, start + CHUNK)
            x = _inputs(images, part)
            seen = rbf_kernel(x, self._x, self._gamma) if self._is_matrix else x
            n_wrong += int((self._svc.predict(seen) != images.labels[part]).sum())
        return 100 * n_wrong / len(images)


def estimated_seconds(
    section: SvmSection, training: LabelledImages, validation: LabelledImages, n_test: int
) -> float:
    """Seconds of `select`, from those of one small machine: training grows as n^2, at the least."""
    n, n_seen = min(1000, len(training)), min(1000, len(validation))
    _scikit_learn_svm()  # whose import takes longer than a small machine
    start = time.perf_counter()
    machine = Machine(_first(training, n), C=max(section.C), gamma=sorted(section.gamma)[-1])
    fit = (time.perf_counter() - start) / n**2
    start = time.perf_counter()
    machine.error(_first(validation, n_seen))
    predict = (time.perf_counter() - start) / (n * n_seen)
    n_search = min(section.search_examples, len(training))
    n_judged = min(section.search_examples, len(validation))
    n_pairs = len(section.C) * len(section.gamma)
    n_finalists = min(section.finalists, n_pairs)
    search = n_pairs * (fit * n_search**2 + predict * n_search * n_judged)
    slower = 1.0 if len(training) <= MOST_IN_A_MATRIX else LIBSVM_SLOWNESS
    last = n_finalists * (fit * len(training) ** 2 + predict * len(training) * len(validation))
    return search + slower * (last + predict * len(training) * n_test)


def select(
    section: SvmSection,
    training: LabelledImages,
    validation: LabelledImages,
    test: LabelledImages,
    tell: Tell,
) -> Outcome:
    """The machine that is best by validation error, and its test error.

    All pairs are trained on the first `search_examples`, the best of them on all. The test images
    choose nothing. Of pairs that are equally good the first in the order of C and gamma wins.
    """
    start = time.perf_counter()
    pairs = [(C, gamma) for C in section.C for gamma in section.gamma]
    few = _first(training, section.search_examples), _first(validation, section.search_examples)
    search = [_candidate(C, gamma, *few, tell)[0] for C, gamma in pairs]
    ranked = sorted(search, key=lambda one: one.validation_error)[: section.finalists]
    best, machine = _candidate(ranked[0].C, ranked[0].gamma, training, validation, tell)
    finalists = [best]
    for one in ranked[1:]:
        candidate, other = _candidate(one.C, one.gamma, training, validation, tell)
        finalists.append(candidate)
        if candidate.validation_error < best.validation_error:
            best, machine = candidate, other
    return Outcome(
        best=best,
        test_error=machine.error(test),
        n_support=machine.n_support,
        search=tuple(search),
        finalists=tuple(finalists),
        seconds=time.perf_counter() - start,
    )


def _candidate(
    C: float, gamma: float, training: LabelledImages, validation: LabelledImages, tell: Tell
) -> tuple[Candidate, Machine]:
    start = time.perf_counter()
    machine = Machine(training, C, gamma)
    error = machine.error(validation)
    seconds = time.perf_counter() - start
    tell(
        f"{len(training):,} examples, C {C:g}, gamma {gamma:g}: "
        f"validation error {error:.2f} % ({seconds:.0f} s)"
    )
    return Candidate(C, gamma, len(training), error, seconds), machine


def _first(images: LabelledImages, n: int) -> LabelledImages:
    return LabelledImages(images.images[:n], images.labels[:n], images.pixel_values)


def _inputs(images: LabelledImages, part: slice) -> Values:
    inputs: NDArray[np.float64] = images.inputs(part, np.float64)
    return inputs


def _scikit_learn_svm() -> Any:
    try:
        from sklearn.svm import SVC
    except ImportError:
        message = "the SVM needs scikit-learn: pip install 'glorot_repro[baselines]'"
        raise ConfigError(message) from None
    return SVC
