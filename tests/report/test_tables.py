import math

import pytest

from glorot_repro.report.densities import Measured
from glorot_repro.report.tables import measured_text, number_text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.3086, "0.309"),
        (7.2, "7.20"),
        (13.55, "13.6"),
        (264.6, "265"),
        (0.00579, "0.00579"),
        (8.9e-5, "8.90e-05"),
    ],
)  # fmt: skip
def test_numbers_have_three_digits(value: float, text: str) -> None:
    assert number_text(value) == text


def test_spread_has_the_decimals_of_its_mean() -> None:
    assert measured_text(Measured(0.05934, 0.00061)) == "0.0593 ± 0.0006"


def test_what_is_not_known_is_left_out() -> None:
    assert number_text(math.nan) == "–"
    assert measured_text(Measured(0.5, math.nan)) == "0.500"
    assert measured_text(Measured(math.nan, math.nan)) == "–"
    assert number_text(0.0) == "0.00"
