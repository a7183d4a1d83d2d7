"""The commands that make the runs which claims wait for."""

from functools import cache

from glorot_repro.config.experiment import load_experiment
from glorot_repro.config.schema import RunConfig
from glorot_repro.config.shipped import packaged_configs
from glorot_repro.report.claims.models import Model
from glorot_repro.report.run_labels import run_command

SVM = "glorot-repro svm svm --scale paper"


def command_for(model: Model, updates: int) -> str:
    """`glorot-repro run` of the experiment that supplies a model, to update `updates` at the least.

    With overrides for what the experiment of the package has not: a depth, or the length.
    """
    runs = _runs(model.experiment)
    suitable = [run for run in runs if model.matches(run)]
    overrides = [] if suitable else [f"model.depth={len(model.hidden)}"]
    if max(run.training.updates for run in suitable or runs) < updates:
        overrides.append(f"training.updates={updates}")
    return run_command(model.experiment, overrides=overrides)


@cache
def _runs(experiment: str) -> tuple[RunConfig, ...]:
    return load_experiment(packaged_configs()[experiment]).runs
