import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import norm

from glorot_repro.measure.curves import Curves
from glorot_repro.report.densities import Measured, layer_densities, newest_histograms, sum_factor
from glorot_repro.runs.reading import RunRecord

MakeRecord = Callable[..., RunRecord]


def test_normal_values_give_the_normal_density(make_record: MakeRecord) -> None:
    (density,) = layer_densities([make_record(stds=[0.25])], "activation")
    expected = norm.pdf(density.x, scale=0.25)
    # A bin of 1/8 std averages the curve: at most 1/8^2 / 24 of the second derivative.
    np.testing.assert_allclose(density.density, expected, atol=0.001 * expected.max())
    assert density.std.mean == 0.25
    # The parabola within 0.4 std misses x^4 / 8 of the normal density: 0.1 %.
    assert math.isclose(density.peak.mean, norm.pdf(0) / 0.25, rel_tol=0.002)
    assert math.isnan(density.peak.spread)


@pytest.mark.parametrize("quantity", ["backprop", "weight_gradient"])
def test_gradients_are_summed_over_the_ten_of_a_probe_batch(
    make_record: MakeRecord, quantity: str
) -> None:
    record = make_record(stds=[0.005])
    (density,) = layer_densities([record], quantity)
    assert math.isclose(density.std.mean, 0.05)
    assert math.isclose(density.peak.mean, norm.pdf(0) / 0.05, rel_tol=0.002)


@pytest.mark.parametrize(
    ("section", "factor"),
    [
        ("", 10.0),
        ("record: {examples: 4}", 4.0),
        ("record: {examples: 50}", 10.0),
    ],
)
def test_the_sum_is_over_the_probe_batch(
    make_record: MakeRecord, section: str, factor: float
) -> None:
    record = make_record(settings=section)
    assert sum_factor("backprop", record) == factor
    assert sum_factor("activation", record) == 1.0


def test_seeds_are_averaged_as_a_mixture(make_record: MakeRecord) -> None:
    records = [make_record(stds=[0.2], seed=0), make_record(stds=[0.4], seed=1)]
    (density,) = layer_densities(records, "activation")
    mixture = (norm.pdf(density.x, scale=0.2) + norm.pdf(density.x, scale=0.4)) / 2
    np.testing.assert_allclose(density.density, mixture, atol=0.003 * mixture.max())
    assert math.isclose(density.std.mean, 0.3)
    assert math.isclose(density.std.spread, 0.2 / math.sqrt(2))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(
    arrays(np.int64, 1000, elements=st.integers(0, 50)),
    st.integers(0, 300),
    st.integers(0, 300),
)
def test_the_area_is_the_share_of_values_inside_the_edges(
    make_record: MakeRecord, counts: np.ndarray, n_below: int, n_above: int
) -> None:
    assume(counts.sum() > 0)
    record = make_record(stds=[0.3])
    assert record.histograms is not None
    record.histograms["activation_counts"][0, 0] = counts
    record.histograms["activation_underflow"][0, 0] = n_below
    record.histograms["activation_overflow"][0, 0] = n_above
    (density,) = layer_densities([record], "activation")
    area = density.density.sum() * (density.x[1] - density.x[0])
    assert math.isclose(area, counts.sum() / (counts.sum() + n_below + n_above), rel_tol=1e-9)


def test_every_hidden_layer_has_a_density_and_the_softmax_layer_none(
    make_record: MakeRecord,
) -> None:
    record = make_record(stds=[0.3, 0.2, 0.1])
    assert record.histograms is not None
    assert [density.layer for density in layer_densities([record], "backprop")] == [1, 2, 3]


def test_layers_without_spread_or_record_are_left_out(make_record: MakeRecord) -> None:
    record = make_record(stds=[0.3, 0.2])
    assert record.histograms is not None
    record.histograms["activation_low"][0, 1] = record.histograms["activation_high"][0, 1]
    assert [density.layer for density in layer_densities([record], "activation")] == [1]
    record.histograms["updates"][0] = 20
    assert layer_densities([record], "activation") == []
    without = RunRecord(record.path, record.config, {}, Curves())
    assert layer_densities([without], "activation") == []
    assert layer_densities([], "activation") == []


def test_few_bins_have_no_peak(make_record: MakeRecord) -> None:
    record = make_record(stds=[0.3], settings="record: {bins: 10}")
    (density,) = layer_densities([record], "activation")
    assert math.isnan(density.peak.mean)


def test_measured_over_no_seed_is_nan() -> None:
    assert math.isnan(Measured.over_seeds([]).mean)


def test_what_is_behind_is_not_drawn_beside_what_has_been_trained(make_record: MakeRecord) -> None:
    """Of a run at update 0 and one at 500,000 the densities of update 0 were drawn for both."""

    def with_updates(seed: int, *updates: int) -> RunRecord:
        record = make_record(seed=seed)
        return replace(record, histograms={"updates": np.array(updates)})

    fresh, ahead, diverged = with_updates(0, 0), with_updates(1, 0, 500), with_updates(2, 0, 500)
    assert newest_histograms([fresh, ahead, diverged]) == (500, [ahead, diverged])
    assert newest_histograms([fresh]) == (0, [fresh])
    without = replace(fresh, histograms=None)
    assert newest_histograms([without]) == (0, [without])
    assert newest_histograms([without, ahead]) == (500, [ahead])
    assert newest_histograms([]) == (0, [])
