"""`config` and `schema`: what a user can see before running."""

import json
from pathlib import Path

from conftest import SMALL, Run


def test_config_prints_every_run_and_its_cost(
    process: Run, cli: Run, small_config: Path, tmp_path: Path
) -> None:
    arguments = ["config", str(small_config), "seeds=[0, 1]", "grid.model.activation=[tanh, relu]"]
    done = cli(*arguments)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("updates") >= 4
    assert not (tmp_path / "results").exists()
    runs = json.loads(process(*arguments, "--json").stdout)["runs"]
    assert [(r["point"]["model.activation"], r["seed"]) for r in runs] == [
        ("tanh", 0), ("tanh", 1), ("relu", 0), ("relu", 1)
    ]  # fmt: skip
    # 1024 x 24 + 24 x 24 + 24 x 24 + 24 x 9 weights and 24 + 24 + 24 + 9 biases
    assert {r["parameters"] for r in runs} == {26_025}


def test_config_names_the_directories_that_the_runs_are_found_in(
    cli: Run, small_config: Path, tmp_path: Path
) -> None:
    """It named folders that are never made for networks which another experiment has trained."""
    (tmp_path / "other.yaml").write_text(SMALL.replace("name: small", "name: other"))
    arguments = ("other.yaml", "training.updates=0", "grid.model.activation=[tanh, relu]")
    assert cli("run", str(small_config), "training.updates=0", "--quiet").returncode == 0
    shown = json.loads(cli("config", *arguments, "--json").stdout)["runs"]
    trained = json.loads(cli("run", *arguments, "--jobs", "1", "--json").stdout)["runs"]
    directories = [run["directory"] for run in shown]
    assert directories == [run["directory"] for run in trained]
    assert [Path(one).parent.name for one in directories] == ["small", "other"]


def test_an_axis_inside_the_data_set_of_a_scale_has_its_effect(cli: Run) -> None:
    """`--scale smoke` sets the data set; the two shares were one run, of neither."""
    smoke = ("config", "fig02", "--scale", "smoke", "--json")
    done = cli(*smoke, "grid.dataset.bright_background=[0.2, 0.4]")
    assert done.returncode == 0, done.stderr
    datasets = [run["config"]["dataset"] for run in json.loads(done.stdout)["runs"]]
    shares = {(one["bright_background"], one["test_size"]) for one in datasets}
    assert shares == {(0.2, 200), (0.4, 200)}

    wrong = cli(*smoke, "grid.dataset.bright=[0.2, 0.4]")
    assert wrong.returncode == 2
    assert wrong.stderr.count("\n") == 1
    assert "grid.dataset.bright=[0.2, 0.4]: unknown key 'bright'" in wrong.stderr


def test_schema_is_strict_json_that_knows_the_names(process: Run) -> None:
    schema = json.loads(process("schema").stdout)
    text = json.dumps(schema)
    assert "softsign" in text
    assert "he_normal" in text


def test_no_command_shows_the_help(process: Run) -> None:
    done = process()
    assert "run" in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_version_is_printed(process: Run) -> None:
    assert process("--version").stdout.startswith("glorot-repro ")


def test_configs_of_the_package_are_listed_copied_and_run_by_name(
    process: Run, cli: Run, tmp_path: Path
) -> None:
    listed = {
        one["name"]: one for one in json.loads(process("configs", "--json").stdout)["configs"]
    }
    assert listed["fig06"]["runs"] == 9
    assert listed["fig06"]["scales"] == ["paper", "smoke", "quick", "medium"]
    lines = cli("configs").stdout.splitlines()
    assert lines[0].split() == ["name", "runs", "scales", "description"]
    assert len(lines) == len(listed) + 1
    assert any(line.startswith("fig06") and "Figure 6: " in line for line in lines)

    copied = cli("configs", "--copy", "mine").stdout.split()
    assert sorted(copied) == sorted(str(p.relative_to(tmp_path)) for p in tmp_path.rglob("*.yaml"))
    assert len(copied) == len(listed)

    by_name = json.loads(cli("config", "fig06", "--scale", "smoke", "--json").stdout)["runs"]
    assert [run["config"]["experiment"] for run in by_name] == ["fig06"] * 3


def test_an_unknown_experiment_is_one_line_with_the_nearest(cli: Run) -> None:
    for command in ("run", "config", "check"):
        done = cli(command, "fig6")
        assert done.returncode == 2
        assert done.stderr.startswith(
            "glorot-repro: unknown experiment 'fig6'; did you mean 'fig06'?"
        )
        assert len(done.stderr.splitlines()) == 1
