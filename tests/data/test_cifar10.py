"""CIFAR-10's binary version: small files, archives good and bad, hostile pickles, the real one."""

import gzip
import io
import os
import pickle
import subprocess
import sys
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from small_files import CIFAR10_FILES, Mirror, SmallCifar10, cifar10_archive_bytes, write_files
from small_files import with_flipped_byte as flipped

from glorot_repro.data import cifar10_archive
from glorot_repro.data.cifar10 import Cifar10
from glorot_repro.data.downloads import Fetcher
from glorot_repro.data.finite import Splits, unofficial_files
from glorot_repro.data.folder import VARIABLE
from glorot_repro.errors import DataNotAvailableError

FOLDER = "cifar-10-batches-bin"
ARCHIVE = "cifar-10-binary.tar.gz"
OTHER_FILES = {name: flipped(data, 2000) for name, data in CIFAR10_FILES.items()}
"""As many images as CIFAR10_FILES, with other pixels: such as a lossy copy has them."""


@pytest.fixture
def mirror() -> Iterator[Mirror]:
    with Mirror({ARCHIVE: cifar10_archive_bytes(CIFAR10_FILES)}) as server:
        yield server


def read(folder: Path, *mirrors: str) -> Splits:
    return SmallCifar10().read(folder, Fetcher(mirrors))


def is_official(splits: Splits) -> set[bool | None]:
    return {file.is_official for file in splits.files}


@pytest.mark.parametrize("inner", ["cifar10", "."])
def test_images_keep_the_order_of_the_files_and_put_colors_last(tmp_path: Path, inner: str) -> None:
    write_files(tmp_path / inner / FOLDER, CIFAR10_FILES)
    splits = read(tmp_path)
    assert {name: len(split) for name, split in splits} == {
        "training": 80, "validation": 20, "test": 20
    }  # fmt: skip
    for number, (split, at) in {
        1: (splits.training, 0),
        4: (splits.training, 60),
        5: (splits.validation, 0),
    }.items():
        record = CIFAR10_FILES[f"data_batch_{number}.bin"][3 * 3073 : 4 * 3073]
        image = split.images[at + 3].reshape(Cifar10.image_shape)
        assert split.labels[at + 3] == record[0]
        for row, column, color in ((0, 0, 0), (31, 5, 1), (12, 30, 2)):
            assert image[row, column, color] == record[1 + 1024 * color + 32 * row + column]
    assert is_official(splits) == {True}


def test_copies_with_other_pixels_are_used_and_called_unofficial(tmp_path: Path) -> None:
    write_files(tmp_path / FOLDER, OTHER_FILES)
    splits = read(tmp_path)
    assert is_official(splits) == {False}
    provenance = {file.name: file.sha256 for file in splits.files}
    assert unofficial_files(SmallCifar10(), provenance) == list(CIFAR10_FILES)
    assert unofficial_files(SmallCifar10(), SmallCifar10().official_hashes) == []


def test_a_single_official_file_among_copies_makes_the_others_damage(tmp_path: Path) -> None:
    first = "data_batch_1.bin"
    write_files(tmp_path / FOLDER, OTHER_FILES | {first: CIFAR10_FILES[first]})
    with pytest.raises(DataNotAvailableError, match="data_batch_2.bin has changed or damaged"):
        read(tmp_path)


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda data: b"", "data_batch_2.bin is empty"),
        (lambda data: data[:-1], "data_batch_2.bin is cut off after 61,459 of 61,460 bytes"),
        (lambda data: data + b"x", "data_batch_2.bin has more than 61,460 bytes"),
        (lambda data: flipped(data, 5000), "data_batch_2.bin has changed or damaged content"),
        (lambda data: CIFAR10_FILES["data_batch_1.bin"], "holds the content of data_batch_1.bin"),
        (lambda data: flipped(data, 3073), "has the label 254, expected 0 to 9"),
        (lambda data: data[:3073] + b"\x0a" + data[3074:], "has the label 10, expected 0 to 9"),
    ],
)
def test_one_damaged_file_is_named_and_the_archive_fetched(
    tmp_path: Path, mirror: Mirror, damage: Callable[[bytes], bytes], words: str
) -> None:
    """Lossy copies differ in all files: a single other file among official ones is damage."""
    files = CIFAR10_FILES
    if "label" in words:
        files = OTHER_FILES  # otherwise the hash would tell first
    write_files(tmp_path / FOLDER, files)
    path = tmp_path / FOLDER / "data_batch_2.bin"
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(DataNotAvailableError, match=words) as caught:
        read(tmp_path)
    assert str(tmp_path / FOLDER) in str(caught.value)
    assert "\n" not in str(caught.value)
    splits = read(tmp_path, mirror.address("good"))
    assert is_official(splits) == {True}
    assert splits.files[0].path.parent == tmp_path / "cifar10" / FOLDER


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    write_files(tmp_path / FOLDER, CIFAR10_FILES)
    (tmp_path / FOLDER / "test_batch.bin").unlink()
    with pytest.raises(DataNotAvailableError, match="test_batch.bin cannot be read"):
        read(tmp_path)


