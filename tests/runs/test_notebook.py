"""`glorot_repro.run` and `glorot_repro.load_run`, as a notebook uses them."""

import math
import os
import signal
import threading
from pathlib import Path

import numpy as np
import pytest
import yaml
from conftest import SMALL

import glorot_repro
from glorot_repro.errors import ConfigError, RunFailedError, StorageError
from glorot_repro.runs.paths import RunDirectory
from glorot_repro.runs.reading import RunRecord


@pytest.fixture(autouse=True)
def _empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> RunRecord:
    grid = "grid: {model.activation: [tanh], model.initializer: [{hidden: normalized}]}\n"
    (found,) = glorot_repro.run(SMALL + grid, results=tmp_path_factory.mktemp("results"))
    return found


def test_path_name_text_and_dict_are_the_same_experiment(tmp_path: Path) -> None:
    path = tmp_path / "small.yaml"
    path.write_text(SMALL)
    few = {"training.updates": 0}
    for config in (path, str(path), SMALL, yaml.safe_load(SMALL)):
        (found,) = glorot_repro.run(config, few, results=tmp_path / "results")
        assert found.config.experiment == "small"
    assert len(list(tmp_path.glob("results/*/*/*/run.json"))) == 1
    by_name = glorot_repro.run("fig01", scale="smoke")
    assert [one.samples is not None for one in by_name] == [True]
    assert by_name[0].path.parts[:3] == ("results", "smoke", "fig01")


def test_overrides_are_values_of_dotted_keys() -> None:
    overrides = {
        "training.updates": np.int64(0),
        "training.learning_rate": 1e-5,
        "model.hidden": np.array([12, 8]),
        "seeds": (1, 0),
        "grid.model.activation": ["tanh", "relu"],
    }
    found = glorot_repro.run(SMALL, overrides, jobs=1)
    assert [(one.config.point["model.activation"], one.config.seed) for one in found] == [
        ("tanh", 1), ("tanh", 0), ("relu", 1), ("relu", 0)
    ]  # fmt: skip
    assert {one.config.training.learning_rate for one in found} == {1e-5}
    assert {one.config.model.hidden for one in found} == {(12, 8)}


@pytest.mark.parametrize(
    ("config", "overrides", "message"),
    [
        (SMALL, {"model.activation": "tahn"}, "did you mean 'tanh'"),
        ({"name": "x", "modle": 1}, {}, "config:1:11: modle"),
        ({"name": object()}, {}, "config: expected words, numbers, lists and dicts"),
        (SMALL, {"training.updates": {1, 2}}, "training.updates: expected words"),
        ("fig6", {}, "did you mean 'fig06'"),
    ],
)
def test_a_mistake_is_one_line(config: object, overrides: dict[str, object], message: str) -> None:
    with pytest.raises(ConfigError, match=message) as caught:
        glorot_repro.run(config, overrides)  # type: ignore[arg-type]
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("jobs", [0, -1])
def test_no_jobs_are_a_mistake(jobs: int) -> None:
    """0 was all cores, and -1 was 1."""
    with pytest.raises(ConfigError, match=f"jobs: expected .* at least 1, found {jobs}"):
        glorot_repro.run(SMALL, jobs=jobs)


def test_a_run_is_trained_once_and_told(tmp_path: Path) -> None:
    lines: list[str] = []
    few = {"training.updates": 3}
    (first,) = glorot_repro.run(SMALL, few, tell=lines.append)
    assert [line.partition(": ")[2] for line in lines] == [
        "3 updates", "finished after 3 updates"
    ]  # fmt: skip
    (again,) = glorot_repro.run(SMALL, few, tell=lines.append)
    assert len(lines) == 3
    assert again.info == first.info
    (forced,) = glorot_repro.run(SMALL, few, force=True, tell=lines.append)
    assert len(lines) == 5
    assert forced.curves.to_csv() == first.curves.to_csv()


def test_a_diverged_run_is_returned_with_what_it_has() -> None:
    (found,) = glorot_repro.run(SMALL, {"training.learning_rate": 1e30, "model.activation": "relu"})
    assert found.info["status"] == "diverged"
    assert found.curves.layers("activation_std") == [1, 2, 3]


