"""Plots of a run, through the data on their axes."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import SMALL
from legibility import assert_boxes_apart
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.text import Text

import glorot_repro
from glorot_repro.errors import ConfigError
from glorot_repro.report.page.run_view import network_text
from glorot_repro.report.run_description import run_description
from glorot_repro.report.run_figure import run_figure
from glorot_repro.report.run_plots import (
    plot_curves,
    plot_histograms,
    plot_layers,
    plot_ridge,
    quantities_of,
)
from glorot_repro.report.run_rows import KINDS, Choice, default_kind
from glorot_repro.report.style import drawing_style, figure_bytes, new_figure
from glorot_repro.runs.reading import RunRecord


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("results")


def _run(results: Path, overrides: dict[str, Any]) -> RunRecord:
    (record,) = glorot_repro.run(SMALL, overrides, results=results)
    return record


@pytest.fixture(scope="module")
def record(results: Path) -> RunRecord:
    return _run(results, {})


@pytest.fixture(scope="module")
def diverged(results: Path) -> RunRecord:
    return _run(results, {"model.activation": "relu", "training.learning_rate": 1e10})


@pytest.fixture(scope="module")
def zeros(results: Path) -> RunRecord:
    return _run(results, {"model.initializer": "zeros", "training.updates": 10})


@pytest.fixture
def axes() -> Axes:
    return new_figure(4, 3).add_subplot()


def _lines(axes: Axes) -> dict[str, tuple[list[float], list[float]]]:
    return {
        str(line.get_label()): (
            np.array(line.get_xdata()).tolist(),
            np.array(line.get_ydata()).tolist(),
        )
        for line in axes.lines
    }


def test_curves_are_those_of_the_run(record: RunRecord, axes: Axes) -> None:
    assert plot_curves(record, "backprop_std", axes) is axes
    lines = _lines(axes)
    for layer, label in enumerate(("1", "2", "3", "4 (softmax)"), start=1):
        updates, values = record.curves.series("backprop_std", layer)
        assert lines[label] == (updates.tolist(), values.tolist())
    assert axes.get_ylabel() == "backprop_std"
    assert axes.get_xlabel() == "update"


def test_theory_is_a_ring_for_each_layer_at_update_0(record: RunRecord, axes: Axes) -> None:
    plot_curves(record, "activation_std", axes, layers=[1, 3])
    rings = [
        (float(np.array(line.get_xdata())[0]), float(np.array(line.get_ydata())[0]))
        for line in axes.lines
        if line.get_marker() == "o" and len(np.array(line.get_xdata())) == 1
    ]
    predicted = [record.curves.series("activation_std_theory", layer)[1][0] for layer in (1, 3)]
    assert rings == [(0.0, value) for value in predicted]
    assert "theory" in _lines(axes)
    assert "2" not in _lines(axes)


def test_layers_are_one_ramp_from_dark_to_light(record: RunRecord, axes: Axes) -> None:
    plot_curves(record, "backprop_std", axes)
    colors = [to_rgb(line.get_color()) for line in axes.lines if line.get_linestyle() != "None"]
    lightness = [float(np.dot(color, [0.2126, 0.7152, 0.0722])) for color in colors]
    assert lightness == sorted(lightness)
    assert len(set(lightness)) == 4


def test_a_diverged_run_shows_what_it_has_and_where_it_ended(
    diverged: RunRecord, axes: Axes
) -> None:
    plot_curves(diverged, "activation_std", axes)
    at = diverged.info["divergence"]["update"]
    assert axes.get_xlabel().startswith(f"update (diverged at update {at}")
    assert axes.get_xlabel().endswith(": dotted)")
    assert any(np.array_equal(np.array(line.get_xdata()), [at, at]) for line in axes.lines)
    assert len(_lines(axes)["1"][0]) >= 1


def _marks(axes: Axes) -> list[float]:
    """Where dotted lines stand."""
    upright = [np.array(line.get_xdata()) for line in axes.lines if line.get_linewidth() == 0.7]
    return [float(x[0]) for x in upright]


def _diverged_in(results: Path, phase: str) -> RunRecord:
    return _run(
        results,
        {
            "model.activation": "relu",
            "pretraining": {"updates": 20, "learning_rate": 0.001},
            f"{phase}.learning_rate": 1e10,
        },
    )


@pytest.mark.parametrize("quantity", ["reconstruction_cost", "denoising_cost"])
def test_a_sound_pre_training_has_no_mark_of_the_training_that_diverged(
    results: Path, axes: Axes, quantity: str
) -> None:
    """A dotted line crossed it, at an update of the other phase."""
    plot_curves(_diverged_in(results, "training"), quantity, axes)
    assert axes.get_xlabel() == "update of pre-training"
    assert not _marks(axes)


def test_a_pre_training_that_diverged_shows_where(results: Path, axes: Axes) -> None:
    record = _diverged_in(results, "pretraining")
    at = record.info["divergence"]["update"]
    plot_curves(record, "reconstruction_cost", axes)
    assert axes.get_xlabel().startswith(f"update of pre-training (diverged at update {at}, layer ")
    assert _marks(axes) == [at]


def test_a_whole_network_quantity_is_one_line(record: RunRecord, axes: Axes) -> None:
    plot_curves(record, "test_error", axes)
    updates, values = record.curves.series("test_error")
    assert _lines(axes)[record.path.name] == (updates.tolist(), values.tolist())
    assert axes.get_ylabel() == "test_error (percent)"


def test_layers_are_over_each_other_at_the_first_and_the_last_update(
    record: RunRecord, axes: Axes
) -> None:
    plot_layers(record, "activation_std", axes)
    lines = _lines(axes)
    for update in (0, 40):
        values = [
            float(values[updates == update][0])
            for updates, values in (record.curves.series("activation_std", k) for k in (1, 2, 3))
        ]
        assert lines[str(update)] == ([1, 2, 3], values)
    assert len(lines["theory at 0"][0]) == 3


def test_zero_is_drawn_on_a_logarithmic_axis(zeros: RunRecord, axes: Axes) -> None:
    """The gradient of the hidden weights is 0 at first, that of the softmax layer's biases not."""
    plot_curves(zeros, "backprop_std", axes, log=True)
    assert "0" in [label.get_text() for label in axes.get_yticklabels()]
    low, high = axes.get_ylim()
    for x, y in _lines(axes).values():
        assert all(low <= value <= high for value in y if x != [0, 1])