def test_five_of_the_six_files_are_not_here(tmp_path: Path) -> None:
    """The archive is looked for in their place."""
    assert SmallCifar10().files_here(tmp_path) == {ARCHIVE: None}
    write_files(tmp_path / FOLDER, CIFAR10_FILES)
    assert SmallCifar10().files_here(tmp_path) == {
        name: tmp_path / FOLDER / name for name in CIFAR10_FILES
    }
    (tmp_path / FOLDER / "test_batch.bin").unlink()
    assert SmallCifar10().files_here(tmp_path) == {ARCHIVE: None}
    write_files(tmp_path, {ARCHIVE: b""})
    assert SmallCifar10().files_here(tmp_path) == {ARCHIVE: tmp_path / ARCHIVE}


def test_archive_is_taken_from_the_data_folder_and_unpacked_once(tmp_path: Path) -> None:
    write_files(tmp_path, {ARCHIVE: cifar10_archive_bytes(CIFAR10_FILES)})
    assert is_official(read(tmp_path)) == {True}
    (tmp_path / ARCHIVE).unlink()
    assert is_official(read(tmp_path)) == {True}


def test_an_archive_whose_names_begin_with_the_folder_itself_is_read(tmp_path: Path) -> None:
    """As `tar czf FILE.tar.gz ./FOLDER` writes them."""
    write_files(tmp_path, {ARCHIVE: cifar10_archive_bytes(CIFAR10_FILES, f"./{FOLDER}")})
    assert is_official(read(tmp_path)) == {True}


def test_mirrors_are_tried_until_one_has_the_official_files(tmp_path: Path, mirror: Mirror) -> None:
    with Mirror({ARCHIVE: cifar10_archive_bytes(OTHER_FILES)}) as wrong:
        addresses = [
            wrong.address("good"),
            *(mirror.address(mode) for mode in ("403", "cut", "wrong", "damaged", "good")),
        ]
        assert is_official(read(tmp_path, *addresses)) == {True}
    assert wrong.modes() == ["good"] * 2
    assert mirror.modes() == ["403", *["cut"] * 2, *["wrong"] * 2, *["damaged"] * 2, "good"]


def archive_with(change: Callable[[tarfile.TarInfo], None], data: bytes | None = None) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        for name, content in CIFAR10_FILES.items():
            member = tarfile.TarInfo(f"{FOLDER}/{name}")
            member.size = len(content)
            if name == "data_batch_3.bin":
                content = content if data is None else data
                member.size = len(content)
                change(member)
            tar.addfile(member, io.BytesIO(content))
    return buffer.getvalue()


def _link(member: tarfile.TarInfo) -> None:
    member.type, member.linkname, member.size = tarfile.SYMTYPE, "/etc/passwd", 0


def _escape(member: tarfile.TarInfo) -> None:
    member.name = "../../escaped.bin"


@pytest.mark.parametrize(
    ("archive", "words"),
    [
        (archive_with(_link), "data_batch_3.bin, which is not a regular file"),
        (archive_with(_escape), "does not hold cifar-10-batches-bin/data_batch_3.bin"),
        (archive_with(lambda member: None, b"short"), "which is cut off after 5 of 61,460 bytes"),
        (cifar10_archive_bytes(CIFAR10_FILES)[:-9], "is cut off or damaged"),
        (b"", "is cut off or damaged"),
        (b"no archive", "is cut off or damaged"),
        (gzip.compress(b"no archive", mtime=0), "is cut off or damaged"),
        (cifar10_archive_bytes(CIFAR10_FILES, "cifar-10-batches-py"), "does not hold"),
    ],
)
def test_a_bad_archive_leaves_nothing_behind(tmp_path: Path, archive: bytes, words: str) -> None:
    data = tmp_path / "data"
    write_files(data, {ARCHIVE: archive})
    with pytest.raises(DataNotAvailableError, match=words):
        read(data)
    assert {path.name for path in data.rglob("*") if path.is_file()} <= {ARCHIVE, ".lock"}
    assert {path.name for path in tmp_path.iterdir()} == {"data"}


@pytest.mark.parametrize(
    ("archive", "words"),
    [
        (
            cifar10_archive_bytes({"a": bytes(2_000_000), **CIFAR10_FILES}),
            "it holds more than 1,000,000 bytes",
        ),
        (
            cifar10_archive_bytes({f"{n}": bytes(100_000) for n in range(12)} | CIFAR10_FILES),
            "it holds more than 1,000,000 bytes",
        ),
        (
            gzip.compress(gzip.decompress(cifar10_archive_bytes(CIFAR10_FILES)) + bytes(3_000_000)),
            "it goes on after its end",
        ),
    ],
)
def test_a_bomb_is_not_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, archive: bytes, words: str
) -> None:
    monkeypatch.setattr(cifar10_archive, "_MOST_BYTES", 1_000_000)
    write_files(tmp_path, {ARCHIVE: archive})
    with pytest.raises(DataNotAvailableError, match=words):
        read(tmp_path)


