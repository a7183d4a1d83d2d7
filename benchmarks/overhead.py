"""What `glorot-repro run` costs above the pure updates, at the paper's settings on Shapeset.

Run: python benchmarks/overhead.py [UPDATES]

The run is the command itself: drawing images, one record every 5,000 updates, singular values
of the Jacobians, evaluation, a checkpoint and files every 20,000, progress. Pure updates are timed
before and after it, on images drawn ahead; the overhead is what the wall time of the run is above
as many of them.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from glorot_repro.config.experiment import load_experiment
from glorot_repro.runs.beginning import initial_network
from glorot_repro.runs.streams import stream_seeds
from glorot_repro.training.loop import Training
from glorot_repro.training.update import make_update

CONFIG = Path(__file__).parents[1] / "configs" / "examples" / "tanh.yaml"
SETTINGS = (
    *("record.every=5000", "record.jacobian_every=20000"),
    *("evaluation.every=20000", "training.checkpoint_every=20000"),
)
PURE_UPDATES = 2000
"""Updates in one timing of the pure update; their images, 80 MB, are drawn ahead."""


class DrawnStream:
    """Training examples that are there already: a stream without its cost."""

    def __init__(self, inputs: NDArray[Any], labels: NDArray[np.intp]) -> None:
        self._inputs, self._labels = inputs, labels
        self.position = 0

    def next_batch(self, batch_size: int) -> tuple[NDArray[Any], NDArray[np.intp]]:
        """Views of the next examples."""
        batch = slice(self.position, self.position + batch_size)
        self.position = batch.stop
        return self._inputs[batch], self._labels[batch]

    def seek(self, position: int) -> None:
        """Go on as if `position` examples had been served."""
        self.position = position


def pure_update_seconds() -> float:
    """Seconds of one update on mini-batches that are there already."""
    (run,) = load_experiment(CONFIG).runs
    network = initial_network(run)
    batch_size = run.training.batch_size
    update = make_update(network, run.training.optimizer, batch_size)
    stream = run.dataset.training_stream(stream_seeds(0, "training_data"), run.training.dtype)
    training = Training(
        network,
        update,
        DrawnStream(*stream.next_batch(PURE_UPDATES * batch_size)),
        batch_size=batch_size,
        learning_rate=run.training.learning_rate,
    )
    with threadpool_limits(1, user_api="blas"):
        start = time.perf_counter()
        training.advance_to(PURE_UPDATES, lambda: False)
        return (time.perf_counter() - start) / PURE_UPDATES


def run_seconds(n_updates: int) -> tuple[float, dict[str, float]]:
    """Wall seconds of `glorot-repro run`, and the parts that run.json tells."""
    with tempfile.TemporaryDirectory() as folder:
        command = [
            *(sys.executable, "-m", "glorot_repro", "run", str(CONFIG), "--json"),
            *("--results", folder, f"training.updates={n_updates}", *SETTINGS),
        ]
        start = time.perf_counter()
        done = subprocess.run(
            command, capture_output=True, text=True, check=True, env=dict(os.environ)
        )
        wall = time.perf_counter() - start
        (run,) = json.loads(done.stdout)["runs"]
        return wall, dict(run["seconds"])


def main() -> None:
    """Print the overhead and its parts, in percent of the pure updates."""
    n_updates = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    before = pure_update_seconds()
    wall, parts = run_seconds(n_updates)
    pure = float(np.mean([before, pure_update_seconds()]))
    print(f"pure update: {1e3 * pure:.2f} ms ({1e3 * before:.2f} before the run)")
    print(f"run of {n_updates:,} updates: {wall:.1f} s")
    print(f"overhead of the whole run: {100 * (wall / (n_updates * pure) - 1):.1f} %")
    for name in ("recording", "evaluation", "saving"):
        print(f"  {name}: {100 * parts[name] / (n_updates * pure):.2f} %")


if __name__ == "__main__":
    main()
