"""`runs`, `show`, `compare` and `rm` on real runs."""

import json
from pathlib import Path

import pytest
from conftest import SMALL, Run
from made_up_runs import write_made_up_run


@pytest.fixture
def two_runs(cli: Run, tmp_path: Path) -> None:
    (tmp_path / "small.yaml").write_text(SMALL)
    done = cli("run", "small.yaml", "seeds=[0,1]", "training.updates=10", "--quiet", "--jobs", "1")
    assert done.returncode == 0, done.stderr


@pytest.mark.usefixtures("two_runs")
def test_look_after_runs(process: Run, cli: Run, tmp_path: Path) -> None:
    listed = cli("runs").stdout.splitlines()
    assert listed[0].split()[:4] == ["experiment", "run", "status", "updates"]
    assert [line.split()[:4] for line in listed[1:]] == [
        ["paper/small", listed[n + 1].split()[1], "finished", "10"] for n in range(2)
    ]
    shown = json.loads(process("runs", "--json").stdout)["runs"]
    assert [run["seed"] for run in shown] == [0, 1]
    assert {
        "experiment",
        "run",
        "status",
        "updates_done",
        "validation_error",
        "age_seconds",
    } <= set(shown[0])

    one = cli("show", "seed1").stdout
    assert "finished" in one
    assert "10 of 10" in one
    assert "layers 1-3: healthy" in one
    details = json.loads(process("show", "seed1", "--json").stdout)
    assert (details["seed"], len(details["layers"])) == (1, 3)

    compared = json.loads(cli("compare", "seed0", "seed1", "--json").stdout)
    assert compared["config"] == {"seed": [0, 1]}
    assert {"validation_error", "activation_std"} <= {one["quantity"] for one in compared["curves"]}
    text = cli("compare", "seed0", "seed1").stdout
    assert "seed: 0 | 1" in text
    assert "validation_error" in text
    same = process("compare", "seed0", "seed0").stdout.splitlines()
    assert same == ["the configurations are equal", "the curves are equal, to the last bit"]

    file = next((tmp_path / "results").rglob("run.json"))
    assert process("runs", "--results", str(file)).returncode == 2

    ambiguous = process("rm", "seed", "--yes")
    assert ambiguous.returncode == 2
    assert len(ambiguous.stderr.splitlines()) == 1
    assert ambiguous.stderr.count("paper/small/seed") == 2

    unsure = cli("rm", "seed0")  # nobody answers
    assert unsure.returncode == 2
    assert unsure.stderr.endswith("nobody has agreed to remove this run; --yes does not ask\n")
    assert len(list((tmp_path / "results").rglob("run.json"))) == 2
    assert cli("rm", "seed0", "--yes").returncode == 0
    (left,) = (tmp_path / "results").rglob("run.json")
    assert left.parent.name.startswith("seed1")


@pytest.mark.parametrize("command", ["show", "report"])
def test_a_run_whose_run_json_has_other_types_is_no_traceback(
    cli: Run, tmp_path: Path, command: str
) -> None:
    entry = write_made_up_run(tmp_path / "results", info={"updates_done": "x", "blas": [{}]})
    done = cli(command, entry.name)
    if command == "show":
        assert done.returncode == 5
        (line,) = done.stderr.splitlines()
        assert line.endswith("run.json is damaged: updates_done: Input should be a valid integer")
    else:
        assert done.returncode == 0, done.stderr


def test_a_run_that_does_not_say_of_how_many_updates_is_listed(cli: Run, tmp_path: Path) -> None:
    """It ended the list of all runs in a traceback."""
    entry = write_made_up_run(tmp_path / "results")
    info = {"status": "finished", "updates_done": 1500}
    (entry.path / "run.json").write_text(json.dumps(info))
    done = cli("runs")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[1].split()[2:4] == ["finished", "1,500"]


def test_two_spellings_of_a_run_are_one(cli: Run, tmp_path: Path) -> None:
    (tmp_path / "small.yaml").write_text(SMALL)
    assert cli("run", "small.yaml", "training.updates=0").returncode == 0
    (run,) = (tmp_path / "results/paper/small").iterdir()
    names = ("small/seed0", str(run))
    assert cli("export", *names[:1], "--to", "csv", "--out", "one.csv").returncode == 0
    assert cli("export", *names, "--to", "csv", "--out", "two.csv").returncode == 0
    assert (tmp_path / "two.csv").read_bytes() == (tmp_path / "one.csv").read_bytes()
    assert "Remove this run?" in cli("rm", *names).stderr


EXPLODING = """\
name: large
dataset: {name: shapeset, validation_size: 50, test_size: 50}
model: {depth: DEPTH, width: 8, activation: linear, initializer: {name: he_normal, gain: 400}}
training: {updates: 0, dtype: float64}
evaluation: {every: 0}
record: {examples: 10}
"""


@pytest.mark.parametrize("depth", ["200", "232"])
def test_numbers_beyond_float32_are_no_traceback(depth: str, cli: Run, tmp_path: Path) -> None:
    """Of float64 networks, whose activations of 1e250 are finite."""
    (tmp_path / "large.yaml").write_text(EXPLODING.replace("DEPTH", depth))
    done = cli("run", "large.yaml", "seeds=[0,1]")
    assert done.returncode == 0, done.stderr
    for command in (
        ("baseline", "large.yaml", "--seeds", "2"),
        ("check", "large.yaml"),
        ("report", "large/seed0"),
        ("plot", "large/seed0", "--quantity", "activation"),
        ("plot", "large/seed0", "--quantity", "activation", "--kind", "ridge"),
        ("plot", "large/seed0", "--quantity", "activation_mean", "--kind", "curves", "--log"),
        ("plot", "large/seed0", "--quantity", "backprop_std"),
        ("export", "large/seed0", "--to", "tensorboard"),
    ):
        done = cli(*command)
        assert "Warning" not in done.stderr
        # Two seeds are few for a band, and matplotlib cannot scale an axis of 1e300.
        accepted = {"check": (0, 1), "plot": (0, 2)}.get(command[0], (0,))
        assert done.returncode in accepted, (command, done.stderr)
        assert done.returncode < 2 or "too large to be drawn" in done.stderr


def test_no_runs_are_no_mistake(cli: Run) -> None:
    done = cli("runs")
    assert (done.returncode, done.stdout) == (0, "")
    assert json.loads(cli("runs", "--json").stdout) == {"runs": []}