def test_the_real_files_have_the_papers_split_and_fit_an_archive_that_is_read() -> None:
    """Section 2.2 of the paper; files of 10,000 images with 3,073 bytes each."""
    sizes = [file.size for file in Cifar10.source.files]
    assert sizes == [30_730_000] * 6
    assert sum(sizes) < cifar10_archive._MOST_BYTES
    assert Cifar10().split_sizes == (40_000, 10_000, 10_000)
    assert SmallCifar10().split_sizes == (80, 20, 20)


class _Hostile:
    def __reduce__(self) -> tuple[object, tuple[str, str]]:
        return os.putenv, ("GLOROT_WAS_HERE", "1")


def test_a_hostile_pickle_is_never_opened(tmp_path: Path) -> None:
    """The pickled version has the same names without .bin; no file but the six is opened."""
    hostile = pickle.dumps(_Hostile())
    names = [*(name.removesuffix(".bin") for name in CIFAR10_FILES), "batches.meta", "x.pkl"]
    for folder in (FOLDER, "cifar-10-batches-py", "cifar10/cifar-10-batches-py"):
        write_files(tmp_path / folder, dict.fromkeys(names, hostile))
    write_files(tmp_path / FOLDER, CIFAR10_FILES)
    opened: list[str] = []
    is_watching = True

    def watch(event: str, arguments: tuple[object, ...]) -> None:
        if is_watching and event in ("open", "pickle.find_class"):
            opened.append(str(arguments[0]))

    sys.addaudithook(watch)
    read(tmp_path)
    is_watching = False
    ours = {Path(name).name for name in opened if name.startswith(str(tmp_path))}
    assert ours == set(CIFAR10_FILES)


@pytest.fixture(scope="module")
def real_folder(request: pytest.FixtureRequest) -> Path:
    """A data folder with all of CIFAR-10: GLOROT_DATA, or one made from its JPEG copies."""
    given = Path(os.environ.get(VARIABLE, "/nowhere"))
    if any((given / inner / FOLDER).is_dir() for inner in (".", "cifar10")):
        return given
    script = given / "cifar10_to_binary.py"
    if not script.is_file() or not (given / "cifar10_train_jpeg.npz").is_file():
        pytest.skip("GLOROT_DATA has no CIFAR-10")
    made: Path = request.config.cache.mkdir("cifar10")
    if not (made / FOLDER / "test_batch.bin").is_file():
        subprocess.run([sys.executable, str(script), str(made)], check=True, timeout=300)
    return made


def test_real_cifar10_has_its_splits_class_counts_and_mean_square(real_folder: Path) -> None:
    splits = Cifar10().read(real_folder, Fetcher())
    sizes = {name: len(split) for name, split in splits}
    assert sizes == {"training": 40_000, "validation": 10_000, "test": 10_000}
    assert tuple(sizes.values()) == Cifar10().split_sizes
    labels = np.concatenate([splits.training.labels, splits.validation.labels])
    assert np.bincount(labels).tolist() == [5000] * 10
    assert np.bincount(splits.test.labels).tolist() == [1000] * 10
    # Means and standard deviations of the three colors that everybody normalizes with.
    pixels = splits.training.images[::5].reshape(-1, 3)
    means, deviations = pixels.mean(axis=0) / 255, pixels.std(axis=0) / 255
    np.testing.assert_allclose(means, [0.4914, 0.4822, 0.4465], atol=0.004)
    np.testing.assert_allclose(deviations, [0.2470, 0.2435, 0.2616], atol=0.004)
    assert len(is_official(splits)) == 1
    # Neighbors are alike, and less so where color images are read as planes.
    images = splits.training.images[:1000].astype(float)
    torn = abs(np.diff(images.reshape(-1, 3, 32, 32), axis=3)).mean()
    for axis in (1, 2):
        assert abs(np.diff(images.reshape(-1, 32, 32, 3), axis=axis)).mean() < 0.8 * torn


MEMORY = """
from pathlib import Path
import numpy as np
from glorot_repro.data import cifar10_archive
from glorot_repro.data.cifar10 import Cifar10
seeds = np.random.SeedSequence(0)
dataset = Cifar10()
stream = dataset.training_stream(seeds, np.float32)
for _ in range(100):
    stream.next_batch(10)
dataset.validation_images(seeds), dataset.test_images(seeds), dataset.provenance()
(peak,) = (line for line in Path("/proc/self/status").read_text().splitlines() if "VmHWM" in line)
print(int(peak.split()[1]) / 1024)
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="asks Linux for the memory")
def test_real_cifar10_needs_less_than_350_megabytes(real_folder: Path) -> None:
    """180 MB of images, 280 MB in all where it was measured: a whole run has to stay below 700."""
    done = subprocess.run(
        [sys.executable, "-c", MEMORY],
        env={**os.environ, VARIABLE: str(real_folder)},
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    assert float(done.stdout) < 350
