"""Claims about the support vector machine: which of the outcomes of `svm` decide them."""

import json
from pathlib import Path
from typing import Any

import pytest
from made_up_claims import made_up
from typer.testing import CliRunner

from glorot_repro.cli.app import app
from glorot_repro.data.shapeset import Shapeset
from glorot_repro.report.claims.judging import ClaimResult, judge_claims
from glorot_repro.report.claims.models import TANH_N_FINITE

CLAIM = "result-svm-baseline"


def write_svm(
    results: Path, n_examples: int, error: float, *, validation_error: float = 60.0, **options: Any
) -> Path:
    """The outcome of `svm`; options: those of Shapeset."""
    folder = results / "paper" / "svm"
    folder.mkdir(parents=True, exist_ok=True)
    dataset = Shapeset(**{"train_size": n_examples, **options})
    outcome = {
        "dataset": dataset.model_dump(mode="json"),
        "n_examples": n_examples,
        "test_error": error,
        "validation_error": validation_error,
        "C": 10.0,
        "gamma": 0.01,
        "n_support": 5,
        "seconds": 36.0,
    }
    number = len(list(folder.iterdir()))
    path = folder / f"svm-shapeset-{n_examples}-seed0-{number:08x}.json"
    path.write_text(json.dumps(outcome))
    return path


def judged(results: Path) -> ClaimResult:
    (result,) = judge_claims([], [CLAIM], results=results)
    return result


@pytest.mark.parametrize(("error", "verdict"), [(60.0, "confirmed"), (40.0, "contradicted")])
def test_svm_is_read_from_the_results(tmp_path: Path, error: float, verdict: str) -> None:
    write_svm(tmp_path, 100_000, error)
    assert judged(tmp_path).verdict == verdict


def test_a_file_of_before_names_had_a_hash_is_found(tmp_path: Path) -> None:
    path = write_svm(tmp_path, 100_000, 60.0)
    path.rename(path.with_name("svm-shapeset-100000-seed0.json"))
    assert judged(tmp_path).verdict == "confirmed"


def test_smaller_svm_decides_nothing(tmp_path: Path) -> None:
    write_svm(tmp_path, 10_000, 59.0)
    result = judged(tmp_path)
    assert result.verdict == "not yet run"
    assert "10,000 images give 59.00 %" in result.evidence
    assert result.seconds == pytest.approx(3600)


@pytest.mark.parametrize("options", [{"bright_background": 0.5}, {"range": (0.0, 1.0)}])
def test_a_machine_on_other_images_decides_nothing(tmp_path: Path, options: dict) -> None:
    """With half of the backgrounds bright, 60 % confirmed the printed 59.47."""
    write_svm(tmp_path, 100_000, 60.0, **options)
    result = judged(tmp_path)
    assert result.verdict == "not yet run"
    assert "so far" not in result.evidence
    write_svm(tmp_path, 100_000, 40.0, test_size=500, validation_size=2000)
    assert judged(tmp_path).verdict == "contradicted"


def test_of_two_machines_the_one_of_lower_validation_error_counts(tmp_path: Path) -> None:
    """As for C and gamma; the order of the files decided."""
    write_svm(tmp_path, 100_000, 70.0, validation_error=71.0)
    write_svm(tmp_path, 100_000, 60.0, validation_error=61.0)
    write_svm(tmp_path, 100_000, 50.0, validation_error=62.0)
    result = judged(tmp_path)
    assert result.measured is not None
    assert result.measured["test_error"] == 60.0


@pytest.mark.parametrize("n_examples", [0, 1.5])
def test_a_number_of_images_that_cannot_be_decides_nothing(
    tmp_path: Path, n_examples: float
) -> None:
    path = write_svm(tmp_path, 0, 60.0)
    path.write_text(json.dumps({**json.loads(path.read_text()), "n_examples": n_examples}))
    assert judged(tmp_path).verdict == "not yet run"


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"n_examples": "many"}'])
def test_a_damaged_file_is_named_and_no_end_of_other_claims(tmp_path: Path, text: str) -> None:
    """`claims`, all 104 of them, ended with exit code 5."""
    path = write_svm(tmp_path, 10_000, 59.0)
    path.write_text(text)
    svm, softsign = judge_claims([], [CLAIM, "act-softsign"], results=tmp_path)[::-1]
    assert (svm.verdict, softsign.verdict) == ("not yet run", "confirmed")
    assert f"{path} " in svm.evidence
    assert "\n" not in svm.evidence
    done = CliRunner().invoke(app, ["claims", CLAIM, "--results", str(tmp_path)])
    assert done.exit_code == 0
    assert path.name in done.stdout


def test_a_whole_file_decides_beside_a_damaged_one(tmp_path: Path) -> None:
    write_svm(tmp_path, 10_000, 59.0).write_text("")
    write_svm(tmp_path, 100_000, 60.0)
    assert judged(tmp_path).verdict == "confirmed"


@pytest.mark.parametrize("dataset", [None, [], "shapeset", {"name": "shapeset"}])
def test_an_outcome_that_does_not_tell_its_images_is_damaged(
    tmp_path: Path, dataset: object
) -> None:
    path = write_svm(tmp_path, 100_000, 60.0)
    path.write_text(json.dumps({**json.loads(path.read_text()), "dataset": dataset}))
    result = judged(tmp_path)
    assert result.verdict == "not yet run"


@pytest.mark.parametrize(
    ("error", "svm", "verdict"),
    [(50.0, 59.0, "confirmed"), (53.0, 54.0, "contradicted"), (50.0, None, "not yet run")],
)
def test_network_on_the_fixed_set_is_held_against_the_svm(
    tmp_path: Path, error: float, svm: float | None, verdict: str
) -> None:
    if svm is not None:
        write_svm(tmp_path, 100_000, svm)
    runs = [made_up(TANH_N_FINITE, 25, test_error=error)]
    (result,) = judge_claims(runs, ["result-tanhN-100k"], results=tmp_path)
    assert result.verdict == verdict
