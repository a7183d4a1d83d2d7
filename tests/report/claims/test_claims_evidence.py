"""Which runs a claim is decided by, and what is said to be missing."""

import json
import math
import statistics
from dataclasses import replace

import pytest
from made_up_claims import by_layer, made_up, with_range

from glorot_repro.data.cifar10 import Cifar10
from glorot_repro.data.shapeset import Shapeset
from glorot_repro.errors import ConfigError
from glorot_repro.report.claims.evidence import Bench, Evidence, MissingRuns
from glorot_repro.report.claims.groups import ratio
from glorot_repro.report.claims.judging import VERDICTS, judge_claims
from glorot_repro.report.claims.models import (
    FIGURE_2,
    FIGURE_3_TANH,
    PRETRAINED,
    SIGMOID,
    SIGMOID_4,
    TANH,
    TANH_N,
    TANH_N_FINITE,
    on_dataset,
)
from glorot_repro.report.claims.paper import paper_claims
from glorot_repro.report.claims.registry import CLAIMS
from glorot_repro.report.digitized import EPOCH

STD_CLAIM = "tanh-std-end"


def test_every_claim_has_a_function_and_every_function_a_claim() -> None:
    assert set(CLAIMS) == set(paper_claims())
    assert len(CLAIMS) == 104


def test_what_section_4_3_observes_is_looked_up_there() -> None:
    """Its last two paragraphs are about figures 8, 9 and 10; 4.2.2 ends with the Jacobians."""
    for name in (
        "fig08-standard-equal",
        "fig08-normalized-equal",
        "dyn-weight-gradient-diverge",
        "dyn-softsign-like-normalized",
    ):
        assert paper_claims()[name].where.startswith("4.3, figure"), name


def test_unknown_id_names_the_nearest() -> None:
    with pytest.raises(ConfigError, match="did you mean 'tanh-modes'"):
        judge_claims([], ["tanh-mode"])


def test_ids_come_in_the_order_of_the_paper() -> None:
    judged = judge_claims([], ["result-tapering", STD_CLAIM])
    assert [result.id for result in judged] == [STD_CLAIM, "result-tapering"]


def test_model_is_known_by_its_configuration() -> None:
    config = TANH.config(100)
    assert TANH.matches(config)
    for other in (TANH_N, SIGMOID, PRETRAINED, on_dataset(TANH, "mnist")):
        assert not other.matches(config)
    wide = config.model_copy(update={"model": config.model.model_copy(update={"hidden": (64,)})})
    assert not TANH.matches(wide)
    batch = config.training.model_copy(update={"batch_size": 20})
    assert not TANH.matches(config.model_copy(update={"training": batch}))
    assert not TANH_N_FINITE.matches(TANH_N.config(100))
    assert TANH_N_FINITE.matches(TANH_N_FINITE.config(100))


def test_figure_2_is_judged_at_its_own_rate() -> None:
    """A run in [0, 1] at ten times the rate, whose errors were lower, was taken for figure 2's."""
    claim = "sigmoid-lower-means"
    printed = made_up(FIGURE_2, 80, test_error=83.0, activation_mean=by_layer(0.51, 0.6, 0.7, 0.1))
    faster = made_up(
        FIGURE_2, 80, rate=0.1, test_error=60.0, activation_mean=by_layer(0.7, 0.5, 0.4, 0.1)
    )
    (judged,) = judge_claims([printed, faster], [claim])
    assert judged.verdict == "confirmed"
    assert "rate 0.01" in judged.evidence
    (judged,) = judge_claims([faster], [claim])
    assert judged.verdict == "not yet run"
    assert TANH.matches(made_up(TANH, 1, rate=0.1, test_error=60.0).config)


def test_other_images_are_another_model() -> None:
    config = TANH.config(100)
    brighter = Shapeset(bright_background=0.5)
    assert not TANH.matches(config.model_copy(update={"dataset": brighter}))
    fewer = Shapeset(test_size=500)
    assert TANH.matches(config.model_copy(update={"dataset": fewer}))
    assert not SIGMOID_4.matches(FIGURE_2.config(100))
    assert not FIGURE_2.matches(SIGMOID_4.config(100))
    colors = on_dataset(TANH, "cifar10")
    assert colors.matches(colors.config(100))
    few = {"dataset": Cifar10(train_size=10_000)}
    assert not colors.matches(colors.config(100).model_copy(update=few))


def test_of_several_rates_the_longest_run_counts_then_the_lowest_validation_error() -> None:
    runs = [
        made_up(TANH, 10, rate=0.1, test_error=20.0),
        made_up(TANH, 30, rate=0.01, test_error=40.0),
        made_up(TANH, 30, rate=0.03, test_error=35.0),
    ]
    group = Evidence(Bench(runs)).run(TANH, 25 * EPOCH)
    assert group.learning_rate == 0.03
    early = Evidence(Bench(runs)).run(TANH, 5 * EPOCH)
    assert early.learning_rate == 0.1


