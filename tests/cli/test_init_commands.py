"""`init describe` and `init sweep`, and networks of extreme sizes, as their users run them."""

import json
import math
from pathlib import Path

import pytest
from conftest import Run


def test_describe_prints_the_formula_and_what_a_draw_is_like(process: Run, cli: Run) -> None:
    done = cli("init", "describe", "normalized", "gain=tanh", "--in", "400", "--out", "200")
    assert done.returncode == 0, done.stderr
    assert "Glorot & Bengio (2010), eq. 16" in done.stdout
    assert "U[-a, a], a = sqrt(6 / (fan_in + fan_out))" in done.stdout
    fields = json.loads(
        process("init", "describe", "normalized", "--in", "400", "--out", "200", "--json").stdout
    )
    assert fields["variance"] == pytest.approx(2 / 600)
    assert fields["bound"] == pytest.approx(math.sqrt(6 / 600))
    assert fields["forward_gain"] == pytest.approx(800 / 600)
    assert fields["backward_gain"] == pytest.approx(400 / 600)
    assert fields["draw"]["mean_square"] == pytest.approx(2 / 600, rel=0.02)
    assert fields["draw"]["kurtosis"] == pytest.approx(1.8, abs=0.03)


def test_describe_refuses_what_it_does_not_know(cli: Run) -> None:
    done = cli("init", "describe", "normalised")
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "did you mean 'normalized'" in done.stderr


def test_sweep_prints_a_table_and_draws_one_heat_map_for_each_depth(
    process: Run, cli: Run, tmp_path: Path
) -> None:
    small = ["activations=[tanh, relu]", "initializers=[normalized, zeros]", "width=20"]
    done = cli("init", "sweep", *small, "depths=[3, 6]", "--out", "maps")
    assert done.returncode == 0, done.stderr
    header, *rows = done.stdout.splitlines()[:9]
    assert header.split()[:3] == ["activation", "initializer", "depth"]
    assert [row.split()[:3] for row in rows][:3] == [
        ["tanh", "normalized", "3"], ["tanh", "normalized", "6"], ["relu", "normalized", "3"]
    ]  # fmt: skip
    assert {path.name for path in (tmp_path / "maps").iterdir()} == {
        f"init_sweep_depth{depth}.{end}" for depth in (3, 6) for end in ("png", "svg", "pdf")
    }
    networks = json.loads(process("init", "sweep", *small, "depths=[3]", "--json").stdout)[
        "networks"
    ]
    assert networks[2]["initializer"] == {"name": "zeros"}
    assert networks[2]["forward"]["ratio"] is None
    assert networks[0]["forward"]["ratio"] > 0


def test_sweep_has_no_theory_of_an_activation_that_is_0_everywhere(
    cli: Run, tmp_path: Path
) -> None:
    """Calibrated weights would be infinite: it was a division by zero."""
    (tmp_path / "mine.py").write_text("def zero(s):\n    return 0.0 * s\n")
    small = ["activations=[mine:zero]", "initializers=[lsuv]", "depths=[3]", "width=20"]
    done = cli("init", "sweep", *small, "--json")
    assert done.returncode == 0, done.stderr
    (network,) = json.loads(done.stdout)["networks"]
    assert network["forward_theory"] is None
    assert network["forward"] == {"ratio": None, "lost_after": 1}


@pytest.mark.parametrize("own", ["activations=[mine:picky]", "initializers=[mine:narrow]"])
def test_sweep_names_the_function_that_fails(own: str, cli: Run, tmp_path: Path) -> None:
    """What works on the small sample of the checks may fail at the width of the sweep."""
    (tmp_path / "mine.py").write_text(
        "import numpy as np\n\n"
        "def picky(s):\n"
        "    if s.size > 100:\n        raise RuntimeError('too large')\n    return s\n\n"
        "def narrow(generator, fan_in, fan_out):\n"
        "    return generator.normal(0, 1, (fan_out, min(fan_in, 10)))\n"
    )
    done = cli("init", "sweep", own, "depths=[2]", "width=20")
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    name = own.partition("[")[2].rstrip("]")
    assert line.startswith(f"glorot-repro: {name} failed at width 20: ")


@pytest.mark.parametrize(
    "hidden",
    ["model.hidden=[]", "model.width=1", "model.depth=100", "model.hidden=[10000]"],
)
def test_networks_of_extreme_sizes_are_trained(
    cli: Run, small_config: Path, tmp_path: Path, hidden: str
) -> None:
    sizes = {"model.depth=100": ["model.width=10"], "model.width=1": ["model.depth=5"]}
    # `hidden` of the file gives way to depth and width.
    done = cli(
        "run", str(small_config), hidden, *sizes.get(hidden, []), "training.updates=12", "--quiet"
    )
    assert done.returncode == 0, done.stderr
    assert "Warning" not in done.stderr
    (info,) = (tmp_path / "results").rglob("run.json")
    assert json.loads(info.read_text())["status"] == "finished"


def test_sweep_predicts_own_weights_by_their_variance(cli: Run, tmp_path: Path) -> None:
    """N(0, 1 / width), which keeps all variances of a linear network."""
    (tmp_path / "drawing.py").write_text(
        "def drawn(generator, fan_in, fan_out):\n"
        "    return generator.normal(0, fan_in**-0.5, (fan_out, fan_in))\n"
    )
    done = cli(
        "init", "sweep", "activations=[linear]", "initializers=['drawing:drawn']", "depths=[4]",
        "width=300", "--json",
    )  # fmt: skip
    (network,) = json.loads(done.stdout)["networks"]
    for way in ("forward_theory", "backward_theory"):
        assert network[way]["ratio"] == pytest.approx(1, rel=0.02)
