"""Workers of a Dask cluster; the results folder is shared by all its machines.

A worker that dies loses its run to another one, which goes on from the checkpoint: Dask sees to
that, at most `distributed.scheduler.allowed-failures` times.
"""

import contextlib
import queue
import re
import time
import uuid
from collections.abc import Callable
from typing import Any

from threadpoolctl import threadpool_limits

from glorot_repro.errors import ConfigError
from glorot_repro.runs.job import Job
from glorot_repro.runs.worker import LAST_KINDS, PROGRESS_KINDS, Message, work

CONNECT_SECONDS = 10
"""Seconds to wait for the scheduler."""

TELL_SECONDS = 1.0
"""Seconds between two messages of one run about its progress."""

_stopped: set[str] = set()
"""In a worker: the clients that asked their runs to stop."""


class Cluster:
    """All workers of the scheduler at `address`, such as tcp://host:8786.

    Raises ConfigError if Dask is not installed or no scheduler answers.
    """

    def __init__(self, address: str) -> None:
        try:
            from distributed import Client
        except ImportError as error:
            message = "--scheduler needs Dask: pip install 'glorot_repro[cluster]'"
            raise ConfigError(message) from error
        if not re.fullmatch(r"(tcp|tls|ws|wss|ucx)://.+:\d+", address):
            message = f"--scheduler: expected an address such as tcp://host:8786, found '{address}'"
            raise ConfigError(message)
        try:
            self._client = Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
        except (OSError, ValueError, TimeoutError) as error:
            message = f"no Dask scheduler answers at {address} ({error}); is it running?"
            raise ConfigError(message) from error
        self._name = f"glorot-repro-{uuid.uuid4().hex}"
        self._jobs: dict[str, Job] = {}
        self._futures: dict[str, Any] = {}
        self._started: set[str] = set()
        self._is_stopping = False
        self._messages: queue.SimpleQueue[tuple[str, Message]] = queue.SimpleQueue()
        self._client.subscribe_topic(self._name, self._hear)

    def has_room(self) -> bool:
        """Always: the scheduler of the cluster keeps what its workers have no room for."""
        return True

    def start(self, job: Job) -> None:
        """Hand the job to the scheduler."""
        key = f"{job.config.experiment}-{uuid.uuid4().hex}"
        self._jobs[key] = job
        # Dask performs it once more if its worker dies; the key keeps that from forcing it again.
        task = {**job.task(), "request": key}
        future = self._client.submit(perform_on_worker, task, key, self._name, key=key, pure=False)
        self._futures[key] = future
        future.add_done_callback(lambda done: self._messages.put((key, self._end_of(done))))

    def wait(self, seconds: float, tell: Callable[[Job, Message], None]) -> None:
        """Hand over the next message."""
        try:
            key, message = self._messages.get(timeout=seconds)
        except queue.Empty:
            return
        job = self._jobs.get(key)
        if job is None:
            return
        if message["kind"] in LAST_KINDS:
            del self._jobs[key], self._futures[key]
        elif message["kind"] == "started":
            if key in self._started:
                line = f"{job.label}: its worker was lost; another one resumes it"
                tell(job, {"kind": "note", "line": line})
            self._started.add(key)
        tell(job, message)

    def stop(self) -> None:
        """Ask the runs of all workers to stop within a few updates; the others never begin."""
        self._is_stopping = True
        # The connection to the scheduler is lost: then the jobs come to their end without this.
        with contextlib.suppress(OSError):
            # Those that wait for a worker would wait for one to come, which was not asked to stop.
            taken = {key for keys in self._client.processing().values() for key in keys}
            left = {key for key, future in self._futures.items() if not future.done()} - taken
            self._client.cancel([self._futures[key] for key in left], force=True)
            # Waits for the workers: Dask refuses to run a plain function in the background.
            self._client.run(request_stop, self._name, on_error="ignore")

    def close(self) -> None:
        """Leave the cluster; what is still under way there stops with a checkpoint."""
        # Cancelling alone does not end what a worker has begun.
        if self._futures and not self._is_stopping:
            self.stop()
        self._client.cancel(list(self._futures.values()), force=True)
        self._client.close()

    def _hear(self, event: tuple[float, tuple[str, Message]]) -> None:
        self._messages.put(event[1])

    def _end_of(self, future: Any) -> Message:
        """The last message of a job: what its worker returned, or what became of the worker."""
        if future.status == "finished":
            message: Message = future.result()
            return message
        if future.cancelled():
            if self._is_stopping:
                return {"kind": "dropped"}
            return {"kind": "broken", "line": "the cluster gave the run up"}
        error = future.exception()
        if type(error).__name__ == "KilledWorker":
            return {"kind": "broken", "line": "its workers died, one after the other"}
        return {"kind": "broken", "line": f"{type(error).__name__}: {error}"}


def perform_on_worker(task: Message, key: str, client: str) -> Message:
    """In a worker: execute a task, telling the client with that name about it.

    It stops, with a checkpoint, if the client asks for it or is gone.
    """
    from distributed import get_worker

    worker = get_worker()
    # For good, since a worker may have several threads, each with a run of its own.
    threadpool_limits(1, user_api="blas")
    told = 0.0

    def send(message: Message) -> None:
        nonlocal told
        now = time.monotonic()
        if message["kind"] in PROGRESS_KINDS and now - told < TELL_SECONDS:
            return
        told = now
        worker.log_event(client, (key, message))

    def should_stop() -> bool:
        # A task whose client is gone, or has cancelled it, goes on as long as nobody looks.
        known = worker.state.tasks.get(key)
        return client in _stopped or known is None or known.state == "cancelled"

    return work(task, send, should_stop)


def request_stop(client: str) -> None:
    """In a worker: stop the runs of a client within a few updates."""
    _stopped.add(client)
