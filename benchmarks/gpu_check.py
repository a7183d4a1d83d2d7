"""Networks of an experiment trained on a GPU: other arithmetic, the same experiment.

    python benchmarks/gpu_check.py configs/fig11.yaml OUT 'grid=[...]' --only seed0 --seconds 540

An independent check of `glorot-repro run`, and a look ahead, since it does in minutes what takes a
core hours. Each network begins with the weights of the run of the same name, sees the same images
in the same order and is measured on the same probe and test images, by the package; what trains it
are the kernels of gpu_networks.py. The runs are written to OUT/<scale>/<experiment>/ in the
package's formats, without checkpoints: `glorot-repro figures --results OUT` draws them. SIGTERM
ends the training as --seconds does.

Needs torch, triton and a CUDA device. What came of it: docs/gpu-check.md.
"""

import argparse
import signal
import threading
import time
from collections import deque
from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any, cast

import numpy as np
import torch
import triton
from gpu_networks import BATCH, Arrays, Networks
from threadpoolctl import threadpool_limits

from glorot_repro.arrays import to_npz
from glorot_repro.config.experiment import load_experiment, parse_run_config
from glorot_repro.config.schema import RunConfig
from glorot_repro.data.images import affine_pixel_values
from glorot_repro.data.pictures import Pictures
from glorot_repro.data.shapeset import BLOCK_SIZE, Shapeset, draw_block
from glorot_repro.files import write_atomically
from glorot_repro.measure.curves import WHOLE_NETWORK
from glorot_repro.measure.recorder import Recorder
from glorot_repro.nn.network import Network
from glorot_repro.nn.optimizers import StochasticGradientDescent
from glorot_repro.runs.beginning import initial_network, new_recorder
from glorot_repro.runs.info import INFO_VERSION, identity, write_info
from glorot_repro.runs.paths import RunDirectory
from glorot_repro.runs.streams import stream_seeds

BLOCKS_AHEAD = 64
UPDATES_PER_BLOCK = BLOCK_SIZE // BATCH
PROGRESS_EVERY = 100 * UPDATES_PER_BLOCK

LabelledInputs = tuple[torch.Tensor, torch.Tensor]


class Examples:
    """The training images of a data set and seed, a block at a time, drawn ahead by `pool`."""

    def __init__(
        self, dataset: Shapeset, seed: int, device: str, pool: ProcessPoolExecutor
    ) -> None:
        self._dataset = dataset
        self._seeds = stream_seeds(seed, "training_data")
        table = affine_pixel_values(*dataset.range).astype(np.float32)
        self._table = torch.from_numpy(table).to(device)
        self._pool = pool
        self._drawn: deque[Future[Pictures]] = deque()
        self._n_asked = 0

    def next_block(self) -> LabelledInputs:
        """Inputs (2000, 1024) and labels (2000,)."""
        while len(self._drawn) < BLOCKS_AHEAD:
            bright_background = self._dataset.bright_background
            task = self._pool.submit(draw_block, self._seeds, self._n_asked, bright_background)
            self._drawn.append(task)
            self._n_asked += 1
        pictures = self._drawn.popleft().result()
        levels = torch.from_numpy(pictures.images).to(self._table.device)
        return self._table[levels.long()], torch.from_numpy(pictures.labels)


class Trainer:
    """Trains each network on a block of images at a time, one CUDA graph of 200 updates."""

    def __init__(self, networks: Networks, n_inputs: int) -> None:
        self._networks = networks
        shape = (len(networks), BLOCK_SIZE)
        self._x = torch.zeros((*shape, n_inputs), device=networks.device)
        self._labels = torch.zeros(shape, device=networks.device, dtype=torch.int32)
        self._graph = torch.cuda.CUDAGraph()
        parameters = networks.weights + networks.biases
        saved = [tensor.clone() for tensor in parameters]
        self._update(0)  # compiles the kernels
        torch.cuda.synchronize()
        with torch.cuda.graph(self._graph):
            for start in range(0, BLOCK_SIZE, BATCH):
                self._update(start)
        for tensor, before in zip(parameters, saved, strict=True):
            tensor.copy_(before)

    def train(self, blocks: list[LabelledInputs]) -> None:
        """For each network its inputs (2000, inputs) and labels (2000,)."""
        for net, (x, labels) in enumerate(blocks):
            self._x[net].copy_(x)
            self._labels[net].copy_(labels)
        self._graph.replay()

    def _update(self, start: int) -> None:
        batch = slice(start, start + BATCH)
        self._networks.update(self._x[:, batch], self._labels[:, batch])


