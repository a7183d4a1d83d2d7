"""Output that cannot be written any more: the command goes on without it."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from typing import Any, TextIO, cast

from glorot_repro.errors import StorageError


class LastingStream:
    """A text stream that is silent once it cannot be written: what the command does may take days.

    Its reader went away, as `| head` does, or its disk is full. Characters that its encoding has
    not are written as escapes.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._error: OSError | None = None

    def write(self, text: str) -> int:
        try:
            return self._stream.write(text)
        except UnicodeEncodeError:  # a terminal of another encoding, such as ISO 8859-1
            encoding = self._stream.encoding
            return self.write(text.encode(encoding, "backslashreplace").decode(encoding))
        except OSError as error:
            self._silence(error)
            return len(text)

    def flush(self) -> None:
        try:
            self._stream.flush()
        except OSError as error:
            self._silence(error)

    def check(self) -> None:
        """Raise StorageError if the stream lost what somebody waits for: its reader is there."""
        self.flush()
        if self._error and not isinstance(self._error, BrokenPipeError):
            message = (
                f"cannot write {self._stream.name.strip('<>')}: {self._error.strerror}; "
                "run the same command again with another place for it"
            )
            raise StorageError(message) from self._error

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def _silence(self, error: OSError) -> None:
        self._error = error
        # In its place, lest Python complains of what is left in the buffer when it ends.
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, self._stream.fileno())
        os.close(nowhere)


@contextmanager
def lasting_output() -> Iterator[LastingStream]:
    """In here stdout, which is given, and stderr are lasting streams; closed ones lead nowhere."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115
    out, err = LastingStream(sys.stdout), LastingStream(sys.stderr)
    with redirect_stdout(cast("TextIO", out)), redirect_stderr(cast("TextIO", err)):
        try:
            yield out
        finally:
            out.flush()
            err.flush()
