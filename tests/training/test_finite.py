"""Numbers that are not finite: found without the gradient as with it, and named by their layer."""

import math

import numpy as np
import pytest

from glorot_repro.nn.parameters import Parameters
from glorot_repro.training.finite import NonFiniteError, check_factors, check_gradient

GREATEST = float(np.finfo(np.float32).max)


@pytest.mark.parametrize("delta", [1e-30, 1e25, 0.6 * GREATEST, math.inf, math.nan])
@pytest.mark.parametrize("layer_input", [0.0, 1e-30, 1e25, math.inf, math.nan])
def test_factors_are_refused_where_the_gradient_would_be(delta: float, layer_input: float) -> None:
    """Two examples: a sum of two deltas of 0.6 of the greatest number is infinite."""
    x, e = np.full((2, 3), layer_input, np.float32), np.full((2, 4), delta, np.float32)
    with np.errstate(all="ignore"):
        gradient = [*(e.T @ x).ravel(), *e.sum(axis=0)]
        if np.isfinite(gradient).all():
            check_factors(5, x, e)
            return
        with pytest.raises(NonFiniteError) as caught:
            check_factors(5, x, e)
    assert (caught.value.layer, caught.value.what) == (5, "gradient")


@pytest.mark.parametrize("part", ["weights", "biases"])
@pytest.mark.parametrize("bad", [math.nan, -math.inf])
def test_the_topmost_layer_is_named(part: str, bad: float) -> None:
    gradient = Parameters((3, 4, 5, 2))
    gradient.flat.fill(1e30)  # its square overflows
    with np.errstate(over="ignore"):
        check_gradient(gradient)
    for layer in (1, 2):
        getattr(gradient, part)[layer - 1].flat[0] = bad
    with np.errstate(all="ignore"), pytest.raises(NonFiniteError) as caught:
        check_gradient(gradient, what="curvature")
    assert (caught.value.layer, caught.value.what) == (2, "curvature")
