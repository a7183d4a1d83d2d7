"""`plot` and `export` as a user calls them."""

import json
from pathlib import Path

import numpy as np
import pytest
from conftest import Run
from hypothesis import given
from hypothesis import strategies as st
from made_up_runs import write_made_up_run

from glorot_repro.cli.numbers import parse_numbers
from glorot_repro.errors import ConfigError


def test_plot_and_export_a_run(process: Run, cli: Run, small_config: Path, tmp_path: Path) -> None:
    assert cli("run", str(small_config), "training.updates=10", "--quiet").returncode == 0
    (run,) = (tmp_path / "results").glob("*/*/*/")

    drawn = cli("plot", "seed0", "--quantity", "backprop_std", "--layers", "1,3-4", "--log")
    assert drawn.stdout.strip() == f"small-{run.name}-backprop_std.png", drawn.stderr
    assert (tmp_path / drawn.stdout.strip()).read_bytes().startswith(b"\x89PNG")
    for name, start in (("a.svg", b"<?xml"), ("b.PDF", b"%PDF")):
        shown = json.loads(
            process(
                "plot", str(run), "--quantity", "backprop", "--at", "0,10", "--out", name, "--json"
            ).stdout
        )  # fmt: skip
        assert shown["plot"] == name
        assert shown["kind"] == "histogram"
        assert (tmp_path / name).read_bytes().startswith(start)

    for arguments, message in (
        ((), "choose one with --quantity: activation_"),
        (("--quantity", "backprop_std", "--out", "x.jpg"), "ends in .png, .svg or .pdf"),
    ):
        done = cli("plot", "seed0", *arguments)
        assert done.returncode == 2
        assert len(done.stderr.splitlines()) == 1
        assert message in done.stderr

    # Which run it is that lacks the quantity was not told.
    other = process("run", str(small_config), "evaluation.every=0", "training.updates=10", "--json")
    (bare,) = (one["directory"] for one in json.loads(other.stdout)["runs"])
    several = process("plot", str(run), bare, "--quantity", "test_error")
    assert several.stderr.startswith(f"glorot-repro: {bare}: unknown quantity 'test_error' (")
    process("rm", bare, "--yes")

    written = cli("export", "seed0", "--to", "csv").stdout.strip()
    assert written == f"small-{run.name}.csv"
    assert len((tmp_path / written).read_text().splitlines()) == len(
        (run / "curves.csv").read_text().splitlines()
    )
    assert process("export", "seed0", "--to", "npz", "--out", "x/y.npz").stdout.strip() == "x/y.npz"
    with np.load(tmp_path / "x" / "y.npz") as arrays:
        assert "curves/backprop_std" in arrays.files


@pytest.mark.parametrize(
    ("to", "out", "suffix"),
    [("npz", "x.csv", ".npz"), ("csv", "x.npz", ".csv"), ("csv", "x", ".csv")],
)
def test_an_export_of_another_suffix_is_refused(
    cli: Run, tmp_path: Path, to: str, out: str, suffix: str
) -> None:
    """An npz file was written to `x.csv`."""
    write_made_up_run(tmp_path / "results", seed=0)
    done = cli("export", "seed0", "--to", to, "--out", out)
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert f"--out: expected a file that ends in {suffix}, found '{out}'" in line
    assert not (tmp_path / out).exists()
    assert cli("export", "seed0", "--to", to, "--out", f"X{suffix.upper()}").returncode == 0


def test_histograms_that_are_gone_are_told(cli: Run, small_config: Path, tmp_path: Path) -> None:
    """`plot` knew no quantities with histograms, it said."""
    assert cli("run", str(small_config), "training.updates=0", "--quiet").returncode == 0
    (histograms,) = tmp_path.glob("results/*/*/*/histograms.npz")
    histograms.unlink()
    done = cli("plot", "seed0", "--quantity", "backprop", "--kind", "histogram")
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert "has no histograms: histograms.npz is missing" in line


def numbers_text(parts: list[tuple[int, int]]) -> str:
    return ",".join(f"{low}-{low + n}" if n else str(low) for low, n in parts)


@given(st.lists(st.tuples(st.integers(0, 10**9), st.integers(0, 5)), min_size=1))
def test_numbers_read_back(parts: list[tuple[int, int]]) -> None:
    expected = [low + k for low, n in parts for k in range(n + 1)]
    assert parse_numbers("--at", [numbers_text(parts)]) == expected


@pytest.mark.parametrize("text", ["", "a", "1,", "3-1", "-1", "1.5", "0-99999999", "1 2", "²"])
def test_what_is_no_number_is_told(text: str) -> None:
    with pytest.raises(ConfigError, match="--at: expected whole numbers"):
        parse_numbers("--at", [text])


def test_no_option_is_none() -> None:
    assert parse_numbers("--at", None) is None
