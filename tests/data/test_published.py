"""Copies of published files: plain, in any gzip wrapping, and all kinds of damage."""

import gzip
import hashlib
import tracemalloc
from pathlib import Path

import pytest
from small_files import MNIST_FILES, SmallMnist, with_flipped_byte

from glorot_repro.data.published import PublishedFile, WrongContentError, read_published

DATA = bytes(range(256)) * 40
FILE = PublishedFile("numbers", len(DATA), hashlib.sha256(DATA).hexdigest())


def read(path: Path, data: bytes, file: PublishedFile = FILE) -> bytes:
    path.write_bytes(data)
    content = read_published(path, file, (file,))
    assert content.is_official
    return content.data


@pytest.mark.parametrize("level", [0, 1, 9])
@pytest.mark.parametrize("mtime", [0, 1_000_000_000])
def test_every_gzip_wrapping_is_the_official_content(
    tmp_path: Path, level: int, mtime: int
) -> None:
    assert read(tmp_path / "a.gz", gzip.compress(DATA, level, mtime=mtime)) == DATA


def test_content_decides_about_gzip_and_not_the_name(tmp_path: Path) -> None:
    assert read(tmp_path / "plain.gz", DATA) == DATA
    assert read(tmp_path / "wrapped", gzip.compress(DATA, mtime=0)) == DATA


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "is empty"),
        (DATA[:-1], "is cut off after 10,239 of 10,240 bytes"),
        (DATA + b"x", "has more than 10,240 bytes"),
        (with_flipped_byte(DATA, 5000), "has changed or damaged content"),
        (gzip.compress(DATA, mtime=0)[:-1], "is cut off in the middle of its compressed data"),
        (gzip.compress(DATA, mtime=0)[:20], "is cut off in the middle of its compressed data"),
        (with_flipped_byte(gzip.compress(DATA, 0, mtime=0), 5000), "has damaged compressed data"),
        (gzip.compress(DATA, mtime=0) + b"more", "has damaged compressed data"),
        (gzip.compress(DATA + b"x", mtime=0), "has more than 10,240 bytes"),
    ],
)
def test_damage_is_named(tmp_path: Path, data: bytes, words: str) -> None:
    with pytest.raises(WrongContentError, match=words):
        read(tmp_path / "a", data)


def test_every_flipped_byte_of_a_gzip_file_is_found_or_harmless(tmp_path: Path) -> None:
    """Bytes of the header such as the time are not part of the content."""
    stored = gzip.compress(DATA, 6, mtime=0)
    n_harmless = 0
    for position in range(len(stored)):
        try:
            n_harmless += read(tmp_path / "a", with_flipped_byte(stored, position)) == DATA
        except WrongContentError:
            continue
    assert n_harmless <= 6  # time, extra flags and operating system


def test_a_bomb_is_not_unpacked(tmp_path: Path) -> None:
    bomb = gzip.compress(bytes(1 << 26), 9, mtime=0)
    tracemalloc.start()
    with pytest.raises(WrongContentError, match="has more than"):
        read(tmp_path / "a", bomb)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2_000_000


def test_a_file_under_the_name_of_another_is_told_by_its_content(tmp_path: Path) -> None:
    files = SmallMnist.source.files
    path = tmp_path / "train-labels-idx1-ubyte"
    path.write_bytes(MNIST_FILES["t10k-labels-idx1-ubyte"])
    with pytest.raises(WrongContentError, match="holds the content of t10k-labels-idx1-ubyte"):
        read_published(path, files[1], files)


def test_copies_are_allowed_only_where_the_file_says_so(tmp_path: Path) -> None:
    lossy = PublishedFile("numbers", len(DATA), FILE.sha256, is_copy_allowed=True)
    path = tmp_path / "a"
    other = with_flipped_byte(DATA, 0)
    path.write_bytes(other)
    content = read_published(path, lossy, (lossy,))
    assert not content.is_official
    assert content.sha256 == hashlib.sha256(other).hexdigest()
    path.write_bytes(other[1:])
    with pytest.raises(WrongContentError, match="cut off"):
        read_published(path, lossy, (lossy,))


def test_official_compression_is_told_from_other_wrappings(tmp_path: Path) -> None:
    stored = gzip.compress(DATA, 6, mtime=0)
    file = PublishedFile("numbers", len(DATA), gzip_sha256=hashlib.sha256(stored).hexdigest())
    path = tmp_path / "numbers.gz"
    path.write_bytes(stored)
    content = read_published(path, file, (file,))
    assert content.is_official
    assert (content.name, content.sha256) == file.official_hash()
    path.write_bytes(gzip.compress(DATA, 1, mtime=0))
    content = read_published(path, file, (file,))
    assert not content.is_official
    assert content.sha256 == FILE.sha256
