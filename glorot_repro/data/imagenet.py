"""Making Small-ImageNet from a copy of ImageNet with a folder of images a WordNet id."""

import json
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

import numpy as np

from glorot_repro.data.decoding import decode_images, is_image
from glorot_repro.data.image_folder import name_rank
from glorot_repro.data.small_imagenet import SIDE, SmallImagenet
from glorot_repro.data.store import write_arrays
from glorot_repro.errors import DataNotAvailableError
from glorot_repro.wording import listed

_MOST_NAMED = 3


def synsets_of_classes() -> dict[str, list[str]]:
    """The ten broad classes, in the order of the labels, and the WordNet 3.0 ids of each.

    They are the synsets of ImageNet under one noun of WordNet a class, such as n01661091, reptile;
    no synset is under two of them.
    """
    text = files("glorot_repro.data").joinpath("small_imagenet_synsets.json").read_text()
    return {name: entry["synsets"] for name, entry in json.loads(text)["classes"].items()}


def prepare(
    dataset: SmallImagenet,
    imagenet: Path,
    folder: Path,
    tell: Callable[[int], None] = lambda n_done: None,
) -> Path:
    """Make the file of `dataset` in the data folder `folder`; returns its path.

    imagenet: holds a folder a synset, such as n01440764, with its images. Of all images of a class
    those are taken whose names have the smallest SHA-256. `tell` is told how many are decoded.
    Raises DataNotAvailableError if a class has too few images or one cannot be decoded.
    """
    if not imagenet.is_dir():
        message = f"{imagenet} is not there; name a folder with folders such as n01440764"
        raise DataNotAvailableError(message)
    synsets = synsets_of_classes()
    images = {name: _images_of(imagenet, ids) for name, ids in synsets.items()}
    _reject_too_few(images, synsets, dataset.images_per_class, imagenet)
    chosen = [sorted(names, key=name_rank) for names in images.values()]
    paths: list[Path] = []
    labels: list[int] = []
    begin = 0
    for n_images in dataset.split_sizes:
        n_each = n_images // dataset.n_classes
        for label, names in enumerate(chosen):
            paths += [imagenet / name for name in names[begin : begin + n_each]]
            labels += [label] * n_each
        begin += n_each
    levels = decode_images(paths, SIDE, is_grayscale=True, tell=tell)
    target = dataset.path(folder)
    write_arrays(target, {"images": levels, "labels": np.array(labels, np.uint8)})
    return target


def _images_of(imagenet: Path, synsets: list[str]) -> list[str]:
    return [
        f"{synset}/{path.name}"
        for synset in synsets
        if (imagenet / synset).is_dir()
        for path in (imagenet / synset).iterdir()
        if is_image(path.name)
    ]


def _reject_too_few(
    images: dict[str, list[str]], synsets: dict[str, list[str]], n_needed: int, imagenet: Path
) -> None:
    if not any(images.values()):
        message = f"{imagenet} holds no images in folders of WordNet ids such as n01440764"
        raise DataNotAvailableError(message)
    problems = []
    for name, found in images.items():
        if len(found) < n_needed:
            here = {image.partition("/")[0] for image in found}
            missing = [synset for synset in synsets[name] if synset not in here]
            problems.append(
                f"{name} has {len(found):,} images in {len(here)} folders (add some of "
                f"{listed(missing, _MOST_NAMED)})"
            )
    if problems:
        fewest = min(len(found) for found in images.values())
        fewer = f"; or take fewer with --images-per-class {fewest}" if fewest >= 11 else ""
        message = (
            f"{imagenet} holds too few images for {n_needed:,} of each class: "
            f"{listed(problems, _MOST_NAMED, separator='; ')}{fewer}"
        )
        raise DataNotAvailableError(message)
