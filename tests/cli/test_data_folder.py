"""`--data-dir` on every command that may read a data set."""

from pathlib import Path

import numpy as np
import pytest
from conftest import Run
from PIL import Image

from glorot_repro.data.folder import data_folder
from glorot_repro.report.page import document

EXPERIMENT = """\
name: fig12
dataset: {name: image_folder, path: pets, size: 8, grayscale: true}
model: {hidden: [5]}
training: {updates: 4, learning_rate: 0.01}
evaluation: {every: 0}
record: {every: 4, examples: 4, bins: 10}
scales: {smoke: {}}
"""


@pytest.fixture
def experiment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An experiment named fig12 on images that lie in the folder `elsewhere` alone."""
    monkeypatch.setenv("GLOROT_DATA", str(tmp_path / "nowhere"))
    rng = np.random.default_rng(0)
    for name in ("cats", "dogs"):
        (tmp_path / "elsewhere" / "pets" / name).mkdir(parents=True)
        for number in range(24):
            levels = rng.integers(0, 256, (8, 8), dtype=np.uint8)
            Image.fromarray(levels).save(tmp_path / "elsewhere" / "pets" / name / f"{number}.png")
    path = tmp_path / "configs" / "fig12.yaml"
    path.parent.mkdir()
    path.write_text(EXPERIMENT)
    return path


@pytest.mark.parametrize(
    "arguments",
    [
        ("config", "fig12"),
        ("figures", "fig12", "--run", "--scale", "smoke"),
        ("baseline", "fig12", "--seeds", "2"),
    ],
    ids=lambda arguments: arguments[0],
)
def test_a_command_reads_the_data_of_the_folder_that_it_is_given(
    cli: Run, experiment: Path, arguments: tuple[str, ...]
) -> None:
    assert cli(*arguments).returncode == 4
    done = cli(*arguments, "--data-dir", "elsewhere")
    assert done.returncode == 0, done.stderr


def test_a_check_reads_the_data_of_the_folder_that_it_is_given(cli: Run, experiment: Path) -> None:
    made = cli("baseline", "fig12", "--seeds", "2", "--data-dir", "elsewhere")
    assert made.returncode == 0, made.stderr
    assert cli("check", "fig12", "--only", "exact").returncode == 4
    done = cli("check", "fig12", "--only", "exact", "--data-dir", "elsewhere")
    assert done.returncode == 0, done.stderr


def test_the_report_judges_claims_about_the_data_of_the_folder_that_it_is_given(
    cli: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is drawn and judged takes half a minute, so only the folder is looked at."""
    folders: list[Path] = []

    def paper_report(scale: str, results: Path) -> document.Report:
        folders.append(data_folder())
        return document.Report(title="", subtitle="", runs=[])

    monkeypatch.setattr(document, "paper_report", paper_report)
    done = cli("report", "--data-dir", "elsewhere")
    assert done.returncode == 0, done.stderr
    assert folders == [tmp_path / "elsewhere"]
