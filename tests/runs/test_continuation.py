"""A finished run that kept its checkpoint, and the same run with more updates."""

from pathlib import Path

import pytest

from glorot_repro.config.experiment import parse_experiment
from glorot_repro.runs import execution
from glorot_repro.runs.execution import execute
from glorot_repro.runs.paths import RunDirectory, run_directory
from glorot_repro.runs.reporter import Reporter

TEXT = """\
name: x
dataset: {name: shapeset, validation_size: 50, test_size: 60}
model: {hidden: [12, 10]}
training: {updates: 46, learning_rate: 0.1}
evaluation: {every: 4}
record: {every: 8, examples: 20, jacobian_every: 8}
scales:
  short: {training.updates: 24}
  shorter: {training.updates: 16}
  uneven: {training.updates: 30}
"""


class Listener(Reporter):
    """Keeps the notes, and from where the run started."""

    def __init__(self) -> None:
        self.notes: list[str] = []
        self.started_at = -1

    def started(self, config: object, directory: Path, n_updates: int) -> None:
        self.started_at = n_updates

    def note(self, line: str) -> None:
        self.notes.append(line)


def train(
    results: Path, scale: str, *overrides: str, force: bool = False
) -> tuple[Listener, RunDirectory]:
    (run,) = parse_experiment(TEXT, overrides, scale).runs
    directory = run_directory(results, run)
    listener = Listener()
    assert execute(run, directory, listener, force=force)["status"] == "finished"
    return listener, directory


def test_a_longer_run_goes_on_from_a_shorter_one_to_the_same_bits(tmp_path: Path) -> None:
    keep = "training.keep_checkpoint=true"
    train(tmp_path / "both", "shorter", keep)
    train(tmp_path / "both", "short", keep)
    listener, longer = train(tmp_path / "both", "paper")
    assert listener.started_at == 24
    assert len(listener.notes) == 1
    _, whole = train(tmp_path / "alone", "paper")
    for name in ("curves.csv", "histograms.npz", "test_correct.npz"):
        assert (longer.path / name).read_bytes() == (whole.path / name).read_bytes()
    assert not longer.has_checkpoint


@pytest.mark.parametrize(
    "first",
    [
        ("short",),  # keeps no checkpoint
        ("uneven", "training.keep_checkpoint=true"),  # its last rows are not those of the longer
        ("short", "training.keep_checkpoint=true", "seeds=[1]"),
        ("short", "training.keep_checkpoint=true", "training.learning_rate=0.2"),
    ],
)
def test_a_run_that_is_not_its_beginning_is_left_alone(
    tmp_path: Path, first: tuple[str, ...]
) -> None:
    train(tmp_path, *first)
    listener, _ = train(tmp_path, "paper")
    assert listener.started_at == 0
    assert listener.notes == []


@pytest.mark.parametrize(
    ("override", "started_at"),
    [
        ("record.every=16", 0),  # 24 updates end in the middle of each of these
        ("record.jacobian_every=16", 0),
        ("evaluation.every=16", 0),
        ("record.jacobian_every=0", 0),  # at the end only, where the longer run has none
        ("evaluation.every=0", 24),
    ],
)
def test_a_shorter_run_is_a_beginning_if_the_longer_one_is_looked_at_where_it_ends(
    tmp_path: Path, override: str, started_at: int
) -> None:
    train(tmp_path, "short", "training.keep_checkpoint=true", override)
    listener, _ = train(tmp_path, "paper", override)
    assert listener.started_at == started_at


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("run.json", ""),
        ("run.json", "null"),
        ("config.yaml", ""),
        ("config.yaml", "name: x\nmodel: {activation: 'gone_since:wave'}\n"),
    ],
)
def test_a_run_that_cannot_be_read_is_no_beginning(tmp_path: Path, name: str, text: str) -> None:
    """One such run in the folder kept every new run from starting."""
    keep = "training.keep_checkpoint=true"
    train(tmp_path, "shorter", keep)
    _, damaged = train(tmp_path, "short", keep)
    (damaged.path / name).write_text(text)
    listener, _ = train(tmp_path, "paper")
    assert listener.started_at == 16


def test_a_run_killed_while_it_dropped_its_checkpoints_drops_them_next_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    often = "training.checkpoint_every=8"
    with monkeypatch.context() as patch:
        patch.setattr(execution, "remove_checkpoints", lambda directory: None)
        _, finished = train(tmp_path, "short", often)
    assert finished.has_checkpoint
    listener, _ = train(tmp_path, "short", often)
    assert listener.started_at == -1
    assert not finished.has_checkpoint


def test_a_kept_checkpoint_outlives_a_call_that_keeps_none(tmp_path: Path) -> None:
    train(tmp_path, "short", "training.keep_checkpoint=true")
    _, finished = train(tmp_path, "short")
    assert finished.checkpoint.exists()


def test_a_finished_run_without_the_checkpoint_to_keep_says_so(tmp_path: Path) -> None:
    """The wish to keep it was silently ignored; a longer run then started from the beginning."""
    keep = "training.keep_checkpoint=true"
    _, directory = train(tmp_path, "short")
    listener, _ = train(tmp_path, "short", keep)
    assert listener.notes == [
        f"{directory.path} finished without a kept checkpoint; --force trains it again and keeps it"
    ]
    train(tmp_path, "short", keep, force=True)
    assert directory.checkpoint.exists()
    listener, _ = train(tmp_path, "short", keep)
    assert listener.notes == []


def test_a_run_that_diverged_says_nothing_of_checkpoints(tmp_path: Path) -> None:
    """It keeps none, with --force or without: there is no going on from it."""
    (run,) = parse_experiment(
        TEXT, ["training.learning_rate=1e30", "training.keep_checkpoint=true"], "short"
    ).runs
    listener = Listener()
    for _ in range(2):
        info = execute(run, run_directory(tmp_path, run), listener)
        assert info["status"] == "diverged"
    assert listener.notes == []


def test_an_equal_run_stands_for_one_that_could_not_begin(tmp_path: Path) -> None:
    """Its folder, with nothing but a lock in it, hid the finished run of another experiment."""
    _, finished = train(tmp_path, "short")
    (other,) = parse_experiment(TEXT.replace("name: x", "name: y"), scale="short").runs
    own = tmp_path / "short" / "y" / other.address
    own.mkdir(parents=True)
    (own / ".lock").touch()
    assert run_directory(tmp_path, other) == finished


@pytest.mark.parametrize("text", [TEXT, "name: x\nmodel: {hidden: [12, 10]}\n"])
def test_keeping_a_checkpoint_changes_no_address(text: str) -> None:
    """It did where all else of `training` was the default, as at a rate of 0.01 at full length."""
    (kept,) = parse_experiment(text, ["training.keep_checkpoint=true"]).runs
    (run,) = parse_experiment(text).runs
    assert kept.hash == run.hash
    assert kept != run


def test_force_begins_at_the_beginning(tmp_path: Path) -> None:
    train(tmp_path, "short", "training.keep_checkpoint=true")
    listener, _ = train(tmp_path, "paper", force=True)
    assert (listener.started_at, listener.notes) == (0, [])
