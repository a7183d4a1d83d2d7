"""What a run ends with, of its start and of its end."""

from pathlib import Path

from conftest import SMALL

from glorot_repro.config.experiment import parse_experiment
from glorot_repro.measure.curves import Curves
from glorot_repro.runs.execution import execute
from glorot_repro.runs.paths import RunDirectory
from glorot_repro.runs.reading import load_run
from glorot_repro.runs.reporter import Reporter
from glorot_repro.runs.summary import summary_of


def test_a_trained_run_is_summed_up_by_its_start_and_its_end(tmp_path: Path) -> None:
    directory = RunDirectory(tmp_path)
    (config,) = parse_experiment(SMALL).runs
    execute(config, directory, Reporter())
    rows = [
        (*row[:3], 0.9 if row[:3] == (40, 1, "activation_saturated") else row[3])
        for row in load_run(directory.path).curves
    ]
    directory.curves.write_bytes(Curves(rows).to_csv())
    first, second, _ = summary_of(directory.path)
    std = {update: v for update, layer, name, v in rows if (layer, name) == (1, "activation_std")}
    assert std[0] != std[40]
    (measured, *_) = first.quantities
    assert (measured.measured, measured.at_end) == (std[0], std[40])
    assert (first.verdict, second.verdict) == ("saturated", "healthy")
    assert first.reason.endswith("; healthy at the start")
