"""What other programs get: read back by their own means and compared."""

import csv
import io
import json
import math
import struct
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import SMALL

import glorot_repro
from glorot_repro.arrays import to_npz
from glorot_repro.config.experiment import parse_run_config
from glorot_repro.errors import ConfigError
from glorot_repro.measure.curves import Curves
from glorot_repro.runs.export import plain_arrays, tidy_csv
from glorot_repro.runs.reading import RunRecord
from glorot_repro.runs.tensorboard import export_tensorboard


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory) -> list[RunRecord]:
    grid = {
        "grid.model.activation": ["tanh", "relu"],
        "training.learning_rate": 1e10,  # of which relu diverges
        "record.sample_images": 3,
        "training.updates": 20,
    }
    return glorot_repro.run(SMALL, grid, results=tmp_path_factory.mktemp("results"), jobs=1)


def test_csv_holds_all_rows_of_all_runs(records: list[RunRecord]) -> None:
    rows = list(csv.DictReader(io.StringIO(tidy_csv(records).decode())))
    assert list(rows[0]) == [
        "scale", "experiment", "run", "seed", "model.activation",
        "update", "layer", "quantity", "value",
    ]  # fmt: skip
    for record, activation in zip(records, ("tanh", "relu"), strict=True):
        own = [row for row in rows if row["run"] == record.path.name]
        assert {row["model.activation"] for row in own} == {activation}
        assert [(row["update"], row["layer"], row["quantity"], row["value"]) for row in own] == [
            tuple(line)
            for line in csv.reader((record.path / "curves.csv").read_text().splitlines()[1:])
        ]


def test_runs_of_several_experiments_share_the_columns_and_have_values_in_all(
    records: list[RunRecord], tmp_path: Path
) -> None:
    """A run had none in the columns that came from the grid of another experiment."""
    rates = {"grid.training.learning_rate": [0.5], "training.updates": 0}
    glorot_repro.run(SMALL, rates, results=tmp_path)
    other = glorot_repro.run(SMALL, rates | {"grid.model.depth": [3]}, results=tmp_path)
    alone = [glorot_repro.load_run(record.path) for record in other]  # labels of the first grid
    rows = list(csv.DictReader(io.StringIO(tidy_csv([*records, *alone, *other]).decode())))
    first, last = rows[0], rows[-1]
    assert (first["training.learning_rate"], first["model.depth"]) == ("10000000000.0", "3")
    assert (last["training.learning_rate"], last["model.activation"]) == ("0.5", "tanh")
    assert "" not in {row[key] for row in rows for key in ("model.activation", "model.depth")}


def test_a_value_that_a_run_does_not_have_is_empty(tmp_path: Path) -> None:
    few = {"training.updates": 0}
    uneven = glorot_repro.run(SMALL, few | {"model.hidden": [12, 8]}, results=tmp_path)
    deep = glorot_repro.run(SMALL, few | {"grid.model.depth": [2]}, results=tmp_path)
    rows = list(csv.DictReader(io.StringIO(tidy_csv([*uneven, *deep]).decode())))
    assert (rows[0]["model.depth"], rows[-1]["model.depth"]) == ("", "2")


def test_npz_holds_plain_arrays_of_everything(records: list[RunRecord]) -> None:
    record = records[0]
    with np.load(io.BytesIO(to_npz(plain_arrays(record))), allow_pickle=False) as arrays:
        assert parse_run_config(str(arrays["config"])) == record.config
        assert json.loads(str(arrays["run"])) == record.info
        table = arrays["curves/backprop_std"]
        assert arrays["curves/backprop_std/layers"].tolist() == [1, 2, 3, 4]
        assert table.shape == (len(arrays["curves/backprop_std/updates"]), 4)
        for column, layer in enumerate((1, 2, 3, 4)):
            updates, values = record.curves.series("backprop_std", layer)
            np.testing.assert_array_equal(arrays["curves/backprop_std/updates"], updates)
            np.testing.assert_array_equal(table[:, column], values)
        np.testing.assert_array_equal(
            arrays["curves/test_error"], record.curves.series("test_error")[1]
        )
        assert record.histograms is not None
        for field in ("layers", "counts", "low", "high", "nonfinite", "underflow", "overflow"):
            np.testing.assert_array_equal(
                arrays[f"histograms/weight_gradient/{field}"],
                record.histograms[f"weight_gradient_{field}"],
            )
        assert arrays["histograms/updates"].tolist() == [0, 10, 20]
        assert arrays["samples/images"].shape == (3, 32, 32)