_recorder: Recorder
_network: Network


def start_recorder(config_text: str) -> None:
    """In a process of its own: the package's recorder of one run, and a network to show it."""
    global _recorder, _network
    threadpool_limits(1, user_api="blas")
    config = parse_run_config(config_text)
    seeds = stream_seeds(config.seed, "evaluation_data")
    _recorder = new_recorder(config, config.dataset.test_images(seeds))
    _network = initial_network(config)


def record(update: int, weights: Arrays, biases: Arrays) -> None:
    """What the package measures of the network with these parameters."""
    parameters = _network.parameters
    for own, given in zip(parameters.weights + parameters.biases, weights + biases, strict=True):
        own[...] = given
    _recorder.record(update, _network)


def recorded(errors: list[tuple[int, int, str, float]]) -> tuple[bytes, bytes]:
    """curves.csv, with these errors, and histograms.npz."""
    for row in errors:
        _recorder.curves.add(*row)
    return _recorder.curves.to_csv(), to_npz(_recorder.histograms(), compress=True)


class Book:
    """The measurements of one run, made by another process, and its errors."""

    def __init__(self, config: RunConfig, net: int) -> None:
        self._config, self._net = config, net
        self._errors: list[tuple[int, int, str, float]] = []
        self._process = ProcessPoolExecutor(
            1, get_context("spawn"), start_recorder, (config.to_yaml(),)
        )
        self._pending: deque[Future[None]] = deque()

    @property
    def last_error(self) -> float:
        """The newest error, in percent."""
        return self._errors[-1][-1]

    def record(self, update: int, networks: Networks) -> None:
        """Have the network measured as it is now."""
        while len(self._pending) > 2:
            self._pending.popleft().result()
        task = self._process.submit(record, update, *networks.arrays(self._net))
        self._pending.append(task)

    def evaluate(self, update: int, networks: Networks, sets: dict[str, LabelledInputs]) -> None:
        """Note the errors on the sets of images."""
        for name, (x, labels) in sets.items():
            error = networks.error(self._net, x, labels)
            self._errors.append((update, WHOLE_NETWORK, f"{name}_error", error))

    def write(self, out: Path, n_updates: int, made_by: dict[str, Any]) -> None:
        """The run's files, in the package's formats."""
        config = self._config
        directory = RunDirectory(out / config.scale / config.experiment / config.address)
        curves, histograms = self._process.submit(recorded, self._errors).result()
        self._process.shutdown()
        write_atomically(directory.config, config.to_yaml().encode())
        write_atomically(directory.curves, curves)
        write_atomically(directory.histograms, histograms)
        info = {
            "format_version": INFO_VERSION,
            "status": "finished" if n_updates == config.training.updates else "interrupted",
            "updates_done": n_updates,
            "updates": config.training.updates,
            **identity(config),
        }
        write_info(directory, info | made_by)


def evaluation_sets(dataset: Shapeset, seed: int, device: str) -> dict[str, LabelledInputs]:
    """Validation and test images of a data set and seed, as inputs and labels on the device."""
    seeds = stream_seeds(seed, "evaluation_data")
    sets = {"validation": dataset.validation_images(seeds), "test": dataset.test_images(seeds)}
    return {
        name: (
            torch.from_numpy(images.inputs(slice(None), np.float32)).to(device),
            torch.from_numpy(images.labels.astype(np.int64)).to(device),
        )
        for name, images in sets.items()
    }


