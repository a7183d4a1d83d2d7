"""`config` and `schema`: what a user can see before running."""

import json
from pathlib import Path

from conftest import Run


def test_config_prints_every_run_and_its_cost(cli: Run, small_config: Path, tmp_path: Path) -> None:
    arguments = ["config", str(small_config), "seeds=[0, 1]", "grid.model.activation=[tanh, relu]"]
    done = cli(*arguments)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("updates") >= 4
    assert not (tmp_path / "results").exists()
    runs = json.loads(cli(*arguments, "--json").stdout)["runs"]
    assert [(r["point"]["model.activation"], r["seed"]) for r in runs] == [
        ("tanh", 0), ("tanh", 1), ("relu", 0), ("relu", 1)
    ]  # fmt: skip
    # 1024 x 24 + 24 x 24 + 24 x 24 + 24 x 9 weights and 24 + 24 + 24 + 9 biases
    assert {r["parameters"] for r in runs} == {26_025}


def test_schema_is_strict_json_that_knows_the_names(cli: Run) -> None:
    schema = json.loads(cli("schema").stdout)
    text = json.dumps(schema)
    assert "softsign" in text
    assert "he_normal" in text


def test_no_command_shows_the_help(cli: Run) -> None:
    done = cli()
    assert "run" in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_version_is_printed(cli: Run) -> None:
    assert cli("--version").stdout.startswith("glorot-repro ")
