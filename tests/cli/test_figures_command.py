"""`glorot-repro figures` as its users run it."""

import csv
import json
from pathlib import Path

import pytest
from conftest import Run


def test_figures_are_drawn_from_what_was_run_and_compared(cli: Run, tmp_path: Path) -> None:
    done = cli("run", "fig10", "--scale", "smoke", "--quiet")
    assert done.returncode == 0, done.stderr
    done = cli("figures", "fig05", "fig09", "--scale", "smoke", "--json")
    assert done.returncode == 0, done.stderr
    shown = json.loads(done.stdout)
    assert set(shown["figures"]) == {"fig05", "fig09"}
    for paths in shown["figures"].values():
        assert [Path(path).suffix for path in paths] == [".png", ".svg", ".pdf"]
        assert all((tmp_path / path).stat().st_size > 1000 for path in paths)
    # Figure 9 shows the networks of figure 10, which are not trained again.
    assert not (tmp_path / "results/smoke/fig09").exists()
    compared = [row for row in shown["agreement"] if row["n_points"]]
    assert {row["panel"] for row in compared} == {
        "normalized", "as_printed", "cross_entropy", "quadratic"
    }  # fmt: skip
    with (tmp_path / "results/smoke/agreement.csv").open(newline="") as file:
        lines = list(csv.DictReader(file))
    assert len(lines) == len(shown["agreement"])
    assert [line["rms"] for line in lines if line["n_points"] != "0"] == [
        f"{row['rms']:.6g}" for row in compared
    ]


def test_only_the_papers_own_figures_are_drawn_if_none_is_named(cli: Run, tmp_path: Path) -> None:
    done = cli("figures", "--scale", "smoke", "--quiet")
    assert done.returncode == 0, done.stderr
    drawn = {path.stem for path in (tmp_path / "results/smoke/figures").iterdir()}
    assert drawn == {f"fig{number:02d}" for number in range(1, 13)}
    done = cli("figures", "fig11_fitted", "--scale", "smoke", "--quiet")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "results/smoke/figures/fig11_fitted.png").exists()


def test_without_runs_the_command_that_makes_them_is_told(cli: Run) -> None:
    done = cli("figures", "fig02", "fig05", "--scale", "medium")
    assert done.returncode == 0
    assert (
        "fig02: not run yet at scale medium; add --run, or: glorot-repro run fig02" in done.stderr
    )
    assert "fig05: not run" not in done.stderr  # it needs no runs
    table = done.stdout.splitlines()
    lines = [line.split()[1:4] for line in table if line.startswith("fig05 ")]
    # 73 and 27 once: points of the model that was fitted to the print counted as printed.
    assert lines == [["cross_entropy", "cost", "51"], ["quadratic", "cost", "5"]]
    assert not any(line.startswith("fig02  ") for line in table)
    assert "with one seed the spread is unknown" in done.stdout


def test_missing_data_leave_the_other_figures(cli: Run, tmp_path: Path) -> None:
    (tmp_path / "configs").mkdir()
    (tmp_path / "configs" / "fig12.yaml").write_text(
        "name: fig12\ndataset: {name: image_folder, path: nowhere}\nscales: {smoke: {}}\n"
    )
    done = cli("figures", "fig12", "fig01", "--scale", "smoke", "--run", "--quiet")
    assert done.returncode == 4
    assert "nowhere" in done.stderr
    for name in ("fig01", "fig12"):
        assert (tmp_path / "results/smoke/figures" / f"{name}.png").exists()


def _let_figure_6_fail(folder: Path) -> None:
    """A network of its own for figure 6, whose activation fails once it is trained."""
    (folder / "frail.py").write_text(
        "def frail(s):\n    if s.size > 100: raise RuntimeError('too large')\n    return s * 1.0\n"
    )
    (folder / "configs").mkdir()
    (folder / "configs" / "fig06.yaml").write_text(
        "name: fig06\nmodel: {activation: 'frail:frail', hidden: [20, 20]}\n"
        "dataset: {name: shapeset, validation_size: 20, test_size: 20}\n"
        "record: {examples: 10}\nscales: {smoke: {training.updates: 3}}\n"
    )


