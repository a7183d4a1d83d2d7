"""Beginning from the start: once for each request."""

import os
from pathlib import Path

import pytest

from glorot_repro.config.experiment import load_experiment
from glorot_repro.config.schema import RunConfig
from glorot_repro.runs.execution import execute
from glorot_repro.runs.forcing import begin_from_the_start
from glorot_repro.runs.paths import RunDirectory
from glorot_repro.runs.reporter import Reporter


class Beginnings(Reporter):
    """Remembers the updates from which a run went on."""

    def __init__(self) -> None:
        self.updates: list[int] = []

    def started(self, config: RunConfig, directory: Path, n_updates: int) -> None:
        self.updates.append(n_updates)


def test_a_request_forces_a_run_once(small_config: Path, tmp_path: Path) -> None:
    """A call that was repeated, since its worker had died, removed what there was."""
    (config,) = load_experiment(small_config, []).runs
    directory, told = RunDirectory(tmp_path / "run"), Beginnings()
    for request, pause_at in [
        ("first", 10),
        ("first", 20),  # again, of a worker that died
        ("second", 30),
        ("second", None),
        ("second", None),  # its end was not heard: it is left as it is
        ("third", 10),
        (None, 10),  # on this machine a task is performed once
        (None, 10),
    ]:
        execute(config, directory, told, force=True, request=request, pause_at=pause_at)
    assert told.updates == [0, 10, 0, 30, 0, 0, 0]
    assert not directory.request.exists()


def test_a_kill_while_forcing_leaves_no_weights_that_nothing_tells_the_origin_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Files are listed in any order; run.json went first, and the old weights went on as new."""
    directory = RunDirectory(tmp_path)
    files = [directory.info, directory.checkpoint, directory.previous_checkpoint]
    for path in files:
        path.write_text("{}")

    def killed(path: Path) -> None:
        os.unlink(path)
        if path == directory.info:
            raise KeyboardInterrupt

    monkeypatch.setattr(Path, "iterdir", lambda _: iter([p for p in files if p.exists()]))
    monkeypatch.setattr(Path, "unlink", lambda path, missing_ok=False: killed(path))
    with pytest.raises(KeyboardInterrupt):
        begin_from_the_start(directory, None)
    assert not directory.checkpoint.exists()
    assert not directory.previous_checkpoint.exists()
