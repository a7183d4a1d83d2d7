import json
import math
from importlib import resources

import numpy as np
import pytest

from glorot_repro.report.digitized import DIGITIZED_FIGURES, printed_figure


@pytest.mark.parametrize("name", DIGITIZED_FIGURES)
def test_every_digitized_figure_reads_with_nan_for_hidden_points(name: str) -> None:
    data = json.loads((resources.files("glorot_repro.paper") / f"{name}.json").read_text())
    figure = printed_figure(name)
    assert name == f"fig{figure.number:02d}"
    assert [panel.name for panel in figure.panels] == [panel["panel"] for panel in data["panels"]]
    for panel, raw in zip(figure.panels, data["panels"], strict=True):
        assert panel.x.range[0] < panel.x.range[1]
        assert panel.y.range[0] < panel.y.range[1]
        assert panel.reading_error["x"] >= 0
        for series, raw_series in zip(panel.series, raw["series"], strict=True):
            assert series.points.shape == np.shape(raw_series["points"])
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
