"""What several tests share: the command line as its users run it, and a small experiment."""

import io
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from unittest import mock

import pytest
from hypothesis import settings
from threadpoolctl import threadpool_limits

from glorot_repro.cli import main

Run = Callable[..., subprocess.CompletedProcess[str]]

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")  # how long an example takes says nothing on a busy machine

PLAIN = {"COLUMNS": "100", "NO_COLOR": "1"}
"""The environment that makes the output the same everywhere."""

SMALL = """\
name: small
dataset: {name: shapeset, validation_size: 200, test_size: 200}
model: {hidden: [24, 24, 24], activation: tanh, initializer: normalized}
training: {updates: 40, learning_rate: 0.1, checkpoint_every: 7}
evaluation: {every: 10}
record: {every: 10, examples: 50, bins: 50}
"""


@pytest.fixture(autouse=True, scope="module")
def _one_blas_thread() -> Iterator[None]:
    """As in a run; on a busy machine a second thread makes decompositions up to 20 times slower."""
    with threadpool_limits(1, user_api="blas"):
        yield


@pytest.fixture
def process(tmp_path: Path) -> Run:
    """Runs `glorot-repro ARGUMENTS` in an empty folder, as a process of its own."""

    def run(*arguments: str, timeout: float = 120) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "glorot_repro", *arguments],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=timeout,
            env={**os.environ, **PLAIN},
            check=False,
        )

    return run


@pytest.fixture
def cli(tmp_path: Path) -> Run:
    """As `process`, within this process, which spares the second that Python and numpy start in.

    It cannot show what is loaded, what the numbers of threads are, or what a signal does. Whatever
    an own module does to this process stays done, and its objects are kept by their names.
    """

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        out, err = io.StringIO(), io.StringIO()
        handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
        with (
            pytest.MonkeyPatch.context() as patch,
            mock.patch.dict(os.environ, PLAIN),
            redirect_stdout(out),
            redirect_stderr(err),
        ):
            patch.chdir(tmp_path)
            patch.setattr(sys, "argv", ["glorot-repro", *arguments])
            patch.setattr(sys, "path", [*sys.path])
            patch.setattr(sys, "stdin", io.StringIO())
            try:
                main()
                code: object = 0
            except SystemExit as end:
                code = end.code or 0
            finally:
                for number, handler in handlers.items():
                    signal.signal(number, handler)
                for name, module in list(sys.modules.items()):
                    if (getattr(module, "__file__", None) or "").startswith(f"{tmp_path}{os.sep}"):
                        del sys.modules[name]
        assert isinstance(code, int)
        return subprocess.CompletedProcess(arguments, code, out.getvalue(), err.getvalue())

    return run


@pytest.fixture
def small_config(tmp_path: Path) -> Path:
    """A small experiment's file in the folder of `cli`."""
    path = tmp_path / "small.yaml"
    path.write_text(SMALL)
    return path
