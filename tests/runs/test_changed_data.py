"""A run that would go on with other data than it began with, or be taken for one of theirs."""

import shutil
from pathlib import Path

import numpy as np
import pytest
from conftest import Run
from PIL import Image

import glorot_repro
from glorot_repro.config.experiment import load_experiment
from glorot_repro.data.changes import check_same_content
from glorot_repro.data.cifar10 import Cifar10
from glorot_repro.errors import ConfigError
from glorot_repro.runs.execution import execute
from glorot_repro.runs.paths import run_directory
from glorot_repro.runs.reporter import Reporter


def write_images(folder: Path, seed: int) -> None:
    generator = np.random.default_rng(seed)
    for kind in ("cats", "dogs"):
        (folder / kind).mkdir(parents=True, exist_ok=True)
        for number in range(12):
            levels = generator.integers(0, 256, (8, 8), dtype=np.uint8)
            Image.fromarray(levels).save(folder / kind / f"{number}.png")


def pets(folder: Path) -> str:
    return (
        "name: pets\n"
        f"dataset: {{name: image_folder, path: {folder / 'pets'}, size: 8, grayscale: true}}\n"
        "model: {hidden: [8]}\n"
        "training: {updates: 20}\n"
        "evaluation: {every: 0}\n"
        "record: {every: 0, examples: 2}\n"
    )


def test_an_unfinished_run_does_not_go_on_with_changed_images(
    process: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GLOROT_DATA", str(tmp_path / "data"))
    write_images(tmp_path / "pets", seed=0)
    config = tmp_path / "pets.yaml"
    config.write_text(pets(tmp_path))
    (run,) = load_experiment(config).runs
    directory = run_directory(tmp_path / "results", run)
    cut = execute(run, directory, Reporter(), should_stop=lambda: True)
    assert cut["status"] == "interrupted"
    assert cut["unofficial_data_files"] == []

    # Processes of their own from here: one process reads a data set once.
    write_images(tmp_path / "pets", seed=1)
    refused = process("run", "pets.yaml")
    assert refused.returncode == 2
    assert "image_folder has changed since the run began" in refused.stderr
    assert len(refused.stderr.strip().splitlines()) == 1
    write_images(tmp_path / "pets", seed=0)
    assert process("run", "pets.yaml").returncode == 0


def test_a_longer_run_goes_on_from_no_run_of_other_images(
    process: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was refused, and --force, which the line names, did not help."""
    monkeypatch.setenv("GLOROT_DATA", str(tmp_path / "data"))
    write_images(tmp_path / "pets", seed=0)
    (tmp_path / "pets.yaml").write_text(pets(tmp_path))
    often = "record.every=10"  # or the longer run would not look where the shorter one ended
    assert process("run", "pets.yaml", often, "training.keep_checkpoint=true").returncode == 0
    write_images(tmp_path / "pets", seed=1)
    longer = process("run", "pets.yaml", often, "training.updates=40")
    assert longer.returncode == 0, longer.stderr
    assert "going on from" not in longer.stderr


def test_a_finished_run_is_not_the_result_for_changed_images(
    process: Run, cli: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GLOROT_DATA", str(tmp_path / "data"))
    write_images(tmp_path / "pets", seed=0)
    (tmp_path / "pets.yaml").write_text(pets(tmp_path))
    first = cli("run", "pets.yaml")
    assert first.returncode == 0, first.stderr
    again = cli("run", "pets.yaml")
    assert again.returncode == 0
    assert "finished after 20 updates" in again.stdout

    # Processes of their own from here: one process reads a data set once.
    write_images(tmp_path / "pets", seed=1)
    refused = process("run", "pets.yaml")
    assert refused.returncode == 2
    assert refused.stdout == ""
    (line,) = refused.stderr.splitlines()
    assert "image_folder has changed since the run began" in line
    assert "--force" in line
    forced = process("run", "pets.yaml", "--force")
    assert forced.returncode == 0
    assert process("run", "pets.yaml").returncode == 0

    # A folder that is no data set any more is another one, too.
    for image in (tmp_path / "pets" / "dogs").iterdir():
        image.unlink()
    refused = process("run", "pets.yaml")
    assert refused.returncode == 2
    assert "image_folder has changed since the run began: " in refused.stderr

    shutil.rmtree(tmp_path / "pets")  # nothing to compare with: the result stands
    assert process("run", "pets.yaml").returncode == 0


def test_force_that_cannot_begin_leaves_what_is_there(
    process: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It removed the finished run, and then found no images."""
    monkeypatch.setenv("GLOROT_DATA", str(tmp_path / "data"))
    write_images(tmp_path / "pets", seed=0)
    (tmp_path / "pets.yaml").write_text(pets(tmp_path))
    assert process("run", "pets.yaml").returncode == 0
    (info,) = tmp_path.glob("results/*/*/*/run.json")
    before = {path.name: path.read_bytes() for path in info.parent.iterdir()}
    (tmp_path / "pets").rename(tmp_path / "elsewhere")
    assert process("run", "pets.yaml", "--force").returncode == 4
    assert {path.name: path.read_bytes() for path in info.parent.iterdir()} == before


def test_one_process_sees_images_that_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A notebook was given the old result, and with force one of the old images."""
    monkeypatch.setenv("GLOROT_DATA", str(tmp_path / "data"))
    write_images(tmp_path / "pets", seed=0)
    (before,) = glorot_repro.run(pets(tmp_path), results=tmp_path / "results")
    write_images(tmp_path / "pets", seed=1)
    with pytest.raises(ConfigError, match="image_folder has changed since the run began"):
        glorot_repro.run(pets(tmp_path), results=tmp_path / "results")
    (after,) = glorot_repro.run(pets(tmp_path), results=tmp_path / "results", force=True)
    assert after.info["data_files"] != before.info["data_files"]
    assert after.info["parameters_sha256"] != before.info["parameters_sha256"]


def test_a_result_of_a_copy_is_not_that_of_another_copy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files that are not the authors' own are not the same everywhere."""
    dataset = Cifar10()
    official = dict(dataset.official_hashes)
    copies = dict.fromkeys(official, 64 * "1")
    monkeypatch.setattr(Cifar10, "provenance", lambda self: dict.fromkeys(official, 64 * "2"))
    with pytest.raises(ConfigError, match="cifar10 has changed since the run began"):
        check_same_content(dataset, copies)
    check_same_content(dataset, official)  # one content, wherever it lies: not looked at
