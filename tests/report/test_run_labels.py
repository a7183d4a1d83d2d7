"""What a figure says about its runs."""

from collections.abc import Callable
from dataclasses import replace

from made_up_claims import made_up
from matplotlib.text import Text

from glorot_repro.measure.curves import Curves
from glorot_repro.report.claims.models import (
    FIGURE_2,
    PRETRAINED,
    SIGMOID_4,
    TANH,
    TANH_N,
    Model,
    on_dataset,
)
from glorot_repro.report.error_figures import error_figure
from glorot_repro.report.run_labels import command_text, data_text, updates_text
from glorot_repro.runs.reading import RunRecord

MakeRecord = Callable[..., RunRecord]


def runs(*models: Model) -> list[RunRecord]:
    return [made_up(model, 1, test_error=80.0) for model in models]


SHAPESET = "shapeset (range [-1, 1], bright_background 0.3333)"


OF_FIGURE_2 = "shapeset (range [0, 1], bright_background 0.5)"


def test_data_are_told_with_their_inputs_and_all_that_is_not_the_default() -> None:
    """Figure 2 has inputs of its own; `shapeset` alone did not say what those of the others are."""
    assert data_text([{"Tanh": runs(TANH)}]) == SHAPESET
    assert data_text([{"Sigmoid": runs(FIGURE_2)}]) == OF_FIGURE_2


def test_data_are_told_once_where_all_panels_have_the_same() -> None:
    assert data_text([{"Sigmoid": runs(SIGMOID_4)}, {"Tanh": []}, {"Tanh": runs(TANH)}]) == SHAPESET


def test_data_are_told_panel_by_panel_where_they_differ() -> None:
    told = data_text([{}, {"Sigmoid": runs(FIGURE_2)}, {"Tanh": runs(on_dataset(TANH, "mnist"))}])
    assert told == f"(b) {OF_FIGURE_2}, (c) mnist (range [0, 1])"


def test_curves_of_a_panel_that_saw_different_data_are_named() -> None:
    """The caption told that there were two kinds of inputs, but not which network had which."""
    panel = {
        "Sigmoid": runs(FIGURE_2),
        "Tanh": runs(TANH),
        "Softsign": [],
        "Tanh N": runs(TANH_N),
        "Pre-training": runs(PRETRAINED),
    }
    told = f"{OF_FIGURE_2} for Sigmoid, {SHAPESET} for Tanh, Tanh N and Pre-training"
    assert data_text([panel]) == told
    assert data_text([{}, panel, {"Tanh": runs(TANH)}]) == f"(b) {told}, (c) {SHAPESET}"


def test_updates_of_a_pretraining_are_none_of_the_training(make_trained: MakeRecord) -> None:
    record = make_trained({("test_error", 0): [90.0, 80.0, 70.0]})
    rows = [*record.curves, (100_000, 5, "denoising_cost", 0.1)]
    pretrained = replace(record, curves=Curves(rows))
    assert updates_text([pretrained]) == "40,000 of 500,000 updates"
    only = replace(record, curves=Curves([(100_000, 1, "reconstruction_cost", 0.1)]))
    assert updates_text([only]) == "0 of 500,000 updates"


def test_without_runs_the_command_has_the_scale_that_was_asked_for() -> None:
    """It trained the paper's 2,500,000 updates, and the quick figure stayed without runs."""
    assert command_text("fig06", [], scale="quick") == "glorot-repro run fig06 --scale quick"
    assert command_text("fig06", []) == "glorot-repro run fig06"
    texts = [text.get_text() for text in error_figure([], "fig11", scale="quick").findobj(Text)]
    assert any("glorot-repro run fig11 --scale quick" in text for text in texts)
