import json
import math
from importlib import resources

import numpy as np
import pytest

from glorot_repro.report.digitized import DIGITIZED_FIGURES, PrintedSeries, printed_figure


@pytest.mark.parametrize("name", DIGITIZED_FIGURES)
def test_every_digitized_figure_reads_with_nan_for_hidden_points(name: str) -> None:
    data = json.loads((resources.files("glorot_repro.paper") / f"{name}.json").read_text())
    figure = printed_figure(name)
    assert name == f"fig{figure.number:02d}"
    assert [panel.name for panel in figure.panels] == [panel["panel"] for panel in data["panels"]]
    for panel, raw in zip(figure.panels, data["panels"], strict=True):
        assert panel.x.range[0] < panel.x.range[1]
        assert panel.y.range[0] < panel.y.range[1]
        for series, raw_series in zip(panel.series, raw["series"], strict=True):
            assert series.points.shape == np.shape(raw_series["points"])
            assert (
                series.reading_error["y"]
                == raw_series.get("reading_error", raw["reading_error"])["y"]
            )
            assert (series.point_errors >= series.reading_error["y"]).all()
            n_hidden = sum(value is None for point in raw_series["points"] for value in point)
            assert np.isnan(series.points).sum() == n_hidden
            assert series.x[0] == raw_series["points"][0][0]
            assert np.isfinite(series.y).any()


@pytest.mark.parametrize("name", DIGITIZED_FIGURES)
def test_data_files_are_strict_json(name: str) -> None:
    def refuse(constant: str) -> None:
        pytest.fail(f"{name}.json holds {constant}")

    text = (resources.files("glorot_repro.paper") / f"{name}.json").read_text()
    json.loads(text, parse_constant=refuse)


def test_figure_6_has_the_printed_spreads() -> None:
    figure = printed_figure("fig06")
    stds = [series.derived["std"] for series in figure.panel("top").series]
    assert stds == [0.3086, 0.1749, 0.09818, 0.05712, 0.03294]


@pytest.mark.parametrize(("name", "panel"), [("fig06", "bottom"), ("fig07", "bottom")])
def test_printed_densities_integrate_to_one(name: str, panel: str) -> None:
    for series in printed_figure(name).panel(panel).series:
        seen = np.isfinite(series.y)
        area = np.trapezoid(series.y[seen], series.x[seen])
        assert math.isclose(area, 1, abs_tol=0.04)


def test_layers_are_found_by_number() -> None:
    panel = printed_figure("fig08").panel("top")
    layer = panel.of_layer(5)
    assert layer is not None
    assert layer.derived["std"] == 0.001942
    assert panel.of_layer(6) is None


@pytest.mark.parametrize("name", ["fig01", "fig13", "../fig02", ""])
def test_other_names_are_key_errors(name: str) -> None:
    with pytest.raises(KeyError):
        printed_figure(name)


def test_the_reading_error_of_x_counts_where_a_curve_is_steep() -> None:
    points = np.array([[0.0, 1.0], [1.0, 1.0], [2.0, math.nan], [3.0, 7.0], [4.0, 10.0]])
    series = PrintedSeries("", 1, "std", points, reading_error={"x": 0.4, "y": 0.5})
    # slopes 0 and 3 at the ends, known only between the points that are seen
    assert series.point_errors[0] == 0.5
    assert math.isclose(series.point_errors[-1], math.hypot(0.5, 0.4 * 3))


def test_curves_are_found_by_statistic_layer_and_side() -> None:
    panel = printed_figure("fig03").panel("top")
    series = panel.find("percentile98", 2, "lower")
    assert series is not None
    assert series.y[0] == -0.419
    assert panel.find("percentile98", 2) is None
    assert panel.find("std", 6, "upper") is None


def test_figure_11_has_a_point_for_each_evaluation_that_was_drawn() -> None:
    series = printed_figure("fig11").panel("main").named("Tanh")
    assert np.diff(series.x).max() == 250_000
    assert series.as_drawn.points[:2].tolist() == [[50_000, 81.66], [100_000, 75.74]]
    other = printed_figure("fig12").panel("left").named("Tanh")
    assert other.as_drawn is other
