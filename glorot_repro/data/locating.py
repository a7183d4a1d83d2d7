"""A published file from the data folder, or from a mirror if it is not there or is damaged."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from filelock import FileLock

from glorot_repro.data.downloads import Fetcher
from glorot_repro.data.published import (
    Content,
    PublishedFile,
    Source,
    WrongContentError,
    other_content,
    read_published,
)
from glorot_repro.errors import DataNotAvailableError
from glorot_repro.files import remove_leavings

logger = logging.getLogger(__name__)

Found = TypeVar("Found")

Problems = list[str]
"""What is wrong with the files that were found, each with its path."""


def obtain(
    source: Source,
    file: PublishedFile,
    folder: Path,
    fetcher: Fetcher,
    parse: Callable[[Content], Found],
) -> tuple[Content, Found]:
    """A file of `source` from the data folder `folder` or from a mirror, and what is in it.

    `parse` raises WrongContentError for content that cannot be used.
    Raises DataNotAvailableError if no whole file can be had, StorageError if it cannot be stored.
    """
    target = folder / source.folders[0] / f"{file.name}.gz"

    def read(path: Path) -> tuple[Content, Found]:
        content = read_published(path, file, source.files)
        return content, parse(content)

    def find(problems: Problems) -> tuple[Content, Found] | None:
        for path in copies(source, file, folder):
            try:
                return read(path)
            except WrongContentError as error:
                problems.append(f"{path} {error}")
            except OSError as error:
                problems.append(f"{path} cannot be read ({error.strerror or error})")
        return None

    def check(path: Path) -> None:
        content, _ = read(path)
        if not content.is_official:
            raise WrongContentError(other_content(content.sha256, file))

    def fetch() -> None:
        fetcher.fetch(target.name, target, source.mirrors, check)

    # All that is missing is named at once: whoever has no network fetches it all in one go.
    missing = [f for f in source.files if f is file or not any(copies(source, f, folder))]
    wanted = ", ".join(_with_hash(f) for f in missing)
    return find_or_fetch(find, fetch, source, target, wanted)


def _with_hash(file: PublishedFile) -> str:
    name, sha256 = file.official_hash()
    of_what = "" if name.endswith(".gz") else "decompressed "
    return f"{file.name}.gz ({of_what}SHA-256 {sha256})"


def copies(source: Source, file: PublishedFile, folder: Path) -> Iterator[Path]:
    """The files in the data folder that have the name of `file`, in the order of preference."""
    for inner in source.folders:
        for name in (f"{file.name}.gz", file.name):
            path = folder / inner / name
            if path.is_file():
                yield path


def find_or_fetch(
    find: Callable[[Problems], Found | None],
    fetch: Callable[[], None],
    source: Source,
    target: Path,
    wanted: str,
) -> Found:
    """What `find` finds, if need be after `fetch`, which makes `target`.

    Of several processes one fetches. `wanted` names the file with its hash, for the message of the
    DataNotAvailableError that is raised if there is nothing to find in the end.
    """
    found = find([])
    if found is not None:
        return found
    problems: Problems = []
    try:
        with held(target.parent):
            found = find(problems)  # another process may have fetched it meanwhile
            if found is None:
                for problem in problems:
                    logger.warning("%s; fetching it again", problem)
                remove_leavings(target.parent, target.name)
                fetch()
                found = find([])
    except DataNotAvailableError as error:
        what = "; ".join(problems) or f"{target.name} is not in {target.parent}"
        message = (
            f"{source.name}: {what}, and could not be fetched ({error}); put {wanted} into "
            f"{target.parent}, or name the folder that has it with --data-dir or GLOROT_DATA"
        )
        raise DataNotAvailableError(message) from error
    if found is None:
        message = f"{source.name}: {target} was fetched whole and then changed; fetch it again"
        raise DataNotAvailableError(message)
    return found


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Hold the lock of a data folder, which is made: of several processes one works there.

    Raises DataNotAvailableError if it cannot be written.
    """
    lock = FileLock(folder / ".lock")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except OSError as error:
        message = f"{folder} cannot be written: {error.strerror or error}"
        raise DataNotAvailableError(message) from error
    try:
        yield
    finally:
        lock.release()
