"""Runs whose curves have no value near the update that a claim is about."""

import pytest
from made_up_claims import Curve, by_layer, histograms_of, made_up

from glorot_repro.report.claims.evidence import Bench, Evidence
from glorot_repro.report.claims.groups import SparseCurve
from glorot_repro.report.claims.judging import judge_claims
from glorot_repro.report.claims.models import FIGURE_3_TANH
from glorot_repro.report.digitized import EPOCH
from glorot_repro.runs.reading import RunRecord

FIGURE_4 = (0.641, 0.679, 0.545, 0.399, 0.24)
AT_START = (0.309, 0.164, 0.091, 0.051, 0.029)
PRINTED_SHARES = (0.132, 0.199, 0.097, 0.043, 0.02)


def trained(epoch: float, layer: int) -> float:
    return (FIGURE_4 if epoch else AT_START)[layer - 1]


def error(epoch: float) -> float:
    return 20.0 if epoch else 83.0


def sparse(**curves: Curve) -> RunRecord:
    """A run of 2,500,000 updates with `record.every=0` and `evaluation.every=0`."""
    return made_up(FIGURE_3_TANH, 125, recorded=(0, 125), **curves)  # type: ignore[arg-type]


def test_the_initialization_is_not_judged_as_epoch_95() -> None:
    """2,500,000 updates with records at the start and the end contradicted the claim."""
    (result,) = judge_claims([sparse(activation_std=trained)], ["tanh-std-end"])
    assert result.verdict == "not yet run"
    assert result.evidence == (
        "fig03 to update 1,900,000: tanh; left out: tanh (rate 0.01, seed 0, inputs in [0, 1], "
        "bright share 0.5), which has no activation_std between updates 0 and 1,900,000"
    )
    assert result.measured is None
    (need,) = result.needs
    assert (need.experiment, need.reached) == ("fig03", 0)


def test_a_run_with_records_is_judged_though_one_without_is_longer() -> None:
    runs = [
        sparse(activation_std=trained),
        made_up(FIGURE_3_TANH, 95, activation_std=by_layer(*FIGURE_4)),
    ]
    (result,) = judge_claims(runs, ["tanh-std-end"])
    assert result.verdict == "confirmed", result.evidence
    assert result.runs == (runs[1].path,)
    assert "left out" not in result.evidence


def test_records_a_little_before_the_update_are_near_enough() -> None:
    epochs = (0, 94, 125)
    run = made_up(FIGURE_3_TANH, 125, recorded=epochs, activation_std=by_layer(*FIGURE_4))
    (result,) = judge_claims([run], ["tanh-std-end"])
    assert result.verdict == "confirmed", result.evidence


def test_records_of_a_schedule_wider_than_an_epoch_order_no_passages() -> None:
    """All layers "passed" 0.95 at the same record."""
    run = made_up(FIGURE_3_TANH, 95, recorded=(0, 50, 95), activation_magnitude_p98=0.99)
    (result,) = judge_claims([run], ["tanh-sequential"])
    assert result.verdict == "not yet run"
    assert "no activation_magnitude_p98 between updates 0 and 1,000,000" in result.evidence


def test_a_quantity_that_was_not_recorded_contradicts_nothing() -> None:
    """Of runs of before it was recorded, NaN was held against the printed values."""
    run = made_up(FIGURE_3_TANH, 95, activation_std=by_layer(*FIGURE_4))
    (result,) = judge_claims([run], ["tanh-saturated-mass"])
    assert result.verdict == "not yet run"
    assert "which has no activation_fully_saturated" in result.evidence
    shares = made_up(
        FIGURE_3_TANH, 95, recorded=range(96), activation_fully_saturated=by_layer(*PRINTED_SHARES)
    )
    (result,) = judge_claims([run, shares], ["tanh-saturated-mass"])
    assert result.verdict == "confirmed", result.evidence


def test_an_old_run_is_judged_by_the_percentiles_that_it_has() -> None:
    def low(epoch: float, layer: int) -> float:
        return -0.99 if epoch >= (3, 6, 10, 20, 50)[layer - 1] else -0.1

    run = made_up(FIGURE_3_TANH, 95, activation_p1=low, activation_p99=0.1)
    (result,) = judge_claims([run], ["tanh-sequential"])
    assert result.verdict == "confirmed", result.evidence


def test_histograms_far_from_epoch_95_are_no_final_densities() -> None:
    samples = [[-1.0, 1.0]] * 5
    for epoch, verdict in ((94, "confirmed"), (125, "not yet run")):
        histograms = histograms_of(samples, epoch * EPOCH)  # type: ignore[arg-type]
        run = made_up(FIGURE_3_TANH, 125, histograms=histograms)
        (result,) = judge_claims([run], ["tanh-modes"])
        assert result.verdict == verdict, result.evidence


def test_a_final_error_is_no_mean_of_the_first_and_the_last() -> None:
    """With `evaluation.every=0` the mean of "the last 20" was that of chance and the result."""
    group = Evidence(Bench([sparse(test_error=error)])).run(FIGURE_3_TANH, 125 * EPOCH)
    with pytest.raises(SparseCurve, match="no test_error between updates 0 and 2,500,000"):
        group.error_near(125 * EPOCH)
    # The lowest validation error is what early stopping would have taken all the same.
    assert group.best_error() == 20.0


def test_errors_after_the_update_are_not_those_up_to_it() -> None:
    group = Evidence(Bench([sparse(test_error=error)])).run(FIGURE_3_TANH, 25 * EPOCH)
    for statistic in (group.best_error, group.best_validation_error):
        with pytest.raises(SparseCurve, match="no validation_error between updates 0 and 500,000"):
            statistic()
