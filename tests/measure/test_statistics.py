"""The registries of statistics, and the share of saturated activations."""

import math
from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from glorot_repro.measure.histograms import summarize
from glorot_repro.measure.statistics import ACTIVATION_STATISTICS, STATISTICS, saturated_share
from glorot_repro.nn.activations import ACTIVATIONS

NUMPY: dict[str, Callable[[NDArray[np.float64]], float]] = {
    "mean": lambda values: float(values.mean()),
    "std": lambda values: float(values.std()),
    "p1": lambda values: float(np.percentile(values, 1)),
    "p2": lambda values: float(np.percentile(values, 2)),
    "p50": lambda values: float(np.median(values)),
    "p98": lambda values: float(np.percentile(values, 98)),
    "p99": lambda values: float(np.percentile(values, 99)),
}


@pytest.mark.parametrize("name", STATISTICS)
def test_statistic_is_numpys(name: str) -> None:
    values = np.random.default_rng(3).normal(0.3, 2, (200, 50)).astype(np.float32)
    if name not in NUMPY:
        pytest.fail(f"state what {name} is in numpy in this test")
    summary = summarize(values)
    cell = (summary.highest - summary.lowest) / 16_000
    assert STATISTICS[name](summary) == pytest.approx(NUMPY[name](values.astype(float)), abs=cell)


@pytest.mark.parametrize("name", STATISTICS)
def test_statistic_of_nothing_is_nan(name: str) -> None:
    assert math.isnan(STATISTICS[name](summarize(np.zeros((0, 5), np.float32))))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(
    ("asymptotes", "saturated"),
    [
        ((-1.0, 1.0), [-1.0, -0.96, 0.951, 0.98, 1.0]),
        ((0.0, 1.0), [-1.0, -0.96, -0.94, 0.0, 0.02, 0.98, 1.0]),
        ((0.0, None), [0.0]),
        ((None, 1.0), [1.0]),
    ],
)
def test_share_near_an_asymptote(
    asymptotes: tuple[float | None, float | None], saturated: list[float], dtype: str
) -> None:
    """Limits for (-1, 1) are 0.95 either side; for (0, 1) 0.025 and 0.975."""
    values = np.array([-1, -0.96, -0.94, 0, 0.02, 0.03, 0.5, 0.949, 0.951, 0.98, 1.0, np.nan])
    share = saturated_share(values.astype(dtype), asymptotes)
    assert share == pytest.approx(len(saturated) / len(values), abs=1e-15)


def test_share_without_asymptotes_or_values_is_none() -> None:
    assert saturated_share(np.ones((2, 2)), (None, None)) is None
    assert saturated_share(np.ones((0, 2)), (-1.0, 1.0)) is None


@pytest.mark.parametrize("name", ACTIVATIONS)
@pytest.mark.parametrize("statistic", ACTIVATION_STATISTICS)
def test_activation_statistics_take_every_activation(statistic: str, name: str) -> None:
    activation = ACTIVATIONS[name]
    z = activation(np.linspace(-3, 3, 60).reshape(6, 10))
    value = ACTIVATION_STATISTICS[statistic](z, activation.asymptotes)
    is_share = statistic.endswith("saturated")
    assert (value is None) == (is_share and activation.asymptotes == (None, None))
    assert value is None or 0 <= value <= (1 if is_share else 4)


def test_fully_saturated_is_the_last_bin_of_figure_4() -> None:
    z = np.array([-0.986, -0.984, 0.96, 0.9849, 0.9851, 1.0])
    assert ACTIVATION_STATISTICS["fully_saturated"](z, (-1.0, 1.0)) == 3 / 6
    assert ACTIVATION_STATISTICS["saturated"](z, (-1.0, 1.0)) == 1


def test_magnitude_is_a_percentile_of_absolute_values() -> None:
    z = np.random.default_rng(2).normal(0.4, 1, (30, 50)).astype(np.float32)
    ordered = sorted(abs(float(value)) for value in z.ravel())
    rank = 0.98 * (len(ordered) - 1)
    below = int(rank)
    expected = ordered[below] + (rank - below) * (ordered[below + 1] - ordered[below])
    found = ACTIVATION_STATISTICS["magnitude_p98"](z, (-1.0, 1.0))
    assert found == pytest.approx(expected, rel=1e-6)
    assert ACTIVATION_STATISTICS["magnitude_p98"](z[:0], (-1.0, 1.0)) is None