def test_runs_that_failed_leave_the_other_figures_and_end_with_their_error(
    process: Run, tmp_path: Path
) -> None:
    """It ended with 0 and advised --run."""
    _let_figure_6_fail(tmp_path)
    done = process("figures", "fig06", "fig05", "--scale", "smoke", "--run", "--quiet")
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("glorot-repro: 1 of 1 runs failed; ")
    assert "add --run" not in done.stderr
    assert (tmp_path / "results/smoke/figures/fig05.png").exists()


def test_missing_data_hide_no_run_that_failed(cli: Run, tmp_path: Path) -> None:
    """The last error won: `make figures` takes the exit code 4 for all that there is to be had."""
    _let_figure_6_fail(tmp_path)
    (tmp_path / "configs" / "fig12.yaml").write_text(
        "name: fig12\ndataset: {name: image_folder, path: nowhere}\nscales: {smoke: {}}\n"
    )
    done = cli("figures", "fig06", "fig12", "--scale", "smoke", "--run", "--quiet")
    assert done.returncode == 1
    *_, data, runs = done.stderr.splitlines()
    assert "nowhere is not there" in data
    assert runs.startswith("glorot-repro: 1 of 1 runs failed; ")


def test_overrides_draw_other_networks_in_a_folder_of_their_own(cli: Run, tmp_path: Path) -> None:
    """They would take the place of the paper's figures."""
    given = ("fig04", "dataset.range=[0, 1]", "training.updates=4", "seeds=[3]", "--scale", "smoke")
    done = cli("figures", *given)
    assert done.returncode == 2
    assert done.stderr.startswith("glorot-repro: figures with dataset.range=[0, 1] are not the pa")
    assert "--out" in done.stderr
    done = cli("figures", *given, "--out", "other")
    assert done.returncode == 0, done.stderr
    command = "glorot-repro run fig04 --scale smoke 'dataset.range=[0, 1]' training.updates=4"
    assert f"{command} 'seeds=[3]'" in done.stderr
    done = cli("figures", *given, "--out", "other", "--run", "--json")
    assert done.returncode == 0, done.stderr
    rows = json.loads(done.stdout)["agreement"]
    assert rows
    assert all(row["updates"] == 4 for row in rows if row["n_points"])
    names = {path.name for path in (tmp_path / "other").glob("[!.]*")}
    assert names == {"agreement.csv", "fig04.pdf", "fig04.png", "fig04.svg"}
    assert [path.name for path in (tmp_path / "results/smoke").iterdir()] == ["fig04"]
    runs = list((tmp_path / "results/smoke/fig04").iterdir())
    assert runs
    assert all("-seed3-" in run.name for run in runs)
    assert all("range: [0.0, 1.0]" in (run / "config.yaml").read_text() for run in runs)


@pytest.mark.parametrize(
    ("figure", "override", "shown"),
    [
        ("fig03", "model.activation=relu", "tanh, standard (eq. 1); softsign, standard (eq. 1)"),
        ("fig02", "model.depth=9", "sigmoid, four layers; sigmoid, five layers (not printed)"),
        ("fig12", "dataset=shapeset", "Sigmoid on mnist; Tanh on mnist;"),
    ],
)
def test_overrides_that_make_networks_of_no_panel_are_refused_before_any_is_trained(
    cli: Run, tmp_path: Path, figure: str, override: str, shown: str
) -> None:
    """They were trained, and every panel said "not run"."""
    done = cli("figures", "fig05", figure, override, "--scale", "smoke", "--run", "--out", "mine")
    assert done.returncode == 2
    assert done.stderr.startswith(f"glorot-repro: {figure}: {override} makes networks that none of")
    assert f"they show: {shown}" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert not list(tmp_path.iterdir())
