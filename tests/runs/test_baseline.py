"""Baselines on disk: what is written is read, and what is damaged is named."""

import json
import math
import re
import statistics
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glorot_repro.errors import ConfigError, StorageError
from glorot_repro.measure.curves import Curves
from glorot_repro.runs.baseline import (
    Baseline,
    bands_of,
    pin_curves,
    read_baseline,
    write_baseline,
)

KEY = (100, 2, "activation_std")
WHOLE = (100, 0, "training_cost")


def test_bands_hold_mean_and_spread_over_seeds() -> None:
    values = [0.31, 0.28, 0.33]
    band = bands_of([{KEY: value} for value in values])[KEY]
    assert (band.first, band.count) == (0.31, 3)
    assert band.mean == pytest.approx(statistics.mean(values))
    assert band.spread == pytest.approx(statistics.stdev(values))


def test_seeds_without_a_number_are_not_counted() -> None:
    band = bands_of([{KEY: 0.5}, {KEY: math.nan}, {}])[KEY]
    assert (band.mean, band.count) == (0.5, 1)
    assert math.isnan(band.spread)


@given(
    st.lists(st.floats(-1e30, 1e30, allow_subnormal=False), min_size=1, max_size=4),
    st.integers(0, 5),
)
def test_what_is_written_is_read(
    tmp_path_factory: pytest.TempPathFactory, values: list[float], layer: int
) -> None:
    key = (100, layer, "some_quantity")
    made = Baseline(bands_of([{key: value} for value in values]), (3, 4), "name: x\n", {"a": "b"})
    folder = tmp_path_factory.mktemp("baseline")
    write_baseline(made, folder)
    found = read_baseline(folder)
    assert (found.seeds, found.config, found.made_with) == ((3, 4), "name: x\n", {"a": "b"})
    assert found.bands[key].count == len(values)
    assert found.bands[key].first == pytest.approx(values[0], rel=1e-7, abs=0)
    assert found.bands[key].mean == pytest.approx(made.bands[key].mean, rel=1e-5, abs=0)


def test_center_and_width_are_written_as_they_are_compared(tmp_path: Path) -> None:
    """Of a standard deviation they are those of its logarithm."""
    values = [0.31, 0.28, 0.33]
    write_baseline(Baseline(bands_of([{KEY: value} for value in values])), tmp_path)
    band = read_baseline(tmp_path).bands[KEY]
    logarithms = [math.log(value) for value in values]
    assert band.center == pytest.approx(statistics.mean(logarithms), rel=1e-5)
    assert band.width == pytest.approx(statistics.stdev(logarithms), rel=1e-3)


def test_the_number_of_curves_is_that_of_the_value_with_most() -> None:
    """A value that one seed lacks has fewer."""
    assert Baseline(bands_of([{KEY: 0.5, WHOLE: 2.0}, {KEY: 0.6}])).n_curves == 2
    assert Baseline({}).n_curves == 0


def test_the_last_update_is_that_of_the_training(tmp_path: Path) -> None:
    """It was the largest, which can be one of pre-training."""
    keys = [(500, 1, "denoising_cost"), (500, 1, "reconstruction_cost"), KEY]
    bands = bands_of([dict.fromkeys(keys, 0.5)])
    # Another program's network may be an auto-encoder that has no other training.
    for config, last in (("name: x\n", KEY[0]), (None, 500)):
        write_baseline(Baseline(bands, config=config), tmp_path)
        assert json.loads((tmp_path / "baseline.json").read_text())["updates"] == last


