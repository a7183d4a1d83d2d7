"""Table 1 in its four formats, read back."""

import csv
import io
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from table_records import made_up_record

from glorot_repro.report.printed_table import printed_table
from glorot_repro.report.table1 import Table1, table1
from glorot_repro.report.table1_cells import COLUMNS, MODELS
from glorot_repro.report.table1_formats import (
    FORMATS,
    as_csv,
    as_latex,
    as_markdown,
    as_text,
    write_table,
)


def first(n: int) -> np.ndarray:
    return np.arange(1000) < n


@pytest.fixture
def table() -> Table1:
    """Shapeset with two seeds; MNIST with an unfinished and a diverged run; no CIFAR-10."""
    records = [
        made_up_record(model, seed=seed, wrong=(800, best + seed, last + 2 * seed))
        for model, best, last in (
            ("softsign/standard", 300, 400),
            ("tanh/standard", 306, 440),
            ("sigmoid/standard", 700, 720),
        )
        for seed in (0, 1)
    ]
    half: dict[str, Any] = {"wrong": (800, 30), "validation": (80.0, 3.0), "dataset": "mnist"}
    records += [
        made_up_record("softsign/standard", status="running", **half),
        made_up_record(
            "tanh/standard", status="diverged", unofficial_data_files=["t10k.gz"], **half
        ),
    ]
    return table1(records, scale="quick", unavailable=["small_imagenet"])


def test_text_has_every_number_interval_and_reason_in_place(table: Table1) -> None:
    text = as_text(table)
    assert max(map(len, text.splitlines())) <= 99
    lines = text.splitlines()
    (start,) = [n for n, line in enumerate(lines) if line.startswith("Softsign  ")]
    assert re.match(r"Softsign +best +16\.27\* 30\.05\*\+ +1\.64\* 3\.00\*\+~ +55\.78  not run +"
                    r"69\.14\* data not$", lines[start])  # fmt: skip
    low, high = table.cell("Softsign", "shapeset").example_interval("best") or (0, 0)
    assert f"[{low:.2f}, {high:.2f}]" in lines[start + 1]
    assert lines[start + 1].endswith("available")
    low, high = table.cell("Softsign", "shapeset").seed_interval("best") or (0, 0)
    assert f"({low:.2f}, {high:.2f})" in lines[start + 2]
    # Told from softsign by the paired test alone.
    assert re.search(r"^Tanh +best +27\.15  30\.65\* ", text, re.MULTILINE)
    assert "~: unfinished: reached 10 of 20 updates: Softsign on MNIST" in text
    assert "x: diverged after 10 of 20 updates: Tanh on MNIST" in text
    assert "scale quick, 20 updates, seeds 0, 1" in text
    assert "fewer seeds: Softsign on MNIST (0), Tanh on MNIST (0)" in text
    assert "data files that are not the authors' own: t10k.gz" in text
    assert "provisional, since not all models are finished: Shapeset, MNIST" in text


def test_notes_tell_which_models_of_a_column_had_other_inputs() -> None:
    records = [
        made_up_record("softsign/standard", dataset="mnist"),
        made_up_record("tanh/standard", dataset="mnist"),
        made_up_record("sigmoid/standard", dataset="{name: mnist, range: [-1, 1]}"),
        made_up_record("tanh/standard", dataset="cifar10"),
    ]
    text = " ".join(as_text(table1(records, scale="quick")).split())
    assert (
        "data, by column: mnist (range [0, 1]) for Softsign and Tanh, mnist (range [-1, 1]) for "
        "Sigmoid; cifar10 (range [0, 1])"
    ) in text


def test_text_columns_stand_under_their_headings(table: Table1) -> None:
    lines = as_text(table).splitlines()
    (heading,) = [line for line in lines if "CIFAR-10" in line and "paper" not in line][:1]
    (sigmoid,) = [line for line in lines if line.startswith("Sigmoid")]
    for dataset, name in COLUMNS.items():
        start = heading.index(name)
        assert sigmoid[start:].lstrip().startswith(f"{printed_table().errors[dataset]['Sigmoid']}")


def test_markdown_reads_back(table: Table1) -> None:
    rows = [
        [field.strip() for field in line.strip("|").split("|")]
        for line in as_markdown(table).splitlines()
        if line.startswith("|")
    ]
    assert {len(row) for row in rows} == {2 + 2 * len(COLUMNS)}
    assert len(rows) == 2 + 2 * len(MODELS)
    by_name = {(row[0], row[1]): row[2:] for row in rows}
    softsign = by_name["Softsign", "best"]
    assert softsign[0] == "**16.27**"
    assert softsign[1].startswith("**30.05**† [")
    assert softsign[3].startswith("**3.00**†‡ [")
    assert softsign[5] == "not run"
    assert softsign[7] == "data not available"
    assert by_name["Tanh", "best"][1].startswith("**30.65** [")
    assert by_name["Tanh", "best"][3].startswith("**3.00**†§ [")


def test_latex_is_balanced_with_equal_rows(table: Table1) -> None:
    text = as_latex(table)
    body, after = text.split(r"\end{tabular}")
    assert body.startswith(r"\begin{tabular}{ll" + "rr" * len(COLUMNS) + "}")
    for part in (body, after):
        assert part.count("{") == part.count("}")
        assert part.count("$") % 2 == 0
    rows = [line for line in body.splitlines() if line.endswith(r"\\")]
    assert len(rows) == 2 + 2 * len(MODELS)
    counts = {row.count("&") for row in rows[1:]}
    assert counts == {1 + 2 * len(COLUMNS)}
    assert rows[0].count("&") == 1 + len(COLUMNS)
    assert r"\textbf{30.05}$^\dagger$ [" in body
    assert not re.search(r"(?<!\\)%", text), "would begin a comment"
    assert text.isascii()


def test_csv_reads_back_to_the_table(table: Table1) -> None:
    rows = list(csv.DictReader(io.StringIO(as_csv(table))))
    assert len(rows) == 2 * len(MODELS) * len(COLUMNS)
    for row in rows:
        cell = table.cell(row["model"], row["dataset"])
        assert float(row["printed"]) == printed_table().errors[row["dataset"]][row["model"]]
        assert row["status"] == cell.status
        error = cell.error(row["evaluation"])
        assert (float(row["error"]) if row["error"] else None) == error
        group = table.best_group(row["dataset"], row["evaluation"], "paired")
        assert (row["paired_is_best"] == "1") == (row["model"] in group)
    wanted = ("Tanh", "shapeset", "best")
    (tanh,) = [r for r in rows if (r["model"], r["dataset"], r["evaluation"]) == wanted]
    assert (tanh["seeds"], tanh["n_examples"], tanh["at_updates"]) == ("0 1", "2000", "10 10")
    assert float(tanh["paired_p_to_best"]) == table.p_to_best("Tanh", "shapeset", "best", "paired")


def test_an_empty_table_says_so_in_every_format() -> None:
    empty = table1([], scale="quick")
    n_cells = len(MODELS) * len(COLUMNS)
    assert as_text(empty).count("not run") == n_cells
    assert as_csv(empty).count("not run") == 2 * n_cells
    for formatted in (as_markdown, as_latex):
        assert formatted(empty).count("not run") == 2 * n_cells


def test_every_format_is_written(table: Table1, tmp_path: Path) -> None:
    paths = write_table(table, tmp_path / "figures")
    assert [path.name for path in paths] == [f"table1.{s}" for s in ("txt", "csv", "md", "tex")]
    for path, (_, formatted) in zip(paths, FORMATS.values(), strict=True):
        assert path.read_text(encoding="utf-8") == formatted(table)
