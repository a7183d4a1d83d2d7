"""Claims of section 2: what the data sets hold."""

import numpy as np
from numpy.typing import NDArray

from glorot_repro.data.finite import FiniteDataset
from glorot_repro.data.folder import data_folder
from glorot_repro.data.pictures import Pictures
from glorot_repro.data.polygons import filled_runs, masks_of_runs
from glorot_repro.data.registry import DATASETS
from glorot_repro.data.shapes import Shapes
from glorot_repro.data.shapeset import BLOCK_SIZE, Shapeset, draw_block
from glorot_repro.errors import DataNotAvailableError
from glorot_repro.report.claims.evidence import Evidence, Finding
from glorot_repro.runs.streams import stream_seeds
from glorot_repro.wording import listed

NOTHING_TRAINED = "no training: measured here"
SEEDS = np.random.SeedSequence(2010)
BRIGHT_BACKGROUND = Shapeset().bright_background

N_CLASS_DRAWS = 100_000
N_PAIR_DRAWS = 20_000
N_FACTOR_DRAWS = 5_000
N_STREAM = 1_000_000

LARGEST_OVERLAP, USUAL_OVERLAP = 0.5, 0.3
LARGEST_SHARE_OF_REPEATS = 1e-4


def shapeset_classes(evidence: Evidence) -> Finding:
    """Labels, and which unordered contents each stands for, from the shapes that were drawn."""
    counts = np.zeros(9, int)
    contents: dict[tuple[int, ...], set[int]] = {}
    for number in range(N_CLASS_DRAWS // BLOCK_SIZE):
        pictures = _block(number)
        counts += np.bincount(pictures.labels, minlength=9)
        for content, label in zip(_contents(pictures), pictures.labels.tolist(), strict=True):
            contents.setdefault(content, set()).add(label)
    is_one_to_one = all(len(labels) == 1 for labels in contents.values())
    n_labels = int(np.count_nonzero(counts))
    constant_guess = 100 * (1 - counts.max() / counts.sum())
    return Finding(
        n_labels == 9 and is_one_to_one and len(contents) == 9,
        {
            "labels": n_labels,
            "contents": len(contents),
            "order_matters": not is_one_to_one,
            "constant_guess_error": constant_guess,
        },
        f"{n_labels} labels for {len(contents)} unordered contents in {N_CLASS_DRAWS:,} draws; "
        f"the best constant guess errs {constant_guess:.1f} %",
        NOTHING_TRAINED,
    )


def shapeset_resolution(evidence: Evidence) -> Finding:
    """The shape of an image, and of what a network is given."""
    section = Shapeset()
    images, _ = section.sample(1, seed=0)
    inputs, _ = section.training_stream(SEEDS, "float32").next_batch(1)
    return Finding(
        images.shape == (1, 32, 32) and inputs.shape == (1, 1024),
        {"image": list(images.shape[1:]), "inputs": inputs.shape[1]},
        f"images of {images.shape[1]} x {images.shape[2]} gray levels, {inputs.shape[1]} inputs",
        NOTHING_TRAINED,
    )


def shapeset_overlap(evidence: Evidence) -> Finding:
    """Pixels of the first shape that the second one covers, over those of either.

    The paper's "its area" can be that of the second shape or that of the first, the hidden one.
    """
    shares: dict[str, list[NDArray[np.float64]]] = {"second": [], "first": []}
    pixels: dict[str, list[NDArray[np.float64]]] = {"second": [], "first": []}
    number = n_pairs = 0
    while n_pairs < N_PAIR_DRAWS:
        pictures = _block(number)
        shown = ~pictures.is_given_up
        first = _masks(pictures.first[pictures.pair[shown]])
        second = _masks(pictures.second[shown])
        overlap = (first & second).sum(axis=1, dtype=np.float64)
        for name, masks in (("second", second), ("first", first)):
            pixels[name].append(masks.sum(axis=1, dtype=np.float64))
            shares[name].append(overlap / pixels[name][-1])
        n_pairs += int(shown.sum())
        number += 1
    n_above, largest, n_usual = {}, {}, {}
    for name, rows in shares.items():
        share, size = np.concatenate(rows), np.concatenate(pixels[name])
        n_above[name] = int((share > LARGEST_OVERLAP + 1 / size).sum())
        n_usual[name] = int((share > USUAL_OVERLAP).sum())
        largest[name] = float(share.max())
    return Finding(
        any(n_above[name] == 0 and n_usual[name] > 0 for name in n_above),
        {
            "draws": n_pairs,
            "draws_above_half": n_above,
            "draws_above_0.3": n_usual,
            "largest_share": largest,
        },
        f"the overlap is more than half of the second shape in {n_above['second']:,} of "
        f"{n_pairs:,} two-shape draws (largest share {largest['second']:.2f}), more than half of "
        f"the first, which lies below, in {n_above['first']:,} ({largest['first']:.2f}); the "
        "authors' generator, which is followed here, bounds an estimate of it by half of the first",
        NOTHING_TRAINED,
    )


def shapeset_factors(evidence: Evidence) -> Finding:
    """The spread of each parameter that was drawn."""
    blocks = [_block(number) for number in range(-(-N_FACTOR_DRAWS // BLOCK_SIZE))]
    first = [block.first for block in blocks]
    scale = np.concatenate([shapes.scale for shapes in first], axis=1)[:, :N_FACTOR_DRAWS]
    center = np.concatenate([shapes.center for shapes in first], axis=1)[:, :N_FACTOR_DRAWS]
    spreads = {
        "size": np.sqrt(scale[0] * scale[1]).std(),
        "rotation": np.concatenate([shapes.rotation for shapes in first]).std(),
        "position": center.std(axis=1).min(),
        "gray level": np.concatenate([block.level[0] for block in blocks]).std(),
        "proportions": (scale[1] / scale[0]).std(),
    }
    spreads = {name: float(value) for name, value in spreads.items()}
    told = ", ".join(f"{name} {value:.3g}" for name, value in spreads.items())
    return Finding(
        all(value > 0 for value in spreads.values()),
        {"std": spreads},
        f"standard deviations: {told}",
        NOTHING_TRAINED,
    )


def shapeset_online(evidence: Evidence) -> Finding:
    """Exact duplicates among the first million images of a training stream, by a 64-bit hash."""
    seeds = stream_seeds(0, "training_data")
    factors = np.random.default_rng(1).integers(0, 2**64, Shapeset.input_size // 8, np.uint64)
    hashes = np.empty(N_STREAM, np.uint64)
    for start in range(0, N_STREAM, BLOCK_SIZE):
        # The blocks that the stream serves, as bytes: turning them into inputs would take longer.
        images = draw_block(seeds, start // BLOCK_SIZE, BRIGHT_BACKGROUND).images
        # A sum of products modulo 2^64 over eight pixels at a time: as good as random.
        hashes[start : start + BLOCK_SIZE] = images.view(np.uint64) @ factors
    n_repeated = N_STREAM - len(np.unique(hashes))
    share = n_repeated / N_STREAM
    return Finding(
        share < LARGEST_SHARE_OF_REPEATS,
        {"examples": N_STREAM, "repeated": n_repeated, "share": share},
        f"{n_repeated:,} of the first {N_STREAM:,} training images were there before",
        NOTHING_TRAINED,
    )


def mnist_split(evidence: Evidence) -> Finding:
    """Array lengths of MNIST."""
    return _split("mnist", (50_000, 10_000, 10_000), n_inputs=784)


def cifar10_split(evidence: Evidence) -> Finding:
    """Array lengths of CIFAR-10; test classes of 1000 each."""
    return _split("cifar10", (40_000, 10_000, 10_000), n_inputs=3072, largest_imbalance=0.0)


def small_imagenet_split(evidence: Evidence) -> Finding:
    """Array lengths of Small-ImageNet; classes within 1 percent of equal."""
    sizes = (90_000, 10_000, 10_000)
    return _split("small_imagenet", sizes, n_inputs=1369, largest_imbalance=0.01)


def _split(
    name: str,
    expected: tuple[int, int, int],
    *,
    n_inputs: int,
    largest_imbalance: float = 1.0,
) -> Finding:
    require_files(name)
    splits = _finite(name).splits()
    sizes = tuple(len(split) for _, split in splits)
    counts = np.bincount(splits.test.labels)
    imbalance = float(np.abs(counts / counts.mean() - 1).max())
    found_inputs = splits.training.images.shape[1]
    return Finding(
        sizes == expected
        and found_inputs == n_inputs
        and len(counts) == 10
        and imbalance <= largest_imbalance,
        {
            "sizes": list(sizes),
            "inputs": found_inputs,
            "classes": len(counts),
            "test_images_per_class": counts.tolist(),
        },
        f"{sizes[0]:,} training, {sizes[1]:,} validation, {sizes[2]:,} test images of "
        f"{found_inputs:,} inputs; {counts.min():,} to {counts.max():,} test images a class",
        NOTHING_TRAINED,
    )


def require_files(name: str) -> None:
    """Raises DataNotAvailableError if the files of a data set are not there; fetches nothing."""
    section = _finite(name)
    folder = data_folder()
    missing = [file for file, path in section.files_here(folder).items() if path is None]
    if missing:
        message = (
            f"the files of {name} are not there ({listed(missing, most=1)}): {section.how_to_get}"
        )
        raise DataNotAvailableError(message)


def _finite(name: str) -> FiniteDataset:
    section = DATASETS[name]()
    if not isinstance(section, FiniteDataset):
        message = f"{name} lies in no files"
        raise TypeError(message)
    return section


def _block(number: int) -> Pictures:
    return draw_block(SEEDS, number, BRIGHT_BACKGROUND)


def _masks(shapes: Shapes) -> NDArray[np.uint8]:
    x, y = shapes.vertices().astype(np.intp)
    return masks_of_runs(*filled_runs(x, y))


def _contents(pictures: Pictures) -> list[tuple[int, ...]]:
    """The kinds of shape in each picture, sorted."""
    contents: list[tuple[int, ...]] = [(kind,) for kind in pictures.first.kind.tolist()]
    shown = ~pictures.is_given_up
    for picture, kind in zip(
        pictures.pair[shown].tolist(), pictures.second.kind[shown].tolist(), strict=True
    ):
        contents[picture] = tuple(sorted((*contents[picture], kind)))
    return contents