def test_seeds_are_averaged_and_rates_never() -> None:
    runs = [
        made_up(TANH, 95, seed=seed, activation_std=by_layer(*[0.2 * (1 + seed)] * 5))
        for seed in (0, 1, 2)
    ]
    runs.append(made_up(TANH, 20, seed=3, activation_std=9.0))
    runs.append(made_up(TANH, 50, rate=0.5, activation_std=9.0))
    evidence = Evidence(Bench(runs))
    group = evidence.run(TANH, 95 * EPOCH)
    assert group.n_seeds == 3
    assert group.layers_at("activation_std", 95 * EPOCH) == pytest.approx([0.4] * 5)
    assert len(evidence.used) == 3


def test_a_longer_run_of_one_seed_counts_with_the_other_seeds() -> None:
    """It was another setting, and decided alone where its error was the lowest."""
    runs = [made_up(TANH, 25, seed=seed, test_error=30.0 + seed) for seed in range(3)]
    runs.append(made_up(TANH, 125, seed=0, test_error=lambda epoch: 30.0 if epoch <= 25 else 20.0))
    group = Evidence(Bench(runs)).run(TANH, 25 * EPOCH)
    assert [record.config.seed for record in group.records] == [0, 1, 2]
    assert {record.config.training.updates for record in group.records} == {25 * EPOCH}
    assert group.error_near(25 * EPOCH) == pytest.approx(31)
    later = Evidence(Bench(runs)).run(TANH, 125 * EPOCH)
    assert [record.config.seed for record in later.records] == [0]
    without = Evidence(Bench(runs[1:])).run(TANH, 25 * EPOCH)
    assert without.error_near(25 * EPOCH) == pytest.approx(31)


def test_run_that_is_too_short_is_missing_with_its_progress_and_rest() -> None:
    evidence = Evidence(Bench([made_up(TANH, 25)]))
    with pytest.raises(MissingRuns) as caught:
        evidence.runs((TANH, 100 * EPOCH), (TANH_N, 100 * EPOCH))
    short, none = caught.value.needs
    assert (short.reached, none.reached) == (25 * EPOCH, 0)
    assert short.seconds == pytest.approx(0.75 * none.seconds)


def test_what_is_not_decided_tells_what_it_shows_so_far() -> None:
    (result,) = judge_claims([made_up(FIGURE_3_TANH, 25, activation_std=0.3)], [STD_CLAIM])
    assert result.verdict == "not yet run"
    assert "reached 500,000" in result.evidence
    assert result.measured == {"std": pytest.approx([0.3] * 5)}
    assert result.at == "the newest update of each run"


def test_result_is_strict_json() -> None:
    runs = [made_up(FIGURE_3_TANH, 95, activation_magnitude_p98=0.1)]
    (result,) = judge_claims(runs, ["tanh-sequential"])
    text = json.dumps(result.to_json(), allow_nan=False)
    shown = json.loads(text)
    assert shown["verdict"] in VERDICTS
    assert shown["measured"]["epochs"] == [None] * 5
    assert shown["test"]["statistic"]


def test_ratio_to_nothing_is_not_a_number() -> None:
    assert math.isnan(ratio(1.0, 0.0))
    assert ratio(1.0, 4.0) == 0.25


@pytest.mark.parametrize(("better", "verdict"), [(0.01, "confirmed"), (0.03, "contradicted")])
def test_rates_of_figures_are_held_against_longer_runs_at_other_rates(
    better: float, verdict: str
) -> None:
    """Figure 11 trains tanh at 0.01; a rate that was dropped early says nothing."""
    runs = [
        made_up(TANH, 25, rate=rate, validation_error=20.0 if rate == better else 25.0)
        for rate in (0.01, 0.03)
    ]
    runs.append(made_up(TANH, 24, rate=0.1, validation_error=10.0))
    (result,) = judge_claims(runs, ["setup-lr-validation"])
    assert result.verdict == verdict
    assert result.measured == {
        "trained_at": {"tanh": 0.01},
        "lowest_validation_error_at": {"tanh": {"500000": better}},
    }
    assert result.at.endswith("a tenth and half of the paper's")
    # Of two sets of runs at one rate the last one counted, which may be the worse.
    worse = made_up(TANH, 26, rate=better, validation_error=90.0)
    (again,) = judge_claims([*runs, worse], ["setup-lr-validation"])
    assert again.measured == result.measured
    (none,) = judge_claims(runs[:1], ["setup-lr-validation"])
    assert none.verdict == "not yet run"
    assert none.needs[0].experiment == "slower"


@pytest.mark.parametrize(
    ("error", "verdict"), [(20.0, "confirmed"), (21.0, "confirmed"), (21.3, "contradicted")]
)
def test_a_rate_that_cannot_be_told_from_the_best_is_as_good(error: float, verdict: str) -> None:
    """Two standard errors of a difference of 20 % on 10,000 images are 1.13 points."""
    runs = [
        made_up(TANH, 25, rate=0.01, validation_error=error),
        made_up(TANH, 25, rate=0.03, validation_error=20.0),
    ]
    (result,) = judge_claims(runs, ["setup-lr-validation"])
    assert result.verdict == verdict, result.evidence


