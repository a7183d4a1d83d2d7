"""Figures 11 and 12 through their data and what is drawn of it."""

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from legibility import assert_texts_apart
from matplotlib.lines import Line2D
from matplotlib.text import Text

from glorot_repro.report.agreement import agreement
from glorot_repro.report.digitized import printed_figure
from glorot_repro.report.error_figures import caption_text, error_figure, model_table
from glorot_repro.report.errors_over_time import error_panels
from glorot_repro.report.style import PAPER_LINE
from glorot_repro.runs.reading import RunRecord

MakeRecord = Callable[..., RunRecord]

MODELS = {
    "Sigmoid depth 5": "activation: sigmoid",
    "Sigmoid depth 4": "depth: 4, activation: sigmoid",
    "Tanh": "activation: tanh",
    "Softsign": "activation: softsign",
    "Softsign N": "activation: softsign, initializer: normalized",
    "Tanh N": "activation: tanh, initializer: normalized",
    "Tanh as printed": "activation: tanh, initializer: {first: standard, "
    "hidden: {name: normalized, gain: 1.27}, output: standard}",
}


def errors(*values: float) -> dict[tuple[str, int], list[float]]:
    return {("test_error", 0): list(values)}


def test_models_are_recognized_by_their_configuration(make_trained: MakeRecord) -> None:
    runs = [
        make_trained(errors(80 - number, 70 - number), model=model, every=5000)
        for number, model in enumerate(MODELS.values())
    ]
    (panel,) = error_panels(runs[::-1], "fig11")
    for curve in panel.curves:
        if curve.label == "Pre-training":
            assert not curve.records
            continue
        number = list(MODELS).index(curve.label)
        assert list(curve.records) == [runs[number]]
        np.testing.assert_array_equal(curve.ours.x, [0, 50_000])
        np.testing.assert_array_equal(curve.ours.mean, [80 - number, 70 - number])
        assert curve.printed is not None
        name = "Tanh N" if curve.label == "Tanh as printed" else curve.label
        assert curve.printed.name == name


def test_a_pretrained_network_is_a_model_of_its_own(make_trained: MakeRecord) -> None:
    run = make_trained(errors(80, 70), every=5000, settings="pretraining: {updates: 10}")
    (panel,) = error_panels([run], "fig11")
    assert [curve.label for curve in panel.curves if curve.records] == ["Pre-training"]


def test_figure_11_is_compared_evaluation_by_evaluation(make_trained: MakeRecord) -> None:
    run = make_trained(errors(88, 80, 75), every=5000)
    (row,) = (row for row in agreement([run], "fig11") if row.n_points)
    # The print has 81.66 after 50,000 examples and 75.74 after 100,000.
    assert (row.curve, row.n_points, row.updates) == ("Tanh", 2, 10_000)
    assert row.rms_difference == pytest.approx(math.sqrt((1.66**2 + 0.74**2) / 2))
    assert row.worst_x == 50_000


def test_data_sets_are_apart_and_medians_damp_spikes(make_trained: MakeRecord) -> None:
    spiky = [60.0] * 12
    spiky[5] = 99.0
    runs = [
        make_trained(errors(*values), dataset=dataset, every=5000)
        for dataset, values in (("mnist", [5.0] * 12), ("cifar10", spiky))
    ]
    mnist, cifar10 = error_panels(runs, "fig12")
    (tanh,) = (curve for curve in cifar10.curves if curve.records)
    assert tanh.label == "Tanh"
    np.testing.assert_array_equal(tanh.ours.mean, [60.0] * 12)
    printed = printed_figure("fig12")
    assert [curve.printed for curve in mnist.curves] == [
        printed.panel("left").named(curve.label) for curve in mnist.curves
    ]
    (row,) = (row for row in agreement(runs, "fig12") if row.panel == "cifar10" and row.n_points)
    assert row.n_points == 2  # 250,000 and 500,000 examples
    y = printed.panel("right").named("Tanh").y[1:3]
    assert row.rms_difference == pytest.approx(np.sqrt(np.mean((60 - y) ** 2)))


def test_drawing_ends_where_the_runs_end_and_tells_what_was_run(make_trained: MakeRecord) -> None:
    runs = [make_trained(errors(88, 80, 75), every=5000, seed=seed) for seed in (0, 1)]
    axes, _ = error_figure(runs, "fig11").axes
    assert axes.get_xlim() == pytest.approx((0, 0.1 * 1.02))
    low, high = axes.get_ylim()
    assert 60 < low < 75
    assert high == 84.5
    figure = error_figure(runs, "fig11")
    texts = "\n".join(text.get_text() for text in figure.findobj(Text) if isinstance(text, Text))
    assert texts.count("not run") == 7
    for part in ("0.1 M", "0.03", "75.0", "75.7", "seeds 0, 1", "10,000 of 500,000 updates"):
        assert part in texts
    assert "glorot-repro run fig11 'seeds=[0,1]'" in texts


def test_each_curve_tells_its_number_of_seeds(make_trained: MakeRecord) -> None:
    """The caption named the seeds of all curves together, and the errors of two units stood in one
    column: of one seed they are in reading errors alone."""
    two = [make_trained(errors(88, 80, 75), every=5000, seed=seed) for seed in (0, 1)]
    one = make_trained(errors(80, 70), model=MODELS["Tanh N"], every=5000)
    for runs, numbers, ends in (
        (
            [*two, one],
            {"Tanh": "2", "Tanh N": "1"},
            "spread over seeds; of one seed, reading error",
        ),
        (two, {"Tanh": "2"}, "spread over seeds. "),
        ([one], {"Tanh N": "1"}, "spread over seeds, which one seed does not tell: reading error"),
    ):
        figure = error_figure(runs, "fig11")
        (panel,) = error_panels(runs, "fig11")
        table = model_table("fig11", panel)
        column = list(table.names).index("seeds")
        told = {row[0]: row[column] for _, row in table.rows if row[column]}
        assert told == numbers
        text = " ".join(" ".join(one.get_text().split()) for one in figure.findobj(Text))
        assert ends in text


