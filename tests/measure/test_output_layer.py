"""The spread of the logits and the distance of the biases from the class shares."""

import math

import numpy as np
import pytest

from glorot_repro.measure.output_layer import bias_prior_distance, class_shares, logit_std


def test_logit_std_is_blind_to_biases() -> None:
    hidden = np.random.default_rng(1).normal(size=(40, 3)) * [1.0, 2.0, 3.0]
    pooled = math.sqrt(sum(float(np.std(hidden[:, k])) ** 2 for k in range(3)) / 3)
    assert logit_std(hidden) == pytest.approx(pooled, rel=1e-12)
    assert logit_std(hidden + [5.0, -1.0, 0.5]) == pytest.approx(pooled, rel=1e-12)
    assert logit_std(np.tile(hidden[:1], (40, 1))) < 1e-14


def test_biases_at_the_log_of_the_priors_have_no_distance() -> None:
    priors = np.array([0.5, 0.3, 0.2])
    assert bias_prior_distance(np.log(priors) + 7, priors) == pytest.approx(0, abs=1e-15)
    assert bias_prior_distance(np.zeros(3, np.float32), priors) == pytest.approx(
        (0.5 - 1 / 3), abs=1e-7
    )


def test_shares_count_every_class() -> None:
    assert class_shares(np.array([2, 0, 2, 2], np.uint8), 4).tolist() == [0.25, 0, 0.75, 0]
    assert np.isnan(class_shares(np.zeros(0, np.uint8), 2)).all()
