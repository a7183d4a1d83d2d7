"""Runs the command for many seeds at the same moment, each in a process of its own.

    python crowding.py N CONFIG ARGUMENTS       ends with exit code 0 if every process did

The processes are forked when all is imported, so that they begin together and are cheap.
"""

import os
import sys

from glorot_repro.cli import main
from glorot_repro.runs import execution  # noqa: F401  what takes long to import


def begin(seed: int, config: str, arguments: list[str]) -> int:
    """The id of a process that trains the runs of this seed."""
    child = os.fork()
    if child == 0:
        sys.argv = ["glorot-repro", "run", config, f"seeds=[{seed}]", *arguments]
        main()  # ends the process
    return child


n_processes, config, *arguments = sys.argv[1:]
children = [begin(seed, config, arguments) for seed in range(int(n_processes))]
statuses = [os.waitpid(child, 0)[1] for child in children]
sys.exit(any(statuses))