def test_a_failed_run_raises(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "bad_activation.py").write_text("def bad(s):\n    raise RuntimeError('broken')\n")
    monkeypatch.syspath_prepend(tmp_path)
    broken = {"model.activation": "bad_activation:bad", "training.updates": 0, "seeds": [0, 1]}
    with pytest.raises((RunFailedError, ConfigError), match="broken"):
        glorot_repro.run(SMALL, broken, jobs=2)


def test_an_interrupted_call_goes_on_to_the_same_bits() -> None:
    """The first SIGINT stops soon, with a checkpoint."""
    (whole,) = glorot_repro.run(SMALL, results="whole")
    before = signal.getsignal(
        signal.SIGINT
    )  # ignored, where a shell runs the tests in the background

    def interrupt(line: str) -> None:
        os.kill(os.getpid(), signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        glorot_repro.run(SMALL, tell=interrupt)
    assert signal.getsignal(signal.SIGINT) is before
    (path,) = Path("results").glob("*/*/*/run.json")
    assert glorot_repro.load_run(path.parent).info["status"] == "interrupted"
    (resumed,) = glorot_repro.run(SMALL)
    assert resumed.curves.to_csv() == whole.curves.to_csv()


@pytest.mark.parametrize("jobs", [1, 2])
def test_an_error_of_whoever_is_told_stops_the_runs_with_checkpoints(jobs: int) -> None:
    """It killed those of other processes, and the one of this process counted as failed."""

    def refuse(line: str) -> None:
        message = "no such cell"
        raise RuntimeError(message)

    long = {"training.updates": 1_000_000, "seeds": [0, 1]}
    with pytest.raises(RuntimeError, match="no such cell"):
        glorot_repro.run(SMALL, long, jobs=jobs, tell=refuse)
    begun = [path.parent for path in Path("results").glob("*/*/*/run.json")]
    assert {glorot_repro.load_run(run).info["status"] for run in begun} == {"interrupted"}
    assert all(RunDirectory(run).checkpoint.exists() for run in begun)


def test_another_thread_can_run() -> None:
    found: list[RunRecord] = []
    thread = threading.Thread(
        target=lambda: found.extend(glorot_repro.run(SMALL, {"training.updates": 1}))
    )
    thread.start()
    thread.join()
    assert [one.info["status"] for one in found] == ["finished"]


def test_records_are_the_rows_of_the_curves_with_the_run(record: RunRecord) -> None:
    rows = record.records()
    lines = (record.path / "curves.csv").read_text().splitlines()
    assert len(rows) == len(record.curves) == len(lines) - 1
    assert list(rows[0]) == [
        "scale", "experiment", "run", "seed", "model.activation", "model.initializer",
        "update", "layer", "quantity", "value",
    ]  # fmt: skip
    first = rows[0] | {"value": 0.0}
    assert first == {
        "scale": "paper",
        "experiment": "small",
        "run": record.path.name,
        "seed": 0,
        "model.activation": "tanh",
        "model.initializer": rows[0]["model.initializer"],
        "update": 0,
        "layer": 1,
        "quantity": rows[0]["quantity"],
        "value": 0.0,
    }
    assert {row["layer"] for row in rows if row["quantity"] == "test_error"} == {None}
    updates, values = record.curves.series("activation_std", 2)
    assert [
        (row["update"], row["value"])
        for row in rows
        if (row["quantity"], row["layer"]) == ("activation_std", 2)
    ] == list(zip(updates.tolist(), values.tolist(), strict=True))


def test_a_run_that_another_grid_has_trained_has_the_labels_of_this_one() -> None:
    """Its rows had none, as a run of no grid, and the mean over seeds was that of the others."""
    few = {"training.updates": 0}
    glorot_repro.run(SMALL, few)
    grid = {"grid.model.activation": ["tanh", "softsign"], "seeds": [0, 1]}
    records = glorot_repro.run(SMALL, few | grid, jobs=1)
    rows = [row for record in records for row in record.records()]
    stds = [row for row in rows if (row["quantity"], row["layer"]) == ("activation_std", 1)]
    assert [(row["model.activation"], row["seed"]) for row in stds] == [
        ("tanh", 0), ("tanh", 1), ("softsign", 0), ("softsign", 1)
    ]  # fmt: skip
    assert [row["run"] for row in stds] == [record.path.name for record in records]


def test_records_of_further_keys_have_their_values(record: RunRecord) -> None:
    keys = ["model.initializer", "training.learning_rate", "model.width", "dataset.no_such_key"]
    first = record.records(keys)[0]
    assert list(first)[4:9] == [*keys, "model.activation"]
    assert [first[key] for key in keys[1:]] == [0.1, 24, None]
    assert first["model.initializer"] == record.records()[0]["model.initializer"]


def test_columns_of_the_curves_are_arrays(record: RunRecord) -> None:
    columns = record.curves.columns()
    assert list(columns) == ["update", "layer", "quantity", "value"]
    assert {len(array) for array in columns.values()} == {len(record.curves)}


def test_histogram_is_the_one_that_was_recorded(record: RunRecord) -> None:
    histogram = record.histogram("activation", layer=2, update=20)
    assert histogram.edges.shape == (51,)
    assert histogram.counts.sum() == histogram.n_values == 50 * 24
    centers = (histogram.edges[1:] + histogram.edges[:-1]) / 2
    updates, stds = record.curves.series("activation_std", 2)
    std = stds[updates.tolist().index(20)]
    mean = np.average(centers, weights=histogram.counts)
    spread = math.sqrt(np.average((centers - mean) ** 2, weights=histogram.counts))
    # Values are taken to lie in the middle of bins: at most half a bin away.
    assert spread == pytest.approx(std, abs=histogram.edges[1] - histogram.edges[0])


@pytest.mark.parametrize(
    ("quantity", "layer", "update", "message"),
    [
        ("backprop_std", 1, 0, r"'backprop_std' \(at hand: activation, backprop, weight_gradient"),
        ("activation", 4, 0, r"at layer 4 \(at hand: 1, 2, 3\)"),
        ("activation", 1, 5, r"at update 5 \(at hand: 0, 10, 20, 30, 40\)"),
    ],
)
def test_a_histogram_that_is_not_there_is_told(
    record: RunRecord, quantity: str, layer: int, update: int, message: str
) -> None:
    with pytest.raises(ConfigError, match=message):
        record.histogram(quantity, layer, update)


@pytest.mark.parametrize("file", ["curves.csv", "config.yaml"])
def test_a_run_without_a_whole_file_is_told(file: str, tmp_path: Path) -> None:
    """A cut curves.csv was read as a whole one, with a wrong last number."""
    (record,) = glorot_repro.run(SMALL, {"training.updates": 1}, results=tmp_path)
    path = record.path / file
    if file == "curves.csv":
        path.write_bytes(path.read_bytes()[:-6])
    else:
        path.unlink()
    with pytest.raises(StorageError, match=file):
        glorot_repro.load_run(record.path)


def test_overrides_may_hold_any_character() -> None:
    (record,) = glorot_repro.run(SMALL, {"description": "\U0001f389", "training.updates": 0})
    assert record.info["status"] == "finished"


def test_a_module_that_was_edited_between_two_calls_is_taken_as_it_is(tmp_path: Path) -> None:
    """The old function went on in this process, while new workers had the new one."""
    module = tmp_path / "edited_in_a_notebook.py"
    own = {"model.activation": "edited_in_a_notebook:bend", "training.updates": 4}
    module.write_text("import numpy as np\ndef bend(s):\n    return np.tanh(s)\n")
    glorot_repro.run(SMALL, own, results="first", jobs=1)
    module.write_text("import numpy as np\ndef bend(s):\n    return np.tanh(s) / 2\n")
    (here,) = glorot_repro.run(SMALL, own, results="second", jobs=1)
    (in_worker,) = glorot_repro.run(SMALL, own | {"seeds": [0, 1]}, results="third", jobs=2)[:1]
    assert here.info["parameters_sha256"] == in_worker.info["parameters_sha256"]
    assert here.info["own_modules"] == in_worker.info["own_modules"]
    with pytest.raises(ConfigError, match="source of module edited_in_a_notebook has changed"):
        glorot_repro.run(SMALL, own, results="first", jobs=1)
    module.write_text("def bend(s) return s\n")
    with pytest.raises(
        ConfigError, match="edited_in_a_notebook:bend' does not import: SyntaxError"
    ):
        glorot_repro.run(SMALL, own, results="fourth", jobs=1)
