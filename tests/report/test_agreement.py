import csv
import math
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import norm

from glorot_repro.errors import StorageError
from glorot_repro.report.agreement import (
    PANELS,
    agreement,
    row_to_json,
    summaries,
    write_agreement,
)
from glorot_repro.report.comparison import AgreementRow
from glorot_repro.report.digitized import DIGITIZED_FIGURES, printed_figure
from glorot_repro.runs.reading import RunRecord

MakeRecord = Callable[..., RunRecord]


def compared(records: Sequence[RunRecord], figure: str) -> list[AgreementRow]:
    return [row for row in agreement(records, figure) if row.n_points]


def test_differences_are_relative_to_the_printed_values(make_record: MakeRecord) -> None:
    printed = (0.3086, 0.1749, 0.09818, 0.05712, 0.03294)
    records = [
        make_record(stds=[share * std for std in printed], seed=seed)
        for seed, share in enumerate((1.01, 1.03))
    ]
    rows = [row for row in compared(records, "fig06") if row.quantity == "activation_std"]
    assert [row.curve for row in rows] == [f"layer {layer}" for layer in range(1, 6)]
    assert {row.panel for row in rows} == {"standard"}
    for row, std in zip(rows, printed, strict=True):
        assert row.worst_printed == std
        assert row.n_seeds == 2
        assert math.isclose(row.worst_ours, 1.02 * std)
        assert math.isclose(row.spread, std * 0.02 / math.sqrt(2))


def test_peaks_are_compared_too(make_record: MakeRecord) -> None:
    rows = compared([make_record(stds=[0.005] * 5, initializer="normalized")], "fig07")
    peaks = [row for row in rows if row.quantity == "backprop_peak"]
    assert [row.worst_printed for row in peaks] == [6.38, 7.484, 7.941, 8.033, 7.938]
    for row in peaks:
        assert math.isclose(row.worst_ours, norm.pdf(0) / 0.05, rel_tol=0.002)
        assert math.isnan(row.spread)


def test_another_depth_is_not_compared(make_record: MakeRecord) -> None:
    rows = agreement([make_record(stds=[0.3] * 4)], "fig08")
    assert {row.panel for row in rows} == {"normalized", "as_printed"}
    assert {row.n_points for row in rows} == {0}


def test_other_figures_are_key_errors() -> None:
    with pytest.raises(KeyError):
        agreement([], "fig01")


@pytest.mark.parametrize("figure", DIGITIZED_FIGURES)
def test_every_printed_curve_has_a_row_before_anything_is_run(figure: str) -> None:
    rows = agreement([], figure)
    assert figure in PANELS
    curves = {(row.curve, row.side) for row in rows}
    for panel in printed_figure(figure).panels:
        for series in panel.series:
            label = series.name if series.layer is None else f"layer {series.layer}"
            is_printed = not series.name.startswith("fitted model")  # to the print of figure 5
            assert ((label, series.side) in curves) == is_printed
    if figure != "fig05":  # which needs no run
        assert {(row.n_points, row.n_seeds) for row in rows} == {(0, 0)}
        assert all(math.isnan(row.rms) for row in rows)


def test_densities_are_compared_at_the_printed_points(make_record: MakeRecord) -> None:
    (row,) = (
        row
        for row in compared([make_record(stds=[0.3086] * 5)], "fig06")
        if row.quantity == "activation_density" and row.curve == "layer 1"
    )
    printed = printed_figure("fig06").panel("top").of_layer(1)
    assert printed is not None
    is_seen = np.isfinite(printed.y)
    assert row.n_points == row.n_printed == is_seen.sum()
    difference = norm.pdf(printed.x, scale=0.3086) - printed.y
    rms = float(np.sqrt(np.mean(difference[is_seen] ** 2)))
    # Ours is drawn in bins of 1/8 std, between whose middles it is interpolated.
    assert math.isclose(row.rms_difference, rms, rel_tol=0.01)
    assert row.worst_printed in printed.y
    assert row.rms > row.rms_difference / row.reading_error / 1.5