HEADER = "update,layer,quantity,first,mean,spread,center,width,count\n"


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("curves.csv", "update,layer\n", "the first line of curves.csv should read update,layer,q"),
        ("curves.csv", HEADER, "curves.csv holds no values"),
        ("curves.csv", f"{HEADER}1,2,x,0.1\n", "line 2 of curves.csv should hold"),
        ("curves.csv", f"{HEADER}1,2,x,a,b,c,d,e,f\n", "line 2 of curves.csv should hold"),
        ("curves.csv", f"{HEADER}1,2,x,1,1,1,1,1,3", "the last line of curves.csv is cut"),
        ("curves.csv", f"{HEADER}{'1' * 200_000}\n", "field larger than field limit"),
        ("baseline.json", "{", "baseline.json cannot be read"),
        ("baseline.json", "[]", "baseline.json cannot be read"),
        ("baseline.json", '{"format_version": 99}', "format version 99, expected 1"),
    ],
)
def test_damaged_files_are_one_line(tmp_path: Path, name: str, content: str, message: str) -> None:
    write_baseline(Baseline(bands_of([{KEY: 0.5, WHOLE: 2.0}])), tmp_path)
    (tmp_path / name).write_text(content)
    with pytest.raises(StorageError, match=f"{tmp_path}.* cannot be read: ") as raised:
        read_baseline(tmp_path)
    assert message in str(raised.value)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("key", "value"),
    [("seeds", ["a"]), ("seeds", 3), ("seeds", [-1]), ("values", "2"), ("made_with", None)]
    + [("seeds", [True])],
)
def test_keys_that_are_none_are_named(tmp_path: Path, key: str, value: object) -> None:
    """A seed that is a word ended in a traceback."""
    write_baseline(Baseline(bands_of([{KEY: 0.5}])), tmp_path)
    path = tmp_path / "baseline.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {key: value}))
    message = f"{key} of baseline.json cannot be {json.dumps(value)}"
    with pytest.raises(StorageError, match=re.escape(message)):
        read_baseline(tmp_path)


def test_curves_that_are_cut_at_a_line_end_are_damaged(tmp_path: Path) -> None:
    """What was lost counted as values that the baseline does not have, and the check passed."""
    write_baseline(Baseline(bands_of([{KEY: 0.5, WHOLE: 2.0}])), tmp_path)
    table = tmp_path / "curves.csv"
    lines = table.read_text().splitlines(keepends=True)
    table.write_text("".join(lines[:-1]))
    message = "curves.csv holds 1 values, baseline.json says 2"
    with pytest.raises(StorageError, match=message):
        read_baseline(tmp_path)


def test_baselines_that_do_not_count_their_values_are_read(tmp_path: Path) -> None:
    """Those of earlier versions."""
    write_baseline(Baseline(bands_of([{KEY: 0.5, WHOLE: 2.0}])), tmp_path)
    path = tmp_path / "baseline.json"
    info = json.loads(path.read_text())
    del info["values"]
    path.write_text(json.dumps(info))
    assert list(read_baseline(tmp_path).bands) == [KEY, WHOLE]


@pytest.mark.parametrize("name", ["curves.csv", "config.yaml"])
def test_a_file_that_is_not_there_is_named(tmp_path: Path, name: str) -> None:
    """Such as one that git ignores: it was no baseline, or one of curves of another program."""
    write_baseline(Baseline(bands_of([{KEY: 0.5}]), (0,), "name: x\n"), tmp_path)
    (tmp_path / name).unlink()
    with pytest.raises(StorageError, match=f"{tmp_path} cannot be read: {name} is missing"):
        read_baseline(tmp_path)


def test_a_missing_baseline_names_the_command(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="glorot-repro baseline"):
        read_baseline(tmp_path / "nowhere")


@pytest.mark.parametrize("order", [1, -1])
def test_curves_that_do_not_hold_the_same_values_are_not_pinned(order: int) -> None:
    """Half of the values were pinned from one run, or not at all, and a check of them passed."""
    full = Curves([(0, 1, "activation_std", 1.0), (50, 2, "weight_gradient_std", 1.0)])
    short = Curves([(0, 1, "activation_std", 1.1)])
    message = "no weight_gradient_std of layer 2 at update 50"
    with pytest.raises(ConfigError, match=message):
        pin_curves([full, short][::order])


def test_curves_that_lack_a_value_are_told_by_their_number() -> None:
    full = Curves([(0, 1, "a_std", 1.0), (50, 0, "cost", 1.0)])
    short = Curves([(0, 1, "a_std", 1.1)])
    for curves, lack, have in (([full, short], 2, 1), ([short, full], 1, 2)):
        message = (
            f"curves {lack} of 2 have no cost of the whole network at update 50, curves {have} have"
        )
        with pytest.raises(ConfigError, match=message):
            pin_curves(curves)


def test_curves_with_some_numbers_are_pinned() -> None:
    rows = [(0, 1, "a_std", 1.0), (0, 2, "a_std", math.nan)]
    assert pin_curves([Curves(rows), Curves(rows)]).n_curves == 2


def test_curves_without_a_number_are_not_pinned() -> None:
    with pytest.raises(ConfigError, match="curves 2 of 2 hold no finite value"):
        pin_curves([Curves([(0, 1, "a_std", value)]) for value in (1.0, math.nan)])
