"""The modules of the reader's own functions: a run is one of their source as it was then.

The functions can change while the configuration, which only names them, stays the same.
"""

from collections.abc import Mapping

from glorot_repro.config.schema import RunConfig
from glorot_repro.errors import ConfigError
from glorot_repro.nn.activations import activation_named
from glorot_repro.nn.initializers import own_draw
from glorot_repro.nn.plugins import notice_edits, source_sha256

VERSIONED = ("numpy", "scipy")


def module_hashes(config: RunConfig) -> dict[str, str]:
    """SHA-256 of the file of each module that `config` names, see `source_sha256`.

    Empty for a run that has nothing of the reader's own; without modules that have no file, and
    without numpy and scipy, whose versions are in run.json.
    """
    model = config.model
    layers = (model.initializer.first, model.initializer.hidden, model.initializer.output)
    names = [model.activation, *(initializer.name for initializer in layers)]
    hashes = {name.partition(":")[0]: source_sha256(name) for name in names if ":" in name}
    return {
        module: sha256
        for module, sha256 in hashes.items()
        if sha256 is not None and module.partition(".")[0] not in VERSIONED
    }


def forget_own_functions() -> None:
    """Take functions of the reader's own from their modules as they are now.

    For a process that lives on, such as a notebook.
    """
    notice_edits()
    activation_named.cache_clear()
    own_draw.cache_clear()


def check_same_modules(config: RunConfig, recorded: Mapping[str, str]) -> None:
    """Raise ConfigError if a module is another than in `recorded`, the hashes of an earlier run.

    Modules that are not in it, as in runs from before they were recorded, say nothing.
    """
    now = module_hashes(config)
    changed = [f"module {name}" for name in now if recorded.get(name, now[name]) != now[name]]
    if changed:
        message = (
            f"the source of {' and '.join(changed)} has changed since the run began; bring the "
            "old one back, or start again with --force (force=True in Python)"
        )
        raise ConfigError(message)
