"""Executing runs for somebody else: another process of this machine, or a node of a cluster.

A task and all that is told about it are dicts of strict JSON, so that they pass through a pipe
and through a cluster alike. A message has a `kind`:

    started   n_updates: updates done already
    advanced  n_updates, updates_per_second, error: validation error in percent or null
    pretraining  progress: as in run.json, updates_per_second
    note      line
    ended     info: run.json
    error     error, line: an error that the user can mend, and its name in `glorot_repro.errors`
    broken    line: anything else that went wrong inside the run
    dropped   the task was not begun, since the worker, or all, were asked to stop
    lost      line: the worker died; told by whoever watches it
"""

import contextlib
import json
import os
import queue
import signal
import sys
import threading
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

from glorot_repro.config.experiment import parse_run_config
from glorot_repro.config.schema import RunConfig
from glorot_repro.errors import GlorotReproError
from glorot_repro.runs.execution import execute
from glorot_repro.runs.paths import RunDirectory
from glorot_repro.runs.reporter import Reporter

Message = dict[str, Any]
Send = Callable[[Message], None]

PROGRESS_KINDS = ("advanced", "pretraining")
"""The kinds that come a few times a second, and of which the newest tells all."""

LAST_KINDS = ("ended", "error", "broken", "dropped", "lost")
"""The kinds of which one message comes, as the last, for every task."""

COMMAND = "from glorot_repro.runs.worker import main; main()"
"""What a worker process runs: it reads tasks from stdin and writes messages to stdout."""


def perform(task: Message, send: Send, should_stop: Callable[[], bool]) -> Message:
    """Execute the run of a task, telling `send` how it goes on; the message that it ended with.

    task: `config`, the YAML text of one run; `directory`, its absolute path; `force`; `request`,
    there if the same task may be performed again; `pause_at`, updates or None. Raises the errors
    that the user can mend; any other breaks this run alone.
    """
    if should_stop():
        return {"kind": "dropped"}
    try:
        info = execute(
            parse_run_config(task["config"]),
            RunDirectory(Path(task["directory"])),
            _Telling(send),
            should_stop=should_stop,
            force=task["force"],
            request=task.get("request"),
            pause_at=task["pause_at"],
        )
    except GlorotReproError:
        raise
    except Exception as error:  # the other runs go on
        if os.environ.get("GLOROT_REPRO_DEBUG"):
            traceback.print_exception(error)
        return {"kind": "broken", "line": f"{type(error).__name__}: {error}"}
    return {"kind": "ended", "info": info}


def work(task: Message, send: Send, should_stop: Callable[[], bool]) -> Message:
    """As `perform`, with a message in place of an error."""
    try:
        return perform(task, send, should_stop)
    except GlorotReproError as error:
        return message_of(error)


def message_of(error: GlorotReproError) -> Message:
    """The last message of a task that ended with an error that the user can mend."""
    return {"kind": "error", "error": type(error).__name__, "line": error.line}


def was_stopped(message: Message) -> bool:
    """Whether the last message of a task says that its worker was asked to stop."""
    kind = message["kind"]
    return kind == "dropped" or (kind == "ended" and message["info"]["status"] == "interrupted")


@dataclass(frozen=True)
class _Telling(Reporter):
    """A reporter that sends what it is told."""

    send: Send

    def started(self, config: RunConfig, directory: Path, n_updates: int) -> None:
        self.send({"kind": "started", "n_updates": n_updates})

    def advanced(self, n_updates: int, updates_per_second: float, error: float | None) -> None:
        self.send(
            {
                "kind": "advanced",
                "n_updates": n_updates,
                "updates_per_second": updates_per_second,
                "error": error,
            }
        )

    def pretraining(self, progress: dict[str, int], updates_per_second: float) -> None:
        self.send(
            {
                "kind": "pretraining",
                "progress": progress,
                "updates_per_second": updates_per_second,
            }
        )

    def note(self, line: str) -> None:
        self.send({"kind": "note", "line": line})


class _Desk:
    """The two pipes of a worker process.

    stdin: one line of JSON for each task; an empty line, or its end, which is also that of a
    parent that died, asks to stop within a few updates.
    """

    def __init__(self) -> None:
        # Whatever else is printed in here must not end up among the messages.
        self._messages = os.fdopen(os.dup(sys.stdout.fileno()), "w")
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
        self.tasks: queue.SimpleQueue[Message | None] = queue.SimpleQueue()
        self._stop = threading.Event()
        self.should_stop = self._stop.is_set
        # Ctrl-C reaches all processes of a terminal; the parent says what to do about it.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, self._on_signal)
        threading.Thread(target=self._read, daemon=True).start()

    def send(self, message: Message) -> None:
        try:
            self._messages.write(json.dumps(message, allow_nan=False) + "\n")
            self._messages.flush()
        except OSError:  # nobody listens any more
            self._stop.set()

    def _read(self) -> None:
        # The last line of a parent that was killed while it wrote is no JSON.
        with os.fdopen(os.dup(sys.stdin.fileno())) as lines, contextlib.suppress(ValueError):
            for line in lines:
                if line.strip():
                    self.tasks.put(json.loads(line))
                else:
                    self._stop.set()
        self._stop.set()
        self.tasks.put(None)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self._stop.set()
        self.tasks.put(None)  # what is told to stop takes no other task: it would drop it


def main() -> None:
    """Work until the parent closes the pipe, or a signal comes."""
    desk = _Desk()
    while (task := desk.tasks.get()) is not None:
        desk.send(work(task, desk.send, desk.should_stop))
    # Skips flushing what a closed pipe cannot take.
    os._exit(0)
