"""Many runs: which one next, who does it, what if somebody dies.

Where runs are executed is a matter of `Workers`: this process, processes of this machine, or a
cluster. The order, the retries and the statuses are the same for all of them.
"""

from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from glorot_repro import errors
from glorot_repro.errors import GlorotReproError, RunBusyError, StorageError
from glorot_repro.runs.info import mark_failed
from glorot_repro.runs.job import Job
from glorot_repro.runs.worker import Message, message_of, perform, was_stopped
from glorot_repro.wording import listed

Key = tuple[str, int | None]

MOST_RESUMPTIONS = 3
"""How often a run goes on after its worker died; then it is marked failed."""

WAIT_SECONDS = 0.2
"""Seconds between two looks at a request to stop."""


class Workers(Protocol):
    """Those who execute jobs."""

    def has_room(self) -> bool:
        """Whether another job can be started now."""

    def start(self, job: Job) -> None:
        """Begin a job."""

    def wait(self, seconds: float, tell: Callable[[Job, Message], None]) -> None:
        """Hand over the messages that come, at least one or within `seconds`."""

    def stop(self) -> None:
        """Ask all jobs to stop within a few updates, with a checkpoint."""

    def close(self) -> None:
        """End all workers, at once."""


class Agenda(Protocol):
    """What there is to do; the results of some jobs may decide on others."""

    def begin(self) -> Sequence[Job]:
        """The first jobs."""

    def ended(self, job: Job, info: dict[str, Any]) -> Sequence[Job]:
        """The jobs that follow from one that ended with `info` in run.json."""


class Watcher:
    """Who is told how the jobs go on; this one keeps it to itself."""

    def queued(self, job: Job) -> None:
        """A job is waiting."""

    def started(self, job: Job, n_updates: int) -> None:
        """A job starts, or goes on from `n_updates` updates."""

    def advanced(
        self, job: Job, n_updates: int, updates_per_second: float, error: float | None
    ) -> None:
        """Updates done, speed, and the newest validation error in percent."""

    def pretraining(self, job: Job, progress: dict[str, int], updates_per_second: float) -> None:
        """The layer in pre-training, as in run.json, and the speed."""

    def note(self, line: str) -> None:
        """Something worth knowing."""

    def ended(self, job: Job, info: dict[str, Any]) -> None:
        """A job came to an end, or had been finished before."""


class JobList:
    """An agenda that is known from the start."""

    def __init__(self, jobs: Sequence[Job]) -> None:
        self._jobs = jobs

    def begin(self) -> Sequence[Job]:
        return self._jobs

    def ended(self, job: Job, info: dict[str, Any]) -> Sequence[Job]:
        return ()


