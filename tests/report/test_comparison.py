import math

import numpy as np
import pytest

from glorot_repro.report.comparison import compare, together
from glorot_repro.report.digitized import PrintedSeries
from glorot_repro.report.panels import Curve, Panel
from glorot_repro.report.seed_curves import SeedCurves

PRINTED = PrintedSeries(
    "made up",
    1,
    "std",
    np.array([[0.0, 1.0], [1.0, 2.0], [2.0, math.nan], [3.0, 4.0], [4.0, 5.0]]),
    reading_error={"x": 0.0, "y": 0.3},
)


def panel_of(values: np.ndarray) -> tuple[Panel, Curve]:
    """Ours at x = 0, 2, 3: the print has more points, one of them hidden, and goes on to 4."""
    curve = Curve("layer 1", "std", SeedCurves(np.array([0.0, 2, 3]), values), PRINTED, updates=60)
    return Panel("tanh", "", [curve]), curve


def test_two_seeds_against_numbers_by_hand() -> None:
    # means 1.4, 3, 3: at the printed 0, 1, 3 ours is 1.4, 2.2, 3, so the differences are
    # 0.4, 0.2, -1; the spreads there are 0.4, 0.2 and 0.2 times the root of two.
    row = compare("fig00", *panel_of(np.array([[1.0, 3, 2.8], [1.8, 3, 3.2]])))
    assert row is not None
    assert (row.figure, row.panel, row.curve) == ("fig00", "tanh", "layer 1")
    assert (row.n_points, row.n_printed, row.updates) == (3, 4, 60)
    assert row.reading_error == pytest.approx(0.3)
    spread = math.sqrt(2 * (0.16 + 0.04 + 0.04) / 3)
    assert row.spread == pytest.approx(spread)
    assert row.rms_difference == pytest.approx(math.sqrt((0.16 + 0.04 + 1) / 3))
    error = math.sqrt(0.09 + spread**2)
    assert row.rms == pytest.approx(row.rms_difference / error)
    assert (row.worst_x, row.worst_printed) == (3, 4)
    assert row.worst_ours == pytest.approx(3)
    assert row.worst == pytest.approx(-1 / error)


def test_of_one_seed_the_spread_is_unknown() -> None:
    row = compare("fig00", *panel_of(np.array([[1.0, 3, 3]])))
    assert row is not None
    assert math.isnan(row.spread)
    # differences 0, 0 and -1 in reading errors of 0.3
    assert row.rms == pytest.approx(math.sqrt((1 / 0.3) ** 2 / 3))


def test_a_run_that_has_not_come_to_a_printed_point_is_not_compared_there() -> None:
    row = compare("fig00", *panel_of(np.array([[1.1, math.nan, math.nan]])))
    assert row is not None
    assert row.n_points == 1
    assert row.worst == pytest.approx(0.1 / 0.3)


def test_nothing_printed_is_no_row_and_nothing_run_a_row_without_numbers() -> None:
    panel = Panel("tanh", "", [])
    assert compare("fig00", panel, Curve("layer 1", "std", SeedCurves.none())) is None
    row = compare("fig00", panel, Curve("layer 1", "std", SeedCurves.none(), PRINTED))
    assert row is not None
    assert row.n_points == 0
    assert row.n_printed == 4
    assert math.isnan(row.rms)
    assert math.isnan(row.worst)


def test_rows_together_weigh_their_points() -> None:
    three = compare("fig00", *panel_of(np.array([[1.0, 3, 3]])))
    one = compare("fig00", *panel_of(np.array([[1.6, math.nan, math.nan]])))
    assert three is not None
    assert one is not None
    rms, difference = together([three, one])
    assert difference == pytest.approx(math.sqrt((1 + 0.36) / 4))
    assert rms == pytest.approx(difference / 0.3)
    assert all(math.isnan(value) for value in together([]))
