"""The files of a data set as its authors published them, and whether a copy is one of them."""

import gzip
import hashlib
import zlib
from dataclasses import dataclass
from pathlib import Path

_GZIP_MAGIC = b"\x1f\x8b"


class WrongContentError(Exception):
    """A file is not what its name says; the message goes on from the name: `is empty`."""


@dataclass(frozen=True)
class PublishedFile:
    """What is known of a file.

    name: that of the decompressed file; copies in gzip end in `.gz`.
    size: bytes, decompressed. sha256: of the decompressed content, None if it is not known.
    gzip_sha256: of the file in the authors' own compression, where only that is known.
    is_copy_allowed: whether other content of the right size is a lossy copy rather than damage.
    """

    name: str
    size: int
    sha256: str | None = None
    gzip_sha256: str | None = None
    is_copy_allowed: bool = False

    def official_hash(self) -> tuple[str, str]:
        """The name and the SHA-256 that `Content` has for the authors' own file."""
        if self.sha256 is not None:
            return self.name, self.sha256
        return f"{self.name}.gz", self.gzip_sha256 or ""


@dataclass(frozen=True)
class Source:
    """Where the files of a data set come from.

    folders: where they may lie in the data folder; downloads go to the first.
    mirrors: addresses of folders, ending in a slash, in the order in which they are tried.
    """

    name: str
    folders: tuple[str, ...]
    mirrors: tuple[str, ...]
    files: tuple[PublishedFile, ...]


@dataclass(frozen=True)
class Content:
    """A file that was read and found whole.

    name, sha256: those of the decompressed content, or of the compressed file where the official
    hash is known of that alone and is met.
    """

    path: Path
    name: str
    sha256: str
    is_official: bool
    data: bytes


def read_published(path: Path, file: PublishedFile, siblings: tuple[PublishedFile, ...]) -> Content:
    """The content of `path`, which should be `file`, plain or in any gzip wrapping.

    `siblings` are files that it might be mistaken for. Raises WrongContentError if it is anything
    else, OSError if it cannot be read.
    """
    stored = path.read_bytes()
    if not stored:
        message = "is empty"
        raise WrongContentError(message)
    is_gzip = stored.startswith(_GZIP_MAGIC)
    data = _decompressed(path, file) if is_gzip else stored
    sha256 = hashlib.sha256(data).hexdigest()
    known = {s.sha256: s.name for s in siblings if s.sha256 and s.name != file.name}
    if sha256 in known:
        message = f"holds the content of {known[sha256]}"
        raise WrongContentError(message)
    check_size(len(data), file)
    if file.sha256 is None and file.gzip_sha256 is not None and is_gzip:
        gzip_sha256 = hashlib.sha256(stored).hexdigest()
        if gzip_sha256 == file.gzip_sha256:
            return Content(path, f"{file.name}.gz", gzip_sha256, is_official=True, data=data)
    is_official = sha256 == file.sha256
    if file.sha256 is not None and not (is_official or file.is_copy_allowed):
        raise WrongContentError(other_content(sha256, file))
    return Content(path, file.name, sha256, is_official, data)


def check_size(size: int, file: PublishedFile) -> None:
    """Raise WrongContentError if `size` is not the bytes that `file` has."""
    if size < file.size:
        message = f"is cut off after {size:,} of {file.size:,} bytes"
        raise WrongContentError(message)
    if size > file.size:
        message = f"has more than {file.size:,} bytes"
        raise WrongContentError(message)


def other_content(sha256: str, file: PublishedFile) -> str:
    """What to say of a file of the right size with content that is not the official one."""
    expected = file.official_hash()[1]
    return f"has changed or damaged content (SHA-256 {sha256[:12]}..., not {expected[:12]}...)"


def _decompressed(path: Path, file: PublishedFile) -> bytes:
    try:
        with gzip.open(path) as stream:
            # One byte more than expected: enough to see that it is too long, and to reach the
            # checksum at the end if it is not.
            return stream.read(file.size + 1)
    except EOFError as error:
        message = "is cut off in the middle of its compressed data"
        raise WrongContentError(message) from error
    except (gzip.BadGzipFile, zlib.error) as error:
        message = f"has damaged compressed data ({error})"
        raise WrongContentError(message) from error
