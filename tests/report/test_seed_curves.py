import math
from collections.abc import Callable

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from glorot_repro.report.seed_curves import SeedCurves
from glorot_repro.runs.reading import RunRecord

MakeRecord = Callable[..., RunRecord]
NAN = math.nan


def test_runs_of_unequal_length_share_one_axis(make_trained: MakeRecord) -> None:
    runs = [
        make_trained({("activation_std", 1): [0.1, 0.3, 0.5]}, every=10),
        make_trained({("activation_std", 1): [0.2, 0.4]}, every=10, seed=1),
    ]
    curves = SeedCurves.of_runs(runs, "activation_std", 1, x_per_update=0.5, factor=-10)
    np.testing.assert_allclose(curves.x, [0, 5, 10])
    np.testing.assert_allclose(curves.values, [[-1.0, -3, -5], [-2, -4, NAN]])
    np.testing.assert_allclose(curves.mean, [-1.5, -3.5, -5])
    np.testing.assert_allclose(curves.spread, [math.sqrt(0.5), math.sqrt(0.5), NAN])


def test_no_run_and_no_such_quantity_are_empty(make_trained: MakeRecord) -> None:
    assert SeedCurves.of_runs([], "activation_std", 1).n_seeds == 0
    curves = SeedCurves.of_runs([make_trained({})], "activation_std", 1)
    assert len(curves.x) == len(curves.mean) == len(curves.spread) == 0
    assert np.isnan(curves.at(np.array([0.0])).mean).all()
    assert np.isnan(SeedCurves.none().at(np.array([0.0])).mean).all()


def test_points_between_records_are_interpolated_and_none_beyond() -> None:
    curves = SeedCurves(np.array([0.0, 2, 4]), np.array([[1.0, 3, NAN], [NAN, 5, 9]]))
    found = curves.at(np.array([-1, 0, 1, 2, 3, 4, 5.0]))
    np.testing.assert_allclose(found.values[0], [NAN, 1, 2, 3, NAN, NAN, NAN])
    np.testing.assert_allclose(found.values[1], [NAN, NAN, NAN, 5, 7, 9, NAN])
    np.testing.assert_allclose(found.spread, [NAN, NAN, NAN, math.sqrt(2), NAN, NAN, NAN])


def test_what_is_known_beyond_the_ends_has_its_value_there() -> None:
    """A density is 0 where there are no values: a printed point there is not left out."""
    curves = SeedCurves(np.array([1.0, 2]), np.array([[5.0, 7], [NAN, NAN]]), beyond=0.0)
    found = curves.at(np.array([0, 1, 1.5, 3.0]))
    np.testing.assert_allclose(found.values, np.array([[0, 5, 6, 0], [NAN] * 4]))


def test_medians_damp_a_spike_in_its_own_run() -> None:
    curves = SeedCurves(np.arange(5.0), np.array([[1.0, 1, 9, 1, 1], [2, NAN, 2, 3, 7]]))
    found = curves.medians(1.0)
    np.testing.assert_allclose(found.values, [[1.0, 1, 1, 1, 1], [2, NAN, 2.5, 3, 7]])


def test_medians_look_as_far_back_as_ahead() -> None:
    """A fall at the beginning is no median of what comes after it."""
    curves = SeedCurves(np.arange(6.0), np.array([[90.0, 10, 8, 6, 5, NAN]]))
    expected = [[90.0, 10, 8, 6, 5, NAN]]
    np.testing.assert_allclose(curves.medians(10.0).values, expected)
    noisy = SeedCurves(np.arange(5.0), np.array([[90.0, 10, 30, 6, 5]]))
    np.testing.assert_allclose(noisy.medians(10.0).values, [[90.0, 30, 10, 6, 5]])


@given(arrays(np.float64, (3, 4), elements=st.floats(-1e3, 1e3) | st.just(NAN)))
def test_mean_and_spread_are_those_of_the_seeds_at_hand(values: np.ndarray) -> None:
    curves = SeedCurves(np.arange(4.0), values)
    for column in range(4):
        known = values[:, column][np.isfinite(values[:, column])]
        expected = np.mean(known) if len(known) else NAN
        np.testing.assert_allclose(curves.mean[column], expected, atol=1e-9)
        spread = np.std(known, ddof=1) if len(known) > 1 else NAN
        np.testing.assert_allclose(curves.spread[column], spread, atol=1e-9)
