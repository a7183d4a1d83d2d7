"""The archive of CIFAR-10's binary version: six files are taken from it, by name."""

import gzip
import hashlib
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from glorot_repro.data.published import (
    PublishedFile,
    WrongContentError,
    check_size,
    other_content,
)
from glorot_repro.data.store import replacing

NAME = "cifar-10-binary.tar.gz"
SHA256 = "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd"

_FOLDER = "cifar-10-batches-bin/"
_MOST_BYTES = 1 << 28
"""Decompressed bytes of an archive that is read; the real one has 184 million."""


def check(archive: Path, files: tuple[PublishedFile, ...]) -> None:
    """Raise WrongContentError unless `archive` holds all `files`, each the authors' own."""
    for file, content in _members(archive, files):
        sha256 = hashlib.sha256(content).hexdigest()
        if sha256 != file.sha256:
            message = f"holds {file.name}, which {other_content(sha256, file)}"
            raise WrongContentError(message)


def extract(archive: Path, files: tuple[PublishedFile, ...], folder: Path) -> None:
    """Write `files` from `archive` into `folder`, all of them or none.

    Names, links and sizes in the archive decide nothing: only regular files of the expected names
    and sizes are read. Raises WrongContentError if one is missing or the archive is damaged,
    StorageError if a file cannot be written.
    """
    with ExitStack() as stack:
        for file, content in _members(archive, files):
            temporary = stack.enter_context(replacing(folder / file.name))
            temporary.write_bytes(content)


def _members(
    archive: Path, files: tuple[PublishedFile, ...]
) -> Iterator[tuple[PublishedFile, bytes]]:
    wanted = {_FOLDER + file.name: file for file in files}
    n_bytes = 0
    try:
        with gzip.open(archive) as stream, tarfile.open(fileobj=stream, mode="r|") as tar:
            for member in tar:
                n_bytes += member.size
                if n_bytes > _MOST_BYTES:
                    message = f"is not {NAME}: it holds more than {_MOST_BYTES:,} bytes"
                    raise WrongContentError(message)
                file = wanted.pop(member.name.removeprefix("./"), None)
                if file is None:
                    continue
                content = tar.extractfile(member) if member.isreg() else None
                if content is None:
                    message = f"holds {member.name}, which is not a regular file"
                    raise WrongContentError(message)
                try:
                    check_size(member.size, file)
                except WrongContentError as error:
                    message = f"holds {member.name}, which {error}"
                    raise WrongContentError(message) from error
                yield file, content.read()
            _read_to_checksum(stream)
    except (tarfile.TarError, EOFError, zlib.error, gzip.BadGzipFile) as error:
        message = f"is cut off or damaged ({error})"
        raise WrongContentError(message) from error
    if wanted:
        message = f"does not hold {min(wanted)}"
        raise WrongContentError(message)


def _read_to_checksum(stream: gzip.GzipFile) -> None:
    """Read on to the end, where gzip keeps its checksum."""
    n_bytes = 0
    while chunk := stream.read(1 << 20):
        n_bytes += len(chunk)
        if n_bytes > _MOST_BYTES:
            message = f"is not {NAME}: it goes on after its end"
            raise WrongContentError(message)
