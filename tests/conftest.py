"""What several tests share: the command line as its users run it, and a small experiment."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., subprocess.CompletedProcess[str]]

SMALL = """\
name: small
dataset: {name: shapeset, validation_size: 200, test_size: 200}
model: {hidden: [24, 24, 24], activation: tanh, initializer: normalized}
training: {updates: 40, learning_rate: 0.1, checkpoint_every: 7}
evaluation: {every: 10}
record: {every: 10, examples: 50, bins: 50}
"""


@pytest.fixture
def cli(tmp_path: Path) -> Run:
    """Runs `glorot-repro ARGUMENTS` in an empty folder, as a process of its own."""

    def run(*arguments: str, timeout: float = 120) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "glorot_repro", *arguments],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=timeout,
            env={**os.environ, "COLUMNS": "100", "NO_COLOR": "1"},
            check=False,
        )

    return run


@pytest.fixture
def small_config(tmp_path: Path) -> Path:
    """A small experiment's file in the folder of `cli`."""
    path = tmp_path / "small.yaml"
    path.write_text(SMALL)
    return path
