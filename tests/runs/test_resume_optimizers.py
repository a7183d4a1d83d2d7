"""Every optimizer goes on from a checkpoint to the bits of a run that was never cut."""

from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import SMALL

from glorot_repro.config.experiment import parse_experiment
from glorot_repro.nn.optimizers import OPTIMIZERS
from glorot_repro.runs.execution import execute
from glorot_repro.runs.paths import RunDirectory
from glorot_repro.runs.reporter import Reporter


class DiedError(Exception):
    """Stands for the end of the process: nothing is saved on the way out."""


def dies_after(n_updates: int) -> Callable[[], bool]:
    n_calls = 0

    def should_stop() -> bool:
        nonlocal n_calls
        n_calls += 1
        if n_calls > n_updates:
            raise DiedError
        return False

    return should_stop


@pytest.mark.parametrize("hidden", ["[24, 24, 24]", "[400, 24]"], ids=["small", "large"])
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_a_run_that_died_goes_on_to_the_same_bits(
    optimizer: str, hidden: str, tmp_path: Path
) -> None:
    overrides = [f"training.optimizer={optimizer}", f"model.hidden={hidden}",
                 "training.learning_rate=0.01"]  # fmt: skip
    (run,) = parse_experiment(SMALL, overrides).runs
    whole, cut = RunDirectory(tmp_path / "whole"), RunDirectory(tmp_path / "cut")
    expected = execute(run, whole, Reporter())
    assert expected["status"] == "finished"

    for n_updates in (17, 30):  # checkpoints are made every 7 updates
        with pytest.raises(DiedError):
            execute(run, cut, Reporter(), should_stop=dies_after(n_updates))
        assert cut.checkpoint.exists()
    assert execute(run, cut, Reporter())["parameters_sha256"] == expected["parameters_sha256"]
    for name in ("curves.csv", "histograms.npz", "test_correct.npz"):
        assert (cut.path / name).read_bytes() == (whole.path / name).read_bytes()
