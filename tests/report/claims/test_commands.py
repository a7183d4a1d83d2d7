"""The commands that claims without their runs name: each makes a run that they would accept."""

import shlex
from functools import cache

import pytest
from conftest import Run
from made_up_claims import made_up

from glorot_repro.config.experiment import load_experiment
from glorot_repro.config.schema import RunConfig
from glorot_repro.config.shipped import config_path
from glorot_repro.report.claims import evidence, setup
from glorot_repro.report.claims.evidence import Need
from glorot_repro.report.claims.judging import judge_claims
from glorot_repro.report.claims.models import FIGURE_2, Model
from glorot_repro.report.claims.registry import CLAIMS
from glorot_repro.report.digitized import EPOCH

MEASURED_HERE = ("data", "setup-sgd", "setup-bias", "setup-fixed", "act", "init", "theory", "fig0")


@cache
def runs_of(command: str) -> tuple[RunConfig, ...]:
    program, action, name, *overrides = shlex.split(command)
    assert (program, action) == ("glorot-repro", "run")
    return load_experiment(config_path(name), overrides).runs


def test_each_command_makes_the_run_that_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """`run fig11` ends at update 2,500,000, and there are claims that wait for more; `run
    pretraining` has no network of four layers."""
    asked: dict[tuple[Model, int], str] = {}
    real = evidence.need

    def noted(model: Model, updates: int, reached: int = 0) -> Need:
        found = real(model, updates, reached)
        asked[model, updates] = found.command
        return found

    monkeypatch.setattr(evidence, "need", noted)
    monkeypatch.setattr(setup, "need", noted)
    judge_claims([], [name for name in CLAIMS if not name.startswith(MEASURED_HERE)])
    assert len(asked) > 70
    for (model, updates), command in asked.items():
        runs = runs_of(command)
        longest = max((run.training.updates for run in runs if model.matches(run)), default=0)
        assert longest >= updates, (model.title, command)


@pytest.mark.parametrize("claim", ["sigmoid-depth4-escapes", "sigmoid-first-layer-follows"])
def test_figure_2_is_as_long_as_printed(claim: str) -> None:
    """The printed curves reach epoch 140. The experiment ended at 125, and so did the figure that
    it drew of a run of 140."""
    (result,) = judge_claims([made_up(FIGURE_2, 20, activation_std=0.01)], [claim])
    (need,) = result.needs
    assert (need.experiment, need.updates) == ("fig02", 140 * EPOCH)
    assert need.command == "glorot-repro run fig02"
    assert result.evidence.startswith("fig02 to update 2,800,000: sigmoid of depth 4 (reached")


def test_a_claim_names_each_command_once(cli: Run) -> None:
    """`run depths` was told 25 times."""
    lines = cli("claims", "setup-best-depth").stdout.splitlines()
    (waits,) = [line for line in lines if line.startswith("waits for")]
    assert waits.startswith("waits for  glorot-repro run depths (about ")
    assert waits.count("glorot-repro") == 1
    assert waits.endswith(" h)")


def test_the_machine_of_the_paper_is_not_of_the_scale_that_svm_takes_by_default(cli: Run) -> None:
    """`svm svm` trains on 10,000 images, which decide nothing."""
    assert cli("svm", "svm", "--scale", "smoke", "svm.gamma=[0.003]").returncode == 0
    told = cli("claims", "result-svm-baseline").stdout
    assert "\nwaits for  glorot-repro svm svm --scale paper" in told