def require_alike(configs: list[RunConfig]) -> None:
    """SystemExit, one line, for runs that these kernels cannot train, or not at once."""
    first = configs[0]
    for config in configs:
        training, dataset = config.training, config.dataset
        periods = config.record.every, config.evaluation.every, training.updates
        is_plain = training.optimizer == StochasticGradientDescent() and training.dtype == "float32"
        expected = {
            "images of Shapeset without end": isinstance(dataset, Shapeset)
            and not dataset.train_size,
            f"the updates, records and evaluations of {first.address}": periods
            == (first.record.every, first.evaluation.every, first.training.updates),
            "no pre-training": not config.pretraining.updates,
            f"mini-batches of {BATCH}": training.batch_size == BATCH,
            "plain gradient descent in float32": is_plain,
            "the likelihood as cost": training.cost == "negative_log_likelihood",
            f"multiples of {UPDATES_PER_BLOCK} updates": not any(
                period % UPDATES_PER_BLOCK for period in periods
            ),
        }
        for what, holds in expected.items():
            if not holds:
                message = f"{config.address}: expected {what}"
                raise SystemExit(message)


def main() -> None:
    """Train until the end or until the time is over, then write the runs."""
    description, _, more = (__doc__ or "").partition("\n\n")
    parser = argparse.ArgumentParser(
        description=description, epilog=more, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("config", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("overrides", nargs="*", help="key=value, as of glorot-repro run")
    parser.add_argument("--scale", default="paper")
    parser.add_argument("--only", metavar="TEXT", action="append", help="runs with it in the name")
    parser.add_argument("--seconds", type=float, default=np.inf)
    parser.add_argument("--processes", type=int, default=4, help="that draw images")
    options = parser.parse_intermixed_args()
    start = time.perf_counter()
    torch.backends.cuda.matmul.allow_tf32 = False
    is_over = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: is_over.set())
    runs = load_experiment(options.config, options.overrides, options.scale).runs
    if options.only:
        runs = tuple(run for run in runs if any(text in run.address for text in options.only))
    configs = sorted(runs, key=lambda config: -config.model.depth)
    require_alike(configs)
    pool = ProcessPoolExecutor(options.processes, get_context("spawn"))
    # Networks of the same data set and seed see the same images, which are drawn once.
    sources = [(cast(Shapeset, config.dataset), config.seed) for config in configs]
    examples = {source: Examples(*source, "cuda", pool) for source in set(sources)}
    sets = {source: evaluation_sets(*source, "cuda") for source in examples}
    networks = Networks(
        [initial_network(config).parameters for config in configs],
        [config.model.activation for config in configs],
        [config.training.learning_rate for config in configs],
        "cuda",
    )
    trainer = Trainer(networks, configs[0].dataset.input_size)
    books = [Book(config, net) for net, config in enumerate(configs)]
    print("\n".join(config.address for config in configs))
    first = configs[0]
    last, n_updates = first.training.updates, 0
    while True:
        if n_updates % first.record.every == 0 or n_updates == last:
            for book in books:
                book.record(n_updates, networks)
        if n_updates % first.evaluation.every == 0 or n_updates == last:
            for book, source in zip(books, sources, strict=True):
                book.evaluate(n_updates, networks, sets[source])
        seconds = time.perf_counter() - start
        if n_updates % PROGRESS_EVERY == 0:
            errors = " ".join(f"{book.last_error:.1f}" for book in books)
            print(f"{seconds:.0f} s: {n_updates:,} updates: {errors}", flush=True)
        if n_updates == last or seconds > options.seconds or is_over.is_set():
            break
        blocks = {source: drawn.next_block() for source, drawn in examples.items()}
        trainer.train([blocks[source] for source in sources])
        n_updates += UPDATES_PER_BLOCK
    pool.shutdown(wait=False, cancel_futures=True)
    made_by = {
        "trained_by": "benchmarks/gpu_check.py",
        "device": torch.cuda.get_device_name(),
        "versions": {"torch": torch.__version__, "triton": triton.__version__},
        "seconds": {"total": round(time.perf_counter() - start, 3)},
        "networks_at_once": len(books),
    }
    for book in books:
        book.write(options.out, n_updates, made_by)


if __name__ == "__main__":
    main()
