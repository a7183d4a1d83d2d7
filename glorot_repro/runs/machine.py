"""On what a run was made: versions, machine, BLAS, git commit."""

import platform
import subprocess
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from threadpoolctl import threadpool_info

PACKAGES = ("numpy", "scipy", "pillow", "pydantic", "pyyaml", "threadpoolctl")
"""Those that decide numbers: scipy's BLAS adds to the weights, pillow decodes images."""

PACKAGE = Path(__file__).parents[1]


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
def git_commit(package: Path = PACKAGE) -> str | None:
    """The commit of the source tree that the folder `package` is in, None for an installed one.

    Ends in "-dirty" where files of the package differ from that commit. An installed package may
    lie inside the repository of another project, as in its .venv, whose commits say nothing of it.
    """
    if _git(package, "ls-files", "--error-unmatch", "__init__.py") is None:
        return None
    commit = _git(package, "rev-parse", "HEAD")
    changes = _git(package, "status", "--porcelain", "--", ".")
    if commit is None or changes is None:
        return None
    return f"{commit}-dirty" if changes else commit


def _git(folder: Path, *arguments: str) -> str | None:
    """What git prints in `folder`, None if it fails or is not there."""
    try:
        done = subprocess.run(
            ["git", "--no-optional-locks", "-C", str(folder), *arguments],
            capture_output=True,
            text=True,
            timeout=10,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 else None
