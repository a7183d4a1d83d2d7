"""A run on a finite data set goes on in the middle of an epoch."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from glorot_repro.config.experiment import parse_experiment
from glorot_repro.runs.execution import execute
from glorot_repro.runs.paths import RunDirectory
from glorot_repro.runs.reporter import Reporter

N_TRAINING = 20
"""Two classes of 12 images, without one for validation and one for the test of each."""

BATCH_SIZE = 3


@pytest.fixture
def images(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GLOROT_DATA", str(tmp_path / "data"))
    generator = np.random.default_rng(0)
    for kind in ("cats", "dogs"):
        (tmp_path / "pets" / kind).mkdir(parents=True)
        for number in range(12):
            levels = generator.integers(0, 256, (6, 6), dtype=np.uint8)
            Image.fromarray(levels).save(tmp_path / "pets" / kind / f"{number}.png")
    return tmp_path / "pets"


@pytest.mark.parametrize("n_before", [1, 6, 7, 13])
def test_a_run_cut_in_an_epoch_goes_on_to_the_same_bits(
    n_before: int, images: Path, tmp_path: Path
) -> None:
    assert n_before * BATCH_SIZE % N_TRAINING, "this is the end of an epoch"
    (run,) = parse_experiment(
        "name: pets\n"
        f"dataset: {{name: image_folder, path: {images}, size: 6, grayscale: true}}\n"
        "model: {hidden: [8]}\n"
        f"training: {{updates: 20, batch_size: {BATCH_SIZE}}}\n"
        "evaluation: {every: 4}\n"
        "record: {every: 5, examples: 2}\n"
    ).runs
    whole, cut = RunDirectory(tmp_path / "whole"), RunDirectory(tmp_path / "cut")
    expected = execute(run, whole, Reporter())
    execute(run, cut, Reporter(), pause_at=n_before)
    assert execute(run, cut, Reporter())["parameters_sha256"] == expected["parameters_sha256"]
    for name in ("curves.csv", "histograms.npz"):
        assert (cut.path / name).read_bytes() == (whole.path / name).read_bytes(), name
