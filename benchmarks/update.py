"""Time of one update against plain numpy and PyTorch, each on one core, in interleaved rounds.

Run: python benchmarks/update.py [--rounds N] [--seconds S] [CASE ...]

Every contender trains in a process of its own, with one thread. A round gives each of them in turn
the same number of updates, so that what else the machine does meets all of them alike; ratios are
taken within a round, and their median is reported.
"""

import argparse
import contextlib
import importlib.metadata
import importlib.util
import os
import platform
import statistics
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from contenders import CASES, CONTENDERS, N_UPDATES_COMPARED, Case, Sgemm

WORKER = Path(__file__).with_name("contenders.py")
BY_HAND = [name for name in CONTENDERS if name.startswith("torch by hand")]
THREAD_VARIABLES = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
FOREIGN_VARIABLES = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")
"""Would make OpenBLAS take other kernels than this machine's."""


class Worker:
    """A contender in its process."""

    def __init__(self, name: str, case_name: str) -> None:
        environment = {k: v for k, v in os.environ.items() if k not in FOREIGN_VARIABLES}
        environment |= dict.fromkeys(THREAD_VARIABLES, "1")
        self._process = subprocess.Popen(
            [sys.executable, str(WORKER), name, case_name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
            text=True,
        )
        self.receive()

    def send(self, command: str) -> None:
        """Give a command; the answer is to be received before the next."""
        if self._process.stdin is not None:
            self._process.stdin.write(command + "\n")
            self._process.stdin.flush()

    def receive(self) -> str:
        """The answer to the last command."""
        line = self._process.stdout.readline() if self._process.stdout is not None else ""
        if not line:
            message = f"a worker ended: {self._process.args!r}"
            raise RuntimeError(message)
        return line.strip()

    def ask(self, command: str) -> float:
        """The answer to a command."""
        self.send(command)
        return float(self.receive())

    def stay_on(self, core: int) -> None:
        """Keep the process on one core, where the system can."""
        if hasattr(os, "sched_setaffinity"):
            os.sched_setaffinity(self._process.pid, {core})

    def stop(self) -> None:
        """End the process."""
        with contextlib.suppress(BrokenPipeError):
            self.send("quit")
        self._process.wait()


@contextlib.contextmanager
def workers(names: Sequence[str], case_name: str) -> Iterator[list[Worker]]:
    """Started contenders, stopped at the end."""
    started: list[Worker] = []
    try:
        for name in names:
            started.append(Worker(name, case_name))
        yield started
    finally:
        for worker in started:
            worker.stop()


def count_for(worker: Worker, seconds: float) -> int:
    """Updates that take about `seconds`, after a warm-up."""
    worker.ask("time 20")
    return max(5, round(seconds / (worker.ask("time 20") / 20)))


def time_case(case_name: str, rounds: int, seconds: float) -> None:
    """Print the table of one case: one process at a time."""
    case = CASES[case_name]
    names = available_contenders()
    with workers(names, case_name) as started:
        count = count_for(started[0], seconds)
        times: dict[str, list[float]] = {name: [] for name in names}
        for _ in range(rounds):
            for name, worker in zip(names, started, strict=True):
                n = max(3, count // 40) if name == "sgemm" else count
                times[name].append(worker.ask(f"time {n}") / n)
        errors = {
            name: worker.ask("error")
            for name, worker in zip(names, started, strict=True)
            if name != "sgemm"
        }
    peak = 2 * Sgemm.multiplications / min(times.pop("sgemm"))
    print_case(case_name, case, times, errors, peak)


def print_case(
    case_name: str,
    case: Case,
    times: dict[str, list[float]],
    errors: dict[str, float],
    peak: float,
) -> None:
    sizes = "-".join(str(size) for size in case.sizes)
    print(f"\n{case_name}: {sizes}, batch {case.batch_size}; sgemm {peak / 1e9:.0f} GFLOP/s")
    print(f"{'':26}{'min ms':>9}{'median ms':>11}{'ours is':>9}{'of sgemm':>10}{'error':>10}")
    best = best_by_hand(times)
    for name, series in (times | best).items():
        ratio = statistics.median(t / o for t, o in zip(series, times["ours"], strict=True))
        share = 2 * case.multiplications / min(series) / peak
        error = f"{errors[name]:10.1e}" if name in errors else ""
        print(
            f"{name:26}{1e3 * min(series):9.3f}{1e3 * statistics.median(series):11.3f}"
            f"{ratio:8.2f}x{100 * share:9.0f}%{error}"
        )


def best_by_hand(times: dict[str, list[float]]) -> dict[str, list[float]]:
    """Per round the faster of the two layouts, where PyTorch was timed."""
    series = [times[name] for name in BY_HAND if name in times]
    return (
        {"torch by hand, best": [min(pair) for pair in zip(*series, strict=True)]} if series else {}
    )


def time_two_processes(case_name: str, rounds: int, seconds: float) -> None:
    """Print updates per second of the machine with the same contender on two cores at once."""
    cores = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else [0, 1]
    if len(cores) < 2:
        print("\nTwo processes at once: this machine has one core.")
        return
    names = [name for name in available_contenders() if name != "sgemm"]
    speeds: dict[str, list[float]] = {name: [] for name in names}
    with contextlib.ExitStack() as stack:
        pairs = [stack.enter_context(workers([name, name], case_name)) for name in names]
        for pair in pairs:
            for worker, core in zip(pair, cores, strict=False):
                worker.stay_on(core)
        count = count_for(pairs[0][0], seconds)
        for _ in range(rounds):
            for name, pair in zip(names, pairs, strict=True):
                for worker in pair:
                    worker.send(f"time {count}")
                speeds[name].append(sum(count / float(worker.receive()) for worker in pair))
    print(f"\n{case_name}, two processes at once, one a core")
    print(f"{'':26}{'updates/s':>10}{'ours is':>9}")
    series = [speeds[name] for name in BY_HAND if name in speeds]
    if series:
        speeds["torch by hand, best"] = [max(pair) for pair in zip(*series, strict=True)]
    for name, speed in speeds.items():
        ratio = statistics.median(o / s for o, s in zip(speeds["ours"], speed, strict=True))
        print(f"{name:26}{statistics.median(speed):10.0f}{ratio:8.2f}x")


def available_contenders() -> list[str]:
    """All contenders, or those of numpy where PyTorch is not installed."""
    has_torch = importlib.util.find_spec("torch") is not None
    return [name for name in CONTENDERS if has_torch or not name.startswith("torch")]


def machine() -> str:
    """Machine and versions, one line each."""
    versions = [f"python {platform.python_version()}"]
    for package in ("numpy", "torch"):
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            versions.append(f"{package} {importlib.metadata.version(package)}")
    blas = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
    versions.append(f"{blas['name']} {blas['version']}")
    return f"{platform.platform()}, {os.cpu_count()} cores, {processor()}\n{', '.join(versions)}"


def processor() -> str:
    """The processor's name where the system tells it."""
    with contextlib.suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("cases", nargs="*", metavar="CASE", help=f"of {', '.join(CASES)}; all")
    parser.add_argument("--rounds", type=int, default=15, help="rounds of all contenders")
    parser.add_argument("--seconds", type=float, default=0.4, help="of our updates in each round")
    arguments = parser.parse_args()
    unknown = set(arguments.cases) - set(CASES)
    if unknown:
        parser.error(f"no such case: {', '.join(sorted(unknown))}; cases: {', '.join(CASES)}")
    print(machine())
    print(f"{arguments.rounds} rounds; ratios are medians over rounds; error: largest difference")
    print(f"of a weight or bias from float64 after {N_UPDATES_COMPARED} updates")
    for case_name in arguments.cases or CASES:
        time_case(case_name, arguments.rounds, arguments.seconds)
        if case_name == "main":
            time_two_processes(case_name, arguments.rounds, arguments.seconds)


if __name__ == "__main__":
    main()