@pytest.mark.parametrize("kind", ["histogram", "ridge"])
def test_a_layer_of_equal_values_is_a_vertical_line(
    zeros: RunRecord, axes: Axes, kind: str
) -> None:
    draw = {"histogram": plot_histograms, "ridge": plot_ridge}[kind]
    draw(zeros, "activation", axes, at=0)
    vertical = [
        line
        for line in axes.lines
        if np.array_equal(np.array(line.get_xdata(), float), [0.0, 0.0])
        and line.get_linewidth() > 0.8
        and line.get_marker() in ("None", "")
    ]
    assert len(vertical) == 3


def test_histograms_are_densities_of_hidden_layers_by_default(
    record: RunRecord, axes: Axes
) -> None:
    plot_histograms(record, "backprop", axes, at=20)
    lines = _lines(axes)
    assert {"1", "2", "3"} <= set(lines)
    assert "4 (softmax)" not in lines
    x, y = lines["2"]
    assert np.trapezoid(y, x) == pytest.approx(1, abs=0.15)
    assert axes.get_title() == "update 20"


def test_theory_of_a_density_is_one_std_to_each_side(record: RunRecord, axes: Axes) -> None:
    plot_ridge(record, "backprop", axes, at=0, layers=[2])
    (std,) = record.curves.series("backprop_std_theory", 2)[1]
    assert _lines(axes)["theory,\nmean ± std"][0] == pytest.approx([-std, std])
    later = new_figure(4, 3).add_subplot()
    plot_ridge(record, "backprop", later, at=40)
    assert "theory,\nmean ± std" not in _lines(later)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"quantity": "backprop_sdt"}, "did you mean 'backprop_std'"),
        ({"quantity": "backprop", "kind": "curves"}, "a curve such as 'backprop_std'"),
        ({"quantity": "test_error", "kind": "histogram"}, "allowed: activation, backprop"),
        ({"quantity": "test_error", "kind": "layers"}, "use --kind curves"),
        ({"quantity": "test_error", "layers": [1]}, "one number for the whole network"),
        ({"quantity": "activation_std", "layers": [4]}, "layers at hand: 1, 2, 3"),
        ({"quantity": "activation", "layers": [4]}, "layers at hand: 1, 2, 3"),
        ({"quantity": "activation", "at": [0, 7]}, "at hand: 0, 10, 20, 30, 40"),
        ({"quantity": "activation_std", "at": [0]}, "--at is for"),
        ({"quantity": "activation", "kind": "ridge", "log": True}, "--log and --linear"),
    ],
)
def test_what_is_not_there_is_named(
    record: RunRecord, arguments: dict[str, Any], message: str
) -> None:
    kind = arguments.pop("kind", None)
    with pytest.raises(ConfigError, match=message) as caught:
        run_figure([record], Choice(**arguments), kind)
    assert "\n" not in str(caught.value)
    arguments["kind"] = kind  # the mappings are shared between tests


