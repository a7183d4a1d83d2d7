"""MNIST and Fashion-MNIST: 28 x 28 gray levels in IDX files."""

from pathlib import Path
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from glorot_repro.data.downloads import Fetcher
from glorot_repro.data.finite import FileRecord, Levels, Split, Splits
from glorot_repro.data.idx import parse_idx
from glorot_repro.data.locating import copies, obtain
from glorot_repro.data.published import Content, PublishedFile, Source, WrongContentError
from glorot_repro.data.published_dataset import TRAIN_SIZE, PublishedDataset

SIDE = 28
"""Pixels along each side of an image."""

N_TRAINING = 50_000
N_VALIDATION = 10_000
"""The last images of the training file, which come after the training images."""

N_TEST = 10_000

_IMAGES_HEADER = 16
_LABELS_HEADER = 8


def _published(
    name: str, n_images: int, *, sha256: str | None = None, gzip_sha256: str | None = None
) -> PublishedFile:
    is_images = "images" in name
    size = _IMAGES_HEADER + n_images * SIDE**2 if is_images else _LABELS_HEADER + n_images
    return PublishedFile(name, size, sha256, gzip_sha256)


MNIST_SOURCE = Source(
    name="mnist",
    folders=("mnist", "MNIST/raw", "."),
    mirrors=(
        "https://ossci-datasets.s3.amazonaws.com/mnist/",
        "https://storage.googleapis.com/cvdf-datasets/mnist/",
    ),
    files=(
        _published(
            "train-images-idx3-ubyte",
            60_000,
            sha256="ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
        ),
        _published(
            "train-labels-idx1-ubyte",
            60_000,
            sha256="65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
        ),
        _published(
            "t10k-images-idx3-ubyte",
            10_000,
            sha256="0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
        ),
        _published(
            "t10k-labels-idx1-ubyte",
            10_000,
            sha256="ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
        ),
    ),
)

# Zalando publishes hashes of its gzip files only: a copy in any other wrapping is used if it has
# the right form, and counts as unofficial. Not looked for directly in the data folder, where files
# of these names are those of MNIST.
FASHION_MNIST_SOURCE = Source(
    name="fashion_mnist",
    folders=("fashion_mnist", "FashionMNIST/raw"),
    mirrors=(
        "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
        "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
    ),
    files=(
        _published(
            "train-images-idx3-ubyte",
            60_000,
            gzip_sha256="3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
        ),
        _published(
            "train-labels-idx1-ubyte",
            60_000,
            gzip_sha256="a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
        ),
        _published(
            "t10k-images-idx3-ubyte",
            10_000,
            gzip_sha256="346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
        ),
        _published(
            "t10k-labels-idx1-ubyte",
            10_000,
            gzip_sha256="67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
        ),
    ),
)


class IdxDataset(PublishedDataset):
    """The base of data sets in the four IDX files of MNIST.

    Training images are the first of the training file, in its order, validation images its last
    `n_validation`.
    """

    n_validation: ClassVar[int] = N_VALIDATION
    train_size: Annotated[int, Field(ge=1, le=N_TRAINING, strict=True)] = Field(
        N_TRAINING, description=TRAIN_SIZE
    )

    input_size: ClassVar[int] = SIDE * SIDE
    n_classes: ClassVar[int] = 10
    image_shape: ClassVar[tuple[int, ...]] = (SIDE, SIDE)
    test_size: ClassVar[int] = N_TEST

    @property
    def split_sizes(self) -> tuple[int, int, int]:
        """See PublishedDataset."""
        n_file = self.source.files[1].size - _LABELS_HEADER
        n_test = self.source.files[3].size - _LABELS_HEADER
        return n_file - self.n_validation, self.n_validation, n_test

    def files_here(self, folder: Path) -> dict[str, Path | None]:
        """See FiniteDataset."""
        files = self.source.files
        return {f"{f.name}.gz": next(copies(self.source, f, folder), None) for f in files}

    def read(self, folder: Path, fetcher: Fetcher) -> Splits:
        """See FiniteDataset."""
        obtained = [
            obtain(self.source, file, folder, fetcher, self._array) for file in self.source.files
        ]
        images, labels, test_images, test_labels = (array for _, array in obtained)
        n_training = len(images) - self.n_validation
        return Splits(
            Split(images[:n_training], labels[:n_training]),
            Split(images[n_training:], labels[n_training:]),
            Split(test_images, test_labels),
            tuple(FileRecord(c.name, c.path, c.sha256, c.is_official) for c, _ in obtained),
        )

    def _array(self, content: Content) -> Levels:
        array = parse_idx(content.data)
        is_images = "images" in content.name
        if array.shape[1:] != (self.image_shape if is_images else ()):
            found = " x ".join(str(n) for n in array.shape)
            message = f"has the shape {found}"
            raise WrongContentError(message)
        if not is_images and array.max() >= self.n_classes:
            message = f"has the label {array.max()}, expected 0 to {self.n_classes - 1}"
            raise WrongContentError(message)
        return array.reshape(len(array), -1) if is_images else array


class Mnist(IdxDataset):
    """`dataset: {name: mnist}`: handwritten digits, 50,000 + 10,000 + 10,000 in file order.

    Source of the split: section 2.2 of the paper; of the hashes: the decompressed official files.
    """

    name: Literal["mnist"] = "mnist"
    source: ClassVar[Source] = MNIST_SOURCE
    class_names: ClassVar[tuple[str, ...]] = tuple("0123456789")


class FashionMnist(IdxDataset):
    """`dataset: {name: fashion_mnist}`: Zalando's articles of clothing, in the form of MNIST."""

    name: Literal["fashion_mnist"] = "fashion_mnist"
    source: ClassVar[Source] = FASHION_MNIST_SOURCE
    class_names: ClassVar[tuple[str, ...]] = (
        "T-shirt/top",
        "trouser",
        "pullover",
        "dress",
        "coat",
        "sandal",
        "shirt",
        "sneaker",
        "bag",
        "ankle boot",
    )
