"""Student's t against scipy."""

import pytest
from scipy import stats

from glorot_repro.measure.student import SMALLEST_LEVEL, student_bound, two_sided_tail


@pytest.mark.parametrize("degrees", [1, 2, 3, 4, 9, 19, 40])
@pytest.mark.parametrize("t", [0.0, 0.3, 1.0, 2.5, 6.0])
def test_tail_is_that_of_scipy(t: float, degrees: int) -> None:
    assert two_sided_tail(t, degrees) == pytest.approx(2 * stats.t.sf(t, degrees), abs=1e-14)


@pytest.mark.parametrize("degrees", [1, 2, 5, 19])
@pytest.mark.parametrize("level", [0.5, 1e-2, 1e-4, 6.7e-8])
def test_bound_is_that_of_scipy(level: float, degrees: int) -> None:
    assert student_bound(level, degrees) == pytest.approx(stats.t.isf(level / 2, degrees), rel=1e-6)


@pytest.mark.parametrize(
    ("level", "degrees"), [(0.0, 5), (SMALLEST_LEVEL / 2, 5), (1, 5), (0.1, 0)]
)
def test_bounds_that_float64_cannot_tell_are_refused(level: float, degrees: int) -> None:
    with pytest.raises(ValueError, match="no bound at level"):
        student_bound(level, degrees)
