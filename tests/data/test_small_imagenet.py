"""Small-ImageNet from a tiny copy of ImageNet, and its list of WordNet ids."""

import hashlib
import io
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from glorot_repro.arrays import arrays_in, to_npz
from glorot_repro.data.downloads import Fetcher
from glorot_repro.data.imagenet import prepare, synsets_of_classes
from glorot_repro.data.small_imagenet import SmallImagenet
from glorot_repro.errors import DataNotAvailableError

PER_CLASS = 25
"""Images of each class that are taken: 21 + 2 + 2."""


@pytest.fixture(scope="module")
def imagenet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """28 images of each class in two folders; the gray level of an image of class k is 20 k + 10.

    Beside them lie a folder of another kind and one that is no synset.
    """
    root = tmp_path_factory.mktemp("imagenet")
    for label, ids in enumerate(synsets_of_classes().values()):
        for synset in ids[3:5]:
            (root / synset).mkdir()
            for number in range(14):
                image = Image.new("L", (50 + number, 60), 20 * label + 10)
                image.save(root / synset / f"{synset}_{number}.JPEG", quality=95)
    (root / "n00007846").mkdir()  # person
    (root / "notes").mkdir()
    return root


def test_sizes_are_those_of_the_paper() -> None:
    dataset = SmallImagenet()
    assert dataset.split_sizes == (90_000, 10_000, 10_000)
    assert dataset.image_shape == (37, 37)
    assert dataset.input_size == 37 * 37
    assert dataset.test_size == 10_000


def test_images_are_balanced_distinct_and_of_their_class(imagenet: Path, tmp_path: Path) -> None:
    told: list[int] = []
    dataset = SmallImagenet(images_per_class=PER_CLASS)
    path = prepare(dataset, imagenet, tmp_path, told.append)
    assert path == dataset.path(tmp_path)
    assert told[-1] == 10 * PER_CLASS
    splits = dataset.read(tmp_path, Fetcher())
    assert [len(split) for _, split in splits] == [210, 20, 20]
    for (_, split), n_each in zip(splits, (21, 2, 2), strict=True):
        assert np.bincount(split.labels).tolist() == [n_each] * 10
        levels = split.images.astype(int)
        assert abs(levels - (20 * split.labels.astype(int) + 10)[:, None]).max() <= 1
    assert splits.files[0].sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def test_the_same_copy_gives_the_same_bytes_wherever_it_lies(
    imagenet: Path, tmp_path: Path
) -> None:
    dataset = SmallImagenet(images_per_class=PER_CLASS)
    first = prepare(dataset, imagenet, tmp_path / "a").read_bytes()
    copy = shutil.copytree(imagenet, tmp_path / "copy")
    assert prepare(dataset, copy, tmp_path / "b").read_bytes() == first


def test_taken_images_have_the_smallest_hashes_of_their_names(tmp_path: Path) -> None:
    """Every image of the first synset has its own level, so that the file shows which it is."""
    root = tmp_path / "imagenet"
    names = []
    for ids in synsets_of_classes().values():
        (root / ids[0]).mkdir(parents=True)
        for number in range(12):
            name = f"{ids[0]}/{number}.png"
            names.append(name)
            Image.new("L", (4, 4), number).save(root / name)
    dataset = SmallImagenet(images_per_class=11)
    prepare(dataset, root, tmp_path)
    splits = dataset.read(tmp_path, Fetcher())
    reptiles = sorted(names[:12], key=lambda name: hashlib.sha256(name.encode()).hexdigest())
    expected = [int(Path(name).stem) for name in reptiles]
    assert splits.training.images[splits.training.labels == 0, 0].tolist() == expected[:9]
    assert splits.validation.images[0, 0] == expected[9]
    assert splits.test.images[0, 0] == expected[10]


def test_too_few_images_are_counted_by_class(imagenet: Path, tmp_path: Path) -> None:
    dataset = SmallImagenet(images_per_class=29)
    with pytest.raises(DataNotAvailableError) as caught:
        prepare(dataset, imagenet, tmp_path)
    line = str(caught.value)
    assert "\n" not in line
    assert "reptiles has 28 images in 2 folders (add some of n0" in line
    assert " and 7 more; or take fewer" in line
    assert line.endswith("--images-per-class 28")


