"""MNIST and Fashion-MNIST from files: small ones, damaged ones, and the real MNIST."""

import gzip
import logging
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest
from small_files import (
    FASHION_FILES,
    FASHION_GZIPS,
    MNIST_FILES,
    Mirror,
    SmallFashionMnist,
    SmallMnist,
    idx_bytes,
    write_files,
)
from small_files import with_flipped_byte as flipped

from glorot_repro.data.downloads import Fetcher
from glorot_repro.data.finite import Splits, unofficial_files
from glorot_repro.data.folder import VARIABLE
from glorot_repro.data.mnist import FashionMnist, IdxDataset, Mnist
from glorot_repro.data.published import Source
from glorot_repro.errors import DataNotAvailableError, StorageError

IMAGES, LABELS = "train-images-idx3-ubyte", "train-labels-idx1-ubyte"
REAL = Path(os.environ.get(VARIABLE, "/nowhere"))
has_mnist = pytest.mark.skipif(
    not any((REAL / inner / f"{IMAGES}.gz").is_file() for inner in (".", "mnist")),
    reason="GLOROT_DATA has no MNIST",
)

GZIPS = {f"{name}.gz": gzip.compress(data) for name, data in MNIST_FILES.items()}


@pytest.fixture
def mirror() -> Iterator[Mirror]:
    with Mirror(GZIPS) as server:
        yield server


def read(folder: Path, dataset: IdxDataset | None = None, *mirrors: str) -> Splits:
    return (dataset or SmallMnist()).read(folder, Fetcher(mirrors))


