"""What a run directory has already, for a run that is to be executed into it."""

from typing import Any

from glorot_repro.config.experiment import load_run_config
from glorot_repro.config.schema import RunConfig
from glorot_repro.data.changes import check_same_content
from glorot_repro.errors import ConfigError
from glorot_repro.runs.own_modules import check_same_modules
from glorot_repro.runs.paths import RunDirectory
from glorot_repro.runs.reporter import Reporter


def result_at_hand(
    config: RunConfig, directory: RunDirectory, info: dict[str, Any], reporter: Reporter
) -> dict[str, Any]:
    """`info`, the run.json of a run that has ended, if it is that of `config` still.

    With a note if the run lacks the checkpoint that `config` keeps. Raises ConfigError if its data
    or the modules of the reader's own are others than those that it began with.
    """
    check_same_modules(config, info.get("own_modules", {}))
    check_same_content(config.dataset, info.get("data_files", {}))
    has_kept_it = directory.has_checkpoint or not config.training.keep_checkpoint
    if info["status"] == "finished" and not has_kept_it:
        message = "finished without a kept checkpoint; --force trains it again and keeps it"
        reporter.note(f"{directory.path} {message}")
    return info


def of_same_experiment(config: RunConfig, directory: RunDirectory) -> RunConfig:
    """`config` under the names that the equal run in `directory` has, which another one began."""
    try:
        begun = load_run_config(directory.config)
    except ConfigError:
        return config
    if begun.hash != config.hash:
        return config
    names = ("experiment", "scale", "point", "candidate")
    return config.model_copy(update={name: getattr(begun, name) for name in names})