def test_the_file_keeps_what_was_compared_of_other_figures(
    make_record: MakeRecord, tmp_path: Path
) -> None:
    path = tmp_path / "quick" / "agreement.csv"
    record = make_record()
    write_agreement(path, agreement([record], "fig06"))
    write_agreement(path, agreement([], "fig02"))
    write_agreement(path, agreement([record], "fig07"))
    write_agreement(path, agreement([record], "fig07"))
    with path.open(newline="") as file:
        lines = list(csv.DictReader(file))
    figures = [line["figure"] for line in lines]
    assert figures == sorted(figures)
    assert len(figures) == len(agreement([], "fig02")) + 2 * len(agreement([record], "fig06"))
    write_agreement(path, [], figures=["fig07", "fig02"])  # drawn of other networks than printed
    assert {line.split(",")[0] for line in path.read_text().splitlines()} == {"figure", "fig06"}
    ours = [line for line in lines if line["figure"] == "fig06" and line["n_points"] != "0"]
    assert {line["spread"] for line in ours} == {""}
    expected = {row.rms for row in compared([record], "fig06")}
    assert {float(line["rms"]) for line in ours} == {float(f"{rms:.6g}") for rms in expected}
    path.write_text("something,else\n1,2\n")
    write_agreement(path, [])
    assert "something" not in path.read_text()


def test_printed_points_where_ours_has_no_values_count(make_record: MakeRecord) -> None:
    """A layer that is narrower than printed has the density 0 there; such points were left out."""
    rows = compared([make_record(stds=[0.001] * 5)], "fig06")
    densities = [row for row in rows if row.quantity == "activation_density"]
    printed = printed_figure("fig06").panel("top").series
    assert [row.n_points for row in densities] == [
        int(np.isfinite(series.points[:, 1]).sum()) for series in printed
    ]


def test_commands_that_draw_other_figures_meanwhile_lose_no_line(tmp_path: Path) -> None:
    """Each read the file, and put back what it had read, over what others had written since."""
    path = tmp_path / "agreement.csv"
    rows = [agreement([], figure) for figure in DIGITIZED_FIGURES]
    with ThreadPoolExecutor(len(rows)) as pool:
        list(pool.map(partial(write_agreement, path), rows))
    with path.open(newline="") as file:
        figures = [line["figure"] for line in csv.DictReader(file)]
    assert Counter(figures) == Counter(row.figure for one in rows for row in one)


@pytest.mark.parametrize("text", ["", "\n"])
def test_an_empty_file_has_no_lines_of_other_figures(tmp_path: Path, text: str) -> None:
    """It was a traceback: not enough values to unpack."""
    path = tmp_path / "agreement.csv"
    write_agreement(path, [])
    header = path.read_text()
    for before in (text, header + text):
        path.write_text(before)
        write_agreement(path, [])
        assert path.read_text() == header


def test_a_damaged_file_is_named_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "agreement.csv"
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(StorageError, match=r"agreement\.csv cannot be read: "):
        write_agreement(path, [])
    assert path.read_bytes() == b"\xff\xfe"


def test_a_summary_joins_the_layers_of_a_quantity(make_record: MakeRecord) -> None:
    rows = agreement([make_record()], "fig06")
    found = summaries(rows)
    assert [one.quantity for one in found] == [
        "activation_density", "activation_std", "activation_peak"
    ]  # fmt: skip
    stds = [row for row in rows if row.quantity == "activation_std" and row.n_points]
    assert math.isclose(found[1].rms, math.sqrt(sum(row.rms**2 for row in stds) / 5))
    assert found[1].n_points == 5
    assert found[1].worst == max(stds, key=lambda row: abs(row.worst))
    assert summaries(agreement([], "fig06")) == []


def test_what_is_not_known_is_null_in_json() -> None:
    row = row_to_json(agreement([], "fig02")[0])
    assert row["rms"] is None
    assert row["spread"] is None
    assert row["n_points"] == 0
