"""run.json: the status of a run, and what made it."""

from typing import Any

from glorot_repro.config.schema import RunConfig
from glorot_repro.files import write_atomically
from glorot_repro.runs.info_types import INFO_VERSION
from glorot_repro.runs.lock import held
from glorot_repro.runs.paths import RunDirectory
from glorot_repro.runs.reading import read_info
from glorot_repro.strict_json import write_json

FINAL = ("finished", "diverged")
"""The statuses of a run that is not executed again."""


def write_info(directory: RunDirectory, info: dict[str, Any]) -> None:
    """Write run.json: strict JSON."""
    write_json(directory.info, info)


def identity(config: RunConfig) -> dict[str, Any]:
    """The fields of run.json that say which run it is."""
    return {
        "experiment": config.experiment,
        "scale": config.scale,
        "address": config.address,
        "hash": config.hash,
        "seed": config.seed,
    }


def is_finished(directory: RunDirectory) -> bool:
    """Whether the run in `directory` came to its end, training divergence included."""
    info = read_info(directory)
    return info is not None and info.get("status") in FINAL


def mark_failed(config: RunConfig, directory: RunDirectory, reason: str) -> dict[str, Any]:
    """Set the status of an unfinished run to failed, with the reason; returns run.json.

    Its checkpoint stays: the same run executed again goes on from there.
    """
    with held(directory):
        info = read_info(directory) or {
            "format_version": INFO_VERSION,
            "updates_done": 0,
            "updates": config.training.updates,
            **identity(config),
        }
        info |= {"status": "failed", "failure": reason}
        if not directory.config.exists():
            write_atomically(directory.config, config.to_yaml().encode())
        write_info(directory, info)
        return info


def has_come_to(pause_at: int | None, info: dict[str, Any]) -> bool:
    """Whether a run with `info` in run.json has nothing left to do, up to `pause_at` updates."""
    if info.get("status") in FINAL:
        return True
    is_paused = pause_at is not None and info.get("status") == "paused"
    return is_paused and int(info.get("updates_done", 0)) >= (pause_at or 0)