@pytest.mark.parametrize("inner", ["mnist", "MNIST/raw", "."])
@pytest.mark.parametrize("in_gzip", [False, True])
def test_files_are_found_plain_and_in_gzip_in_all_folders(
    tmp_path: Path, inner: str, in_gzip: bool
) -> None:
    write_files(tmp_path / inner, MNIST_FILES, in_gzip=in_gzip)
    splits = read(tmp_path)
    images = np.frombuffer(MNIST_FILES[IMAGES], np.uint8, offset=16).reshape(60, 784)
    np.testing.assert_array_equal(splits.training.images, images[:40])
    np.testing.assert_array_equal(splits.validation.images, images[40:])
    np.testing.assert_array_equal(splits.validation.labels, np.arange(40, 60) % 10)
    assert len(splits.test) == 30
    assert all(file.is_official for file in splits.files)


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda data: b"", "is empty"),
        (lambda data: data[: len(data) // 2], "is cut off"),
        (lambda data: flipped(data, len(data) // 2), "damaged"),
        (lambda data: gzip.compress(flipped(gzip.decompress(data), 4000)), "changed or damaged"),
        (lambda data: GZIPS["t10k-images-idx3-ubyte.gz"], "holds the content of t10k-images"),
        (lambda data: b"<html>", "is cut off"),
    ],
)
def test_a_damaged_file_is_named_and_fetched_once_more(
    tmp_path: Path,
    mirror: Mirror,
    caplog: pytest.LogCaptureFixture,
    damage: Callable[[bytes], bytes],
    words: str,
) -> None:
    write_files(tmp_path / "mnist", MNIST_FILES, in_gzip=True)
    path = tmp_path / "mnist" / f"{IMAGES}.gz"
    path.write_bytes(damage(path.read_bytes()))

    with pytest.raises(DataNotAvailableError, match=words) as caught:
        read(tmp_path)
    assert str(path) in str(caught.value)
    assert str(SmallMnist.source.files[0].sha256) in str(caught.value)
    assert "\n" not in str(caught.value)

    with caplog.at_level(logging.WARNING):
        splits = read(tmp_path, None, mirror.address("good"))
    assert words in caplog.text
    assert mirror.requests == [f"/good/{IMAGES}.gz"]
    np.testing.assert_array_equal(
        splits.training.images.ravel(),
        np.frombuffer(MNIST_FILES[IMAGES][16:], np.uint8)[: 40 * 784],
    )
    read(tmp_path)  # the file that came is whole


def test_a_whole_copy_elsewhere_is_used_instead_of_a_damaged_one(tmp_path: Path) -> None:
    write_files(tmp_path / "mnist", MNIST_FILES)
    (tmp_path / "mnist" / LABELS).write_bytes(b"")
    write_files(tmp_path, MNIST_FILES, in_gzip=True)
    assert read(tmp_path).files[1].path == tmp_path / f"{LABELS}.gz"


def test_all_files_are_fetched_into_the_data_folder(tmp_path: Path, mirror: Mirror) -> None:
    read(tmp_path / "new", None, mirror.address("403"), mirror.address("good"))
    assert mirror.modes() == ["403", "good"] * 4
    names = {path.name for path in (tmp_path / "new" / "mnist").iterdir()}
    assert names == {*GZIPS, ".lock"}


def test_what_a_killed_download_has_left_is_removed(tmp_path: Path, mirror: Mirror) -> None:
    left = tmp_path / "mnist" / f".{IMAGES}.gz.12345.tmp"
    write_files(left.parent, {left.name: b"half"})
    read(tmp_path, None, mirror.address("good"))
    assert {path.name for path in left.parent.iterdir()} == {*GZIPS, ".lock"}


def test_without_network_one_line_says_what_to_put_where(tmp_path: Path, mirror: Mirror) -> None:
    write_files(tmp_path / "mnist", {LABELS: MNIST_FILES[LABELS]}, in_gzip=True)
    with pytest.raises(DataNotAvailableError) as caught:
        read(tmp_path, None, mirror.address("503"))
    line = str(caught.value)
    assert caught.value.exit_code == 4
    assert "\n" not in line
    assert "HTTP 503" in line
    assert f"into {tmp_path / 'mnist'}" in line
    assert "GLOROT_DATA" in line
    for file in SmallMnist.source.files:
        assert (str(file.sha256) in line) == (file.name != LABELS)


def test_a_folder_that_cannot_be_written_keeps_the_exit_code_of_missing_data(
    tmp_path: Path,
) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(DataNotAvailableError, match="cannot be written"):
        read(tmp_path / "file")


def test_a_full_disk_is_a_storage_error(
    tmp_path: Path, mirror: Mirror, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("glorot_repro.files.os.fsync", full)
    with pytest.raises(StorageError, match="No space left on device"):
        read(tmp_path, None, mirror.address("good"))
    assert not list(tmp_path.rglob("*ubyte*"))


def test_of_several_readers_one_fetches(tmp_path: Path, mirror: Mirror) -> None:
    def read_it(_: int) -> int:
        return len(read(tmp_path, None, mirror.address("good")).training)

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(read_it, range(4))) == [40] * 4
    assert len(mirror.requests) == 4


def test_labels_stay_with_their_images(tmp_path: Path) -> None:
    """Those of the small files come again after ten images, so that any ten of them look right."""
    files = {}
    for prefix, first, n in (("train", 0, 60), ("t10k", 100, 30)):
        numbers = np.arange(first, first + n, dtype=np.uint8)
        files[f"{prefix}-images-idx3-ubyte"] = idx_bytes(numbers.repeat(784).reshape(n, 28, 28))
        files[f"{prefix}-labels-idx1-ubyte"] = idx_bytes(numbers // 7 % 10)

    class Numbered(SmallMnist):
        source: ClassVar[Source] = replace(
            SmallMnist.source, files=tuple(replace(f, sha256=None) for f in SmallMnist.source.files)
        )

    write_files(tmp_path / "mnist", files)
    for _, split in read(tmp_path, Numbered()):
        np.testing.assert_array_equal(split.labels, split.images[:, 0] // 7 % 10)


def test_published_sizes_and_the_papers_split() -> None:
    """The bytes of the four files that everybody has, and section 2.2 of the paper."""
    for dataset in (Mnist(), FashionMnist()):
        sizes = [file.size for file in dataset.source.files]
        assert sizes == [47_040_016, 60_008, 7_840_016, 10_008]
        assert dataset.split_sizes == (50_000, 10_000, 10_000)
    assert SmallMnist().split_sizes == (40, 20, 30)


def test_labels_with_two_axes_are_damage(tmp_path: Path) -> None:
    """As many bytes as there should be: 12 of them are the header, not 8."""
    files = FASHION_FILES | {LABELS: idx_bytes(np.zeros((56, 1), np.uint8))}
    write_files(tmp_path / "fashion_mnist", files)
    with pytest.raises(DataNotAvailableError, match="has the shape 56 x 1"):
        read(tmp_path, SmallFashionMnist())


def test_labels_beyond_the_classes_are_damage(tmp_path: Path) -> None:
    write_files(tmp_path / "fashion_mnist", FASHION_FILES)
    path = tmp_path / "fashion_mnist" / LABELS
    path.write_bytes(path.read_bytes()[:-1] + b"\x0a")
    with pytest.raises(DataNotAvailableError, match="has the label 10, expected 0 to 9"):
        read(tmp_path, SmallFashionMnist())


def test_fashion_mnist_is_official_in_the_authors_compression(tmp_path: Path) -> None:
    folder = tmp_path / "fashion_mnist"
    write_files(folder, {f"{name}.gz": data for name, data in FASHION_GZIPS.items()})
    dataset = SmallFashionMnist()
    splits = read(tmp_path, dataset)
    assert all(file.is_official for file in splits.files)
    provenance = {file.name: file.sha256 for file in splits.files}
    assert unofficial_files(dataset, provenance) == []

    (folder / f"{LABELS}.gz").unlink()
    write_files(folder, {LABELS: FASHION_FILES[LABELS]})
    splits = read(tmp_path, dataset)
    provenance = {file.name: file.sha256 for file in splits.files}
    assert unofficial_files(dataset, provenance) == [LABELS]


def test_fashion_mnist_is_fetched_in_the_authors_compression_only(tmp_path: Path) -> None:
    other = {f"{name}.gz": gzip.compress(data, 1) for name, data in FASHION_FILES.items()}
    good = {f"{name}.gz": data for name, data in FASHION_GZIPS.items()}
    with Mirror(other) as bad, Mirror(good) as mirror:
        addresses = (bad.address("good"), mirror.address("good"))
        splits = read(tmp_path, SmallFashionMnist(), *addresses)
    assert all(file.is_official for file in splits.files)
    assert len(bad.requests) == 2 * 4


def test_fashion_mnist_does_not_take_the_files_of_mnist(tmp_path: Path) -> None:
    write_files(tmp_path, MNIST_FILES)
    write_files(tmp_path / "mnist", MNIST_FILES)
    with pytest.raises(DataNotAvailableError, match="is not in"):
        read(tmp_path, SmallFashionMnist())


@has_mnist
def test_real_mnist_has_its_splits_hashes_and_mean_square() -> None:
    splits = Mnist().read(REAL, Fetcher())
    sizes = {name: len(split) for name, split in splits}
    assert sizes == {"training": 50_000, "validation": 10_000, "test": 10_000}
    assert tuple(sizes.values()) == Mnist().split_sizes
    assert all(file.is_official for file in splits.files)
    labels = np.concatenate([splits.training.labels, splits.validation.labels])
    # Class counts of the 60,000 and 10,000 images, as the literature on MNIST lists them.
    assert np.bincount(labels).tolist() == [
        5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949
    ]  # fmt: skip
    assert np.bincount(splits.test.labels).tolist() == [
        980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009
    ]  # fmt: skip
    # The mean 0.1307 and standard deviation 0.3081 of the 60,000 images that everybody uses.
    levels = np.concatenate([splits.training.images, splits.validation.images])
    counts = np.bincount(levels[::7].ravel(), minlength=256) / levels[::7].size
    values = np.arange(256) / 255
    assert counts @ values == pytest.approx(0.1307, abs=5e-4)
    assert counts @ values**2 == pytest.approx(0.1307**2 + 0.3081**2, abs=5e-4)
    assert splits.training.labels[:5].tolist() == [5, 0, 4, 1, 9]
