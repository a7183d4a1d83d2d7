"""More updates for a finished run: the longer run goes on where the shorter one ended."""

from glorot_repro.config.experiment import load_run_config
from glorot_repro.config.schema import RunConfig
from glorot_repro.data.changes import check_same_files
from glorot_repro.errors import ConfigError, StorageError
from glorot_repro.runs.info import FINAL
from glorot_repro.runs.own_modules import check_same_modules
from glorot_repro.runs.paths import RunDirectory
from glorot_repro.runs.reading import read_info


def longest_beginning(config: RunConfig, directory: RunDirectory) -> RunDirectory | None:
    """The finished run, of any scale, that is the beginning of the run of `config`.

    It is the same run but for fewer updates, has kept its checkpoint, and ended where the longer
    run is looked at as well, so that their curves have the same rows. The one with most updates
    if there are several, None if there is none. A run that cannot be read, or that was made of
    other data files or modules, is passed over.
    """
    own_place = (config.scale, config.experiment, config.address)
    if directory.path.parts[-3:] != own_place:
        return None  # not among the results of other runs
    found: dict[int, RunDirectory] = {}
    for checkpoint in directory.path.parents[2].glob("*/*/*/checkpoint.npz"):
        other = RunDirectory(checkpoint.parent)
        try:
            began_with = read_info(other) or {}
            if began_with.get("status") not in FINAL:
                continue
            shorter = load_run_config(other.config)
            if _is_beginning(shorter, config):
                check_same_modules(config, began_with.get("own_modules", {}))
                check_same_files(config.dataset, began_with.get("data_files", {}))
                found[shorter.training.updates] = other
        except (ConfigError, StorageError):
            continue  # going on from it only saves time; whatever is wrong there is not ours
    return found[max(found)] if found else None


def _is_beginning(shorter: RunConfig, longer: RunConfig) -> bool:
    updates = shorter.training.updates
    if not 0 < updates < longer.training.updates:
        return False
    # None: with every record, or no evaluation at all.
    looks = (longer.record.every, longer.record.jacobian_every, longer.evaluation.every or None)
    if any(period is not None and (period == 0 or updates % period) for period in looks):
        return False
    training = shorter.training.model_copy(update={"updates": longer.training.updates})
    return shorter.model_copy(update={"training": training}).hash == longer.hash
