from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pytest
from legibility import assert_texts_apart
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text
from scipy.stats import norm

from glorot_repro.measure.curves import Curves
from glorot_repro.report.densities import layer_densities
from glorot_repro.report.density_panel import MOST_GROWTH
from glorot_repro.report.digitized import printed_figure
from glorot_repro.report.histogram_figures import histogram_figure
from glorot_repro.report.histogram_panels import HISTOGRAM_FIGURES, histogram_panels
from glorot_repro.report.style import PAPER_LINE
from glorot_repro.runs.reading import RunRecord

MakeRecord = Callable[..., RunRecord]

FIGURE_NAMES = ("fig06", "fig07", "fig08")


def panels_of(figure: Figure) -> tuple[list[Axes], list[Axes]]:
    """The plots and the tables, from top to bottom."""
    return figure.axes[0::2], figure.axes[1::2]


def texts_of(artist: Figure | Axes) -> list[str]:
    return [text.get_text() for text in artist.findobj(Text) if text.get_text()]


@pytest.mark.parametrize("name", FIGURE_NAMES)
def test_ours_lie_over_the_printed_curves(name: str, paper_records: list[RunRecord]) -> None:
    plots, _ = panels_of(histogram_figure(paper_records, name))
    assert len(plots) == 3
    for place, (axes, printed_panel) in enumerate(
        zip(plots, ("top", "bottom", "bottom"), strict=True)
    ):
        printed = printed_figure(name).panel(printed_panel)
        gray, ours = axes.lines[:5], axes.lines[5:]
        runs = paper_records[2 * place : 2 * place + 2]
        densities = layer_densities(runs, HISTOGRAM_FIGURES[name].quantity)
        assert len(ours) == len(densities) == 5
        for line, series in zip(gray, printed.series, strict=True):
            assert line.get_color() == PAPER_LINE["color"]
            np.testing.assert_array_equal(line.get_xydata(), series.points)
        for line, density in zip(ours, densities, strict=True):
            np.testing.assert_array_equal(line.get_xdata(), density.x)
            np.testing.assert_array_equal(line.get_ydata(), density.density)
            assert line.get_zorder() > gray[0].get_zorder()
        assert axes.get_xlim() == printed.x.range


def test_axes_are_the_printed_ones_unless_ours_need_more(make_record: MakeRecord) -> None:
    low = histogram_figure([make_record(stds=[0.3] * 5)], "fig06")
    assert panels_of(low)[0][0].get_ylim() == (0, 15)
    # std 0.02 has a peak of 19.9
    higher = histogram_figure([make_record(stds=[0.02] * 5)], "fig06")
    assert 20 < panels_of(higher)[0][0].get_ylim()[1] < 23
    needle = histogram_figure([make_record(stds=[0.001] * 5)], "fig06")
    assert panels_of(needle)[0][0].get_ylim() == (0, 15 * MOST_GROWTH)


def test_tables_hold_std_and_peak_of_both(paper_records: list[RunRecord]) -> None:
    _, tables = panels_of(histogram_figure(paper_records, "fig06"))
    assert len(tables) == 3
    texts = texts_of(tables[0])
    # 0.3 and 0.306 of two seeds; the peak of a normal density is 0.3989 / std
    assert texts.count("0.303 ± 0.004") == 5
    assert texts.count("1.32 ± 0.02") == 5
    for printed in ("0.309", "0.175", "0.0982", "0.0571", "0.0329"):
        assert printed in texts
    assert "7.74" in texts


def test_a_panel_without_runs_says_so_and_shows_the_paper_alone(make_record: MakeRecord) -> None:
    figure = histogram_figure([make_record(initializer="normalized")], "fig07")
    plots, tables = panels_of(figure)
    is_missing = [any("not run" in text for text in texts_of(axes)) for axes in plots]
    assert is_missing == [True, False, True]
    assert [len(axes.lines) for axes in plots] == [5, 10, 5]
    assert texts_of(tables[0]).count("–") == 15


def test_without_any_run_the_caption_says_so() -> None:
    assert any("no runs" in text for text in texts_of(histogram_figure([], "fig08")))


def test_the_caption_comes_from_the_configuration(make_record: MakeRecord) -> None:
    records = [make_record(stds=[0.1, 0.1], seed=seed) for seed in (3, 5)]
    caption = texts_of(histogram_figure(records, "fig08"))[-1].replace("\n", " ")
    for part in (
        "shapeset (range [-1, 1], bright_background 0.3333); 2 layers of 7 tanh units",
        "300 test examples",
        "seeds 3, 5",
        "scale 'paper'",
        "figure 8",
        # Gaps look like the dashes of a layer: the gray curves have no line styles of their own.
        "gaps are where others hide them",
        "10 times the stored gradients",
        "1000 bins",
    ):
        assert part in caption
    of_activations = texts_of(histogram_figure(records, "fig06"))[-1]
    assert "stored gradients" not in of_activations


@pytest.mark.parametrize("name", FIGURE_NAMES)
def test_no_text_overlaps_another(name: str, paper_records: list[RunRecord]) -> None:
    assert_texts_apart(histogram_figure(paper_records, name))


@pytest.mark.parametrize("stds", [[0.3], [0.2, 0.1], [0.3 * 0.58**layer for layer in range(14)]])
def test_any_number_of_layers_is_drawn_legibly(
    make_record: MakeRecord, stds: Sequence[float]
) -> None:
    records = [make_record(stds=list(stds), seed=seed) for seed in (0, 1)]
    figure = histogram_figure(records, "fig06")
    assert len(panels_of(figure)[0][0].lines) == 5 + len(stds)
    assert_texts_apart(figure)


def test_softmax_regression_has_no_hidden_layer_to_draw(make_record: MakeRecord) -> None:
    figure = histogram_figure([make_record(stds=[])], "fig06")
    assert len(panels_of(figure)[0][0].lines) == 5


def test_figure_4_shows_the_newest_record(make_record: MakeRecord) -> None:
    first, last = make_record(stds=[0.3] * 5), make_record(stds=[0.6] * 5)
    assert first.histograms is not None
    assert last.histograms is not None
    arrays = {
        key: array if key.endswith("_layers") else np.concatenate([array, last.histograms[key]])
        for key, array in first.histograms.items()
    }
    arrays["updates"] = np.array([0, 40])
    rows = [*first.curves, *((40, layer, name, value) for _, layer, name, value in last.curves)]
    record = replace(first, histograms=arrays, curves=Curves(rows))
    tanh, _ = histogram_panels([record], "fig04")
    assert tanh.update == 40
    assert len(tanh.densities) == 5
    for density in tanh.densities:
        assert density.std.mean == pytest.approx(0.6)
        assert density.peak.mean == pytest.approx(norm.pdf(0) / 0.6, rel=0.01)
