"""`baseline` and `check` as their users run them."""

import json
import shutil
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from conftest import Run

TINY = """\
name: tiny
dataset: {name: shapeset, validation_size: 50, test_size: 50}
model: {hidden: [24, 20], initializer: normalized}
training: {updates: 10, learning_rate: 0.05}
evaluation: {every: 0}
record: {every: 10, examples: 50, bins: 20}
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "tiny.yaml"
    path.write_text(TINY)
    return path


def test_what_is_pinned_passes_and_what_changes_fails(
    process: Run, cli: Run, config: Path, tmp_path: Path
) -> None:
    made = cli("baseline", str(config), "--seeds", "4")
    assert made.returncode == 0, made.stderr
    assert "values of 4 runs" in made.stdout
    checked = cli("check", str(config))
    assert checked.returncode == 0, checked.stderr
    assert checked.stdout.count("ok ") == 2
    assert "false-alarm rate" in checked.stdout

    table = tmp_path / "results/baselines/tiny/curves.csv"
    lines = table.read_text().splitlines()
    (number,) = [n for n, line in enumerate(lines) if line.startswith("0,2,backprop_std,")]
    columns = lines[number].split(",")
    columns[3] = f"{1.01 * float(columns[3]):.8g}"
    lines[number] = ",".join(columns)
    table.write_text("\n".join(lines) + "\n")
    failed = cli("check", str(config), "--only", "exact", "--plots", "plots")
    assert failed.returncode == 1
    assert "backprop_std of layer 2 at update 0" in failed.stdout
    assert "(-0.99 %), 9.9 times what is allowed" in failed.stdout
    # One standard deviation alone, while its mean and percentiles agree: not the network.
    assert "likely cause: how a statistic is computed (std)" in failed.stdout
    assert failed.stderr.strip().endswith("1 of 1 comparisons failed")
    assert (tmp_path / "plots/tiny-exact.png").exists()
    # --quiet leaves out what has passed, and how it went.
    quiet = cli("check", str(config), "--quiet")
    assert (quiet.returncode, quiet.stdout) == (1, "")
    assert [line.split()[0] for line in quiet.stderr.splitlines()] == [
        "FAILED", "likely", "glorot-repro:"
    ]  # fmt: skip
    assert quiet.stderr.splitlines()[0] in failed.stdout

    shown = process("check", str(config), "--json", "--junit", "report.xml")
    assert shown.returncode == 1
    report = json.loads(shown.stdout)
    assert report["passed"] is False
    first = report["results"][0]["first"]
    assert (first["update"], first["layer"], first["quantity"]) == (0, 2, "backprop_std")
    assert ElementTree.parse(tmp_path / "report.xml").getroot().get("failures") == "1"


def test_a_changed_setting_is_in_the_reports_for_machines(cli: Run, config: Path) -> None:
    assert cli("baseline", str(config), "--seeds", "1").returncode == 0
    config.write_text(TINY.replace("0.05", "0.06"))
    changed = cli("check", str(config), "--json", "--junit", "report.xml", "--plots", "plots")
    assert changed.returncode == 1
    (result,) = json.loads(changed.stdout)["results"]
    assert result["passed"] is False
    assert result["refusal"].startswith("training.learning_rate is 0.06, in the baseline 0.05")
    suite = ElementTree.parse(config.parent / "report.xml").getroot()
    assert suite.get("failures") == "1"
    shown = cli("check", str(config))
    assert "FAILED  tiny: configuration: training.learning_rate is 0.06" in shown.stdout


def test_a_pinned_network_that_the_grid_no_longer_has_fails(
    cli: Run, config: Path, tmp_path: Path
) -> None:
    """It was left out without a word, and the guard was off."""
    config.write_text(f"{TINY}grid: {{model.activation: [tanh, relu]}}\n")
    assert cli("baseline", str(config), "--seeds", "1").returncode == 0
    config.write_text(f"{TINY}grid: {{model.activation: [tanh]}}\n")
    checked = cli("check", str(config), "--only", "exact")
    assert checked.returncode == 1
    ok, failed = checked.stdout.splitlines()
    assert ok.startswith("ok      tiny/tanh: exact")
    folder = "results/baselines/tiny/relu"
    assert failed.startswith(f"FAILED  {folder}: configuration: a network that its experiment no ")
    assert "remove this folder" in failed
    shutil.rmtree(tmp_path / folder)
    assert cli("check", str(config)).returncode == 0
    # So does what was pinned with a grid that is gone, or before there was one.
    config.write_text(TINY)
    assert cli("baseline", str(config), "--seeds", "1").returncode == 0
    assert "results/baselines/tiny/tanh: conf" in cli("check", str(config)).stdout
    config.write_text(f"{TINY}grid: {{model.activation: [tanh]}}\n")
    assert "results/baselines/tiny: conf" in cli("check", str(config)).stdout


def test_a_folder_may_hold_what_is_pinned_of_others(cli: Run, config: Path, tmp_path: Path) -> None:
    """Other experiments, scales, and curves of other programs: no guard of this one is off."""
    config.write_text(f"{TINY}scales: {{quick: {{training.updates: 5}}}}\n")
    (tmp_path / "0.csv").write_text("update,layer,quantity,value\n0,1,activation_std,0.5\n")
    (tmp_path / "other.yaml").write_text(TINY.replace("name: tiny", "name: other"))
    for what, place in (
        ((str(config),), "pins"),
        ((str(config), "--scale", "quick"), "pins/quick"),
        (("other.yaml",), "pins/other"),
        (("--curves", "0.csv"), "pins/curves"),
    ):
        seeds = () if "--curves" in what else ("--seeds", "1")
        assert cli("baseline", *what, *seeds, "--baseline", place).returncode == 0
    checked = cli("check", str(config), "--baseline", "pins")
    assert checked.returncode == 0, checked.stdout
    assert len(checked.stdout.splitlines()) == 1


def test_curves_of_another_program_are_pinned_and_checked(cli: Run, tmp_path: Path) -> None:
    # Four seeds: the band of three, at a false-alarm rate of 1e-4, is a factor of 33 wide.
    for seed, value in enumerate(("0.50", "0.52", "0.49", "0.51", "0.505")):
        text = f"update,layer,quantity,value\n0,1,activation_std,{value}\n"
        (tmp_path / f"{seed}.csv").write_text(text)
    files = [part for seed in range(4) for part in ("--curves", f"{seed}.csv")]
    made = cli("baseline", *files, "--baseline", "pins")
    assert made.returncode == 0, made.stderr
    assert cli("check", "--curves", "4.csv", "--baseline", "pins").returncode == 0
    (tmp_path / "5.csv").write_text("update,layer,quantity,value\n0,1,activation_std,9\n")
    failed = cli("check", "--curves", "5.csv", "--baseline", "pins")
    assert failed.returncode == 1
    assert "activation_std of layer 1 at update 0 is 9" in failed.stdout


def test_a_network_without_a_baseline_fails_and_the_others_are_compared(
    cli: Run, config: Path, tmp_path: Path
) -> None:
    """A new point of a grid stopped the check of all the others."""
    config.write_text(TINY + "grid: {training.learning_rate: [0.01, 0.02]}\n")
    made = cli("baseline", str(config), "--seeds", "1")
    assert made.returncode == 0, made.stderr
    assert "values of 1 run\n" in made.stdout
    shutil.rmtree(tmp_path / "results/baselines/tiny/learning_rate0.01")
    checked = cli("check", str(config))
    assert checked.returncode == 1
    assert "FAILED  tiny/learning_rate0.01: configuration: no baseline in" in checked.stdout
    assert "ok      tiny/learning_rate0.02" in checked.stdout
    assert checked.stderr.endswith("1 of 2 comparisons failed\n")
    shutil.rmtree(tmp_path / "results/baselines/tiny")
    assert cli("check", str(config)).returncode == 5


@pytest.mark.parametrize("json_option", [[], ["--json"]])
def test_the_outcome_is_told_although_the_report_cannot_be_written(
    cli: Run, config: Path, tmp_path: Path, json_option: list[str]
) -> None:
    """Minutes of training were lost to a wrong folder."""
    assert cli("baseline", str(config), "--seeds", "1").returncode == 0
    (tmp_path / "file").touch()
    checked = cli("check", str(config), "--junit", "file/report.xml", *json_option)
    assert checked.returncode == 5
    assert "cannot write file/report.xml" in checked.stderr
    assert '"passed": true' in checked.stdout or checked.stdout.startswith("ok      tiny")


def test_other_seeds_are_not_compared_with_a_baseline_of_one(cli: Run, config: Path) -> None:
    """It compared nothing, and passed."""
    assert cli("baseline", str(config), "--seeds", "1").returncode == 0
    assert cli("check", str(config)).stdout.count("ok ") == 1
    failed = cli("check", str(config), "--only", "statistical")
    assert failed.returncode == 2
    assert "the baseline has one seed, so no spread" in failed.stderr


def test_seeds_that_are_asked_for_are_not_left_out_unsaid(cli: Run, config: Path) -> None:
    """`check --seeds 5` was `ok exact` with a baseline of one seed, which has no spread."""
    assert cli("baseline", str(config), "--seeds", "1").returncode == 0
    assert cli("check", str(config)).returncode == 0
    asked = cli("check", str(config), "--seeds", "5")
    assert asked.returncode == 2
    assert "the baseline has one seed" in asked.stderr


def test_a_baseline_whose_configuration_is_cut_is_damaged(
    cli: Run, config: Path, tmp_path: Path
) -> None:
    """As one whose curves are: it was a mistake of the reader's, in a file not written by him."""
    assert cli("baseline", str(config), "--seeds", "2").returncode == 0
    pinned = tmp_path / "results/baselines/tiny/config.yaml"
    pinned.write_text(pinned.read_text()[:40])
    checked = cli("check", str(config))
    assert checked.returncode == 5
    assert "the baseline in results/baselines/tiny cannot be read" in checked.stderr