def test_fitted_networks_are_held_against_the_curves_of_figure_11(
    make_trained: MakeRecord,
) -> None:
    run = make_trained(errors(88, 80, 75), every=5000)
    (row,) = (row for row in agreement([run], "fig11_fitted") if row.n_points)
    (same,) = (row for row in agreement([run], "fig11") if row.n_points)
    assert (row.figure, same.figure) == ("fig11_fitted", "fig11")
    assert row.rms_difference == same.rms_difference
    texts = [text.get_text() for text in error_figure([run], "fig11_fitted").findobj(Text)]
    assert any("the paper's figure 11." in " ".join(text.split()) for text in texts)
    assert any("glorot-repro run fig11_fitted" in text for text in texts)


def test_a_printed_curve_under_two_of_ours_is_drawn_once_in_one_style(
    make_trained: MakeRecord,
) -> None:
    """The print's Tanh N was drawn in two line styles, one on the other: a solid line."""
    run = make_trained(errors(80, 70), model=MODELS["Tanh as printed"], every=5000)
    for runs in ([], [run]):
        axes, table = error_figure(runs, "fig11").axes
        gray = [line for line in axes.lines if line.get_color() == PAPER_LINE["color"]]
        printed = printed_figure("fig11").panel("main").series
        assert len(gray) == len(printed)
        # The keys of gray lines, one for each model that is not run, are lines that are drawn.
        styles = {_dashes(line) for line in gray}
        keys = [line for line in table.lines if line.get_color() == PAPER_LINE["color"]]
        assert len(keys) == 8 - len(runs)
        assert {_dashes(line) for line in keys} <= styles


def _dashes(line: Line2D) -> str:
    return str(vars(line)["_unscaled_dash_pattern"])


def test_the_caption_names_data_that_are_not_the_authors_own(make_trained: MakeRecord) -> None:
    run = make_trained(errors(60, 55), dataset="cifar10", every=5000)
    unofficial = replace(run, info={"unofficial_data_files": ["data_batch_1.bin"]})
    for one, is_named in ((run, False), (unofficial, True)):
        texts = error_figure([one], "fig12").findobj(Text)
        caption = " ".join(text.get_text() for text in texts if isinstance(text, Text))
        note = "Data files that are not the authors' own: data_batch_1.bin."
        assert (note in caption.replace("\n", " ")) is is_named


def test_an_error_above_the_printed_axis_is_seen(make_trained: MakeRecord) -> None:
    run = make_trained(errors(90, 8, 7), dataset="mnist", every=5000)
    mnist, _, cifar10, _ = error_figure([run], "fig12").axes
    assert mnist.get_ylim()[1] == pytest.approx(1.05 * 7)
    assert cifar10.get_ylim()[1] == 65
    assert cifar10.get_xlim()[1] == pytest.approx(25 * 1.02)


def test_the_lowest_curve_is_inside_even_if_all_are_above_the_printed_axis(
    make_trained: MakeRecord,
) -> None:
    run = make_trained(errors(90, 4.2, 3.9, 3.9, 3.9, 4.2, 4.2), dataset="mnist", every=5000)
    low, high = error_figure([run], "fig12").axes[0].get_ylim()
    assert low < 3.9 < 4.2 < high


def test_a_model_that_has_not_learned_does_not_press_the_others_together(
    make_trained: MakeRecord,
) -> None:
    runs = [
        make_trained(errors(90, 89, 89), dataset="mnist", model="activation: sigmoid", every=5000),
        make_trained(errors(90, 8, 7), dataset="mnist", every=5000),
    ]
    figure = error_figure(runs, "fig12")
    assert figure.axes[0].get_ylim()[1] == pytest.approx(1.05 * 7)
    assert "Above the axis: Sigmoid (MNIST)." in caption_text(error_panels(runs, "fig12"), "fig12")


def test_the_caption_tells_of_gray_curves_only_where_some_are_drawn(
    make_trained: MakeRecord,
) -> None:
    """Figure 11 is printed for Shapeset: over MNIST nothing is gray."""
    run = make_trained(errors(50, 40), dataset="mnist")
    (panel,) = error_panels([run], "fig11")
    drawn = replace(panel, curves=[curve for curve in panel.curves if curve.records])
    assert "Gray" not in caption_text([drawn], "fig11")
    assert "Gray" in caption_text([panel], "fig11")


def test_numbers_of_a_close_agreement_are_apart(make_trained: MakeRecord) -> None:
    printed = printed_figure("fig12").panel("left").named("Tanh")
    is_seen = np.isfinite(printed.y)
    values = np.interp(50_000.0 * np.arange(501), printed.x[is_seen], printed.y[is_seen]) + 0.0123
    run = make_trained(errors(*values), dataset="mnist", every=5000)
    assert_texts_apart(error_figure([run], "fig12"))


@pytest.mark.parametrize(("every", "n"), [(25, 3), (5000, 501)])
@pytest.mark.parametrize("name", ["fig11", "fig11_fitted", "fig12"])
def test_texts_are_apart_at_every_scale(
    name: str, every: int, n: int, make_trained: MakeRecord
) -> None:
    runs = [
        make_trained(errors(*np.linspace(88, 20, n)), model=model, seed=seed, every=every)
        for seed in (0, 1, 2)
        for model in MODELS.values()
    ]
    assert_texts_apart(error_figure(runs, name))
