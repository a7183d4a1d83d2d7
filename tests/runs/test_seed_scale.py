"""Which quantities are compared over seeds, and on which scale."""

import math

import pytest

from glorot_repro.runs.seed_scale import has_band, is_logarithmic, on_scale


@pytest.mark.parametrize(
    ("quantity", "is_compared", "by_logarithm"),
    [
        ("activation_std", True, True),
        ("backprop_std_theory", True, True),
        ("weight_gradient_std", True, True),
        ("logit_std", True, True),
        ("training_cost", True, True),
        ("jacobian_singular_mean", True, True),
        ("jacobian_singular_mean_theory", True, True),
        ("jacobian_singular_max", False, False),
        ("activation_mean", False, False),
        ("activation_mean_theory", False, False),
        ("activation_p98", False, False),
        ("activation_magnitude_p98", False, False),
        ("activation_fully_saturated", False, False),
        ("validation_error", False, False),
        ("bias_prior_distance", False, False),
        ("activation_bits", True, False),
        ("units_identical", True, False),
    ],
)
def test_quantities_are_compared_by_what_they_are(
    quantity: str, is_compared: bool, by_logarithm: bool
) -> None:
    assert has_band(quantity) is is_compared
    assert is_logarithmic(quantity) is by_logarithm


def test_values_on_their_scale() -> None:
    std, bits = (0, 1, "backprop_std"), (0, 1, "backprop_bits")
    assert on_scale(std, {std: math.e**2}) == pytest.approx(2)
    assert on_scale(bits, {bits: 32.0}) == 32
    assert on_scale(std, {std: 0.0}) == -math.inf
    assert math.isnan(on_scale(std, {std: -1.0}))
    assert math.isnan(on_scale(std, {bits: 32.0}))
