"""Executes one run in processes that are killed at random moments, until one of them finishes.

    python killing.py CONFIG RESULTS SEED MOST_SECONDS MOST_KILLS

prints the kills and their stages. A forked child per life spares the imports, so that a life is
short and many kills are cheap. After MOST_KILLS the run is left alone, for where the disk is slow
lives of MOST_SECONDS hardly get on.
"""

import json
import os
import random
import signal
import sys
import time
from collections import Counter
from pathlib import Path

from glorot_repro.config.experiment import load_experiment
from glorot_repro.runs.execution import execute
from glorot_repro.runs.paths import run_directory
from glorot_repro.runs.reporter import Reporter


def main() -> None:
    config, results, seed, most_seconds, most_kills = sys.argv[1:]
    (run,) = load_experiment(config).runs
    directory = run_directory(Path(results), run)
    draws = random.Random(int(seed))
    stages: Counter[str] = Counter()
    leavings: set[str] = set()
    while True:
        child = os.fork()
        if child == 0:
            execute(run, directory, Reporter())
            os._exit(0)
        if stages.total() < int(most_kills):
            time.sleep(draws.uniform(0, float(most_seconds)))
            os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        if os.WIFEXITED(status):
            print(json.dumps({"exit": os.WEXITSTATUS(status), "kills": stages}))
            return
        files = (
            {path.name for path in directory.path.iterdir()} if directory.path.exists() else set()
        )
        is_writing = any(name.endswith(".tmp") for name in files - leavings)
        leavings = {name for name in files if name.endswith(".tmp")}
        has_state = "checkpoint.npz" in files or "checkpoint-previous.npz" in files
        stages["during a write" if is_writing else "training" if has_state else "start"] += 1


main()
