"""Downloads: ordered mirrors, a temporary file, a check, and only then the final name."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from glorot_repro.data.published import WrongContentError
from glorot_repro.data.store import replacing
from glorot_repro.errors import DataNotAvailableError

if TYPE_CHECKING:
    import requests

logger = logging.getLogger(__name__)

TIMEOUT = 30
"""Seconds without an answer after which the next mirror is tried."""

_CHUNK = 1 << 16
_TRIES = 2
_CUT = "the connection was cut"

Bar = Any
"""A progress bar of pooch: `total` to be set, and the methods update, reset and close."""


@dataclass(frozen=True)
class Fetcher:
    """How files are fetched.

    mirrors: addresses of folders, ending in a slash, tried before those of the data set.
    bar: makes the progress bar of a file of this name; None shows nothing.
    """

    mirrors: tuple[str, ...] = ()
    bar: Callable[[str], Bar] | None = None

    def fetch(
        self, name: str, target: Path, mirrors: Sequence[str], check: Callable[[Path], None]
    ) -> None:
        """Put `mirror + name` of the first mirror that has it whole at `target`.

        `check` raises WrongContentError for a file that must not be used. After that, or when the
        connection is cut, a mirror is asked once more; after any other failure the next one is
        asked. A file gets its final name after the check.
        Raises DataNotAvailableError, with what each mirror said, if none has it; StorageError if
        it cannot be written.
        """
        reasons = []
        with replacing(target) as temporary:
            for mirror in (*self.mirrors, *mirrors):
                host = urlsplit(mirror).netloc
                logger.info("fetching %s from %s", name, host)
                reason = self._try_mirror(mirror + name, temporary, check)
                if reason is None:
                    return
                logger.info("%s: %s", host, reason)
                reasons.append(f"{host}: {reason}")
            raise DataNotAvailableError("; ".join(reasons) or "there is no mirror")

    def _try_mirror(self, url: str, temporary: Path, check: Callable[[Path], None]) -> str | None:
        reason: str | None = None
        for _ in range(_TRIES):
            reason = self._download(url, temporary)
            if reason is None:
                try:
                    check(temporary)
                except WrongContentError as error:
                    reason = f"the file {error}"
                else:
                    return None
            elif reason != _CUT:
                return reason
        return reason

    def _download(self, url: str, temporary: Path) -> str | None:
        """None, or why there is no file."""
        import pooch  # in here, as loading it takes a tenth of a second
        import requests

        bar = self.bar(url.rpartition("/")[2]) if self.bar is not None else False
        download = pooch.HTTPDownloader(progressbar=bar, chunk_size=_CHUNK, timeout=TIMEOUT)
        try:
            download(url, str(temporary), None)
        except requests.RequestException as error:
            return _reason(error)
        return None


def _reason(error: "requests.RequestException") -> str:
    import requests

    if isinstance(error, requests.HTTPError) and error.response is not None:
        return f"HTTP {error.response.status_code}"
    if isinstance(error, requests.Timeout):
        return f"no answer within {TIMEOUT} seconds"
    if isinstance(error, requests.exceptions.ChunkedEncodingError):
        return _CUT
    if isinstance(error, requests.ConnectionError):
        return "no connection"
    return type(error).__name__
