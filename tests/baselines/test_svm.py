"""The support vector machine: its kernel, its choice, its two forms, its files."""

import builtins
import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import Run
from scipy.spatial.distance import cdist

from glorot_repro.baselines import svm
from glorot_repro.baselines.experiment import SvmExperiment
from glorot_repro.baselines.kernel import rbf_kernel
from glorot_repro.cli.svm import svm as svm_command
from glorot_repro.config.experiment import load_experiment, parse_experiment
from glorot_repro.config.shipped import find_config
from glorot_repro.config.svm import SvmSection
from glorot_repro.data.images import LabelledImages
from glorot_repro.errors import ConfigError

GENERATOR = np.random.default_rng(8)


def rings(n: int, seed: int, wrong: float = 0.0) -> LabelledImages:
    """Points of two rings around gray, as images of two levels: no straight line parts them.

    wrong: the share of the labels that is not that of the ring.
    """
    generator = np.random.default_rng(seed)
    labels = generator.integers(0, 2, n).astype(np.uint8)
    angles = generator.uniform(0, 2 * np.pi, n)
    radius = np.where(labels == 1, 100.0, 40.0)
    points = 128 + radius[:, None] * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    labels ^= (generator.random(n) < wrong).astype(np.uint8)
    return LabelledImages(points.astype(np.uint8), labels, np.linspace(-1, 1, 256))


def silent(line: str) -> None:
    pass


def test_kernel_is_the_exponential_of_the_squared_distance() -> None:
    x, y = GENERATOR.normal(size=(7, 5)), GENERATOR.normal(size=(4, 5))
    expected = np.exp(-0.3 * cdist(x, y, "sqeuclidean"))
    np.testing.assert_allclose(rbf_kernel(x, y, 0.3), expected, rtol=1e-12)
    assert rbf_kernel(x, x, 0.3).max() <= 1


def test_it_learns_what_no_line_can_part() -> None:
    section = SvmSection(C=(10,), gamma=(4.0,), finalists=1)
    outcome = svm.select(section, rings(200, 0), rings(200, 1), rings(200, 2), silent)
    assert outcome.test_error < 2
    assert 0 < outcome.n_support < 200


