"""Run directories that no training has made."""

from functools import partial
from pathlib import Path

import pytest
from made_up_runs import MakeRun, write_made_up_run


@pytest.fixture
def make_run(tmp_path: Path) -> MakeRun:
    """Writes a run directory into `results` of tmp_path."""
    return partial(write_made_up_run, tmp_path / "results")
