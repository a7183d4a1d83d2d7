"""Figures 2, 3, 9 and 10 through their data and what is drawn of it."""

import math
from collections.abc import Callable

import numpy as np
import pytest
from legibility import assert_texts_apart
from matplotlib.axes import Axes
from matplotlib.text import Text

from glorot_repro.report.agreement import agreement
from glorot_repro.report.digitized import printed_figure
from glorot_repro.report.over_time import TIME_FIGURES, time_panels
from glorot_repro.report.panels import Curve, Panel
from glorot_repro.report.time_figures import time_figure
from glorot_repro.runs.reading import RunRecord

MakeRecord = Callable[..., RunRecord]

QUANTITIES = (
    "activation_mean", "activation_std", "activation_p1", "activation_p2", "activation_p98",
    "activation_p99", "activation_magnitude_p98", "weight_gradient_std",
)  # fmt: skip


def growing(seed: int = 0, depth: int = 5, n: int = 9) -> dict[tuple[str, int], list[float]]:
    """Values that tell quantity, layer, seed and time."""
    return {
        (quantity, layer): [
            (1 + number) * (0.1 * layer + 0.01 * time + 0.001 * seed) / 10 for time in range(n)
        ]
        for number, quantity in enumerate(QUANTITIES)
        for layer in range(1, depth + 1)
    }


def curve_of(panel: Panel, quantity: str, layer: int, side: str) -> Curve:
    (found,) = (
        curve
        for curve in panel.curves
        if (curve.quantity, curve.layer, curve.side) == (quantity, layer, side)
    )
    return found


def plots_of(figure_name: str, records: list[RunRecord]) -> list[list[Axes]]:
    """The plots of each panel; each panel ends with its table."""
    axes = time_figure(records, figure_name).axes
    n_plots = len(TIME_FIGURES[figure_name].plots)
    return [axes[first : first + n_plots] for first in range(0, len(axes), n_plots + 1)]


def texts_of(artist: object) -> str:
    found = artist.findobj(Text)  # type: ignore[attr-defined]
    return "\n".join(text.get_text() for text in found)


def test_panels_hold_what_the_runs_hold_in_printed_units(make_trained: MakeRecord) -> None:
    runs = [make_trained(growing(seed), seed=seed) for seed in (0, 1)]
    tanh, softsign = time_panels(runs, "fig03")
    assert list(tanh.records) == runs
    assert list(softsign.records) == []
    upper = curve_of(tanh, "activation_p99", 2, "upper")
    np.testing.assert_allclose(upper.ours.x, np.arange(9))
    for values, run in zip(upper.ours.values, runs, strict=True):
        np.testing.assert_array_equal(values, run.curves.series("activation_p99", 2)[1])
    lower = curve_of(tanh, "activation_std", 2, "lower")
    np.testing.assert_array_equal(
        lower.ours.values, -curve_of(tanh, "activation_std", 2, "half_width").ours.values
    )
    assert lower.printed is printed_figure("fig03").panel("top").find("std", 2, "lower")


def test_gradients_are_summed_over_ten_examples(make_trained: MakeRecord) -> None:
    run = make_trained(growing())
    standard = time_panels([run], "fig09")[0]
    curve = curve_of(standard, "weight_gradient_std", 3, "half_width")
    stored = run.curves.series("weight_gradient_std", 3)[1]
    np.testing.assert_allclose(curve.ours.values[0], 10 * stored)


def test_both_normalizations_are_held_against_the_printed_one(make_trained: MakeRecord) -> None:
    normalized, as_printed = time_panels([make_trained(growing())], "fig10")
    print_10 = printed_figure("fig10").panel("main").find("std", 1, "half_width")
    for panel in (normalized, as_printed):
        assert curve_of(panel, "activation_std", 1, "half_width").printed is print_10


def test_depth_five_of_figure_2_has_nothing_printed(make_trained: MakeRecord) -> None:
    runs = [
        make_trained(growing(depth=depth), model=f"depth: {depth}, activation: sigmoid")
        for depth in (4, 5)
    ]
    four, five = time_panels(runs, "fig02")
    assert list(four.records) == runs[:1]
    assert list(five.records) == runs[1:]
    assert all(curve.printed for curve in four.curves)
    assert not any(curve.printed for curve in five.curves)
    assert {curve.layer for curve in five.curves} == {1, 2, 3, 4, 5}


def test_a_panel_without_print_and_without_runs_is_not_there() -> None:
    """Half of figure 2 was two empty plots."""
    assert [panel.name for panel in time_panels([], "fig02")] == ["depth4"]
    assert [panel.name for panel in time_panels([], "fig03")] == ["tanh", "softsign"]


def test_only_printed_points_that_were_reached_are_compared(make_trained: MakeRecord) -> None:
    # Nine records are epochs 0 to 8; the print has epochs 0, 4, 8, ...
    rows = agreement([make_trained(growing())], "fig03")
    (row,) = (
        row
        for row in rows
        if (row.panel, row.curve, row.quantity, row.side)
        == ("tanh", "layer 1", "activation_std", "half_width")
    )
    printed = printed_figure("fig03").panel("top").find("std", 1, "half_width")
    assert printed is not None
    differences = [
        0.2 * (0.1 + 0.01 * epoch) - y
        for epoch, y in zip((0, 4, 8), printed.y[:3], strict=True)
    ]  # fmt: skip
    assert row.n_points == 3
    assert row.n_printed == 25
    assert row.updates == 160_000
    assert row.rms_difference == pytest.approx(math.sqrt(sum(d * d for d in differences) / 3))


