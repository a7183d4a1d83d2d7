"""Made-up runs of the models of Table 1, with answers on made-up test examples."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from glorot_repro.config.experiment import parse_experiment
from glorot_repro.measure.correctness import Answers, Correctness
from glorot_repro.measure.curves import Curves
from glorot_repro.runs.reading import RunRecord

SHAPESET = "{name: shapeset, test_size: 1000}"


def made_up_record(
    model: str = "tanh/standard",
    *,
    dataset: str = SHAPESET,
    seed: int = 0,
    wrong: Sequence[int | NDArray[np.bool_]] = (800, 300, 400),
    validation: Sequence[float] = (80.0, 30.0, 40.0),
    settings: str = "",
    status: str = "finished",
    has_answers: bool = True,
    **info: Any,
) -> RunRecord:
    """A run evaluated at 0, 10, 20, ... updates.

    wrong: of 1000 test examples at each evaluation, the first so many, or (1000,) bool.
    """
    activation, initializer = model.split("/")
    (config,) = parse_experiment(
        f"""
name: table1
dataset: {dataset}
model: {{depth: 5, width: 7, activation: {activation}, initializer: {initializer}}}
training: {{updates: 20}}
seeds: [{seed}]
""",
        [settings] if settings else [],
    ).runs
    # A finite data set has the same test examples for every seed.
    labels_seed = seed if "shapeset" in dataset else 99
    labels = np.random.default_rng(labels_seed).integers(0, 9, 1000).astype(np.uint8)
    correctness = Correctness()
    rows = []
    for place, (flags, error) in enumerate(zip(wrong, validation, strict=True)):
        is_wrong = np.arange(1000) < flags if isinstance(flags, int) else flags
        correctness.add(Answers(10 * place, error, ~is_wrong), labels)
        rows += [
            (10 * place, 0, "validation_error", error),
            (10 * place, 0, "test_error", 100 * float(is_wrong.mean())),
        ]
    return RunRecord(
        Path("made_up"),
        config,
        {"status": status, **info},
        Curves(rows),
        correctness=correctness if has_answers else None,
    )
