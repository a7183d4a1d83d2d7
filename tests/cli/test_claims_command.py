"""`claims`: what it prints for people and as JSON."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from conftest import Run
from made_up_claims import by_layer, histograms_of, made_up
from typer.testing import CliRunner

from glorot_repro.arrays import to_npz
from glorot_repro.cli.app import app
from glorot_repro.report.claims import judging
from glorot_repro.report.claims.models import FIGURE_3_TANH
from glorot_repro.report.digitized import EPOCH
from glorot_repro.runs.paths import RunDirectory
from glorot_repro.runs.reading import RunRecord

NAMES = ("act-softsign", "tanh-std-end", "softsign-std-end")
GOOD, BAD = (0.641, 0.679, 0.545, 0.399, 0.24), (0.2, 0.2, 0.2, 0.2, 0.2)


def write(results: Path, record: RunRecord) -> Path:
    directory = RunDirectory(results / "medium" / "fig11" / record.path.name)
    directory.path.mkdir(parents=True)
    config = record.config.model_copy(update={"scale": "medium"})
    directory.config.write_text(config.to_yaml())
    directory.info.write_text(json.dumps(record.info))
    directory.curves.write_bytes(record.curves.to_csv())
    return directory.path


def run(*arguments: object) -> str:
    result = CliRunner().invoke(app, ["claims", *map(str, arguments)])
    assert result.exit_code == 0, result.output
    return result.stdout


def test_details_of_one_claim(tmp_path: Path) -> None:
    path = write(tmp_path, made_up(FIGURE_3_TANH, 95, activation_std=by_layer(*GOOD)))
    told = run("tanh-std-end", "--results", tmp_path)
    lines = dict(line.split(maxsplit=1) for line in told.splitlines() if line[:1] == "v")
    assert lines == {"verdict": "confirmed"}
    assert str(path) in told
    assert "epoch 95 (update 1,900,000)" in told
    assert "std 0.641, 0.679" in told


def test_a_claim_without_its_runs_names_the_command() -> None:
    told = run("softsign-std-end", "--results", "nowhere")
    assert "not yet run" in told
    assert "glorot-repro run fig03 (about " in told


def test_json_holds_verdicts_evidence_and_needs(tmp_path: Path) -> None:
    path = write(tmp_path, made_up(FIGURE_3_TANH, 95, activation_std=by_layer(*BAD)))
    shown = json.loads(run(*NAMES, "--results", tmp_path, "--json"))["claims"]
    verdicts = {claim["id"]: claim["verdict"] for claim in shown}
    assert verdicts == {
        "act-softsign": "confirmed",
        "tanh-std-end": "contradicted",
        "softsign-std-end": "not yet run",
    }
    assert shown[1]["runs"] == [str(path)]
    assert shown[2]["needs"][0]["experiment"] == "fig03"


def test_histograms_are_read_at_the_update_that_claims_look_at(tmp_path: Path) -> None:
    samples = [np.linspace(-1, 1, 1000)] * 5
    arrays = [histograms_of(samples, epoch * EPOCH) for epoch in (0, 94, 125)]
    stacked = {
        name: values if name == "activation_layers" else np.concatenate([a[name] for a in arrays])
        for name, values in arrays[0].items()
    }
    path = write(tmp_path, made_up(FIGURE_3_TANH, 125, activation_std=0.1))
    RunDirectory(path).histograms.write_bytes(to_npz(stacked))
    (record,) = judging.load_all_runs(tmp_path)
    assert record.histograms is not None
    assert record.histograms["updates"].tolist() == [94 * EPOCH]
    assert "at         update 1,880,000" in run("tanh-modes", "--results", tmp_path)


def test_a_run_that_cannot_be_read_is_left_out_and_named(tmp_path: Path) -> None:
    """One run that cannot be read was the end of `claims` and `report`."""
    write(tmp_path, made_up(FIGURE_3_TANH, 95, activation_std=by_layer(*GOOD)))
    shutil.copytree(tmp_path / "medium", tmp_path / "quick")
    (config,) = (tmp_path / "quick").rglob("config.yaml")
    config.write_text("name: x\nmodel: {activation: wave}\n")
    result = CliRunner().invoke(app, ["claims", "tanh-std-end", "--results", str(tmp_path)])
    assert "confirmed" in result.stdout
    (line,) = result.stderr.splitlines()
    assert line.startswith(f"left out: {config}:2:21: model.activation: ")


def test_scale_chooses_the_runs(tmp_path: Path) -> None:
    write(tmp_path, made_up(FIGURE_3_TANH, 95, activation_std=by_layer(*GOOD)))
    for scale, verdict in (("medium", "confirmed"), ("quick", "not yet run")):
        shown = run("tanh-std-end", "--results", tmp_path, "--scale", scale, "--json")
        assert json.loads(shown)["claims"][0]["verdict"] == verdict


def test_an_unknown_scale_is_one_line(cli: Run) -> None:
    """Any word was a scale whose runs are still to come, exit code 0."""
    done = cli("claims", "act-softsign", "--scale", "papr")
    assert done.returncode == 2
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert "unknown scale 'papr'; did you mean 'paper'? (allowed: " in line
    for scale in ("medium", "paper", "quick", "smoke"):
        assert scale in line


@pytest.mark.parametrize("scale", ["..", ".", "a/b", ""])
def test_a_path_is_no_scale(cli: Run, scale: str) -> None:
    done = cli("claims", "act-softsign", "--scale", scale)
    assert (done.returncode, done.stdout) == (2, "")


def test_a_scale_of_ones_own_counts_once_it_has_runs_or_a_file(cli: Run, tmp_path: Path) -> None:
    assert cli("claims", "act-softsign", "--scale", "mine").returncode == 2
    write(tmp_path / "results", made_up(FIGURE_3_TANH, 95, activation_std=by_layer(*GOOD)))
    (tmp_path / "results" / "medium").rename(tmp_path / "results" / "mine")
    assert "confirmed" in cli("claims", "tanh-std-end", "--scale", "mine").stdout
    assert cli("claims", "act-softsign", "--scale", "yours").returncode == 2
    configs = tmp_path / "configs"
    configs.mkdir()
    (configs / "own.yaml").write_text("name: own\nscales: {yours: {training.updates: 5}}\n")
    (configs / "broken.yaml").write_text("name: [\n")
    assert cli("claims", "act-softsign", "--scale", "yours").returncode == 0


def test_baselines_are_no_runs(tmp_path: Path) -> None:
    """Their folders have a curves.csv too, of another form."""
    folder = tmp_path / "baselines" / "ci" / "tanh"
    folder.mkdir(parents=True)
    (folder / "curves.csv").write_text("update,layer,quantity,mean,std,count\n")
    assert "confirmed" in run("act-softsign", "--results", tmp_path)


def test_all_claims_are_grouped_by_verdict(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = {name: judging.paper_claims()[name] for name in NAMES}
    monkeypatch.setattr(judging, "paper_claims", lambda: chosen)
    write(tmp_path, made_up(FIGURE_3_TANH, 95, activation_std=by_layer(*BAD)))
    told = run("--results", tmp_path)
    places = [told.index(word) for word in ("act-softsign", "tanh-std-end", "softsign-std-end")]
    assert places == sorted(places)
    assert told.splitlines()[-1] == "3 claims: 1 confirmed, 1 contradicted, 1 not yet run"


def test_unknown_claim_is_one_line() -> None:
    result = CliRunner().invoke(app, ["claims", "tanh-mode", "--results", "nowhere"])
    assert result.exit_code != 0
    assert "did you mean 'tanh-modes'" in str(result.exception)


def test_the_page_has_every_claim_with_its_verdict(tmp_path: Path) -> None:
    write(tmp_path, made_up(FIGURE_3_TANH, 95, activation_std=by_layer(*BAD)))
    page = tmp_path / "pages" / "claims.md"
    run(*NAMES, "--results", tmp_path, "--out", page)
    heading = ""
    rows = {}
    for line in page.read_text().splitlines():
        if line.startswith("## "):
            heading = line.removeprefix("## ")
        elif line.startswith("| `"):
            cells = line.strip("| ").split(" | ")
            assert len(cells) == 5, line
            rows[cells[0].strip("`")] = (heading, *cells[1:])
    assert {name: row[0] for name, row in rows.items()} == {
        "act-softsign": "Confirmed",
        "tanh-std-end": "Contradicted",
        "softsign-std-end": "Not yet run",
    }
    # The bars of |x| would end the cell.
    assert r"x/(1+\|x\|)" in rows["act-softsign"][2]
    assert rows["act-softsign"][3] == "softsign: 1/(1+x); tanh: about 2 exp(-2x)"
    assert "std 0.2, 0.2, 0.2, 0.2, 0.2" in rows["tanh-std-end"][4]
    assert rows["tanh-std-end"][4].endswith("(epoch 95 (update 1,900,000))")
    assert rows["softsign-std-end"][4].startswith(
        "fig03 to update 1,900,000: softsign; the rest ta"
    )
    assert "1 confirmed, 1 contradicted, 1 not yet run." in page.read_text()
    result = CliRunner().invoke(app, ["claims", *NAMES, "--out", str(tmp_path / "claims.csv")])
    assert "--out: expected a file that ends in .md" in str(result.exception)
