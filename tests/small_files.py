"""Small data files in the real formats, and a web server that hands them out well or badly."""

import gzip
import hashlib
import io
import struct
import tarfile
import threading
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from glorot_repro.data.cifar10 import CIFAR10_SOURCE, Cifar10
from glorot_repro.data.mnist import FASHION_MNIST_SOURCE, MNIST_SOURCE, FashionMnist, Mnist
from glorot_repro.data.published import Source

N_TRAINING_FILE, N_VALIDATION, N_TEST = 60, 20, 30
"""Images of the small MNIST's training file, those of them for validation, and test images."""

N_BATCH = 20
"""Images of each file of the small CIFAR-10."""


def idx_bytes(array: NDArray[np.uint8]) -> bytes:
    """An IDX file, written as its description says."""
    header = struct.pack(">HBB", 0, 8, array.ndim) + struct.pack(f">{array.ndim}I", *array.shape)
    return header + array.tobytes()


def _mnist_files(seed: int) -> dict[str, bytes]:
    rng = np.random.default_rng(seed)
    files = {}
    for prefix, n in (("train", N_TRAINING_FILE), ("t10k", N_TEST)):
        images = rng.integers(0, 256, (n, 28, 28), dtype=np.uint8)
        labels = (np.arange(n) % 10).astype(np.uint8)
        files[f"{prefix}-images-idx3-ubyte"] = idx_bytes(images)
        files[f"{prefix}-labels-idx1-ubyte"] = idx_bytes(labels)
    return files


def _cifar10_files() -> dict[str, bytes]:
    rng = np.random.default_rng(7)
    names = [*(f"data_batch_{k}.bin" for k in range(1, 6)), "test_batch.bin"]
    files = {}
    for name in names:
        records = rng.integers(0, 256, (N_BATCH, 3073), dtype=np.uint8)
        records[:, 0] = np.arange(N_BATCH) % 10
        files[name] = records.tobytes()
    return files


MNIST_FILES = _mnist_files(1)
FASHION_FILES = _mnist_files(2)
FASHION_GZIPS = {name: gzip.compress(data, mtime=0) for name, data in FASHION_FILES.items()}
CIFAR10_FILES = _cifar10_files()


def _small(source: Source, files: dict[str, bytes]) -> Source:
    published = tuple(
        replace(file, size=len(files[file.name]), sha256=_sha256(files[file.name]))
        for file in source.files
    )
    return replace(source, files=published, mirrors=())


def _small_fashion() -> Source:
    small = _small(FASHION_MNIST_SOURCE, FASHION_FILES)
    published = tuple(
        replace(file, sha256=None, gzip_sha256=_sha256(FASHION_GZIPS[file.name]))
        for file in small.files
    )
    return replace(small, files=published)


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


class SmallMnist(Mnist):
    """MNIST with few images, and no mirrors."""

    source: ClassVar[Source] = _small(MNIST_SOURCE, MNIST_FILES)
    n_validation: ClassVar[int] = N_VALIDATION


class SmallFashionMnist(FashionMnist):
    """Fashion-MNIST with few images, and no mirrors."""

    source: ClassVar[Source] = _small_fashion()
    n_validation: ClassVar[int] = N_VALIDATION


class SmallCifar10(Cifar10):
    """CIFAR-10 with few images, and no mirrors."""

    source: ClassVar[Source] = _small(CIFAR10_SOURCE, CIFAR10_FILES)


def write_files(folder: Path, files: dict[str, bytes], *, in_gzip: bool = False) -> None:
    """Write `files` into `folder`, as they are or in gzip with the suffix .gz."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        if in_gzip:
            (folder / f"{name}.gz").write_bytes(gzip.compress(data, 1))
        else:
            (folder / name).write_bytes(data)


def cifar10_archive_bytes(files: dict[str, bytes], folder: str = "cifar-10-batches-bin") -> bytes:
    """A .tar.gz of `files` as the authors have made it."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        for name, data in files.items():
            member = tarfile.TarInfo(f"{folder}/{name}")
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))
    return buffer.getvalue()


def with_flipped_byte(data: bytes, position: int) -> bytes:
    """The data with all bits of one byte turned over."""
    return data[:position] + bytes([data[position] ^ 0xFF]) + data[position + 1 :]


class Mirror:
    """A web server on this machine; `http://HOST/MODE/NAME` gives the file NAME.

    MODE: `good`; `cut` closes the connection in the middle; `damaged` has a flipped byte;
    `mended` has one the first time; `short` ends early without having said how long it is;
    `wrong` is a page of text; a number is that HTTP status. `requests` are the paths asked for.
    """

    def __init__(self, files: dict[str, bytes]) -> None:
        self.requests: list[str] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                _, mode, name = self.path.split("/")
                is_first = self.path not in outer.requests
                outer.requests.append(self.path)
                if mode.isdigit():
                    self.send_error(int(mode))
                    return
                data = files.get(name)
                if data is None:
                    self.send_error(404)
                    return
                if mode == "wrong":
                    data = b"<html>please log in</html>"
                if mode == "damaged" or (mode == "mended" and is_first):
                    data = with_flipped_byte(data, len(data) // 2)
                self.send_response(200)
                if mode != "short":
                    self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data[: len(data) // 2] if mode in ("cut", "short") else data)

            def log_message(self, *arguments: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def address(self, mode: str) -> str:
        """The mirror of this mode."""
        return f"http://127.0.0.1:{self._server.server_port}/{mode}/"

    def modes(self) -> list[str]:
        """The modes asked for, in order."""
        return [path.split("/")[1] for path in self.requests]
