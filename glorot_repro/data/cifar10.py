"""CIFAR-10 in its binary version; the pickled version is never looked at."""

from pathlib import Path
from typing import Annotated, ClassVar, Literal

import numpy as np
from pydantic import Field

from glorot_repro.data import cifar10_archive
from glorot_repro.data.downloads import Fetcher
from glorot_repro.data.finite import FileRecord, Split, Splits
from glorot_repro.data.locating import Problems, find_or_fetch
from glorot_repro.data.published import (
    PublishedFile,
    Source,
    WrongContentError,
    other_content,
    read_published,
)
from glorot_repro.data.published_dataset import TRAIN_SIZE, PublishedDataset

SIDE = 32
"""Pixels along each side of an image."""

FOLDER = "cifar-10-batches-bin"
RECORD = 1 + 3 * SIDE**2
"""Bytes of an image: its label, then a plane each of red, green and blue, row by row."""

N_IMAGES = 10_000
"""Images of a file: four training files, the fifth for validation, one for the test."""


def _published(name: str, sha256: str) -> PublishedFile:
    return PublishedFile(name, N_IMAGES * RECORD, sha256, is_copy_allowed=True)


# The archive's hash is that of the authors' page (MD5 c32a1d4ab5d03f1284b67883e8d87530); several
# projects list the same SHA-256 for it and for the files inside.
CIFAR10_SOURCE = Source(
    name="cifar10",
    folders=("cifar10", "."),
    mirrors=(
        "https://www.cs.toronto.edu/~kriz/",
        "https://cave.cs.toronto.edu/kriz/",
        "https://storage.googleapis.com/s4tf-hosted-binaries/datasets/CIFAR10/",
    ),
    files=(
        _published(
            "data_batch_1.bin", "cee916563c9f80d84e3cc88e17fdc0941787f1244f00a67874d45b261883ada5"
        ),
        _published(
            "data_batch_2.bin", "a591ca11fa1708a91ee40f54b3da4784ccd871ecf2137de63f51ada8b3fa57ed"
        ),
        _published(
            "data_batch_3.bin", "bbe8596564c0f86427f876058170b84dac6670ddf06d79402899d93ceea26f67"
        ),
        _published(
            "data_batch_4.bin", "014e562d6e23c72197cc727519169a60359f5eccd8945ad5a09d710285ff4e48"
        ),
        _published(
            "data_batch_5.bin", "755304fc0b379caeae8c14f0dac912fbc7d6cd469eb67a1029a08a39453a9add"
        ),
        _published(
            "test_batch.bin", "8e2eb146ae340b09e24670f29cabc6326dba54da8789dab6768acf480273f65b"
        ),
    ),
)


