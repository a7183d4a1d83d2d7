"""Which candidate wins, and by what."""

import json
import threading
from pathlib import Path
from typing import Any

import pytest
from conftest import SMALL, Run
from hypothesis import given
from hypothesis import strategies as st
from same_results import files

from glorot_repro.config.experiment import Experiment, parse_experiment
from glorot_repro.config.search import SearchSection
from glorot_repro.errors import ConfigError, StorageError
from glorot_repro.measure.curves import Curves
from glorot_repro.runs.competition import Competition, winning_runs
from glorot_repro.runs.info import has_come_to
from glorot_repro.runs.job import Job
from glorot_repro.runs.local import local_workers
from glorot_repro.runs.paths import run_directory, search_report
from glorot_repro.runs.processes import Processes
from glorot_repro.runs.search import (
    Score,
    key_of,
    n_survivors,
    ranked,
    read_report,
    rungs,
    spread,
    validation_error,
    write_report,
)
from glorot_repro.strict_json import write_json

RATES = "[0.01, 0.1, 0.2, 0.3]"


def curves_of(validation: list[float], test: list[float] | None = None) -> Curves:
    rows = [(10 * n, 0, "validation_error", error) for n, error in enumerate(validation)]
    return Curves(rows + [(10 * n, 0, "test_error", error) for n, error in enumerate(test or [])])


def test_the_window_is_that_of_the_last_evaluations() -> None:
    curves = curves_of([50, 20, 30, 25, 40])
    assert validation_error(curves, window=0, n_updates=40) == 20
    assert validation_error(curves, window=2, n_updates=40) == 25
    assert validation_error(curves, window=1, n_updates=40) == 40
    assert validation_error(curves, window=2, n_updates=20) == 20
    assert validation_error(curves_of([]), window=0, n_updates=40) is None


@given(st.lists(st.floats(0, 100), min_size=1, max_size=6), st.lists(st.floats(0, 100), max_size=6))
def test_the_score_does_not_depend_on_the_test_error(
    validation: list[float], test: list[float]
) -> None:
    scores = {
        validation_error(curves_of(validation, errors), window=3, n_updates=1000)
        for errors in ([], test)
    }
    assert scores == {min(validation[-3:])}


def test_rungs_end_at_evaluations_and_before_the_run_does() -> None:
    (config,) = parse_experiment(
        "name: x\ntraining: {updates: 1000}\nevaluation: {every: 30}\n"
    ).runs
    search = SearchSection(method="halving", factor=3, first_updates=100)
    assert rungs(search, config, 27) == [120, 300, 900]
    assert rungs(search, config, 3) == [120]
    assert rungs(search, config, 1) == []
    assert rungs(SearchSection(), config, 27) == []
    assert [n_survivors(n, 3) for n in (27, 9, 4, 3, 1)] == [9, 3, 2, 1, 1]


def test_rungs_that_round_up_to_one_evaluation_are_one() -> None:
    """10 and 20 updates are both judged at the evaluation after 30."""
    (config,) = parse_experiment("name: x\ntraining: {updates: 99}\nevaluation: {every: 30}\n").runs
    search = SearchSection(method="halving", factor=2, first_updates=10)
    assert rungs(search, config, 4) == [30, 60]


def test_a_candidate_with_a_run_that_came_to_nothing_has_no_mean_and_comes_last() -> None:
    def score(statuses: tuple[str, str], *errors: float | None) -> Score:
        return Score({}, errors, statuses, 10)

    finished = ("finished", "finished")
    whole, better = score(finished, 30.0, 10.0), score(finished, 5.0, 15.0)
    nothing = [
        score(("finished", "diverged"), 1.0, 2.0),
        score(("failed", "finished"), 1.0, 2.0),
        score(finished, 1.0, None),
    ]
    assert (whole.mean, better.mean) == (20, 10)
    assert [one.mean for one in nothing] == [None] * 3
    order = ranked([nothing[0], whole, nothing[1], better, nothing[2]])
    assert [id(one) for one in order] == [id(one) for one in (better, whole, *nothing)]