def test_the_kind_follows_the_quantity(record: RunRecord, results: Path) -> None:
    start = _run(results, {"training.updates": 0})
    assert default_kind([record], "activation") == "histogram"
    assert default_kind([record], "activation_std") == "curves"
    assert default_kind([start], "activation_std") == "layers"
    assert default_kind([start, record], "activation_std") == "curves"
    assert default_kind([start], "test_error") == "curves"


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_draws_every_run_to_the_same_bytes(
    kind: str, record: RunRecord, diverged: RunRecord, zeros: RunRecord
) -> None:
    quantity = "activation_std" if kind in ("curves", "layers") else "activation"
    choice = Choice(quantity, log=None if kind == "ridge" else True)
    first, second = (
        figure_bytes(run_figure([record, diverged, zeros], choice, kind), "svg") for _ in range(2)
    )
    assert first == second


@pytest.mark.parametrize(
    ("kind", "quantity", "log"),
    [
        ("curves", "weight_gradient_std", None),
        ("curves", "backprop_mean", True),
        ("layers", "weight_gradient_std", None),
        ("layers", "activation_saturated", True),
        ("histogram", "weight_gradient", None),
        ("histogram", "activation", True),
        ("ridge", "activation", None),
    ],
)
def test_no_text_lies_on_another_or_outside(
    kind: str, quantity: str, log: bool | None, record: RunRecord, diverged: RunRecord
) -> None:
    with drawing_style():
        figure = run_figure([record, diverged], Choice(quantity, log=log), kind)
        figure.draw_without_rendering()
        boxes = [
            (text.get_text(), text.get_window_extent())
            for text in _texts(figure)
            if text.get_text() and text.get_visible()
        ]
    assert len(boxes) > 10
    assert_boxes_apart(figure, boxes, shrunk_to=0.9)


def _texts(figure: Figure) -> Iterator[Text]:
    """All that is written: of the labels of ticks those in the range of their axis."""
    yield from figure.texts
    for axes in figure.axes:
        yield axes.title
        legend = axes.get_legend()
        if legend is not None:
            yield from (legend.get_title(), *legend.get_texts())
        for axis in (axes.xaxis, axes.yaxis):
            yield axis.label
            low, high = sorted(axis.get_view_interval())
            for tick in (*axis.get_major_ticks(), *axis.get_minor_ticks()):
                if low <= tick.get_loc() <= high:
                    yield tick.label1