def test_the_reported_errors_are_those_of_the_finalist_that_validation_chose(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """C 1 leads on few images, C 2 on all of them; on the test images C 1 again."""
    errors = {
        (1, 40, 40): 10, (2, 40, 40): 11, (1, 200, 100): 9, (2, 200, 100): 5,
        (1, 200, 50): 20, (2, 200, 50): 30,
    }  # fmt: skip

    class Made:
        def __init__(self, images: LabelledImages, C: float, gamma: float) -> None:
            self.C, self.n_images, self.n_support = C, len(images), int(C)

        def error(self, images: LabelledImages) -> float:
            return errors[int(self.C), self.n_images, len(images)]

    monkeypatch.setattr(svm, "Machine", Made)
    section = SvmSection(C=(1, 2), gamma=(1.0,), search_examples=40, finalists=2)
    found = svm.select(section, rings(200, 0), rings(100, 1), rings(50, 2), silent)
    assert (found.best.C, found.best.validation_error, found.test_error) == (2, 5, 30)
    assert found.n_support == 2


def test_the_kernel_as_a_matrix_gives_the_machine_of_the_library(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    training, test = rings(150, 0, wrong=0.2), rings(500, 3, wrong=0.2)
    matrix = svm.Machine(training, C=1.0, gamma=1.0)
    monkeypatch.setattr(svm, "MOST_IN_A_MATRIX", 10)
    loops = svm.Machine(training, C=1.0, gamma=1.0)
    assert matrix.n_support == loops.n_support
    assert matrix.error(test) == loops.error(test)
    assert 15 < loops.error(test) < 40


def test_validation_chooses_and_all_examples_train_the_finalists() -> None:
    section = SvmSection(C=(0.001, 10), gamma=(0.0001, 4.0), search_examples=40, finalists=2)
    told: list[str] = []
    outcome = svm.select(section, rings(200, 0), rings(100, 1), rings(50, 2), told.append)
    assert [(one.C, one.gamma) for one in outcome.search] == [
        (0.001, 0.0001), (0.001, 4.0), (10, 0.0001), (10, 4.0),
    ]  # fmt: skip
    assert {one.n_examples for one in outcome.search} == {40}
    assert [one.n_examples for one in outcome.finalists] == [200, 200]
    assert (outcome.best.C, outcome.best.gamma) == (10, 4.0)
    assert outcome.best.validation_error == min(one.validation_error for one in outcome.finalists)
    assert len(told) == 6


def test_an_endless_data_set_is_refused() -> None:
    (run,) = parse_experiment("name: a\n").runs
    with pytest.raises(ConfigError, match=r"set dataset\.train_size=10000"):
        SvmExperiment(run)


def test_without_the_extra_one_line_tells_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    real = builtins.__import__

    def without(name: str, *arguments: Any, **named: Any) -> Any:
        if name.startswith("sklearn"):
            raise ImportError(name)
        return real(name, *arguments, **named)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(ConfigError, match=r"^the SVM needs scikit-learn: pip install '.*'$"):
        svm.Machine(rings(20, 0), C=1.0, gamma=1.0)


def test_the_section_is_part_of_no_address() -> None:
    plain, other = (
        parse_experiment("name: a\n", overrides).runs[0] for overrides in ([], ["svm.C=[5]"])
    )
    assert plain.hash == other.hash
    assert list(other.svm.C) == [5.0]
    assert "svm" not in plain.to_yaml()
    assert parse_experiment(other.to_yaml()).runs[0] == other


def test_the_command_estimates_first_and_writes_json_and_csv(cli: Run, tmp_path: Path) -> None:
    done = cli("svm", "svm", "--scale", "smoke", "--json")
    assert done.returncode == 0, done.stderr
    first, *search = done.stderr.splitlines()
    assert first.startswith("300 examples: about ")
    assert len(search) == 3
    (machine,) = json.loads(done.stdout)["machines"]
    file = tmp_path / machine.pop("file")
    assert json.loads(file.read_text()) == machine
    assert machine["C"] == 10
    assert 0 < machine["test_error"] < 89
    with file.with_suffix(".csv").open() as table:
        rows = list(csv.DictReader(table))
    assert [row["stage"] for row in rows] == ["search", "search", "finalists"]
    assert float(rows[2]["validation_error"]) == machine["validation_error"]


@pytest.mark.parametrize(
    ("scales", "n_examples"), [("", 300), ("scales: {quick: {dataset.train_size: 200}}", 200)]
)
def test_a_file_without_scales_is_trained_as_it_stands(
    cli: Run, tmp_path: Path, scales: str, n_examples: int
) -> None:
    """It said that the scale quick, which nobody gave, was unknown."""
    sizes = "train_size: 300, validation_size: 300, test_size: 300"
    (tmp_path / "own.yaml").write_text(f"name: own\ndataset: {{name: shapeset, {sizes}}}\n{scales}")
    done = cli("svm", "own.yaml", "--estimate", "--json")
    assert done.returncode == 0, done.stderr
    (machine,) = json.loads(done.stdout)["machines"]
    assert machine["n_examples"] == n_examples


SMALL_MACHINE = ("svm", "svm", "--scale", "smoke", "svm.gamma=[0.003]")


def test_machines_of_other_images_or_choices_have_files_of_their_own(
    cli: Run, tmp_path: Path
) -> None:
    """Two shares of bright backgrounds went to one file, and only the second survived."""
    sizes = [f"dataset.{part}_size=300" for part in ("train", "validation", "test")]
    choices = ["svm.gamma=[0.003]", "svm.search_examples=100", "svm.finalists=1"]
    shares = "grid.dataset.bright_background=[0.3,0.5]"
    for last in (["svm.C=[10]", shares], ["svm.C=[1]"]):
        done = cli("svm", "svm", "--scale", "paper", *sizes, *choices, *last, "--json")
        assert done.returncode == 0, done.stderr
        for machine in json.loads(done.stdout)["machines"]:
            file = tmp_path / machine.pop("file")
            assert json.loads(file.read_text()) == machine
            assert file.with_suffix(".csv").is_file()
    files = sorted((tmp_path / "results" / "paper" / "svm").glob("svm-shapeset-300-seed0-*.json"))
    found = [json.loads(file.read_text()) for file in files]
    assert sorted((one["dataset"]["bright_background"], one["C"]) for one in found) == [
        (0.3, 10), (0.3333, 1), (0.5, 10),
    ]  # fmt: skip


def test_the_same_machine_again_takes_the_place_of_its_files(cli: Run, tmp_path: Path) -> None:
    for _ in range(2):
        assert cli(*SMALL_MACHINE).returncode == 0
    assert len(list(tmp_path.rglob("svm-*.json"))) == 1


def test_the_committed_machine_lies_where_the_command_would_write_it() -> None:
    experiment = load_experiment(find_config("svm"), scale="quick")
    results = Path(__file__).parents[2] / "results"
    for file in SvmExperiment(experiment.runs[0]).files(results):
        assert file.is_file(), file


def test_quiet_prints_nothing(cli: Run) -> None:
    """Errors only, says its help; the result was printed all the same."""
    done = cli(*SMALL_MACHINE, "--quiet")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize(
    ("override", "n_examples"), [("dataset.train_size=1", 1), ("svm.search_examples=1", 1)]
)
def test_images_of_one_class_are_one_line(cli: Run, override: str, n_examples: int) -> None:
    """It was a traceback of scikit-learn."""
    done = cli(*SMALL_MACHINE, override, "--quiet")
    assert done.returncode == 2
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert f"the first {n_examples} training images are of one class" in line
    assert "svm.search_examples" in line
    assert "dataset.train_size" in line


def test_one_validation_image_is_no_reason_to_train_on_one(cli: Run) -> None:
    """The estimate trained its small machine on as few images as there are to validate on."""
    done = cli(*SMALL_MACHINE, "dataset.validation_size=1", "--quiet")
    assert (done.returncode, done.stderr) == (0, "")


def test_an_estimate_alone_trains_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    svm_command(
        find_config("svm"), scale="smoke", results=tmp_path, estimate_only=True, json_output=True
    )
    (machine,) = json.loads(capsys.readouterr().out)["machines"]
    assert machine["n_examples"] == 300
    assert machine["estimated_seconds"] > 0
    assert not list(tmp_path.iterdir())