def test_labels_are_equal_whatever_their_order() -> None:
    assert key_of({"a": 1, "b": [2]}) == key_of({"b": [2], "a": 1}) != key_of({"a": 1})


def test_the_spread_is_that_of_a_sample() -> None:
    assert spread([1.0, 2.0, 3.0, None]) == {"mean": 2.0, "std": 1.0, "n": 3}
    assert spread([4.0]) == {"mean": 4.0, "std": None, "n": 1}
    assert spread([None]) == {"mean": None, "std": None, "n": 0}


class Made:
    """Plays the jobs of a search with made-up curves, and remembers them.

    errors: for each learning rate and seed, the validation and the test error.
    """

    def __init__(self, errors: dict[tuple[float, int], tuple[float, float]]) -> None:
        self._errors = errors
        self.jobs: list[tuple[float, int, int | None]] = []

    def play(self, agenda: Competition) -> None:
        waiting = list(agenda.begin())
        while waiting:
            job = waiting.pop(0)
            self.jobs.append((job.config.training.learning_rate, job.config.seed, job.pause_at))
            waiting.extend(agenda.ended(job, self._execute(job)))

    def _execute(self, job: Job) -> dict[str, Any]:
        key = job.config.training.learning_rate, job.config.seed
        validation, test = self._errors.get(key, (50.0, 50.0))
        job.directory.path.mkdir(parents=True, exist_ok=True)
        job.directory.config.write_text(job.config.to_yaml())
        job.directory.curves.write_bytes(curves_of([90, validation], [90, test]).to_csv())
        status = "finished" if job.n_updates == job.config.training.updates else "paused"
        if validation == float("inf"):
            status = "diverged"
        return {"status": status, "validation_error": validation, "test_error": test}


def yaml_of(options: str = "") -> str:
    return (
        "name: x\nseeds: [0, 1, 2]\nsearch_seeds: [0, 7]\ntraining: {updates: 90}\n"
        f"evaluation: {{every: 10}}\nsearch: {{training.learning_rate: {RATES}{options}}}\n"
    )


def experiment(options: str = "") -> Experiment:
    return parse_experiment(yaml_of(options))


ERRORS = {
    (0.01, 0): (30.0, 30.0), (0.01, 7): (30.0, 30.0),
    (0.1, 0): (10.0, 90.0), (0.1, 7): (20.0, 90.0),  # the best in the mean, not at seed 7
    (0.2, 0): (25.0, 1.0), (0.2, 7): (16.0, 1.0),
    (0.3, 0): (float("inf"), 0.0), (0.3, 7): (1.0, 0.0),  # diverged once
}  # fmt: skip


def test_the_winner_is_best_in_the_mean_and_gets_all_seeds(tmp_path: Path) -> None:
    made, agenda = Made(ERRORS), Competition(experiment(), tmp_path, force=False)
    made.play(agenda)
    (point,) = agenda.report()
    assert point["winner"] == {"training.learning_rate": 0.1}
    assert [one["validation_error"] for one in point["candidates"]] == [30, 15, 20.5, None]
    assert made.jobs[8:] == [(0.1, 1, None), (0.1, 2, None)]  # seed 0 has been trained before
    assert point["test_error"]["n"] == 3
    assert point["test_error"]["mean"] == pytest.approx((90 + 50 + 50) / 3)
    stored = json.loads((tmp_path / "paper" / "x" / "search.json").read_text())
    assert stored["points"] == [point]
    assert "lowest validation error of all evaluations" in point["criterion"]
    # A seed that stands there twice is one seed: figures and notebooks had its run twice.
    assert winning_runs(parse_experiment(yaml_of(), ["seeds=[0, 0, 1, 2, 1]"]), tmp_path) == (
        winning_runs(experiment(), tmp_path)
    )
    runs = winning_runs(experiment(), tmp_path)
    assert [(run.training.learning_rate, run.seed) for run in runs] == [
        (0.1, 0), (0.1, 1), (0.1, 2),
    ]  # fmt: skip


