"""Image folders: decoding, splits, the cache, and what is wrong with a folder."""

import hashlib
import logging
import os
import shutil
import subprocess
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from pydantic import ValidationError

from glorot_repro.data import image_cache
from glorot_repro.data.decoding import decode_image
from glorot_repro.data.downloads import Fetcher
from glorot_repro.data.finite import Splits, forget_images
from glorot_repro.data.folder import set_data_folder
from glorot_repro.data.image_folder import ImageFolder, SplitSection
from glorot_repro.errors import ConfigError, DataNotAvailableError


def save(path: Path, levels: NDArray[np.uint8], **options: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(levels).save(path, **options)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Twenty images of `even` and ten of `odd`; every pixel of an image is its number."""
    root = tmp_path / "images"
    for number in range(30):
        name = "odd" if number % 3 == 0 else "even"
        save(root / name / f"{number:02}.png", np.full((6, 9, 3), number, np.uint8))
    (root / "even" / "notes.txt").write_text("not an image")
    (root / "odd" / ".hidden.png").write_bytes(b"")
    (root / ".git").mkdir()
    return root


def folder_of(root: Path, **options: object) -> ImageFolder:
    return ImageFolder.model_validate({"path": str(root), "size": 4, **options})


def read(root: Path, **options: object) -> Splits:
    return folder_of(root, **options).read(root.parent / "data", Fetcher())


def numbers(splits: Splits) -> dict[str, set[int]]:
    return {name: set(split.images[:, 0].tolist()) for name, split in splits}


def test_labels_follow_the_names_of_the_folders(root: Path) -> None:
    dataset = folder_of(root)
    assert dataset.class_names == ("even", "odd")
    assert (dataset.input_size, dataset.image_shape, dataset.n_classes) == (48, (4, 4, 3), 2)
    for _, split in read(root):
        assert (split.labels == (split.images[:, 0] % 3 == 0)).all()
        assert (split.images == split.images[:, :1]).all()


def test_the_first_images_are_of_all_classes(tmp_path: Path) -> None:
    """Probe examples are measured in tens, in their order: ten of one class are no mini-batch."""
    for number in range(120):
        level = np.full((4, 4, 3), number, np.uint8)
        save(tmp_path / "images" / "abc"[number // 40] / f"{number:03}.png", level)
    dataset = folder_of(tmp_path / "images", split={"validation": 30, "test": 30})
    splits = dataset.splits()
    for _, split in splits:
        counts = np.bincount(split.labels[: len(split) // 2], minlength=3)
        assert counts.min() >= 2
        assert (split.images[:, 0] // 40 == split.labels).all()
    forget_images()
    again = dataset.splits()
    np.testing.assert_array_equal(again.training.labels, splits.training.labels)


@pytest.mark.parametrize(
    ("split", "sizes"),
    [
        ({}, (24, 3, 3)),
        ({"validation": 0.2, "test": 0.4}, (12, 6, 12)),
        ({"validation": 4, "test": 2}, (24, 4, 2)),
        ({"validation": 0.01, "test": 0.01}, (26, 2, 2)),
    ],
)
def test_splits_are_shares_of_each_class_or_counts(
    root: Path, split: dict[str, float], sizes: tuple[int, int, int]
) -> None:
    splits = read(root, split=split)
    assert tuple(len(part) for _, part in splits) == sizes
    parts = numbers(splits)
    assert parts["training"] | parts["validation"] | parts["test"] == set(range(30))
    for name, share in split.items():
        labels = getattr(splits, name).labels
        expected = (
            [share // 2] * 2 if share >= 1 else np.maximum(1, np.round([20 * share, 10 * share]))
        )
        assert np.bincount(labels).tolist() == list(expected)


def test_split_depends_on_the_names_alone(root: Path) -> None:
    """By SHA-256 of CLASS/FILE: the smallest are for validation, the next for the test."""
    before = numbers(read(root))
    ranked = sorted(
        (hashlib.sha256(f"odd/{n:02}.png".encode()).hexdigest(), n) for n in range(0, 30, 3)
    )
    assert ranked[0][1] in before["validation"]
    assert ranked[1][1] in before["test"]
    moved = shutil.copytree(root, root.parent / "elsewhere" / "b")
    for path in sorted(moved.rglob("*.png"), reverse=True):
        os.utime(path, (0, 0))
    assert numbers(read(moved)) == before


def test_gray_levels_are_the_luma_of_the_colors(tmp_path: Path) -> None:
    save(tmp_path / "red.png", np.full((5, 5, 3), (200, 100, 50), np.uint8))
    gray = decode_image(tmp_path / "red.png", 3, is_grayscale=True)
    assert gray.shape == (3, 3)
    assert abs(gray - (0.299 * 200 + 0.587 * 100 + 0.114 * 50)).max() < 1


def test_the_central_square_is_taken(tmp_path: Path) -> None:
    levels = np.zeros((8, 24, 3), np.uint8)
    levels[:, 8:16] = 90
    save(tmp_path / "wide.png", levels)
    save(tmp_path / "high.png", levels.swapaxes(0, 1))
    for name in ("wide.png", "high.png"):
        np.testing.assert_array_equal(decode_image(tmp_path / name, 8, is_grayscale=False), 90)


@pytest.mark.parametrize(
    ("levels", "expected"),
    [
        (np.full((4, 4), 100 * 257, np.uint16), 100),  # 16 bits
        (np.full((4, 4, 4), (10, 20, 30, 0), np.uint8), 255),  # transparent: white
        (np.full((4, 4, 2), (40, 255), np.uint8), 40),  # gray, opaque
        (np.full((4, 4), 77, np.uint8), 77),
    ],
)
def test_other_kinds_of_png_have_the_right_levels(
    tmp_path: Path, levels: NDArray[np.uint8], expected: int
) -> None:
    save(tmp_path / "a.png", levels)
    np.testing.assert_array_equal(decode_image(tmp_path / "a.png", 2, is_grayscale=True), expected)


def test_the_transparent_level_of_16_bits_is_white(tmp_path: Path) -> None:
    levels = np.full((4, 4), 1000, np.uint16)
    levels[:2] = 100 * 257
    Image.fromarray(levels).save(tmp_path / "a.png", transparency=1000)
    np.testing.assert_array_equal(
        decode_image(tmp_path / "a.png", 4, is_grayscale=True)[:, 0], [100, 100, 255, 255]
    )


def test_camera_orientation_is_obeyed(tmp_path: Path) -> None:
    levels = np.zeros((8, 8, 3), np.uint8)
    levels[:4] = 255  # the upper half is white
    exif = Image.Exif()
    exif[0x0112] = 3  # turned by 180 degrees
    save(tmp_path / "a.jpg", levels, exif=exif, quality=95)
    decoded = decode_image(tmp_path / "a.jpg", 8, is_grayscale=True)
    assert decoded[:3].max() < 30
    assert decoded[5:].min() > 225


def test_large_jpeg_is_close_to_its_png(tmp_path: Path) -> None:
    """JPEG is decoded at a reduced size; a smooth image shows no difference."""
    y, x = np.mgrid[:400, :600]
    levels = np.stack([x / 3, y / 2, (x + y) / 5], axis=2).astype(np.uint8)
    save(tmp_path / "a.png", levels)
    save(tmp_path / "a.JPEG", levels, quality=95, subsampling=0)
    one, other = (
        decode_image(tmp_path / name, 37, is_grayscale=False).astype(int)
        for name in ("a.png", "a.JPEG")
    )
    assert abs(one - other).mean() < 1.5


@pytest.mark.parametrize("share", [0.3, 0.7])
def test_unreadable_images_are_named_in_one_line(root: Path, share: float) -> None:
    broken = root / "odd" / "03.png"
    noise = np.random.default_rng(0).integers(0, 256, (50, 50, 3), dtype=np.uint8)
    save(broken, noise)
    broken.write_bytes(broken.read_bytes()[: int(share * broken.stat().st_size)])
    with pytest.raises(DataNotAvailableError, match="03.png cannot be decoded") as caught:
        read(root)
    assert "\n" not in str(caught.value)
    broken.write_bytes(b"GIF89a and so on")
    with pytest.raises(DataNotAvailableError, match="03.png is neither a PNG nor a JPEG"):
        read(root)


@pytest.mark.parametrize("is_class", [False, True])
def test_a_name_that_is_no_text_is_told_in_one_line(root: Path, is_class: bool) -> None:
    try:
        if is_class:
            (root / "odd").rename(os.fsdecode(os.fsencode(root) + b"/\xff"))
        else:
            image = root / "odd" / "03.png"
            image.rename(os.fsdecode(os.fsencode(image.parent) + b"/\xff.png"))
    except OSError:
        pytest.skip("this file system takes UTF-8 only")
    with pytest.raises(DataNotAvailableError, match=r"\\xff.*is not UTF-8; rename it") as caught:
        read(root)
    str(caught.value).encode()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda root: shutil.rmtree(root), "is not there"),
        (lambda root: shutil.rmtree(root / "odd"), "holds 1 class folders, expected 2 to 256"),
        (lambda root: (root / "empty").mkdir(), "empty holds no PNG or JPEG image"),
    ],
)
def test_a_folder_without_two_classes_of_images_is_refused(
    root: Path, change: Callable[[Path], object], words: str
) -> None:
    change(root)
    with pytest.raises(DataNotAvailableError, match=words):
        read(root)


@pytest.mark.parametrize(
    ("split", "words"),
    [
        ({"validation": 3}, "dataset.split.validation: expected a multiple of the 2 classes"),
        ({"test": 20}, "class 'odd' .* has 10 images, too few for 1 validation and 10 test"),
    ],
)
def test_a_split_that_does_not_fit_is_refused(
    root: Path, split: dict[str, float], words: str
) -> None:
    with pytest.raises(ConfigError, match=words):
        read(root, split=split)


@pytest.mark.parametrize(
    ("split", "words"),
    [
        ({"validation": 0.6, "test": 0.4}, "leave training images, found 0.6"),
        ({"test": 2.5}, "expected a share below 1 or a whole number, found 2.5"),
        ({"test": 0}, "greater than 0"),
    ],
)
def test_a_split_that_never_fits_is_refused_before_anything_is_read(
    split: dict[str, float], words: str
) -> None:
    with pytest.raises(ValidationError, match=words):
        SplitSection.model_validate(split)


def test_images_are_decoded_once_for_their_content(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    n_decoded = 0

    def counting(paths: list[Path], size: int, *, is_grayscale: bool) -> NDArray[np.uint8]:
        nonlocal n_decoded
        n_decoded += len(paths)
        return original(paths, size, is_grayscale=is_grayscale)

    original = image_cache.decode_images
    monkeypatch.setattr(image_cache, "decode_images", counting)
    first = read(root)
    again = read(root)
    assert n_decoded == 30
    np.testing.assert_array_equal(first.training.images, again.training.images)
    read(root, range=[-1.0, 1.0], split={"test": 0.3})
    assert n_decoded == 30
    read(root, grayscale=True)
    assert n_decoded == 60
    save(root / "odd" / "03.png", np.full((6, 9, 3), 99, np.uint8))
    assert 99 in set.union(*numbers(read(root)).values())
    assert n_decoded == 90


def test_of_several_readers_one_decodes(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of the processes of a run decoded a new folder for itself."""
    decoded = []
    started = threading.Event()

    def slowly(paths: list[Path], size: int, *, is_grayscale: bool) -> NDArray[np.uint8]:
        decoded.append(len(paths))
        started.wait(0.5)  # the other reader comes to the lock meanwhile
        return original(paths, size, is_grayscale=is_grayscale)

    original = image_cache.decode_images
    monkeypatch.setattr(image_cache, "decode_images", slowly)
    with ThreadPoolExecutor(2) as pool:
        one, other = pool.map(lambda _: read(root), range(2))
    assert decoded == [30]
    np.testing.assert_array_equal(one.training.images, other.training.images)


@pytest.mark.parametrize("damage", [lambda data: data[:-40], lambda data: b"", lambda data: b"x"])
def test_a_damaged_cache_is_made_again(
    root: Path, damage: Callable[[bytes], bytes], caplog: pytest.LogCaptureFixture
) -> None:
    """It was warned of twice, before the lock and under it."""
    first = read(root)
    (cache,) = (root.parent / "data" / "image_folder").glob("*.npz")
    cache.write_bytes(damage(cache.read_bytes()))
    with caplog.at_level(logging.WARNING):
        again = read(root)
    (warning,) = caplog.messages
    assert f"{cache} is damaged" in warning
    np.testing.assert_array_equal(first.training.images, again.training.images)


def test_a_cache_that_cannot_be_written_is_done_without(
    root: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (root.parent / "data").write_text("in the way")
    with caplog.at_level(logging.WARNING):
        assert len(read(root).training) == 24
    assert "cannot write" in caplog.text


@pytest.mark.skipif(shutil.which("sha256sum") is None, reason="asks sha256sum for the hash")
def test_provenance_is_the_hash_of_the_list_of_hashes(root: Path) -> None:
    names = sorted(
        str(path.relative_to(root)) for path in root.glob("*/*.png") if path.name[0] != "."
    )
    listing = subprocess.run(["sha256sum", *names], cwd=root, capture_output=True, check=True)
    (file,) = read(root).files
    assert file.sha256 == hashlib.sha256(listing.stdout).hexdigest()


def test_path_is_relative_to_the_current_or_the_data_folder(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GLOROT_DATA", "")
    set_data_folder(root.parent)
    dataset = ImageFolder(path="images")
    assert dataset.n_classes == 2
    monkeypatch.chdir(root.parent)
    assert dataset.root(Path("/nowhere")) == Path("images")
    assert dataset.files_here(Path("/nowhere")) == {"images": Path("images")}
    assert ImageFolder(path="none").files_here(Path("/nowhere")) == {"none": None}
