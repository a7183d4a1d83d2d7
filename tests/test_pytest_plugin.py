"""The plugin as a reader's tests use it, in a pytest of its own."""

import subprocess
import sys
from pathlib import Path

TESTS = """\
import numpy as np
from glorot_repro.measure.curve_rows import curve_rows

def test_mine(variance_check):
    layers = [np.random.default_rng(layer).normal(0, SIZE, (50, 20)) for layer in (1, 2)]
    variance_check(curve_rows(0, "activation", layers), baseline="pins/mine")
"""


def pytest_in(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_a_test_of_three_lines_pins_passes_and_fails(tmp_path: Path) -> None:
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    file = tmp_path / "test_mine.py"
    file.write_text(TESTS.replace("SIZE", "1.0"))
    missing = pytest_in(tmp_path)
    assert missing.returncode == 1
    assert "no baseline in" in missing.stdout
    assert pytest_in(tmp_path, "--update-baselines").returncode == 0
    assert (tmp_path / "pins/mine/curves.csv").exists()
    passed = pytest_in(tmp_path)
    assert passed.returncode == 0, passed.stdout
    file.write_text(TESTS.replace("SIZE", "1.001"))
    failed = pytest_in(tmp_path)
    assert failed.returncode == 1
    assert "activation_std of layer 1 at update 0" in failed.stdout
    assert "(+0.1 %), 10 times what is allowed" in failed.stdout
    assert "likely cause: " in failed.stdout
