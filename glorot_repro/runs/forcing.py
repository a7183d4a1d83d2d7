"""Beginning a run from the start although it has results: what `--force` asks for."""

import shutil
from pathlib import Path

from glorot_repro.files import write_atomically
from glorot_repro.runs.checkpoint import remove_checkpoints
from glorot_repro.runs.paths import RunDirectory


def is_begun_by(request: str | None, directory: RunDirectory) -> bool:
    """Whether this request has begun the run from the start already. None is no request."""
    try:
        return request is not None and directory.request.read_bytes() == request.encode()
    except FileNotFoundError:
        return False


def begin_from_the_start(directory: RunDirectory, request: str | None) -> None:
    """Remove the files of a run, whose lock is held, and note by which request.

    Raises StorageError if the note cannot be written.
    """
    # First, lest a kill leaves weights without run.json, which says what they were trained with.
    remove_checkpoints(directory)
    for path in directory.path.iterdir():
        if path != directory.lock:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    if request is not None:
        write_atomically(directory.request, request.encode())


def told_to_repeat(error: Exception, path: Path) -> str:
    """What is wrong with the files of the finished run at `path`, and what to do about it.

    `--only NAME --force` would not do for all: a search repeats none of its runs alone.
    """
    return f"{error}; once {path} is removed, the same command trains it again"