def test_seeds_beyond_the_largest_are_told(cli: Run, config: Path) -> None:
    config.write_text(TINY + "seeds: [4294967295]\n")
    refused = cli("baseline", str(config), "--seeds", "3")
    assert refused.returncode == 2
    assert refused.stderr.startswith("glorot-repro: 3 seeds would go up to 4294967297")


def test_curves_of_heavy_tailed_values_alone_are_compared_exactly(cli: Run, tmp_path: Path) -> None:
    for seed, value in enumerate(("0.5", "0.6", "0.7")):
        text = f"update,layer,quantity,value\n0,1,gradient_max,{value}\n"
        (tmp_path / f"{seed}.csv").write_text(text)
    files = [part for seed in range(3) for part in ("--curves", f"{seed}.csv")]
    made = cli("baseline", *files, "--baseline", "pins")
    assert made.returncode == 0
    assert "only exactly" in made.stderr
    failed = cli("check", "--curves", "1.csv", "--baseline", "pins")
    assert failed.returncode == 2
    assert "no quantity of the baseline (gradient_max) is compared over seeds" in failed.stderr
    exact = cli("check", "--curves", "0.csv", "--baseline", "pins", "--only", "exact")
    assert exact.returncode == 0, exact.stderr


def test_numbers_that_json_does_not_know_are_null(cli: Run, tmp_path: Path) -> None:
    """A value that is missing, and the width of a band of two seeds, have no number."""
    for seed, value in enumerate(("0.5", "0.9")):
        text = f"update,layer,quantity,value\n0,1,activation_std,{value}\n"
        (tmp_path / f"{seed}.csv").write_text(text)
    files = ("--curves", "0.csv", "--curves", "1.csv", "--baseline", "pins")
    made = cli("baseline", *files, "--json")
    (baseline,) = _strict_json(made.stdout)["baselines"]
    assert "without bound" in cli("baseline", *files).stdout
    assert baseline["median_factor"] is None
    (tmp_path / "2.csv").write_text("update,layer,quantity,value\n0,2,activation_std,0.5\n")
    failed = cli("check", "--curves", "2.csv", "--baseline", "pins", "--json")
    assert failed.returncode == 1, failed.stderr
    first = _strict_json(failed.stdout)["results"][0]["first"]
    assert (first["value"], first["allowed"], first["times_allowed"]) == (None, None, None)


