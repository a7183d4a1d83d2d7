"""`glorot-repro run` as a user sees it: files, exit codes, lines."""

import csv
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from conftest import SMALL, Run

from glorot_repro.cli.reporters import print_summary
from glorot_repro.config.experiment import load_experiment, parse_experiment
from glorot_repro.runs.execution import execute
from glorot_repro.runs.paths import RunDirectory
from glorot_repro.runs.reading import load_run, read_info
from glorot_repro.runs.reporter import Reporter
from glorot_repro.runs.summary import summary_of


def only_run(results: Path, scale: str = "paper", experiment: str = "small") -> Path:
    (run,) = (results / scale / experiment).iterdir()
    return run


def test_run_leaves_the_files_of_a_run(process: Run, small_config: Path, tmp_path: Path) -> None:
    done = process("run", str(small_config))
    assert done.returncode == 0, done.stderr
    run = only_run(tmp_path / "results")
    names = {path.name for path in run.iterdir() if not path.name.startswith(".")}
    assert names == {"config.yaml", "run.json", "curves.csv", "histograms.npz", "test_correct.npz"}

    info = json.loads((run / "run.json").read_text())
    assert info["status"] == "finished"
    assert info["updates_done"] == 40
    assert all(blas["threads"] == 1 for blas in info["blas"])
    with (run / "curves.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ["update", "layer", "quantity", "value"]
    for update in (0, 10, 20, 30, 40):
        at = [row for row in rows if int(row["update"]) == update]
        layers = [int(r["layer"]) for r in at if r["quantity"] == "activation_std"]
        assert layers == [1, 2, 3]
        assert {"validation_error", "test_error"} <= {r["quantity"] for r in at}
    with np.load(run / "histograms.npz") as histograms:
        assert histograms["activation_counts"].shape == (5, 3, 50)
        assert (histograms["activation_counts"].sum(axis=2) == 50 * 24).all()
        assert histograms["backprop_counts"].sum(axis=2)[0].tolist() == [5 * 24] * 3 + [5 * 9]


def test_table_ends_with_a_verdict_for_each_layer(cli: Run, small_config: Path) -> None:
    done = cli("run", str(small_config), "training.updates=0", "model.width=200", "model.depth=4")
    assert "theory" in done.stdout
    assert "layers 1-4: healthy" in done.stdout


@pytest.mark.parametrize("columns", ["30", "200"])
def test_the_table_is_whole_whatever_the_width(
    cli: Run,
    small_config: Path,
    tmp_path: Path,
    columns: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """In a pipe, 80 columns, it said `0.82…` and `vanishi…`."""
    assert cli("run", str(small_config), "model.initializer=standard", "--quiet").returncode == 0
    rows = summary_of(only_run(tmp_path / "results"))
    monkeypatch.setenv("COLUMNS", columns)
    print_summary(rows)
    table = capsys.readouterr().out
    assert "…" not in table
    for row in rows:
        assert f" {row.verdict} " in table
        assert all(f" {one.measured:.4g} " in table for one in row.quantities)


def test_a_finished_run_is_not_repeated_unless_forced(
    cli: Run, small_config: Path, tmp_path: Path
) -> None:
    cli("run", str(small_config))
    info = only_run(tmp_path / "results") / "run.json"
    first = info.stat().st_mtime_ns
    again = cli("run", str(small_config))
    assert again.returncode == 0
    assert "finished after 40 updates" in again.stdout
    assert info.stat().st_mtime_ns == first
    cli("run", str(small_config), "--force")
    assert info.stat().st_mtime_ns > first


def test_a_finished_run_that_tells_no_updates_is_left_as_it_is(
    cli: Run, small_config: Path, tmp_path: Path
) -> None:
    """A run.json with nothing but the status was a traceback: what is missing has its default."""
    cli("run", str(small_config), "training.updates=2", "--quiet")
    (only_run(tmp_path / "results") / "run.json").write_text('{"status": "finished"}')
    again = cli("run", str(small_config), "training.updates=2")
    assert again.returncode == 0, again.stderr
    assert "finished after 0 updates" in again.stdout


def test_config_of_a_run_directory_is_the_same_run(
    cli: Run, small_config: Path, tmp_path: Path
) -> None:
    cli("run", str(small_config), "--results", "one")
    run = only_run(tmp_path / "one")
    cli("run", str(run / "config.yaml"), "--results", "two")
    again = only_run(tmp_path / "two")
    assert again.name == run.name
    for name in ("curves.csv", "histograms.npz", "test_correct.npz", "config.yaml"):
        assert (run / name).read_bytes() == (again / name).read_bytes(), name


def test_only_trains_the_runs_whose_names_contain_it(
    cli: Run, small_config: Path, tmp_path: Path
) -> None:
    arguments = ["run", str(small_config), "grid.model.activation=[tanh, softsign]", "seeds=[0, 1]"]
    done = cli(*arguments, "--only", "softsign-seed1", "--json")
    assert done.returncode == 0, done.stderr
    (run,) = json.loads(done.stdout)["runs"]
    directory = Path(run["directory"])
    assert directory.name.startswith("softsign-seed1-")
    assert [path.parent.name for path in tmp_path.glob("results/*/*/*/run.json")] == [
        directory.name
    ]

    whole = cli(*arguments, "--results", "whole")
    assert whole.returncode == 0, whole.stderr
    (same,) = tmp_path.glob(f"whole/*/*/{directory.name}/curves.csv")
    assert (tmp_path / directory / "curves.csv").read_bytes() == same.read_bytes()

    by_hash = cli(*arguments, "--only", directory.name.rpartition("-")[2], "--results", "other")
    assert by_hash.returncode == 0, by_hash.stderr
    assert [path.name for path in tmp_path.glob("other/*/*/*")] == [directory.name]


def test_only_without_such_a_run_is_one_line(cli: Run, small_config: Path, tmp_path: Path) -> None:
    done = cli("run", str(small_config), "grid.model.activation=[tanh, softsign]", "--only", "relu")
    assert done.returncode == 2
    assert "--only: no run of small has 'relu' in its name: tanh-seed0-" in done.stderr
    assert done.stderr.count("\n") == 1
    search = cli(
        "run", str(small_config), "search.training.learning_rate=[0.1, 0.2]", "--only", "0"
    )
    assert search.returncode == 2
    assert search.stderr.startswith("glorot-repro: --only: the runs of small compete")
    assert not (tmp_path / "results").exists()


def test_recording_more_often_does_not_change_training(
    cli: Run, small_config: Path, tmp_path: Path
) -> None:
    cli("run", str(small_config), "record.every=0", "evaluation.every=0", "--results", "rare")
    cli("run", str(small_config), "record.every=1", "evaluation.every=3",
        "training.checkpoint_every=2", "--results", "often")  # fmt: skip
    hashes = {
        load_run(only_run(tmp_path / folder)).info["parameters_sha256"]
        for folder in ("rare", "often")
    }
    assert len(hashes) == 1


def test_quiet_prints_nothing_and_json_prints_the_runs(
    process: Run, cli: Run, small_config: Path
) -> None:
    quiet = process("run", str(small_config), "--quiet")
    assert (quiet.stdout, quiet.stderr) == ("", "")
    shown = json.loads(cli("run", str(small_config), "--json").stdout)
    (run,) = shown["runs"]
    assert run["status"] == "finished"
    assert [layer["verdict"] for layer in run["layers"]] == ["healthy"] * 3


def test_json_tells_the_values_of_grid_and_search_of_each_run(cli: Run, small_config: Path) -> None:
    """Which run was which grid point could be read from names only, and not of earlier runs."""
    few = ("run", str(small_config), "training.updates=10", "--jobs", "1", "--json")
    assert cli(*few).returncode == 0
    grid = ("grid.model.activation=[tanh, relu]", "search.training.learning_rate=[0.1]")
    runs = json.loads(cli(*few, *grid).stdout)["runs"]
    assert [run["point"] for run in runs] == [
        {"model.activation": "tanh"}, {"model.activation": "relu"}
    ]  # fmt: skip
    assert [run["candidate"] for run in runs] == [{"training.learning_rate": 0.1}] * 2


@pytest.mark.parametrize("option", ["--quiet", "--json"])
def test_a_run_that_diverged_is_one_line_even_if_quiet(
    option: str, cli: Run, small_config: Path
) -> None:
    """With --quiet nobody was told, or only that all runs had diverged."""
    arguments = ["run", str(small_config), "model.activation=linear", "--jobs", "1", option]
    line = r"small/learning_rate1e\+30-seed0-\w{8}: diverged at update \d+ in (layer \d|the cost)\n"
    one = cli(*arguments, "grid.training.learning_rate=[1e30, 0.1]")
    assert one.returncode == 0
    assert re.fullmatch(line, one.stderr)
    alone = cli(*arguments, "grid.training.learning_rate=[1e30]")
    assert alone.returncode == 3
    assert re.fullmatch(line + "glorot-repro: no run finished: .*\n", alone.stderr)
    assert (one.stdout == alone.stdout == "") is (option == "--quiet")


def test_zeros_cannot_learn(cli: Run, small_config: Path, tmp_path: Path) -> None:
    done = cli("run", str(small_config), "model.initializer=zeros", "training.updates=400",
               "record.every=200", "evaluation.every=200", "--json")  # fmt: skip
    assert done.returncode == 0
    (run,) = json.loads(done.stdout)["runs"]
    assert {(x["verdict"], x["reason"]) for x in run["layers"]} == {
        ("symmetric", "units identical, cannot learn")
    }
    # A constant guess by the class priors of Shapeset costs their entropy.
    priors = np.array([1 / 6] * 3 + [1 / 9] * 3 + [1 / 18] * 3)
    cost = load_run(tmp_path / run["directory"]).curves.last("training_cost")
    assert cost == pytest.approx(-(priors * np.log(priors)).sum(), abs=0.05)
    assert run["test_error"] > 75


def test_divergence_is_reported_and_the_other_runs_go_on(
    cli: Run, small_config: Path, tmp_path: Path
) -> None:
    rates = "grid.training.learning_rate=[1e30, 0.1]"
    done = cli("run", str(small_config), rates, "model.activation=linear", "--json")
    assert done.returncode == 0
    diverged, finished = json.loads(done.stdout)["runs"]
    assert diverged["status"] == "diverged"
    assert diverged["divergence"]["update"] == diverged["updates_done"] + 1
    assert finished["status"] == "finished"
    record = load_run(tmp_path / diverged["directory"])
    assert 0 in record.curves.series("activation_std", 1)[0]
    for path in (tmp_path / "results").rglob("run.json"):
        json.loads(path.read_text(), parse_constant=pytest.fail)  # NaN and Infinity are not JSON
    alone = cli("run", str(small_config), "training.learning_rate=1e30", "model.activation=linear")
    assert alone.returncode == 3
    assert len(alone.stderr.strip().splitlines()[-1:]) == 1


def test_a_search_without_a_winner_says_so(cli: Run, small_config: Path) -> None:
    """The one that halving let go on diverged: `2 paused, 1 diverged`, and exit code 0."""
    done = cli("run", str(small_config), "model.activation=linear", "training.updates=400",
               "search.training.learning_rate=[0.15, 1e-9, 1e-8]", "search.method=halving",
               "search.first_updates=1", "evaluation.every=1", "search.factor=3",
               "--jobs", "1")  # fmt: skip
    assert done.returncode == 3, done.stdout
    assert "no search has a winner" in done.stderr.splitlines()[-1]


def test_divergence_in_pretraining_is_told_as_such(cli: Run, small_config: Path) -> None:
    done = cli("run", str(small_config), "model.activation=relu", "pretraining.updates=50",
               "pretraining.learning_rate=1e6", "--jobs", "1")  # fmt: skip
    assert done.returncode == 3
    assert re.search(r"diverged at update \d+ of pre-training in layer 1", done.stdout)


def test_only_takes_the_name_of_the_run_that_is_there(
    cli: Run, small_config: Path, tmp_path: Path
) -> None:
    """As `runs` lists it: that of another experiment, which trained an equal network before."""
    other = tmp_path / "other.yaml"
    other.write_text(SMALL.replace("name: small", "name: other"))
    assert cli("run", str(other), "grid.model.activation=[tanh]").returncode == 0
    arguments = ("run", str(small_config), "seeds=[0,1]", "--only", "tanh-seed0", "--json")
    done = cli(*arguments)
    assert done.returncode == 0, done.stderr
    (run,) = json.loads(done.stdout)["runs"]
    assert "other/tanh-seed0" in run["directory"]


def is_running(run: Path) -> bool:
    info = read_info(RunDirectory(run))
    return info is not None and info["status"] == "running"


def test_what_force_has_not_repeated_is_told(cli: Run, small_config: Path, tmp_path: Path) -> None:
    """`the same command without --force goes on` left the other old runs as they were."""
    arguments = ["run", str(small_config), "seeds=[0,1,2]", "--jobs", "1", "record.every=0",
                 "training.updates=4000", "evaluation.every=0",
                 "training.checkpoint_every=4000"]  # fmt: skip
    assert cli(*arguments).returncode == 0
    process = subprocess.Popen(
        [sys.executable, "-m", "glorot_repro", *arguments, "--force"],
        cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    deadline = time.monotonic() + 60
    while not any(is_running(path.parent) for path in tmp_path.rglob("config.yaml")):
        assert time.monotonic() < deadline
        time.sleep(0.001)
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "2 finished runs not repeated yet" in told


@pytest.mark.parametrize(
    ("brightest", "evaluations", "evaluated"), [("1", 1, [0]), ("1e10", 1, [0]), ("1e10", 0, [])]
)
def test_a_network_that_its_last_update_ruined_has_diverged(
    brightest: str,
    evaluations: int,
    evaluated: list[int],
    cli: Run,
    small_config: Path,
    tmp_path: Path,
) -> None:
    """Whatever it answers; it was finished, and erred as much as one class for all images."""
    done = cli("run", str(small_config), "model.activation=linear", "record.every=0",
               "training.updates=1", f"evaluation.every={evaluations}",
               "training.learning_rate=1e38", f"dataset.range=[0,{brightest}]",
               "model.hidden=[200, 200]", "--json", "--jobs", "1")  # fmt: skip
    assert done.returncode == 3
    (run,) = json.loads(done.stdout)["runs"]
    assert (run["status"], run["divergence"]["update"]) == ("diverged", 2)
    errors = load_run(tmp_path / run["directory"]).curves.series("validation_error")[0]
    assert errors.tolist() == evaluated


def test_a_ruined_network_wins_no_search(cli: Run, small_config: Path) -> None:
    """Its constant guess erred less than the healthy network after one update."""
    rates = "search.training.learning_rate=[1e-3, 1e38]"
    halving = ("search.method=halving", "search.factor=2", "search.first_updates=1")
    for options in (("training.updates=1",), ("training.updates=2", *halving)):
        done = cli("run", str(small_config), "model.activation=linear", "evaluation.every=1",
                   "record.every=0", rates, *options, "--json", "--jobs", "1")  # fmt: skip
        assert done.returncode == 0
        (point,) = json.loads(done.stdout)["search"]
        assert point["winner"] == {"training.learning_rate": 0.001}


LONG = ("training.updates=3000", "record.every=500", "evaluation.every=500",
        "training.checkpoint_every=301")  # fmt: skip


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory of a long run that nothing has interrupted."""
    (config,) = parse_experiment(SMALL, LONG).runs
    directory = RunDirectory(tmp_path_factory.mktemp("whole") / config.address)
    execute(config, directory, Reporter())
    return directory.path


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_run_resumes_to_the_same_bits(
    number: signal.Signals, whole: Path, cli: Run, small_config: Path, tmp_path: Path
) -> None:
    arguments = ["run", str(small_config), *LONG, "--results", "cut"]
    process = subprocess.Popen(
        [sys.executable, "-m", "glorot_repro", *arguments],
        cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=dict(os.environ),
    )  # fmt: skip
    deadline = time.monotonic() + 60
    while not list((tmp_path / "cut").rglob("checkpoint.npz")):
        assert process.poll() is None, "the run ended before it could be interrupted"
        assert time.monotonic() < deadline
        time.sleep(0.005)
    process.send_signal(number)
    assert process.wait(60) == 130
    run = only_run(tmp_path / "cut")
    assert load_run(run).info["status"] == "interrupted"
    assert cli(*arguments).returncode == 0
    assert run.name == whole.name
    for name in ("curves.csv", "histograms.npz", "test_correct.npz"):
        assert (run / name).read_bytes() == (whole / name).read_bytes(), name
    assert load_run(run).info["parameters_sha256"] == load_run(whole).info["parameters_sha256"]


def test_a_damaged_newest_checkpoint_is_one_line_and_the_bits_are_the_same(
    cli: Run, small_config: Path, tmp_path: Path
) -> None:
    assert cli("run", str(small_config), "--results", "whole").returncode == 0
    (config,) = load_experiment(small_config).runs
    whole = only_run(tmp_path / "whole")
    run = tmp_path / "cut" / "paper" / "small" / whole.name
    execute(config, RunDirectory(run), Reporter(), pause_at=30)
    (run / "checkpoint.npz").write_bytes(b"PK damaged")
    resumed = cli("run", str(small_config), "--results", "cut")
    assert resumed.returncode == 0
    damage, start = resumed.stderr.splitlines()
    assert "checkpoint.npz is damaged" in damage
    assert "going back to the checkpoint before it" in damage
    assert "from update 28" in start  # the checkpoint before that of the pause at 30
    for name in ("curves.csv", "histograms.npz"):
        assert (run / name).read_bytes() == (whole / name).read_bytes(), name


def test_a_finished_run_with_a_damaged_file_is_a_note_and_the_others_are_trained(
    cli: Run, small_config: Path, tmp_path: Path
) -> None:
    """Its table could not be printed: that killed those under way, and blocked the experiment."""
    arguments = ["run", str(small_config), "training.updates=2"]
    cli(*arguments)
    run = only_run(tmp_path / "results")
    (run / "curves.csv").write_bytes((run / "curves.csv").read_bytes()[:50])
    done = cli(*arguments, "seeds=[0,1]")
    assert done.returncode == 0
    assert "2 runs: 2 finished" in done.stdout
    remedy = f"/{run.name} is removed, the same command trains it again"
    (note,) = [line for line in done.stderr.splitlines() if line.endswith(remedy)]
    assert "curves.csv cannot be read: its last line is cut" in note

    shown = cli(*arguments, "seeds=[0,1]", "--json")
    assert shown.stderr.splitlines() == [note]
    assert [len(one["layers"]) for one in json.loads(shown.stdout)["runs"]] == [0, 3]
    shutil.rmtree(run)
    assert "theory" in cli(*arguments, "--only", run.name).stdout


def test_a_search_tells_how_to_repeat_a_candidate_with_a_damaged_file(
    cli: Run, small_config: Path, tmp_path: Path
) -> None:
    search = ("run", str(small_config), "training.updates=2", "search.training.learning_rate=[0.1]")
    cli(*search)
    (run,) = (tmp_path / "results/paper/small").glob("*/")
    (run / "curves.csv").write_bytes((run / "curves.csv").read_bytes()[:50])
    failed = cli(*search)
    assert failed.returncode == 5
    told = [line for line in failed.stderr.splitlines() if "curves.csv cannot be read" in line]
    assert told
    assert all(f"/{run.name} is removed, the same command trains it again" in line for line in told)
    shutil.rmtree(run)
    assert "finished after 2 updates" in cli(*search).stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["model.activation=tahn"], "did you mean 'tanh'"),
        (["training.updates=-1"], "training.updates"),
        (["modell.depth=3"], "modell.depth"),
        (["--scale", "quik"], "quik"),
        (["model.activation=no_such_module:f"], "does not import"),
    ],
)
def test_a_mistake_is_one_line_and_nothing_is_written(
    arguments: list[str], message: str, cli: Run, small_config: Path, tmp_path: Path
) -> None:
    done = cli("run", str(small_config), *arguments)
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1
    assert message in done.stderr
    assert done.stdout == ""
    assert not (tmp_path / "results").exists()


def test_own_activation_and_initializer_are_used(
    process: Run, small_config: Path, tmp_path: Path
) -> None:
    (tmp_path / "mine.py").write_text(
        "import numpy as np\n"
        "def wave(s): return np.sin(s)\n"
        "def small(generator, fan_in, fan_out):\n"
        "    return generator.normal(0, 0.01, (fan_out, fan_in))\n"
    )
    done = process("run", str(small_config), "training.updates=0", "model.activation=mine:wave",
                   "model.initializer=mine:small", "--json")  # fmt: skip
    assert done.returncode == 0, done.stderr
    (run,) = json.loads(done.stdout)["runs"]
    first = run["layers"][0]["quantities"][0]
    assert first["measured"] == pytest.approx(first["theory"], rel=0.15)
    assert 0.1 < first["measured"] < 0.3  # 0.01 sqrt(1024 x 0.37) = 0.19
    assert {layer["verdict"] for layer in run["layers"][1:]} == {"vanishing"}


def test_help_answers_without_the_heavy_imports() -> None:
    code = (
        "import sys; sys.argv = ['glorot-repro', '--help']\n"
        "from glorot_repro.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "heavy = {'numpy', 'matplotlib', 'scipy', 'pydantic', 'dask'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "figures" in done.stdout


def test_ctrl_c_while_the_command_loads_ends_it_without_a_traceback() -> None:
    code = (
        "import sys\n"
        "class Finder:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name == 'typer': raise KeyboardInterrupt\n"
        "sys.meta_path.insert(0, Finder())\n"
        "from glorot_repro.cli import main\n"
        "main()\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")


def test_training_loads_nothing_heavy_but_the_blas_of_scipy(
    small_config: Path, tmp_path: Path
) -> None:
    code = (
        f"import sys; sys.argv = ['glorot-repro', 'run', {str(small_config)!r}, '--quiet']\n"
        "from glorot_repro.cli import main\n"
        "try: main()\n"
        "except SystemExit as end: assert not end.code, end.code\n"
        "heavy = {'matplotlib', 'scipy.stats', 'sklearn', 'dask'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
