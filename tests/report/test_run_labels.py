"""What a figure says about its runs."""

from made_up_claims import made_up

from glorot_repro.report.claims.models import FIGURE_2, SIGMOID_4, TANH, Model, on_dataset
from glorot_repro.report.run_labels import data_text
from glorot_repro.runs.reading import RunRecord


def runs(*models: Model) -> list[RunRecord]:
    return [made_up(model, 1, test_error=80.0) for model in models]


SHAPESET = "shapeset (range [-1, 1], bright_background 0.3333)"


def test_data_are_told_with_their_inputs_and_all_that_is_not_the_default() -> None:
    """Figure 2 has inputs of its own; `shapeset` alone did not say what those of the others are."""
    assert data_text([runs(TANH)]) == SHAPESET
    assert data_text([runs(FIGURE_2)]) == "shapeset (range [0, 1], bright_background 0.5)"


def test_data_are_told_once_where_all_panels_have_the_same() -> None:
    assert data_text([runs(SIGMOID_4), [], runs(TANH)]) == SHAPESET


def test_data_are_told_panel_by_panel_where_they_differ() -> None:
    told = data_text([[], runs(FIGURE_2), runs(TANH, on_dataset(TANH, "mnist"))])
    of_figure_2 = "shapeset (range [0, 1], bright_background 0.5)"
    assert told == f"(b) {of_figure_2}, (c) {SHAPESET} and mnist (range [0, 1])"
