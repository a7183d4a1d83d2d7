import math
from collections.abc import Callable

import pytest
from scipy.stats import norm

from glorot_repro.report.agreement import agreement
from glorot_repro.runs.reading import RunRecord

MakeRecord = Callable[..., RunRecord]


def test_differences_are_relative_to_the_printed_values(make_record: MakeRecord) -> None:
    printed = (0.3086, 0.1749, 0.09818, 0.05712, 0.03294)
    records = [
        make_record(stds=[share * std for std in printed], seed=seed)
        for seed, share in enumerate((1.01, 1.03))
    ]
    rows = [row for row in agreement(records, "fig06") if row.statistic == "std"]
    assert [row.layer for row in rows] == [1, 2, 3, 4, 5]
    assert {row.panel for row in rows} == {"standard"}
    for row, std in zip(rows, printed, strict=True):
        assert row.printed == std
        assert row.n_seeds == 2
        assert math.isclose(row.relative_difference, 0.02)
        assert math.isclose(row.spread, std * 0.02 / math.sqrt(2))


def test_peaks_are_compared_too(make_record: MakeRecord) -> None:
    rows = agreement([make_record(stds=[0.005] * 5, initializer="normalized")], "fig07")
    peaks = [row for row in rows if row.statistic == "peak"]
    assert [row.printed for row in peaks] == [6.38, 7.484, 7.941, 8.033, 7.938]
    for row in peaks:
        assert math.isclose(row.measured, norm.pdf(0) / 0.05, rel_tol=0.002)
        assert math.isnan(row.spread)


def test_another_depth_is_not_compared(make_record: MakeRecord) -> None:
    assert agreement([make_record(stds=[0.3] * 4)], "fig08") == []


def test_other_figures_are_key_errors() -> None:
    with pytest.raises(KeyError):
        agreement([], "fig01")
