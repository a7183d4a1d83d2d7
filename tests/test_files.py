"""Writing whole files or none."""

import errno
import os
import re
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from glorot_repro.errors import StorageError
from glorot_repro.files import write_atomically


def test_write_replaces_the_whole_file_and_leaves_nothing_beside(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "file.bin"
    write_atomically(path, b"first, longer")
    write_atomically(path, b"second")
    assert path.read_bytes() == b"second"
    assert [p.name for p in path.parent.iterdir()] == ["file.bin"]


def test_threads_that_write_one_file_do_not_disturb_each_other(tmp_path: Path) -> None:
    """They had one temporary file, which one took from the other."""
    path = tmp_path / "file.bin"
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda n: write_atomically(path, bytes([n]) * 999), range(100)))
    assert len(set(path.read_bytes())) == 1
    assert [p.name for p in tmp_path.iterdir()] == ["file.bin"]


@pytest.mark.parametrize("failing", ["fsync", "replace"])
def test_a_failed_write_keeps_the_old_file_and_says_how_much_is_missing(
    failing: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "file.bin"
    write_atomically(path, b"old")

    def fail(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, failing, fail)
    with pytest.raises(StorageError, match=r"No space left.*1,000 bytes needed, [\d,]+ bytes free"):
        write_atomically(path, bytes(1000))
    assert path.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["file.bin"]


def test_file_and_folder_are_flushed_around_the_rename(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[tuple[str, str]] = []
    flush, rename = os.fsync, os.replace

    def fsync(descriptor: int) -> None:
        calls.append(("flush", os.readlink(f"/proc/self/fd/{descriptor}")))
        flush(descriptor)

    def replace(old: Path, new: Path) -> None:
        calls.append(("rename", str(new)))
        rename(old, new)

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(os, "replace", replace)
    path = tmp_path / "file.bin"
    write_atomically(path, b"data")
    beside = calls[0][1]
    assert calls == [("flush", beside), ("rename", str(path)), ("flush", str(tmp_path))]
    assert Path(beside).parent == tmp_path
    assert beside != str(path)


@pytest.mark.parametrize("number", [errno.EINVAL, errno.EIO])
def test_a_folder_that_cannot_be_flushed_holds_files_all_the_same(
    number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some network file systems refuse to flush a folder; nothing could be written there."""
    flush = os.fsync

    def fsync(descriptor: int) -> None:
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(number, os.strerror(number))
        flush(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    if number == errno.EINVAL:
        write_atomically(tmp_path / "file.bin", b"whole")
        assert (tmp_path / "file.bin").read_bytes() == b"whole"
    else:
        with pytest.raises(StorageError, match="Input/output error"):
            write_atomically(tmp_path / "file.bin", b"whole")


def test_what_more_room_would_not_mend_speaks_of_no_bytes(tmp_path: Path) -> None:
    """A read-only folder once read "0 bytes needed, 12,638,248,960 bytes free"."""
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match="make its folder writable") as caught:
        write_atomically(tmp_path / "file" / "inside", b"")
    assert "bytes" not in str(caught.value)


@pytest.mark.parametrize("name", [".", "/", ".."])
def test_a_path_that_can_only_be_a_folder_is_a_storage_error(name: str) -> None:
    """`check --junit .` was a traceback, after all networks had been trained."""
    with pytest.raises(StorageError, match=f"cannot write {re.escape(name)}: "):
        write_atomically(Path(name), b"")


def test_a_folder_that_is_a_file_is_a_storage_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match="cannot write"):
        write_atomically(tmp_path / "file" / "inside", b"")
