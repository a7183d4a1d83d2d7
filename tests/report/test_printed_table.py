"""Table 1 as printed: the claims' numbers, and which of its bold print its own numbers support."""

from importlib import resources
from itertools import combinations
from pathlib import Path

import pytest
import yaml

from glorot_repro.report.differences import two_proportion_p
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


def unpaired(dataset: str) -> dict[tuple[str, str], float]:
    """p of all pairs of a column, the better model first, from the printed numbers alone."""
    table = printed_table()
    column, n = table.errors[dataset], table.n_examples
    n_wrong = {model: error * n / 100 for model, error in column.items()}
    pairs = [sorted(models, key=column.__getitem__) for models in combinations(column, 2)]
    return {
        (better, worse): two_proportion_p((n_wrong[better], n), (n_wrong[worse], n))
        for better, worse in pairs
    }


def unsupported() -> dict[tuple[str, str, str], float]:
    """A bold and a plain number each that the unpaired test does not tell apart, and its p."""
    table = printed_table()
    return {
        (dataset, better, worse): p
        for dataset, bold in table.bold.items()
        for (better, worse), p in unpaired(dataset).items()
        if better in bold and worse not in bold and p >= table.level
    }


def test_the_unpaired_test_does_not_support_four_of_the_printed_pairs() -> None:
    """What the note of claim table1-significance says of the printed numbers."""
    assert unsupported() == {
        ("mnist", "Softsign N", "Sigmoid"): pytest.approx(0.013, abs=5e-4),
        ("mnist", "Tanh", "Sigmoid"): pytest.approx(0.023, abs=5e-4),
        ("small_imagenet", "Softsign", "Tanh"): pytest.approx(0.026, abs=5e-4),
        ("small_imagenet", "Softsign", "Sigmoid"): pytest.approx(0.019, abs=5e-4),
    }


@pytest.mark.parametrize("dataset", COLUMNS)
def test_the_bold_print_is_the_best_and_what_the_unpaired_test_cannot_tell_from_it(
    dataset: str,
) -> None:
    table = printed_table()
    column = table.errors[dataset]
    best = min(column, key=column.__getitem__)
    alike = {w for (b, w), p in unpaired(dataset).items() if b == best and p >= table.level}
    assert {best, *alike} == table.bold[dataset]


def test_the_documentation_tells_the_same_numbers() -> None:
    text = (Path(__file__).parents[2] / "docs" / "table1.md").read_text(encoding="utf-8")
    for p in unsupported().values():
        assert f"{p:.4f}" in text