class Cifar10(PublishedDataset):
    """`dataset: {name: cifar10}`: 32 x 32 color images, 40,000 + 10,000 + 10,000 in file order.

    Source of the split: section 2.2 of the paper. An image is kept by rows, the three colors of a
    pixel side by side. Copies with other pixels, such as those decoded from JPEG, are used and
    count as unofficial; but if some files are the official ones, the others are damaged.
    """

    name: Literal["cifar10"] = "cifar10"
    train_size: Annotated[int, Field(ge=1, le=4 * N_IMAGES, strict=True)] = Field(
        4 * N_IMAGES, description=TRAIN_SIZE
    )
    source: ClassVar[Source] = CIFAR10_SOURCE

    input_size: ClassVar[int] = 3 * SIDE**2
    n_classes: ClassVar[int] = 10
    image_shape: ClassVar[tuple[int, ...]] = (SIDE, SIDE, 3)
    test_size: ClassVar[int] = N_IMAGES
    class_names: ClassVar[tuple[str, ...]] = (
        "airplane",
        "automobile",
        "bird",
        "cat",
        "deer",
        "dog",
        "frog",
        "horse",
        "ship",
        "truck",
    )

    @property
    def split_sizes(self) -> tuple[int, int, int]:
        """See PublishedDataset."""
        n_each = self.source.files[0].size // RECORD
        return n_each * (len(self.source.files) - 2), n_each, n_each

    def files_here(self, folder: Path) -> dict[str, Path | None]:
        """See FiniteDataset: the six files, or the archive if one of them is missing."""
        for inner in self.source.folders:
            paths = {f.name: folder / inner / FOLDER / f.name for f in self.source.files}
            if all(path.is_file() for path in paths.values()):
                return dict(paths)
        archives = [folder / inner / cifar10_archive.NAME for inner in self.source.folders]
        return {cifar10_archive.NAME: next((path for path in archives if path.is_file()), None)}

    def read(self, folder: Path, fetcher: Fetcher) -> Splits:
        """See FiniteDataset."""
        own_folder = folder / self.source.folders[0]
        target = own_folder / cifar10_archive.NAME

        def find(problems: Problems) -> Splits | None:
            candidates = [folder / inner / FOLDER for inner in self.source.folders]
            splits = self._first_whole(candidates, problems)
            if splits is not None:
                return splits
            for inner in self.source.folders:
                archive = folder / inner / cifar10_archive.NAME
                if archive.is_file():
                    try:
                        cifar10_archive.extract(archive, self.source.files, own_folder / FOLDER)
                    except WrongContentError as error:
                        problems.append(f"{archive} {error}")
                    else:
                        return self._first_whole([own_folder / FOLDER], problems)
            return None

        def fetch() -> None:
            fetcher.fetch(
                target.name,
                target,
                self.source.mirrors,
                lambda path: cifar10_archive.check(path, self.source.files),
            )

        wanted = f"{target.name} (SHA-256 {cifar10_archive.SHA256})"
        return find_or_fetch(find, fetch, self.source, target, wanted)

    def _first_whole(self, folders: list[Path], problems: Problems) -> Splits | None:
        for folder in folders:
            if folder.is_dir():
                try:
                    return self._read_folder(folder)
                except WrongContentError as error:
                    problems.append(f"{folder}/{error}")
        return None

    def _read_folder(self, folder: Path) -> Splits:
        files = self.source.files
        n_each = files[0].size // RECORD
        images = np.empty((n_each * len(files), self.input_size), np.uint8)
        labels = np.empty(n_each * len(files), np.uint8)
        read = []
        for number, file in enumerate(files):
            part = slice(number * n_each, (number + 1) * n_each)
            try:
                content = read_published(folder / file.name, file, files)
                records = np.frombuffer(content.data, np.uint8).reshape(n_each, RECORD)
                if records[:, 0].max() >= self.n_classes:
                    message = f"has the label {records[:, 0].max()}, expected 0 to 9"
                    raise WrongContentError(message)
            except OSError as error:
                message = f"{file.name} cannot be read ({error.strerror or error})"
                raise WrongContentError(message) from error
            except WrongContentError as error:
                message = f"{file.name} {error}"
                raise WrongContentError(message) from error
            labels[part] = records[:, 0]
            planes = records[:, 1:].reshape(n_each, 3, SIDE, SIDE)
            images[part].reshape(n_each, SIDE, SIDE, 3)[:] = planes.transpose(0, 2, 3, 1)
            read.append(FileRecord(file.name, content.path, content.sha256, content.is_official))
        _reject_mixture(read, files)
        test, validation = -n_each, -2 * n_each
        return Splits(
            Split(images[:validation], labels[:validation]),
            Split(images[validation:test], labels[validation:test]),
            Split(images[test:], labels[test:]),
            tuple(read),
        )


def _reject_mixture(read: list[FileRecord], files: tuple[PublishedFile, ...]) -> None:
    unofficial = [number for number, file in enumerate(read) if not file.is_official]
    if 0 < len(unofficial) < len(read):
        number = unofficial[0]
        message = f"{read[number].name} {other_content(read[number].sha256, files[number])}"
        raise WrongContentError(message)