def _strict_json(text: str) -> Any:
    def refuse(word: str) -> None:
        raise AssertionError(word)

    return json.loads(text, parse_constant=refuse)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("check",), "--curves FILE.csv"),
        (("baseline",), "--curves FILE.csv"),
        (("check", "--curves", "a.csv"), "--curves needs --baseline"),
        (("check", "tiny.yaml", "--curves", "a.csv"), "takes the place of CONFIG"),
        (("check", "tiny.yaml", "tiny.yaml", "--baseline", "x"), "--baseline is for one CONFIG"),
        (("check", "--curves", "a.csv", "--baseline", "x", "--seeds", "3"), "and --seeds"),
        (("baseline", "--curves", "a.csv", "--baseline", "x", "--seeds", "3"), "and --seeds"),
        (("check", "tiny.yaml", "--only", "exact", "--seeds", "3"), "--only exact leaves out"),
        (
            ("check", "tiny.yaml", "--only", "exact", "--false-alarm-rate", "1e-3"),
            "--only exact leaves out",
        ),
        (("baseline", "--curves", "tiny.yaml", "--baseline", "x"), "cannot be read as curves"),
        (("baseline", "--curves", "none.csv", "--baseline", "x"), "cannot be read as curves"),
        (("baseline", "--curves", "big.csv", "--baseline", "x"), "cannot be read as curves"),
    ],
)
def test_wrong_arguments_are_one_line(
    cli: Run, config: Path, arguments: tuple[str, ...], message: str
) -> None:
    big = "update,layer,quantity,value\n99999999999999999999999,1,std,0.5\n"
    config.with_name("big.csv").write_text(big)
    done = cli(*arguments)
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_an_unstable_experiment_writes_no_baseline(cli: Run, config: Path, tmp_path: Path) -> None:
    config.write_text(
        TINY.replace("updates: 10, learning_rate: 0.05", "updates: 200, learning_rate: 1")
    )
    done = cli("baseline", str(config), "--seeds", "2")
    assert done.returncode == 2
    assert "differ by one rounding" in done.stderr
    assert not (tmp_path / "results").exists()