@pytest.mark.parametrize(("name", "words"), [("nowhere", "is not there"), ("notes", "no images")])
def test_a_folder_that_is_no_imagenet_is_refused(
    imagenet: Path, tmp_path: Path, name: str, words: str
) -> None:
    with pytest.raises(DataNotAvailableError, match=words):
        prepare(SmallImagenet(), imagenet / name, tmp_path)


def test_missing_and_damaged_files_say_how_to_make_them(imagenet: Path, tmp_path: Path) -> None:
    dataset = SmallImagenet(images_per_class=PER_CLASS)
    with pytest.raises(DataNotAvailableError, match="is not there; make it from a copy") as caught:
        dataset.read(tmp_path, Fetcher())
    assert "data prepare small_imagenet --imagenet DIR --images-per-class 25" in str(caught.value)
    path = prepare(dataset, imagenet, tmp_path)
    data = path.read_bytes()
    for damaged in (data[:-30], data[: len(data) // 2], b"", b"nothing"):
        path.write_bytes(damaged)
        with pytest.raises(DataNotAvailableError, match="is damaged"):
            dataset.read(tmp_path, Fetcher())
    other = SmallImagenet(images_per_class=PER_CLASS - 1)
    other.path(tmp_path).write_bytes(data)
    with pytest.raises(DataNotAvailableError, match="has another form"):
        other.read(tmp_path, Fetcher())


@pytest.mark.parametrize(
    "spoil",
    [
        lambda images, labels: (images.reshape(-1, 37, 37), labels),
        lambda images, labels: (images / 255, labels),
        lambda images, labels: (images, labels[:, None]),
        lambda images, labels: (images, labels.astype(str)),
        lambda images, labels: (images, labels.astype(np.int8) - 1),  # -1 was the last class
    ],
)
def test_arrays_of_another_form_are_refused(
    spoil: Callable[..., tuple[np.ndarray, np.ndarray]], imagenet: Path, tmp_path: Path
) -> None:
    dataset = SmallImagenet(images_per_class=PER_CLASS)
    path = prepare(dataset, imagenet, tmp_path)
    arrays = arrays_in(io.BytesIO(path.read_bytes()))
    images, labels = spoil(arrays["images"], arrays["labels"])
    path.write_bytes(to_npz(arrays | {"images": images, "labels": labels}, compress=True))
    with pytest.raises(DataNotAvailableError, match="has another form"):
        dataset.read(tmp_path, Fetcher())


def test_synsets_are_distinct_ids_under_the_classes_of_the_section() -> None:
    synsets = synsets_of_classes()
    assert tuple(synsets) == SmallImagenet.class_names
    ids = [synset for of_class in synsets.values() for synset in of_class]
    assert len(ids) == len(set(ids))
    assert all(re.fullmatch(r"n\d{8}", synset) for synset in ids)
    # Numbers of synsets that ImageNet's own statistics give for these subtrees.
    assert {name: len(of_class) for name, of_class in synsets.items()} == {
        "reptiles": 268, "vehicles": 481, "birds": 856, "mammals": 1138, "fish": 566,
        "furniture": 187, "instruments": 157, "tools": 316, "flowers": 462, "fruits": 309,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "synset"),
    [
        ("reptiles", "n01698640"),  # American alligator
        ("vehicles", "n04285008"),  # sports car
        ("birds", "n01514668"),  # cock
        ("mammals", "n02123045"),  # tabby
        ("fish", "n01440764"),  # tench
        ("furniture", "n02791124"),  # barber chair
        ("instruments", "n02676566"),  # acoustic guitar
        ("tools", "n03481172"),  # hammer
        ("flowers", "n11939491"),  # daisy
        ("fruits", "n07753592"),  # banana
    ],
)
def test_well_known_synsets_are_in_their_class(name: str, synset: str) -> None:
    assert [key for key, ids in synsets_of_classes().items() if synset in ids] == [name]