def test_all_readings_of_the_98_percentile_are_compared(make_trained: MakeRecord) -> None:
    rows = agreement([make_trained(growing())], "fig03")
    percentiles = {
        (row.quantity, row.side) for row in rows if row.n_points and "std" not in row.quantity
    }
    assert percentiles == {
        ("activation_p1", "lower"),
        ("activation_p99", "upper"),
        ("activation_p2", "lower"),
        ("activation_p98", "upper"),
        ("activation_magnitude_p98", "lower"),
        ("activation_magnitude_p98", "upper"),
    }


def test_what_is_drawn_is_the_mean_over_seeds_over_the_print(make_trained: MakeRecord) -> None:
    runs = [make_trained(growing(seed), seed=seed) for seed in (0, 1)]
    (std, percentiles), (other, _) = plots_of("fig03", runs)
    panel = time_panels(runs, "fig03")[0]
    lines = std.lines
    assert len(lines) == 10
    for layer in range(1, 6):
        gray, ours = lines[2 * layer - 2 : 2 * layer]
        curve = curve_of(panel, "activation_std", layer, "half_width")
        assert curve.printed is not None
        np.testing.assert_array_equal(gray.get_xydata(), curve.printed.points)
        np.testing.assert_allclose(np.asarray(ours.get_ydata()), curve.ours.mean)
        np.testing.assert_allclose(np.asarray(ours.get_xdata()), range(9))
        assert ours.get_zorder() > gray.get_zorder()
    # The band: mean - spread .. mean + spread, with seeds 0.0002 apart in this quantity.
    band = np.asarray(std.collections[0].get_paths()[0].vertices)
    first = band[band[:, 0] == 0][:, 1]
    assert np.ptp(first) == pytest.approx(2 * 0.0002 / math.sqrt(2))
    assert std.get_xlim() == pytest.approx((0, 8 * 1.02))
    low, high = percentiles.get_ylim()
    assert low == -high
    assert texts_of(time_figure(runs, "fig03")).count("not run") == 1
    assert len(other.lines) == 5


def test_labels_tell_rate_updates_seeds_scale_and_command(make_trained: MakeRecord) -> None:
    runs = [
        make_trained(growing(seed, n=9 - seed), seed=seed, settings="scales: {quick: {}}")
        for seed in (0, 1)
    ]
    text = texts_of(time_figure(runs, "fig10"))
    assert "not run" in text
    text = texts_of(time_figure(runs, "fig03")).replace("\n", " ")
    for part in (
        "5 layers of 7 units",
        "learning rate 0.03",
        "140,000 to 160,000 of 500,000 updates",
        "seeds 0, 1",
        "scale 'paper'",
        "glorot-repro run fig03 'seeds=[0,1]'",
    ):
        assert part in text


def test_without_runs_the_whole_print_is_shown() -> None:
    ((std, _), _) = plots_of("fig03", [])
    assert std.get_xlim()[1] == pytest.approx(95 * 1.02)
    assert len(std.lines) == 5
    assert "no runs" in texts_of(time_figure([], "fig09"))


def test_the_caption_tells_of_gray_curves_only_where_some_are_drawn(
    make_trained: MakeRecord,
) -> None:
    """Nothing printed has nine layers: the caption spoke of gray curves and of differences."""
    runs = [
        make_trained(growing(depth=9), model=f"depth: 9, activation: {name}")
        for name in ("tanh", "softsign")
    ]
    text = texts_of(time_figure(runs, "fig03"))
    assert "Color: shapeset" in text
    assert "Gray" not in text
    assert "difference" not in text
    assert "Gray" in texts_of(time_figure(runs[:1], "fig03"))


@pytest.mark.parametrize("std", [1e-2, 1.6e-4, 1.5e-5, 1e-7])
def test_labels_are_apart_whatever_the_size_of_the_values(
    make_trained: MakeRecord, std: float
) -> None:
    """The label of the axis was printed over ticks such as 0.0015."""
    series = {("weight_gradient_std", layer): [std, std / layer] for layer in range(1, 10)}
    # Nothing is printed of nine layers: the axis follows the values.
    run = make_trained(series, every=25, model="depth: 9")
    figure = time_figure([run], "fig09")
    assert_texts_apart(figure)
    plots = [axes for axes in figure.axes if axes.get_ylabel()]
    assert len({axes.get_position().x0 for axes in plots}) == 1


@pytest.mark.parametrize(("every", "n"), [(25, 3), (20_000, 126)])
@pytest.mark.parametrize("name", ["fig02", "fig10"])
def test_texts_are_apart_at_every_scale(
    name: str, every: int, n: int, make_trained: MakeRecord
) -> None:
    models = ("depth: 4, activation: sigmoid", "activation: tanh", "initializer: normalized")
    runs = [
        make_trained(growing(seed, n=n), seed=seed, every=every, model=model)
        for seed in (0, 1, 2)
        for model in models
    ]
    assert_texts_apart(time_figure(runs, name))