@pytest.mark.parametrize(("late", "verdict"), [(20.0, "confirmed"), (14.0, "contradicted")])
def test_rates_are_compared_at_the_length_of_the_figures_too(late: float, verdict: str) -> None:
    """After 500,000 updates 0.01 is the best; after 2,500,000 it has to be among the best still."""
    runs = [
        made_up(TANH, 125, rate=0.01, validation_error=20.0),
        made_up(
            TANH, 125, rate=0.003, validation_error=lambda epoch: 25.0 if epoch <= 25 else late
        ),
    ]
    (result,) = judge_claims(runs, ["setup-lr-validation"])
    assert result.verdict == verdict, result.evidence
    assert "after 2,500,000 updates" in result.evidence


def test_a_rate_is_held_against_rates_with_the_same_inputs() -> None:
    """Figure 12 trains tanh on MNIST with inputs in [0, 1]."""
    tanh = on_dataset(TANH, "mnist")
    runs = [made_up(tanh, 25, rate=r, validation_error=e) for r, e in ((0.03, 3.0), (0.01, 4.0))]
    other = made_up(tanh, 25, rate=0.1, validation_error=1.0)
    other = with_range(other, (-1.0, 1.0))
    (result,) = judge_claims([*runs, other], ["setup-lr-validation"])
    assert result.verdict == "confirmed"
    assert "(0.01: 4.00, 0.03: 3.00)" in result.evidence


def test_the_label_of_runs_tells_inputs_that_are_not_the_default() -> None:
    run = made_up(on_dataset(SIGMOID, "mnist"), 25, rate=0.3, test_error=3.0)
    (plain,) = judge_claims([run], ["table1-mnist-sigmoid"])
    (other,) = judge_claims([with_range(run, (-1.0, 1.0))], ["table1-mnist-sigmoid"])
    assert "sigmoid on mnist (rate 0.3, seed 0): " in plain.evidence
    assert "sigmoid on mnist (rate 0.3, seed 0, inputs in [-1, 1]): " in other.evidence


def test_missing_runs_of_an_experiment_are_told_together() -> None:
    (result,) = judge_claims([], ["softsign-together"])
    assert result.evidence == "fig03 to update 1,900,000: softsign, tanh"


def test_needed_experiments_come_with_the_package() -> None:
    from glorot_repro.config.shipped import shipped_configs

    names = ("sigmoid", "tanh", "softsign", "dyn", "table1", "result", "cost-log", "setup-best")
    measured_here = ("sigmoid-initial-std", "dyn-init-weight-gradient")
    waiting = [name for name in CLAIMS if name.startswith(names) and name not in measured_here]
    needed = {need.experiment for one in judge_claims([], waiting) for need in one.needs}
    assert {"costs", "sigmoid4", "tapering", "second_order", "pretraining", "table1"} <= needed
    assert needed <= set(shipped_configs())


def test_models_of_a_claim_are_runs_of_the_experiment_that_it_names() -> None:
    from glorot_repro.config.experiment import load_experiment
    from glorot_repro.config.shipped import config_path

    for name in ("depths", "costs", "sigmoid4", "tapering", "second_order", "finite_shapeset"):
        runs = load_experiment(config_path(name)).runs
        models = {replace(model, experiment=name) for model in _models_of(name)}
        assert models
        for model in models:
            assert any(model.matches(run) for run in runs), (name, model.name)


def _models_of(experiment: str) -> list:
    from glorot_repro.report.claims.models import (
        of_depth,
        squared_error,
        tapering,
        with_optimizer,
    )

    return {
        "depths": [of_depth(model, depth) for model in (TANH, TANH_N, SIGMOID) for depth in (1, 5)],
        "costs": [squared_error(TANH), squared_error(TANH_N), TANH],
        "sigmoid4": [on_dataset(SIGMOID_4, name) for name in ("mnist", "cifar10")],
        "tapering": [tapering(TANH, is_growing=True), tapering(TANH_N, is_growing=False)],
        "second_order": [
            with_optimizer(TANH, "diagonal_hessian"),
            with_optimizer(TANH_N, "diagonal_hessian"),
            with_optimizer(TANH, "gradient_variance"),
        ],
        "finite_shapeset": [TANH_N_FINITE],
    }[experiment]


def test_the_spread_is_that_of_seeds_and_of_test_examples() -> None:
    runs = [
        made_up(TANH, 25, seed=seed, test_error=error)
        for seed, error in enumerate((20.0, 22.0, 27.0))
    ]
    group = Evidence(Bench(runs)).run(TANH, 25 * EPOCH)
    of_examples = 100 * math.sqrt(0.23 * 0.77 / 10_000)
    expected = math.hypot(of_examples, statistics.stdev((20, 22, 27)) / math.sqrt(3))
    for found in (group.error_with_spread(25 * EPOCH), group.best_error_with_spread()):
        assert found == pytest.approx((23, expected))
