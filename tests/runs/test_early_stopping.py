"""The best evaluation of a run."""

from pathlib import Path

from conftest import SMALL

from glorot_repro.config.experiment import parse_experiment
from glorot_repro.measure.curves import Curves
from glorot_repro.runs.early_stopping import best_evaluation
from glorot_repro.runs.execution import execute
from glorot_repro.runs.paths import RunDirectory
from glorot_repro.runs.reporter import Reporter


def test_validation_chooses_the_first_of_the_lowest() -> None:
    rows = [
        (update, 0, quantity, value)
        for update, validation, test in ((0, 90, 91), (10, 40, 45), (20, 40, 30), (30, 60, 20))
        for quantity, value in (("validation_error", validation), ("test_error", test))
    ]
    assert best_evaluation(Curves(rows)) == {
        "update": 10,
        "validation_error": 40.0,
        "test_error": 45.0,
    }
    assert best_evaluation(Curves()) is None


def test_run_json_tells_the_best_evaluation_of_a_finite_shapeset(tmp_path: Path) -> None:
    (run,) = parse_experiment(SMALL, ["dataset.train_size=30"]).runs
    directory = RunDirectory(tmp_path)
    info = execute(run, directory, Reporter())
    curves = Curves.from_csv(directory.curves.read_bytes())
    assert info["best"] == best_evaluation(curves)
    assert info["best"]["validation_error"] == min(curves.series("validation_error")[1])
