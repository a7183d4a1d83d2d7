"""Signals as a request to stop."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def request_on(*numbers: signal.Signals) -> Iterator[Callable[[], bool]]:
    """Turns signals into a request to stop within a few updates, told by the function it gives.

    A second one interrupts at once. What they did before is restored at the end. Only the main
    thread can: elsewhere nothing is asked.
    """
    asked = threading.Event()

    def ask(number: int, frame: FrameType | None) -> None:
        if asked.is_set():
            raise KeyboardInterrupt  # the second Ctrl-C does not wait for the checkpoint
        asked.set()

    if threading.current_thread() is not threading.main_thread():
        yield asked.is_set
        return
    before = {number: signal.signal(number, ask) for number in numbers}
    try:
        yield asked.is_set
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
