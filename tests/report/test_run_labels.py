"""What a figure says about its runs."""

from made_up_claims import made_up

from glorot_repro.report.claims.models import (
    FIGURE_2,
    PRETRAINED,
    SIGMOID_4,
    TANH,
    TANH_N,
    Model,
    on_dataset,
)
from glorot_repro.report.run_labels import data_text
from glorot_repro.runs.reading import RunRecord


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