def test_a_search_of_a_part_of_the_grid_keeps_what_is_told_of_the_rest(tmp_path: Path) -> None:
    def search(depth: int, validation_error: float) -> None:
        errors = dict.fromkeys(ERRORS, (validation_error, 0.0))
        part = parse_experiment(
            "name: x\nseeds: [0]\nsearch_seeds: [0, 7]\ntraining: {updates: 90}\n"
            f"evaluation: {{every: 10}}\ngrid: {{model.depth: [{depth}]}}\n"
            f"search: {{training.learning_rate: {RATES}}}\n"
        )
        Made(errors).play(Competition(part, tmp_path, force=True))

    path = tmp_path / "paper" / "x" / "search.json"
    for depth, error in ((3, 30.0), (2, 20.0), (3, 10.0)):
        search(depth, error)
    points = json.loads(path.read_text())["points"]
    told = [(point["point"], point["candidates"][0]["validation_error"]) for point in points]
    assert told == [({"model.depth": 3}, 10.0), ({"model.depth": 2}, 20.0)]


def test_commands_that_write_at_once_lose_no_grid_point(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What one wrote after the other had read was gone."""
    path = search_report(tmp_path, "paper", "x")
    first, second = ({"point": {"a": n}, "settings": "", "winner": None} for n in (1, 2))
    other = threading.Thread(target=write_report, args=(path, [second]))

    def while_the_other_tries(path: Path, value: Any) -> None:
        monkeypatch.undo()
        other.start()
        other.join(0.5)
        write_json(path, value)

    monkeypatch.setattr("glorot_repro.runs.search.write_json", while_the_other_tries)
    write_report(path, [first])
    other.join()
    assert (read_report(path) or {})["points"] == [first, second]


def test_a_trial_search_takes_no_place_of_the_real_one(tmp_path: Path) -> None:
    """`run rates.yaml training.updates=40` hid the winner of the whole search from the figures."""
    text = (
        "name: x\nseeds: [0]\ntraining: {updates: 90}\nevaluation: {every: 10}\n"
        "search: {training.learning_rate: [0.1, 0.2]}\n"
    )
    real = parse_experiment(text)
    trials = [
        parse_experiment(text, ["training.updates=40"]),
        parse_experiment(text, ["search.training.learning_rate=[0.2]"]),
        parse_experiment(text, ["search_seeds=[5]"]),
        parse_experiment(text, ["search.window=1"]),
    ]
    better = {(0.1, 0): (10.0, 0.0), (0.2, 0): (20.0, 0.0)}
    worse = {(rate, seed): (40 - 100 * rate, 0.0) for rate in (0.1, 0.2) for seed in (0, 5)}
    Made(better).play(Competition(real, tmp_path, force=True))
    for trial in trials:
        assert winning_runs(trial, tmp_path) == []
        Made(worse).play(Competition(trial, tmp_path, force=True))
    rates = [
        [run.training.learning_rate for run in winning_runs(one, tmp_path)]
        for one in (real, *trials)
    ]
    assert rates == [[0.1], [0.2], [0.2], [0.2], [0.2]]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        '{"format_version": 2}',
        '{"format_version": 2, "points": [7]}',
        '{"format_version": 2, "points": [{"point": {}}]}',
        '{"format_version": 2, "points": [{"point": {}, "winner": null}]}',
        '{"format_version": 99, "method": "grid", "points": []}',
    ],
)
def test_a_damaged_report_is_told_by_all_who_read_it(text: str, tmp_path: Path) -> None:
    """Figures took it for a search that was not run, the next search wrote over it."""
    path = search_report(tmp_path, "paper", "x")
    assert read_report(path) is None
    assert winning_runs(experiment(), tmp_path) == []
    path.parent.mkdir(parents=True)
    path.write_text(text)
    for read in (
        lambda: winning_runs(experiment(), tmp_path),
        lambda: Competition(experiment(), tmp_path, force=False),  # before anything is trained
        lambda: write_report(path, []),
    ):
        with pytest.raises(StorageError, match=r"search\.json cannot be read: ") as caught:
            read()
        assert "\n" not in str(caught.value)
    assert path.read_text() == text


@pytest.mark.parametrize("test_error", [0.0, 100.0])
@pytest.mark.parametrize("options", ["", ", method: halving, first_updates: 10"])
def test_the_test_error_is_never_consulted(test_error: float, options: str, tmp_path: Path) -> None:
    errors = {key: (validation, test_error) for key, (validation, _) in ERRORS.items()}
    errors[0.01, 0] = (30.0, 100.0 - test_error)
    made, agenda = Made(errors), Competition(experiment(options), tmp_path, force=False)
    made.play(agenda)
    assert agenda.report()[0]["winner"] == {"training.learning_rate": 0.1}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            "training.learning_rate: [0.1, 0.2], first_updates: 90",
            "search.first_updates: expected fewer than the 90 updates of a run, found 90",
        ),
        ("training.updates: [10, 40, 90], first_updates: 5", "search.training.updates: halving"),
    ],
)
def test_halving_that_compares_nothing_on_the_way_is_refused(
    options: str, message: str, tmp_path: Path
) -> None:
    """It trained all candidates to the end, without a word."""
    text = (
        "name: x\ntraining: {updates: 90}\nevaluation: {every: 5}\n"
        f"search: {{method: halving, {options}}}\n"
    )
    with pytest.raises(ConfigError, match=message):
        Competition(parse_experiment(text), tmp_path, force=False)


@pytest.mark.parametrize("every", ["evaluation.every=25", "grid.evaluation.every=[10, 25]"])
def test_halving_whose_first_rung_is_rounded_up_to_the_end_is_refused(
    every: str, cli: Run, tmp_path: Path
) -> None:
    """It trained all candidates to the end: only `first_updates` itself was looked at."""
    search = f"{{method: halving, first_updates: 30, training.learning_rate: {RATES}}}"
    (tmp_path / "search.yaml").write_text(f"{SMALL}search: {search}\n")
    done = cli("run", "search.yaml", every)
    assert done.returncode == 2
    assert done.stderr == (
        "glorot-repro: search.first_updates: expected fewer than the 40 updates of a run, "
        "found 30, rounded up to 50 by evaluation.every\n"
    )
    assert not (tmp_path / "results").exists()


def test_halving_lets_the_better_ones_go_on(tmp_path: Path) -> None:
    options = ", method: halving, factor: 2, first_updates: 15"
    made, agenda = Made(ERRORS), Competition(experiment(options), tmp_path, force=False)
    made.play(agenda)
    pairs = [(rate, pause_at) for rate, _, pause_at in made.jobs]
    assert pairs == (
        [(rate, 20) for rate in (0.01, 0.1, 0.2, 0.3) for _ in "07"]
        + [(rate, 30) for rate in (0.1, 0.2) for _ in "07"]
        + [(0.1, None)] * 4
    )


def test_halving_counts_those_that_diverged_among_its_candidates(tmp_path: Path) -> None:
    """Of four candidates two go on, though only two came to anything."""
    errors = ERRORS | {(0.01, 7): (float("inf"), 0.0)}
    options = ", method: halving, factor: 2, first_updates: 15"
    made = Made(errors)
    made.play(Competition(experiment(options), tmp_path, force=False))
    assert [rate for rate, _, pause_at in made.jobs if pause_at == 30] == [0.1, 0.1, 0.2, 0.2]


def test_halving_in_which_all_diverge_has_no_winner(tmp_path: Path) -> None:
    errors = dict.fromkeys(ERRORS, (float("inf"), 0.0))
    options = ", method: halving, factor: 2, first_updates: 15"
    made, agenda = Made(errors), Competition(experiment(options), tmp_path, force=False)
    made.play(agenda)
    assert len(made.jobs) == 8
    assert [point["winner"] for point in agenda.report()] == [None]


def test_halving_judges_by_what_came_before_the_rung(tmp_path: Path) -> None:
    """Candidates that were trained to the end before have later evaluations too."""

    class Trained(Made):
        def _execute(self, job: Job) -> dict[str, Any]:
            info = super()._execute(job)
            first, later = (10.0, 80.0) if job.config.training.learning_rate == 0.1 else (50.0, 1.0)
            job.directory.curves.write_bytes(curves_of([90, 90, first, later]).to_csv())
            return info

    text = yaml_of(", method: halving, factor: 4, first_updates: 15")
    made = Trained({})
    made.play(Competition(parse_experiment(text), tmp_path, force=False))
    assert {rate for rate, _, pause_at in made.jobs if pause_at is None} == {0.1}


def test_a_search_that_is_repeated_after_a_divergence_decides_as_it_did(tmp_path: Path) -> None:
    """0.3 leads at both rungs and diverges at the end: a repetition knew that at the first rung."""

    class Lasting(Made):
        """Finds what was trained before, as `execute` does."""

        infos: dict[Path, dict[str, Any]]

        def _execute(self, job: Job) -> dict[str, Any]:
            path, rate = job.directory.path, job.config.training.learning_rate
            if not has_come_to(job.pause_at, self.infos.get(path, {})):
                info = super()._execute(job)
                errors = [90.0] + [{0.3: 1.0, 0.1: 10.0, 0.2: 12.0}.get(rate, 50.0)] * 3
                job.directory.curves.write_bytes(curves_of(errors).to_csv())
                if rate == 0.3 and job.pause_at is None:
                    info["status"], n_updates = "diverged", 40
                else:
                    n_updates = job.n_updates
                self.infos[path] = info | {"updates_done": n_updates}
            return self.infos[path]

    text = yaml_of(", method: halving, factor: 2, first_updates: 15")
    lasting, reports = Lasting({}), []
    lasting.infos = {}
    for _ in range(2):
        agenda = Competition(parse_experiment(text), tmp_path, force=False)
        lasting.play(agenda)
        reports.append(agenda.report())
    assert reports[0] == reports[1]
    assert reports[0][0]["winner"] is None
    assert lasting.jobs[: len(lasting.jobs) // 2] == lasting.jobs[len(lasting.jobs) // 2 :]


def test_the_winners_errors_are_those_of_its_runs_that_came_to_their_end(tmp_path: Path) -> None:
    class Failing(Made):
        def _execute(self, job: Job) -> dict[str, Any]:
            info = super()._execute(job)
            return info if job.config.seed != 2 else info | {"status": "failed", "test_error": 83.3}

    agenda = Competition(experiment(), tmp_path, force=False)
    Failing(ERRORS).play(agenda)
    (point,) = agenda.report()
    assert point["winner"] == {"training.learning_rate": 0.1}
    assert (point["test_error"]["mean"], point["test_error"]["n"]) == (70.0, 2)


def test_the_seeds_of_the_winners_are_trained_side_by_side(tmp_path: Path) -> None:
    """Of four candidates with two seeds each, and then of the one that won, with three seeds."""

    def n_processes() -> int:
        workers = local_workers(experiment(), tmp_path, lambda: False, n_jobs=5)
        return workers._n_jobs if isinstance(workers, Processes) else 1

    assert n_processes() == 5
    for run in experiment().runs:
        directory = run_directory(tmp_path, run)
        directory.path.mkdir(parents=True)
        directory.info.write_text('{"status": "finished"}')
    assert n_processes() == 3
    Made(ERRORS).play(Competition(experiment(), tmp_path, force=False))
    assert n_processes() == 2  # seed 0 is there already
    for run in winning_runs(experiment(), tmp_path):
        run_directory(tmp_path, run).info.write_text('{"status": "finished"}')
    assert n_processes() == 1


def test_a_search_that_is_interrupted_decides_nothing(tmp_path: Path) -> None:
    agenda = Competition(experiment(), tmp_path, force=False)
    for job in agenda.begin():
        assert agenda.ended(job, {"status": "interrupted"}) == []
    assert agenda.report() == []
    assert winning_runs(experiment(), tmp_path) == []


def test_force_starts_each_run_again_once_and_not_at_every_rung(tmp_path: Path) -> None:
    class Watching(Made):
        forced: list[bool]

        def _execute(self, job: Job) -> dict[str, Any]:
            self.forced.append(job.force)
            return super()._execute(job)

    watching = Watching(ERRORS)
    watching.forced = []
    options = ", method: halving, factor: 2, first_updates: 15"
    watching.play(Competition(experiment(options), tmp_path, force=True))
    # Eight runs of four candidates; two of them go on, and of the winner seeds 1 and 2 are new.
    assert watching.forced == [True] * 8 + [False] * 4 + [False] * 2 + [True] * 2


def test_halving_of_one_candidate_has_nothing_to_choose_on_the_way(tmp_path: Path) -> None:
    text = (
        "name: x\ntraining: {updates: 90}\nevaluation: {every: 10}\n"
        "search: {method: halving, first_updates: 500, training.learning_rate: [0.1]}\n"
    )
    made = Made({})
    made.play(Competition(parse_experiment(text), tmp_path, force=False))
    assert [pause_at for _, _, pause_at in made.jobs] == [None]


def test_a_search_in_which_all_diverge_has_no_winner(tmp_path: Path) -> None:
    errors = dict.fromkeys(ERRORS, (float("inf"), 0.0))
    made, agenda = Made(errors), Competition(experiment(), tmp_path, force=False)
    made.play(agenda)
    (point,) = agenda.report()
    assert (point["winner"], point["runs"]) == (None, [])
    assert winning_runs(experiment(), tmp_path) == []


def test_a_search_without_evaluations_is_a_mistake(tmp_path: Path) -> None:
    text = "name: x\nevaluation: {every: 0}\nsearch: {training.learning_rate: [1]}\n"
    with pytest.raises(ConfigError, match=r"evaluation\.every"):
        Competition(parse_experiment(text), tmp_path, force=False)


def test_halving_continues_from_checkpoints_to_the_same_bytes(cli: Run, tmp_path: Path) -> None:
    search = f"{{method: halving, factor: 2, first_updates: 10, training.learning_rate: {RATES}}}"
    (tmp_path / "search.yaml").write_text(f"{SMALL}seeds: [0, 1]\nsearch: {search}\n")
    done = cli("run", "search.yaml", "--jobs", "2", "--json")
    assert done.returncode == 0, done.stderr
    shown = json.loads(done.stdout)
    (point,) = shown["search"]
    counts = sorted(run["updates_done"] for run in shown["runs"])
    assert counts == [10, 10, 20, 40, 40]
    assert sum(run["status"] == "paused" for run in shown["runs"]) == 3
    winner = point["winner"]["training.learning_rate"]
    (tmp_path / "alone.yaml").write_text(f"{SMALL}search: {{training.learning_rate: [{winner}]}}\n")
    cli("run", "alone.yaml", "--results", "alone")
    together, alone = files(tmp_path / "results"), files(tmp_path / "alone")
    assert len(alone) == 5
    assert {name: together[name] for name in alone} == alone

    again = cli("run", "search.yaml")
    assert f"learning_rate={winner}" in again.stdout
    assert "winner, test error" in again.stdout
    assert " updates" not in again.stderr  # nothing is trained again
