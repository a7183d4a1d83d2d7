"""Who looks at a training: the recorder, the evaluations, the files, the progress."""

import time
from collections.abc import Callable
from typing import Generic

from glorot_repro.config.schema import RunConfig
from glorot_repro.data.images import LabelledImages
from glorot_repro.measure.correctness import Answers, Correctness
from glorot_repro.measure.curves import WHOLE_NETWORK, Curves
from glorot_repro.measure.recorder import Recorder
from glorot_repro.training.evaluation import evaluate
from glorot_repro.training.finite import check_cost
from glorot_repro.training.loop import AnyTrainable, Periodic, State, Trainable, Training

PROGRESS_SECONDS = 0.25
"""Seconds between two looks at the progress."""


class Recording(Periodic):
    """Records activations and gradients of the probe examples every `record.every` updates."""

    def __init__(self, config: RunConfig, recorder: Recorder) -> None:
        super().__init__(config.record.every, config.training.updates)
        self._recorder = recorder
        self.seconds = 0.0

    def observe(self, training: Training) -> None:
        """Record."""
        start = time.perf_counter()
        self._recorder.record(training.n_updates, training.network())
        self.seconds += time.perf_counter() - start


class Evaluating(Periodic):
    """Adds errors and costs to the curves every `evaluation.every` updates, if that is not 0.

    correctness: which test examples were classified correctly.
    """

    def __init__(
        self,
        config: RunConfig,
        curves: Curves,
        images: Callable[[], dict[str, LabelledImages]],
    ) -> None:
        super().__init__(config.evaluation.every, config.training.updates)
        self._curves = curves
        self._images = images
        self.correctness = Correctness()
        self.seconds = 0.0

    def is_due(self, n_updates: int) -> bool:
        """At the start, at the end and every `evaluation.every` updates; never if that is 0."""
        return self._period > 0 and super().is_due(n_updates)

    def restore(self, state: State) -> None:
        """Go on from the answers of a checkpoint; the curves are restored already."""
        self.correctness = Correctness.from_arrays(state)
        _, errors = self._curves.series("validation_error")
        if len(errors):
            self.correctness.require_below(float(errors.min()))

    def observe(self, training: Training) -> None:
        """Evaluate on the validation and the test set.

        Raises NonFiniteError, with only the training cost added to the curves, if one of the costs
        is not finite: what such a network answers is no error.
        """
        start = time.perf_counter()
        now = training.n_updates
        cost = training.mean_cost()
        if cost is not None:
            self._curves.add(now, WHOLE_NETWORK, "training_cost", cost)
        images = self._images()
        results = {name: evaluate(training.network(), those) for name, those in images.items()}
        for result in results.values():
            check_cost(result.cost)
        for name, result in results.items():
            self._curves.add(now, WHOLE_NETWORK, f"{name}_error", result.error)
            self._curves.add(now, WHOLE_NETWORK, f"{name}_cost", result.cost)
        answers = Answers(now, results["validation"].error, results["test"].is_correct)
        self.correctness.add(answers, images["test"].labels)
        self.seconds += time.perf_counter() - start


class Saving(Periodic, Generic[AnyTrainable]):
    """Writes a checkpoint every `training.checkpoint_every` updates, up to the last update."""

    def __init__(self, config: RunConfig, last: int, save: Callable[[AnyTrainable], None]) -> None:
        super().__init__(config.training.checkpoint_every, last)
        self._save = save
        self.seconds = 0.0

    def is_due(self, n_updates: int) -> bool:
        """Every `checkpoint_every` updates; the end is written by the run itself."""
        return 0 < n_updates < self._last and super().is_due(n_updates)

    def observe(self, training: AnyTrainable) -> None:
        """Write the checkpoint."""
        start = time.perf_counter()
        self._save(training)
        self.seconds += time.perf_counter() - start


class Progress:
    """Tells updates done and updates per second a few times a second."""

    def __init__(self, tell: Callable[[int, float], None]) -> None:
        self._tell = tell
        self._chunk = 1
        self._since: tuple[int, float] | None = None
        self._rate = 0.0

    def is_due(self, n_updates: int) -> bool:
        """Always: the loop comes here only where somebody looks anyway."""
        return True

    def next_due(self, n_updates: int) -> int:
        """As many updates ahead as take PROGRESS_SECONDS at the speed seen last."""
        return n_updates + self._chunk

    def observe(self, training: Trainable) -> None:
        """Measure the speed over the last stretch and tell."""
        now = time.perf_counter()
        if self._since is not None:
            updates, seconds = training.n_updates - self._since[0], now - self._since[1]
            if updates and seconds:
                rate = updates / seconds
                self._rate = rate if not self._rate else 0.9 * self._rate + 0.1 * rate
                self._chunk = max(1, int(rate * PROGRESS_SECONDS))
        self._tell(training.n_updates, self._rate)
        self._since = training.n_updates, time.perf_counter()
