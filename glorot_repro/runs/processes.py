"""Workers of this machine: processes with one core and one BLAS thread each."""

import contextlib
import json
import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator

from glorot_repro.runs.job import Job
from glorot_repro.runs.worker import COMMAND, LAST_KINDS, Message, was_stopped

THREAD_VARIABLES = (
    "OPENBLAS_NUM_THREADS",
    "OMP_NUM_THREADS",
    "MKL_NUM_THREADS",
    "BLIS_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
)
"""What tells the BLAS libraries how many threads to make; they look when numpy is loaded."""


def n_cores() -> int:
    """The cores that this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on Linux
        return os.cpu_count() or 1


class Processes:
    """At most `n_jobs` worker processes, started when there is work for them."""

    def __init__(self, n_jobs: int) -> None:
        self._n_jobs = n_jobs
        self._messages: queue.Queue[tuple[_Process, Message]] = queue.Queue()
        self._idle: list[_Process] = []
        self._busy: list[_Process] = []

    def has_room(self) -> bool:
        """Whether one of the `n_jobs` has nothing to do."""
        return len(self._busy) < self._n_jobs

    def start(self, job: Job) -> None:
        """Give the job to a process that is idle, or to a new one."""
        process = self._idle.pop() if self._idle else _Process(self._messages)
        self._busy.append(process)
        process.begin(job)

    def wait(self, seconds: float, tell: Callable[[Job, Message], None]) -> None:
        """Hand over the messages of the processes; one that died has lost its job."""
        try:
            process, message = self._messages.get(timeout=seconds)
        except queue.Empty:
            return
        job = process.job
        kind = message["kind"]
        if kind == "lost":
            process.close()  # `close` will not see it any more
            if process in self._idle:
                self._idle.remove(process)
        if job is None:
            return
        if kind in LAST_KINDS:
            process.job = None
            self._busy.remove(process)
            if was_stopped(message):
                process.close()  # what was told to stop takes no other job
            elif kind != "lost":
                self._idle.append(process)
        tell(job, message)

    def stop(self) -> None:
        """Ask all processes to stop within a few updates."""
        for process in self._busy:
            process.ask_to_stop()

    def close(self) -> None:
        """End the processes; those that are still busy are killed."""
        for process in self._busy:
            process.kill()
        for process in (*self._idle, *self._busy):
            process.close()


class _Process:
    """A worker process, the job it is at, and the thread that reads its messages."""

    def __init__(self, messages: "queue.Queue[tuple[_Process, Message]]") -> None:
        self._messages = messages
        self.job: Job | None = None
        with _deaf_to_ctrl_c():
            self._process = subprocess.Popen(
                # The parent's search path, lest a file of the working directory hides a module.
                [sys.executable, "-P", "-c", f"import sys; sys.path[:] = {sys.path!r}; {COMMAND}"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                env=_environment(),
            )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def begin(self, job: Job) -> None:
        self.job = job
        self._write(json.dumps(job.task()))

    def ask_to_stop(self) -> None:
        self._write("")

    def kill(self) -> None:
        self._process.kill()

    def close(self) -> None:
        if self._process.stdin:
            with contextlib.suppress(OSError):  # what could not be written to a dead process
                self._process.stdin.close()
        self._process.wait()
        self._reader.join()
        if self._process.stdout:
            self._process.stdout.close()

    def _write(self, line: str) -> None:
        assert self._process.stdin
        try:
            self._process.stdin.write(line + "\n")
            self._process.stdin.flush()
        except OSError:
            return  # it died: the reader says so

    def _read(self) -> None:
        assert self._process.stdout
        try:
            # The last line of a process that was killed while it wrote is no JSON.
            with contextlib.suppress(ValueError):
                for line in self._process.stdout:
                    self._messages.put((self, json.loads(line)))
        finally:  # without it the command would wait for ever
            self._messages.put((self, {"kind": "lost", "line": self._death()}))

    def _death(self) -> str:
        code = self._process.wait()
        if code < 0:
            return f"its worker was killed by {_name(-code)}"
        return f"its worker ended with exit code {code}"


def _name(number: int) -> str:
    """SIGKILL for 9; "signal 40" for one without a name, as most of the real-time ones are."""
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


@contextlib.contextmanager
def _deaf_to_ctrl_c() -> Iterator[None]:
    """A process that is started in here never hears SIGINT; this one does afterwards.

    Ctrl-C reaches all processes of a terminal, also those that are still importing.
    """
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _environment() -> dict[str, str]:
    return {**os.environ, **dict.fromkeys(THREAD_VARIABLES, "1")}