def test_an_unstable_pre_training_writes_no_baseline(
    cli: Run, config: Path, tmp_path: Path
) -> None:
    """Its rate was never changed, so that the baseline failed on the next machine."""
    pretraining = "pretraining: {updates: 60, learning_rate: 0.02}\n"
    config.write_text(TINY.replace("updates: 10, learning_rate: 0.05", "updates: 0") + pretraining)
    done = cli("baseline", str(config), "--seeds", "2")
    assert done.returncode == 2
    assert "of the pre-training by" in done.stderr
    assert "lower pretraining.updates or pretraining.learning_rate" in done.stderr
    assert not (tmp_path / "results").exists()


def test_a_check_runs_as_many_seeds_at_the_rate_that_is_asked_for(cli: Run, config: Path) -> None:
    assert cli("baseline", str(config), "--seeds", "4").returncode == 0
    options = ("--only", "statistical", "--seeds", "2", "--false-alarm-rate", "1e-6", "--json")
    shown = json.loads(cli("check", str(config), *options).stdout)
    assert shown["false_alarm_rate"] == 1e-6
    assert [result["seeds"] for result in shown["results"]] == [[4, 5]]
    refused = cli("check", str(config), "--only", "statistical", "--false-alarm-rate", "0.6")
    assert refused.returncode == 2
    assert "0.6" in refused.stderr
