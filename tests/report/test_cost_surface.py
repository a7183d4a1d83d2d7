import numpy as np

from glorot_repro.report.cost_surface import INPUT, SURFACES, TARGET, cost_panels, cost_surface
from glorot_repro.report.digitized import printed_figure

WEIGHTS = np.linspace(-4, 4, 17)


def test_our_costs_give_the_formulas_of_the_printed_surfaces() -> None:
    first, second = np.meshgrid(WEIGHTS, WEIGHTS)
    a = second * np.tanh(first * INPUT)
    entropy = np.log(2 * np.cosh(a)) - TARGET * a
    quadratic = (np.tanh(a) - TARGET) ** 2 / 2
    np.testing.assert_allclose(cost_surface("cross entropy", first, second), entropy, atol=1e-12)
    np.testing.assert_allclose(cost_surface("quadratic", first, second), quadratic, atol=1e-12)


def test_both_are_flat_along_the_axes_and_the_quadratic_is_below() -> None:
    for name in SURFACES:
        on_axes = cost_surface(name, WEIGHTS, np.zeros(1))
        np.testing.assert_allclose(on_axes, on_axes[0], atol=1e-12)
    gap = cost_surface("cross entropy", WEIGHTS[:, None], WEIGHTS) - cost_surface(
        "quadratic", WEIGHTS[:, None], WEIGHTS
    )
    assert gap.min() > 0.69


def test_the_fitted_model_is_ours() -> None:
    (printed,) = printed_figure("fig05").panels
    for name in SURFACES:
        for edge, axis in (("W1 = 4", 0), ("W2 = 4", 1)):
            series = printed.named(f"fitted model: {name} along {edge}")
            weights = [series.x, series.x]
            weights[axis] = np.full(1, 4.0)
            np.testing.assert_allclose(cost_surface(name, *weights), series.y, atol=6e-4)


def test_the_printed_points_are_met_to_two_reading_errors() -> None:
    (printed,) = printed_figure("fig05").panels
    curves = [curve for panel in cost_panels([]) for curve in panel.curves]
    assert sorted(curve.label for curve in curves) == sorted(
        series.name for series in printed.series if not series.name.startswith("fitted model")
    )
    for curve in curves:
        assert curve.printed is not None
        ours = curve.ours.at(curve.printed.x).mean
        is_seen = np.isfinite(curve.printed.y)
        assert np.isfinite(ours[is_seen]).all()
        difference = np.abs(ours - curve.printed.y)[is_seen]
        assert (difference <= 2 * curve.printed.point_errors[is_seen]).all(), curve.label
