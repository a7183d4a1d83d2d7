"""`glorot-repro data ...` as a user sees it: files, exit codes, lines."""

import gzip
import io
import json
import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from conftest import Run
from PIL import Image
from rich.console import Console
from rich.progress import Progress
from small_files import MNIST_FILES, Mirror, SmallMnist, write_files
from typer.testing import CliRunner

from glorot_repro.cli import data
from glorot_repro.cli.progress import DownloadBar
from glorot_repro.data.imagenet import synsets_of_classes
from glorot_repro.data.mnist import Mnist
from glorot_repro.data.registry import DATASETS

REAL = Path(os.environ.get("GLOROT_DATA", "/nowhere"))
EXAMPLE = Path(__file__).parents[2] / "configs" / "examples" / "mnist.yaml"
has_mnist = pytest.mark.skipif(
    not any((REAL / inner / "train-images-idx3-ubyte.gz").is_file() for inner in (".", "mnist")),
    reason="GLOROT_DATA has no MNIST",
)


@pytest.fixture
def small_mnist(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Makes `mnist` of this process a data set of few images; returns its empty data folder."""
    monkeypatch.setenv("GLOROT_DATA", "")
    monkeypatch.setattr(Mnist, "source", SmallMnist.source)
    monkeypatch.setattr(Mnist, "n_validation", SmallMnist.n_validation)
    return tmp_path / "data"


@pytest.fixture
def mirror() -> Iterator[Mirror]:
    files = {f"{name}.gz": gzip.compress(content) for name, content in MNIST_FILES.items()}
    with Mirror(files) as server:
        yield server


@pytest.fixture
def image_folder(tmp_path: Path) -> Path:
    rng = np.random.default_rng(0)
    for name in ("cats", "dogs"):
        (tmp_path / "pets" / name).mkdir(parents=True)
        for number in range(12):
            levels = rng.integers(0, 256, (9, 9, 3), dtype=np.uint8)
            Image.fromarray(levels).save(tmp_path / "pets" / name / f"{number}.png")
    return tmp_path / "pets"


def invoke(*arguments: object) -> str:
    result = CliRunner().invoke(data.app, [str(a) for a in arguments], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_list_names_every_data_set_and_how_to_get_it(
    process: Run, cli: Run, tmp_path: Path
) -> None:
    done = cli("data", "list", "--data-dir", str(tmp_path / "none"))
    assert done.returncode == 0, done.stderr
    for name in DATASETS:
        assert f"\n{name} " in done.stdout
    assert "glorot-repro data fetch cifar10" in done.stdout
    assert "glorot-repro data prepare small_imagenet --imagenet DIR" in done.stdout
    assert str(tmp_path / "none") in done.stdout
    entries = json.loads(process("data", "list", "--json", "--data-dir", str(tmp_path)).stdout)
    by_name = {entry["name"]: entry for entry in entries["datasets"]}
    assert set(by_name) == set(DATASETS)
    assert by_name["cifar10"]["split_sizes"] == [40_000, 10_000, 10_000]
    assert {name for name, entry in by_name.items() if entry["available"]} == {"shapeset"}


def test_list_says_where_files_are_and_which_are_missing(small_mnist: Path) -> None:
    write_files(small_mnist / "mnist", MNIST_FILES, in_gzip=True)
    assert f"in {small_mnist / 'mnist'}" in invoke("list", "--data-dir", small_mnist)
    (small_mnist / "mnist" / "train-labels-idx1-ubyte.gz").unlink()
    line = invoke("list", "--data-dir", small_mnist)
    assert "train-labels-idx1-ubyte.gz missing; glorot-repro data fetch mnist" in line


def test_fetch_gets_and_checks_all_files(small_mnist: Path, mirror: Mirror) -> None:
    arguments = ("--mirror", mirror.address("503"), "--mirror", mirror.address("good")[:-1])
    text = invoke("fetch", "mnist", "--data-dir", small_mnist, *arguments)
    assert mirror.modes() == ["503", "good"] * 4
    for file in SmallMnist.source.files:
        assert f"{small_mnist / 'mnist' / file.name}.gz  SHA-256 {file.sha256}\n" in text
    printed = json.loads(invoke("fetch", "mnist", "--data-dir", small_mnist, "--json"))
    assert [file["official"] for file in printed["files"]] == [True] * 4
    assert invoke("fetch", "mnist", "--data-dir", small_mnist, "--quiet") == ""
    assert len(mirror.requests) == 8


@pytest.mark.parametrize("address", ["http://[x", "localhost", "ftp://host/folder", "https://", ""])
def test_a_mirror_that_is_no_address_is_one_line(cli: Run, small_mnist: Path, address: str) -> None:
    """The first was a traceback, the second `(: MissingSchema; ...`."""
    done = cli("data", "fetch", "mnist", "--data-dir", str(small_mnist), "--mirror", address)
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert line.endswith(f"expected an address such as https://host/folder, found '{address}'")


def test_a_terminal_shows_the_bar_of_each_file(
    small_mnist: Path, mirror: Mirror, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")  # makes rich believe in a terminal
    monkeypatch.setenv("COLUMNS", "100")
    arguments = ["fetch", "mnist", "--data-dir", str(small_mnist)]
    result = CliRunner().invoke(data.app, [*arguments, "--mirror", mirror.address("good")])
    assert result.exit_code == 0
    for name in MNIST_FILES:
        assert f"{name}.gz" in result.stderr


def test_nothing_is_fetched_for_the_user_s_own_images(process: Run) -> None:
    """It asked for the path of the folder, an option that `fetch` does not have."""
    done = process("data", "fetch", "image_folder")
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr == "image_folder is your own images: there is nothing to fetch\n"


def test_nothing_is_fetched_for_what_is_generated() -> None:
    assert invoke("fetch", "shapeset") == ""


def test_without_files_and_network_one_line_and_exit_code_4(
    process: Run, cli: Run, tmp_path: Path
) -> None:
    (tmp_path / "data").write_text("in the way, so that no mirror of the real MNIST is asked")
    done = process("data", "fetch", "mnist", "--data-dir", str(tmp_path / "data"))
    assert done.returncode == 4
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db" in done.stderr
    done = cli("data", "show", "small_imagenet", "--data-dir", str(tmp_path))
    assert done.returncode == 4
    assert "data prepare small_imagenet --imagenet DIR" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("show", "minst"), "did you mean 'mnist'?"),
        (("show", "mnist", "rang=[0, 1]"), "unknown key 'rang'"),
        (("show", "mnist", "range=[1, 0]"), "the first number must be below the second"),
        (("show", "image_folder"), "path: expected text, found nothing"),
        (("sample", "shapeset", "bright_background=2"), "a number from 0 to 1, found 2"),
        (("show", "shapeset", "--out", "s.txt"), "--out: expected a file that ends in .png, found"),
        (("sample", "shapeset", "--out", "s.png"), "--out: expected a file that ends in .npz, fou"),
        (("prepare", "mnist", "--imagenet", "."), "'mnist' needs no preparing"),
    ],
)
def test_wrong_arguments_are_one_line_and_exit_code_2(
    cli: Run, arguments: tuple[str, ...], words: str
) -> None:
    done = cli("data", *arguments)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert words in done.stderr


def test_show_draws_a_sheet_and_prints_the_numbers(
    process: Run, cli: Run, image_folder: Path
) -> None:
    arguments = ("show", "image_folder", f"path={image_folder}", "size=8", "grayscale=true")
    done = cli("data", *arguments, "--data-dir", "data")
    assert done.returncode == 0, done.stderr
    assert "images of 8 x 8, 64 inputs in [0, 1], 2 classes" in done.stdout
    assert "cats         10           1     1" in done.stdout
    assert "mean square 0." in done.stdout
    assert "not the official file" not in done.stdout
    with Image.open(image_folder.parent / "image_folder.png") as sheet:
        assert sheet.format == "PNG"
        assert min(sheet.size) > 100

    done = process("data", *arguments, "--data-dir", "data", "--json", "--out", "other.png")
    printed = json.loads(done.stdout)
    assert printed["class_counts"]["training"] == [10, 10]
    assert printed["mean_square"] > printed["mean"] ** 2
    assert printed["sheet"] == "other.png"
    assert (image_folder.parent / "other.png").is_file()


def test_sample_writes_images_and_labels(process: Run, cli: Run, tmp_path: Path) -> None:
    arguments = ("sample", "shapeset", "bright_background=0.5", "--count", "7", "--seed", "3")
    done = cli("data", *arguments, "--out", "a.npz")
    assert done.returncode == 0, done.stderr
    with np.load(tmp_path / "a.npz", allow_pickle=False) as file:
        assert file["images"].shape == (7, 32, 32)
        assert file["images"].dtype == np.uint8
        assert file["labels"].shape == (7,)
        assert int(file["format_version"]) == 1
    process("data", *arguments, "--out", "b.npz", "--json")
    assert (tmp_path / "b.npz").read_bytes() == (tmp_path / "a.npz").read_bytes()


def test_sample_of_a_finite_data_set_is_its_training_images(
    small_mnist: Path, tmp_path: Path
) -> None:
    write_files(small_mnist / "mnist", MNIST_FILES)
    out = tmp_path / "a.npz"
    invoke("sample", "mnist", "--count", 40, "--out", out, "--data-dir", small_mnist)
    with np.load(out, allow_pickle=False) as file:
        images = file["images"].reshape(40, 784)
    training = np.frombuffer(MNIST_FILES["train-images-idx3-ubyte"], np.uint8, offset=16)
    expected = training[: 40 * 784].reshape(40, 784)
    np.testing.assert_array_equal(np.unique(images, axis=0), np.unique(expected, axis=0))


@pytest.mark.parametrize("is_terminal", [False, True])
def test_prepare_makes_small_imagenet(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_terminal: bool
) -> None:
    monkeypatch.setenv("GLOROT_DATA", "")
    if is_terminal:
        monkeypatch.setenv("FORCE_COLOR", "1")
    for ids in synsets_of_classes().values():
        (tmp_path / "imagenet" / ids[0]).mkdir(parents=True)
        for number in range(11):
            Image.new("L", (5, 5), number).save(tmp_path / "imagenet" / ids[0] / f"{number}.png")
    arguments = ("small_imagenet", "--imagenet", tmp_path / "imagenet", "--data-dir", tmp_path)
    path = tmp_path / "small_imagenet" / "small_imagenet-11.npz"
    text = invoke("prepare", *arguments, "--images-per-class", 11)
    assert text == f"{path}: 90 training, 10 validation, 10 test images\n"
    assert path.is_file()
    printed = json.loads(invoke("prepare", *arguments, "--images-per-class", 11, "--json"))
    assert printed["sizes"] == {"training": 90, "validation": 10, "test": 10}
    text = invoke("show", "small_imagenet", "images_per_class=11", "--out", tmp_path / "sheet.png")
    assert f"{path}  SHA-256" in text
    assert "images of 37 x 37, 1,369 inputs" in text


def test_a_run_finds_its_images_and_records_their_hash(
    cli: Run, image_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GLOROT_DATA", str(tmp_path / "data"))  # the cache must not go elsewhere
    (tmp_path / "pets.yaml").write_text(
        "name: pets\n"
        "dataset: {name: image_folder, path: pets, size: 8}\n"
        "model: {hidden: [5]}\n"
        "training: {updates: 30}\n"
        "evaluation: {every: 10}\n"
        "record: {every: 0, examples: 2}\n"
    )
    done = cli("run", "pets.yaml", "--json")
    assert done.returncode == 0, done.stderr
    (run,) = json.loads(done.stdout)["runs"]
    assert run["status"] == "finished"
    assert list(run["data_files"]) == ["pets"]
    assert len(run["data_files"]["pets"]) == 64
    assert len(list((tmp_path / "data" / "image_folder").glob("*.npz"))) == 1


@has_mnist
def test_one_hidden_layer_goes_below_four_percent_on_mnist_at_the_quick_scale(cli: Run) -> None:
    """With 100 units instead of the 1000 of the example, which need four times as long."""
    done = cli("run", str(EXAMPLE), "--scale", "quick", "model.width=100", "--json")
    assert done.returncode == 0, done.stderr
    (run,) = json.loads(done.stdout)["runs"]
    assert run["test_error"] < 4
    assert run["validation_error"] < 4
    assert len(run["data_files"]) == 4


def test_download_bar_shows_what_pooch_tells_it() -> None:
    progress = Progress(console=Console(file=io.StringIO()))
    bar = DownloadBar(progress, "numbers")
    assert bar.total is None
    bar.total = 100
    bar.update(64)
    assert (bar.total, progress.tasks[0].completed) == (100, 64)
    bar.reset()
    bar.update(100)
    bar.close()
    assert progress.tasks[0].finished


def test_more_images_than_the_memory_holds_are_told_in_one_line(cli: Run) -> None:
    done = cli("data", "show", "shapeset", "train_size=1000000000000")
    assert done.returncode == 1
    assert done.stderr.startswith("glorot-repro: not enough memory: Unable to allocate")
    assert done.stderr.count("\n") == 1
