"""Mirrors on this machine that answer well and badly."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from small_files import Mirror

from glorot_repro.data.downloads import Fetcher
from glorot_repro.data.published import PublishedFile, read_published
from glorot_repro.errors import DataNotAvailableError, StorageError

DATA = bytes(range(256)) * 1000
FILE = PublishedFile("numbers", len(DATA), hashlib.sha256(DATA).hexdigest())


def check(path: Path) -> None:
    read_published(path, FILE, (FILE,))


@pytest.fixture
def mirror() -> Iterator[Mirror]:
    with Mirror({"numbers": DATA}) as server:
        yield server


def fetch(mirror: Mirror, target: Path, *modes: str) -> None:
    Fetcher().fetch("numbers", target, [mirror.address(mode) for mode in modes], check)


def test_a_good_file_gets_its_name(mirror: Mirror, tmp_path: Path) -> None:
    target = tmp_path / "new" / "numbers"
    fetch(mirror, target, "good")
    assert target.read_bytes() == DATA
    assert list(target.parent.iterdir()) == [target]


@pytest.mark.parametrize(
    ("bad", "n_tries", "words"),
    [
        ("403", 1, "HTTP 403"),
        ("503", 1, "HTTP 503"),
        ("404", 1, "HTTP 404"),
        ("cut", 2, "the connection was cut"),
        ("short", 2, "the file is cut off after 128,000 of 256,000 bytes"),
        ("wrong", 2, "the file is cut off after 26 of 256,000 bytes"),
        ("damaged", 2, "the file has changed or damaged content"),
    ],
)
def test_a_bad_mirror_is_passed_over(
    mirror: Mirror, tmp_path: Path, bad: str, n_tries: int, words: str
) -> None:
    fetch(mirror, tmp_path / "numbers", bad, "good")
    assert (tmp_path / "numbers").read_bytes() == DATA
    assert mirror.modes() == [bad] * n_tries + ["good"]

    with pytest.raises(DataNotAvailableError, match=words):
        fetch(mirror, tmp_path / "never", bad)
    assert [path.name for path in tmp_path.iterdir()] == ["numbers"]


def test_a_damaged_file_is_fetched_once_more_from_the_same_mirror(
    mirror: Mirror, tmp_path: Path
) -> None:
    fetch(mirror, tmp_path / "numbers", "mended", "good")
    assert mirror.modes() == ["mended", "mended"]
    assert (tmp_path / "numbers").read_bytes() == DATA


def test_what_was_there_stays_until_a_whole_file_has_come(mirror: Mirror, tmp_path: Path) -> None:
    target = tmp_path / "numbers"
    target.write_bytes(b"old")
    with pytest.raises(DataNotAvailableError):
        fetch(mirror, target, "cut", "damaged", "503")
    assert target.read_bytes() == b"old"


def test_all_answers_are_told_in_one_line(mirror: Mirror, tmp_path: Path) -> None:
    with Mirror({}) as gone:
        closed = gone.address("good")
    addresses = [mirror.address("403"), closed]
    with pytest.raises(DataNotAvailableError) as caught:
        Fetcher().fetch("numbers", tmp_path / "numbers", addresses, check)
    hosts = [address.split("/")[2] for address in addresses]
    assert str(caught.value) == f"{hosts[0]}: HTTP 403; {hosts[1]}: no connection"


def test_own_mirrors_come_first(mirror: Mirror, tmp_path: Path) -> None:
    fetcher = Fetcher((mirror.address("503"), mirror.address("good")))
    fetcher.fetch("numbers", tmp_path / "numbers", [mirror.address("cut")], check)
    assert mirror.modes() == ["503", "good"]


def test_the_bar_is_told_all_bytes(mirror: Mirror, tmp_path: Path) -> None:
    class Bar:
        total = 0
        n_bytes = 0
        is_closed = False

        def update(self, n: int) -> None:
            self.n_bytes += n

        def reset(self) -> None:
            self.n_bytes = 0

        def close(self) -> None:
            self.is_closed = True

    bars: dict[str, Bar] = {}
    fetcher = Fetcher(bar=lambda name: bars.setdefault(name, Bar()))
    fetcher.fetch("numbers", tmp_path / "numbers", [mirror.address("good")], check)
    assert (bars["numbers"].total, bars["numbers"].n_bytes) == (256_000, 256_000)
    assert bars["numbers"].is_closed


def test_a_folder_that_cannot_be_made_is_a_storage_error(mirror: Mirror, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StorageError, match="--data-dir or GLOROT_DATA"):
        fetch(mirror, tmp_path / "file" / "numbers", "good")
