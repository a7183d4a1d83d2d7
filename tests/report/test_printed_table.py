"""Table 1 as printed: the claims' numbers, and which of its bold print its own numbers support."""

from importlib import resources
from pathlib import Path

import pytest
import yaml

from glorot_repro.report.printed_table import printed_table
from glorot_repro.report.table1_cells import COLUMNS, MODELS


def test_all_cells_are_there_and_are_those_of_the_claims() -> None:
    table = printed_table()
    text = (resources.files("glorot_repro.paper") / "claims.yaml").read_text(encoding="utf-8")
    document = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    claims = document["claims"] if isinstance(document, dict) else document
    expected = {claim["id"]: claim["expected"] for claim in claims}
    for dataset in COLUMNS:
        assert list(table.errors[dataset]) == [model.name for model in MODELS]
        for model in MODELS:
            row = model.name.lower().replace(" n", "-normalized")
            claim = expected[f"table1-{dataset.replace('_', '')}-{row}"]
            assert table.errors[dataset][model.name] == claim["value"]
            assert (model.name in table.bold[dataset]) == claim["in_best_group"]


def test_the_unpaired_test_does_not_support_four_of_the_printed_pairs() -> None:
    """What the note of claim table1-significance says of the printed numbers."""
    pairs = printed_table().unsupported()
    assert [(pair.dataset, pair.better, pair.worse) for pair in pairs] == [
        ("mnist", "Softsign N", "Sigmoid"),
        ("mnist", "Tanh", "Sigmoid"),
        ("small_imagenet", "Softsign", "Tanh"),
        ("small_imagenet", "Softsign", "Sigmoid"),
    ]
    assert [pair.p for pair in pairs] == pytest.approx([0.013, 0.023, 0.026, 0.019], abs=5e-4)


@pytest.mark.parametrize("dataset", COLUMNS)
def test_the_bold_print_is_the_best_and_what_the_unpaired_test_cannot_tell_from_it(
    dataset: str,
) -> None:
    assert printed_table().best_group(dataset) == printed_table().bold[dataset]


def test_the_documentation_tells_the_same_numbers() -> None:
    text = (Path(__file__).parents[2] / "docs" / "table1.md").read_text(encoding="utf-8")
    for pair in printed_table().unsupported():
        assert f"{pair.p:.4f}" in text
