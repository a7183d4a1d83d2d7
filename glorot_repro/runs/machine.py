"""On what a run was made: versions, machine, BLAS, git commit."""

import platform
import subprocess
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from threadpoolctl import threadpool_info

PACKAGES = ("numpy", "pydantic", "pyyaml", "threadpoolctl")


def describe_machine() -> dict[str, Any]:
    """What decides the bits of a run besides its configuration; strict JSON values."""
    return {
        "versions": {**versions()},
        "git_commit": git_commit(),
        "machine": {"system": platform.platform(), "processor": platform.machine()},
        "blas": [
            {
                "library": info.get("internal_api"),
                "version": info.get("version"),
                "kernel": info.get("architecture"),
                "threads": info["num_threads"],
            }
            for info in threadpool_info()
            if info.get("user_api") == "blas"
        ],
    }


@lru_cache
def versions() -> dict[str, str]:
    """Versions of Python, of this package and of those that compute its numbers.

    Remembered, since looking them up takes 10 ms and every checkpoint tells them.
    """
    return {
        "glorot_repro": version("glorot_repro"),
        "python": platform.python_version(),
        **{name: version(name) for name in PACKAGES},
    }


@lru_cache
def git_commit() -> str | None:
    """The commit of the source tree this package runs from, None for an installed package."""
    try:
        shown = subprocess.run(
            ["git", "-C", str(Path(__file__).parent), "rev-parse", "HEAD"],
            capture_output=True,
            text=True,
            timeout=10,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return shown.stdout.strip() or None