class Scheduler:
    """Executes an agenda. should_stop: whether the user wants all to stop."""

    def __init__(
        self, workers: Workers, watcher: Watcher, *, should_stop: Callable[[], bool]
    ) -> None:
        self._workers = workers
        self._watcher = watcher
        self._should_stop = should_stop
        self._queue: deque[Job] = deque()
        self._n_under_way = 0
        self._agenda: Agenda = JobList(())
        self._jobs: dict[Key, Job] = {}
        self._begun: set[Key] = set()
        self._n_losses: dict[str, int] = {}
        self._infos: dict[Key, dict[str, Any]] = {}
        self._error: Exception | None = None
        self._busy: dict[str, RunBusyError] = {}
        self._is_stopping = False

    def run(self, agenda: Agenda) -> list[tuple[Job, dict[str, Any]]]:
        """The jobs that ended, each with its run.json, in the order of the agenda.

        After a request to stop, those that were under way have the status interrupted, and the
        others are not there; nor are the `busy` ones. Raises the first other error, of a run that
        the user can mend, of the watcher or of the agenda, after all runs have stopped.
        """
        self._agenda = agenda
        self._add(agenda.begin())
        while self._n_under_way or (self._queue and not self._is_stopping):
            if self._should_stop() and not self._is_stopping:
                self._stop()
            while self._queue and not self._is_stopping and self._workers.has_room():
                self._n_under_way += 1
                self._workers.start(self._queue.popleft())
            if self._n_under_way:
                self._workers.wait(WAIT_SECONDS, self._hear)
        if self._error:
            raise self._error
        return [(job, self._infos[key]) for key, job in self._jobs.items() if key in self._infos]

    @property
    def busy(self) -> RunBusyError | None:
        """The error that other processes train some runs; None if they train none."""
        if len(self._busy) > 1:
            return RunBusyError(
                f"{len(self._busy)} runs are being trained by other processes; "
                f"wait for them, or stop them: {listed(list(self._busy))}"
            )
        return next(iter(self._busy.values()), None)

    def _add(self, jobs: Sequence[Job]) -> None:
        for job in jobs:
            self._jobs[job.key] = job
            self._queue.append(job)
            self._watcher.queued(job)

    def _stop(self) -> None:
        self._is_stopping = True
        self._workers.stop()

    def _hear(self, job: Job, message: Message) -> None:
        try:
            self._take(job, message)
        except Exception as error:  # of the watcher or the agenda: no reason to lose updates
            self._give_up(error)

    def _take(self, job: Job, message: Message) -> None:
        kind = message["kind"]
        if kind == "started":
            self._begun.add(job.key)
            self._watcher.started(job, message["n_updates"])
        elif kind == "advanced":
            self._watcher.advanced(
                job, message["n_updates"], message["updates_per_second"], message["error"]
            )
        elif kind == "pretraining":
            self._watcher.pretraining(job, message["progress"], message["updates_per_second"])
        elif kind == "note":
            self._watcher.note(message["line"])
        else:
            self._n_under_way -= 1
            self._hear_the_end(job, kind, message)

    def _hear_the_end(self, job: Job, kind: str, message: Message) -> None:
        if was_stopped(message) and not self._asked():
            kind, message = "lost", {"line": "its worker was told to stop"}
        if kind == "ended":
            self._ended(job, message["info"])
        elif kind == "error":
            error_type = getattr(errors, message["error"], GlorotReproError)
            self._refused(job, error_type(message["line"]))
        elif kind == "broken":
            self._failed(job, message["line"])
        elif kind == "lost":
            self._lost(job, message["line"])

    def _asked(self) -> bool:
        return self._is_stopping or self._should_stop()

    def _refused(self, job: Job, error: GlorotReproError) -> None:
        if isinstance(error, RunBusyError):
            # Two commands on one experiment are ordinary, and it says nothing about the others.
            self._busy[job.label] = error
            if self._n_under_way or self._queue:
                self._watcher.note(f"{job.label}: another process trains it; the others go on")
            return
        self._give_up(error)

    def _give_up(self, error: Exception) -> None:
        self._error = self._error or error
        if not self._is_stopping:
            self._stop()

    def _lost(self, job: Job, line: str) -> None:
        path = str(job.directory.path)
        n_losses = self._n_losses[path] = self._n_losses.get(path, 0) + 1
        if self._asked():
            return
        if n_losses > MOST_RESUMPTIONS:
            self._failed(job, f"{line}; it had been resumed {MOST_RESUMPTIONS} times")
            return
        self._watcher.note(
            f"{job.label}: {line}; resuming it ({n_losses} of {MOST_RESUMPTIONS} times)"
        )
        self._queue.appendleft(job.again() if job.key in self._begun else job)

    def _failed(self, job: Job, reason: str) -> None:
        try:
            info = mark_failed(job.config, job.directory, reason)
        except StorageError as error:  # such as a worker that went on after its connection broke
            info = {"status": "failed", "failure": f"{reason}; {error}", "updates_done": 0}
        self._ended(job, info)

    def _ended(self, job: Job, info: dict[str, Any]) -> None:
        self._infos[job.key] = info
        self._watcher.ended(job, info)
        self._add(self._agenda.ended(job, info))


class ThisProcess:
    """One job after the other in this process.

    Errors that the user can mend are raised, but for those of runs that other processes train.
    """

    def __init__(self, should_stop: Callable[[], bool]) -> None:
        self._asked = should_stop
        self._is_stopping = False
        self._job: Job | None = None

    def has_room(self) -> bool:
        return self._job is None

    def start(self, job: Job) -> None:
        self._job = job

    def wait(self, seconds: float, tell: Callable[[Job, Message], None]) -> None:
        if self._job:
            job, self._job = self._job, None
            try:
                last = perform(job.task(), lambda message: tell(job, message), self._should_stop)
            except RunBusyError as error:
                last = message_of(error)
            tell(job, last)

    def stop(self) -> None:
        """Stop the job that is just telling something, within a few updates."""
        self._is_stopping = True

    def close(self) -> None:
        """No worker to end."""

    def _should_stop(self) -> bool:
        return self._is_stopping or self._asked()