def _events(path: Path) -> Iterator[Any]:
    """The events of a file of TFRecords: length, its checksum, the event, its checksum."""
    from tensorboardX.proto.event_pb2 import Event

    data = path.read_bytes()
    position = 0
    while position < len(data):
        (length,) = struct.unpack_from("<Q", data, position)
        yield Event.FromString(data[position + 12 : position + 12 + length])
        position += 12 + length + 4


def test_tensorboard_takes_nan_without_a_word(
    records: list[RunRecord], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    nan = replace(records[0], curves=Curves([(0, 0, "test_cost", math.nan)]), histograms=None)
    (path,) = export_tensorboard([nan], tmp_path)
    values = [value for event in _events(path) for value in event.summary.value]
    assert [math.isnan(one.simple_value) for one in values if one.tag == "test_cost"] == [True]
    assert not caplog.records


def test_tensorboard_reads_the_same_numbers(records: list[RunRecord], tmp_path: Path) -> None:
    pytest.importorskip("tensorboardX")
    paths = export_tensorboard(records, tmp_path)
    again = export_tensorboard(records, tmp_path)
    assert again == paths
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 2
    for record, path in zip(records, paths, strict=True):
        assert path.parent == tmp_path / "paper" / "small" / record.path.name
        scalars: dict[str, list[tuple[int, float]]] = {}
        histograms: dict[tuple[str, int], Any] = {}
        for event in _events(path):
            for value in event.summary.value:
                if value.WhichOneof("value") == "simple_value":
                    scalars.setdefault(value.tag, []).append((event.step, value.simple_value))
                elif value.WhichOneof("value") == "histo":
                    histograms[value.tag, event.step] = value.histo
        for quantity in record.curves.quantities:
            for layer in record.curves.layers(quantity):
                updates, values = record.curves.series(quantity, layer)
                tag = f"{quantity}/layer_{layer}" if layer else quantity
                steps, found = zip(*scalars.pop(tag), strict=True)
                assert list(steps) == updates.tolist()
                with np.errstate(over="ignore"):
                    np.testing.assert_array_equal(found, values.astype(np.float32))
        assert not scalars
        _compare_histograms(record, histograms)


def _compare_histograms(record: RunRecord, histograms: dict[tuple[str, int], Any]) -> None:
    assert record.histograms is not None
    for quantity in ("activation", "backprop", "weight_gradient"):
        for layer in record.histograms[f"{quantity}_layers"].tolist():
            for update in record.histograms["updates"].tolist():
                ours = record.histogram(quantity, layer, update)
                if ours.counts.sum() == 0:
                    assert (f"{quantity}/layer_{layer}", update) not in histograms
                    continue
                theirs = histograms.pop((f"{quantity}/layer_{layer}", update))
                assert list(theirs.bucket)[-len(ours.counts) :] == ours.counts.tolist()
                assert theirs.num == ours.counts.sum() == sum(theirs.bucket)
                assert list(theirs.bucket_limit) == ours.edges.tolist()
                mean = theirs.sum / theirs.num
                updates, means = record.curves.series(f"{quantity}_mean", layer)
                expected = float(means[updates == update][0])
                if quantity != "weight_gradient" and math.isfinite(expected):
                    # Values count as the middles of their bins.
                    assert mean == pytest.approx(expected, abs=ours.edges[1] - ours.edges[0])
    assert not histograms


def test_a_missing_tensorboardx_is_one_line_with_the_extra(
    records: list[RunRecord], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "tensorboardX", None)
    with pytest.raises(ConfigError, match=r"pip install 'glorot_repro\[tensorboard\]'"):
        export_tensorboard(records, tmp_path)
    assert not list(tmp_path.iterdir())