@pytest.mark.parametrize("kind", ["layers", "histogram", "ridge"])
def test_where_a_run_ended_is_told_by_every_kind(kind: str, diverged: RunRecord) -> None:
    quantity = "activation_std" if kind == "layers" else "activation"
    figure = run_figure([diverged], Choice(quantity), kind)
    told = " ".join(text.get_text() for text in figure.texts).replace("\u00a0", " ")
    assert f"diverged at update {diverged.info['divergence']['update']}" in told


def test_runs_share_one_panel_for_the_whole_network_and_one_axis_for_layers(
    record: RunRecord, diverged: RunRecord
) -> None:
    whole = run_figure([record, diverged], Choice("test_error"))
    (panel,) = whole.axes
    assert {"1", "2"} <= set(_lines(panel))
    assert any(
        "2: small/" in text.get_text() and "diverged" in text.get_text() for text in whole.texts
    )
    layers = run_figure([record, diverged], Choice("activation_std"))
    assert len(layers.axes) == 2
    assert layers.axes[0].get_ylim() == layers.axes[1].get_ylim()


def test_many_layers_are_listed_in_part(results: Path, axes: Axes) -> None:
    deep = _run(results, {"model.hidden": [6] * 25, "training.updates": 0})
    plot_curves(deep, "activation_std", axes)
    legend = axes.get_legend()
    assert legend is not None
    labels = [text.get_text() for text in legend.get_texts()]
    assert labels[0] == "1"
    assert labels[-2:] == ["25", "theory"]
    assert len(labels) <= 11


def test_predictions_are_no_quantities_of_their_own(record: RunRecord) -> None:
    assert not [one for one in quantities_of(record, of_histograms=False) if "theory" in one]


def test_new_axes_are_made_where_none_are_given(
    record: RunRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    from matplotlib import pyplot

    monkeypatch.setattr(pyplot, "figure", lambda **_: new_figure(3, 3))
    assert plot_curves(record, "activation_std").lines


def test_the_description_tells_networks_apart(results: Path) -> None:
    one = _run(results, {"training.updates": 0, "model.hidden": []})
    other = _run(
        results,
        {
            "training.updates": 1,
            "model.hidden": [12, 8],
            "model.initializer": {"first": "standard", "hidden": {"name": "normalized", "gain": 2}},
            "training.optimizer": {"name": "momentum", "momentum": 0.5},
        },
    )
    texts = [run_description(record).replace("\u00a0", " ") for record in (one, other)]
    images = "shapeset (validation_size 200, test_size 200)"
    assert texts[0] == f"{images}, no hidden layer, weights: normalized, seed 0, scale paper"
    assert "2 layers of 12, 8 tanh units" in texts[1]
    assert "first standard, hidden normalized (gain 2), output standard" in texts[1]
    assert "momentum (momentum 0.5), learning rate 0.1, batches of 10" in texts[1]


def test_the_description_tells_pretraining_cost_and_images_apart(results: Path) -> None:
    record = _run(
        results,
        {
            "training.updates": 2,
            "training.cost": "squared_error",
            "pretraining.updates": 3,
            "dataset.bright_background": 0.45,
        },
    )
    text = run_description(record).replace("\u00a0", " ")
    assert "bright_background 0.45" in text
    assert "pre-trained for 3 updates a layer, squared error, sgd, learning rate" in text
    assert "pre-trained" in network_text(record.config)


def test_theory_stands_at_the_foot_of_a_logarithmic_axis(record: RunRecord, axes: Axes) -> None:
    plot_histograms(record, "backprop", axes, at=0, layers=[2], log=True)
    drawn = [(line, np.column_stack(line.get_data())) for line in axes.lines]
    ((triangles, points),) = [
        (line, points) for line, points in drawn if line.get_marker() == "^" and points.size
    ]
    places = triangles.get_transform().transform(points)
    assert places[:, 1] == pytest.approx(axes.bbox.y0)
