"""The plugin as a reader's tests use it, in a pytest of its own."""

import subprocess
import sys
from pathlib import Path

TESTS = """\
import numpy as np
from glorot_repro.measure.curve_rows import curve_rows

def test_mine(variance_check):
    layers = [np.random.default_rng(layer).normal(0, SIZE, (50, 20)) for layer in (1, 2)]
    variance_check(curve_rows(0, "activation", layers), baseline="pins/NAME")
"""


def pytest_in(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_a_test_of_three_lines_pins_passes_and_fails(tmp_path: Path) -> None:
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    for file, size, name in (
        ("same", "1.0", "mine"),
        ("changed", "1.001", "mine"),
        ("unknown", "1.0", "other"),
    ):
        text = TESTS.replace("SIZE", size).replace("NAME", name)
        (tmp_path / f"test_{file}.py").write_text(text)
    assert pytest_in(tmp_path, "test_same.py", "--update-baselines").returncode == 0
    assert (tmp_path / "pins/mine/curves.csv").exists()

    done = pytest_in(tmp_path, "-rA")
    assert done.returncode == 1
    outcomes = {line.partition("::")[0] for line in done.stdout.splitlines() if "::" in line}
    assert outcomes == {"PASSED test_same.py", "FAILED test_changed.py", "FAILED test_unknown.py"}
    assert "pytest --update-baselines" in done.stdout
    assert "activation_std of layer 1 at update 0" in done.stdout
    assert "(+0.1 %), 10 times what is allowed" in done.stdout
    assert "likely cause: " in done.stdout
    assert "During handling" not in done.stdout


def test_a_check_of_nothing_fails_and_a_mistake_is_one_line(tmp_path: Path) -> None:
    """An empty baseline was pinned and passed ever after; a mode that is none was statistical."""
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    tests = [
        TESTS.replace("SIZE", "1.0").replace("NAME", "mine"),
        "def test_empty(variance_check):",
        '    variance_check(curve_rows(0, "activation", []), baseline="pins/empty")',
        "def test_none(variance_check):",
        '    variance_check(baseline="pins/none")',
        "def test_mode(variance_check):",
        '    rows = curve_rows(0, "activation", [np.ones((5, 2))])',
        '    variance_check(rows, baseline="pins/mine", mode="exat")',
    ]
    (tmp_path / "test_all.py").write_text("\n".join(tests) + "\n")
    pinned = pytest_in(tmp_path, "--update-baselines", "-rf", "-k", "not mode")
    assert pinned.stdout.count("was given curves without values") >= 2
    assert not (tmp_path / "pins/empty").exists()
    done = pytest_in(tmp_path, "-rf")
    failed = {line.split("::")[1].split()[0] for line in done.stdout.splitlines() if "::" in line}
    assert failed == {"test_empty", "test_none", "test_mode"}
    assert "the mode is exact or statistical, not exat" in done.stdout
    assert "Traceback" not in done.stdout


def test_a_baseline_that_two_calls_share_is_that_of_the_first(tmp_path: Path) -> None:
    """The second one took its place, so that the first failed from then on."""
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    test = TESTS.replace("test_mine(", "test_mine(size, ").replace("SIZE", "size")
    sizes = "@pytest.mark.parametrize('size', [1.0, 1.0, 1.1])\ndef test_mine"
    test = "import pytest\n" + test.replace("NAME", "mine").replace("def test_mine", sizes)
    (tmp_path / "test_shared.py").write_text(test)
    for arguments in (("--update-baselines",), ()):
        done = pytest_in(tmp_path, "-rA", *arguments)
        assert "2 passed" in done.stdout
        assert "FAILED test_shared.py::test_mine[1.1]" in done.stdout
        assert "(+10 %)" in done.stdout
