"""Singular values of the Jacobian of one layer, J = dz_l / dz_(l-1) = diag(f'(s_l)) W_l.

Equation 17 of the paper, with W_l (fan_out, fan_in): measured for one example, and predicted for
random weights and any distribution of slopes.
"""

import math

import numpy as np
from numpy.typing import NDArray

from glorot_repro.measure.quadrature import normal_nodes

Array = NDArray[np.floating]
Values = NDArray[np.float64]

N_SLOPES = 128
"""Nodes of the slope distribution in `mean_singular_value`; 1e-6 of the mean up to tanh(30 u)."""

N_SLOPES_OF_STEPS = 1024
"""As many for slopes that change within a node's width, at 8 times the cost: 1 % up to tanh(500 u).

Slopes that jump away from 0, as those of hard_tanh and hard_sigmoid, fall between two nodes: 0.5 %
for pre-activations of standard deviations up to 3, 2 % up to 17.
"""

MOST_UNITS = 2000
"""Singular values of larger layers are not measured: 2 minutes for 10,000 x 10,000 units, 1 s here.

The time grows with the cube of the smaller of a layer's inputs and units.
"""

_N_ORDERS = 24
_N_BISECTIONS = 48


def is_measurable(weights: Array) -> bool:
    """Whether the singular values of a layer take reasonable time: at most MOST_UNITS of them."""
    return min(weights.shape) <= MOST_UNITS


def jacobian_singular_values(slopes: Array, weights: Array) -> tuple[float, float]:
    """Mean and largest of the min(fan_out, fan_in) singular values of diag(slopes) W.

    slopes: (fan_out,), f'(s) of one example; weights: (fan_out, fan_in). From the eigenvalues of
    the smaller Gram matrix in float64: 80 ms at 1000 x 1000 on one core, against 142 for the
    singular value decomposition in either dtype and 75 in float32. Error: the largest to 1e-12,
    each other one, and so the mean, to at most sqrt(2^-52 x 1000) = 5e-7 of the largest, and to
    1e-12 unless most are that small. NaN if an entry is not finite or there are none.
    """
    jacobian = np.multiply(weights, slopes[:, None], dtype=np.float64)
    largest_entry = float(np.abs(jacobian).max()) if jacobian.size else math.nan
    if not math.isfinite(largest_entry):
        return math.nan, math.nan
    if largest_entry == 0:
        return 0.0, 0.0
    jacobian /= largest_entry  # the squares of a vanishing layer must not underflow
    fan_out, fan_in = jacobian.shape
    gram = jacobian @ jacobian.T if fan_out <= fan_in else jacobian.T @ jacobian
    squares = np.linalg.eigvalsh(gram)
    singular_values = np.sqrt(np.maximum(squares, 0.0))
    return (
        float(singular_values.mean()) * largest_entry,
        float(singular_values[-1]) * largest_entry,
    )


def mean_singular_value(slopes: Values, *, forward_gain: float, aspect: float) -> Values:
    """Mean singular value of diag(slopes) W for large random W, one per row of `slopes`.

    slopes: (rows, n), f' at the nodes `normal_nodes(n)`, N_SLOPES for smooth functions;
    forward_gain: fan_in Var[W]; aspect: fan_out / fan_in. The mean is over the
    min(fan_out, fan_in) singular values.

    The squares follow the law of Marchenko and Pastur (1967) for sample covariances whose
    population variances are t = gain x slope^2. With m(s) the normalized trace of (J^T J + s)^-1,

        s = 1/m - aspect E[t / (1 + t m)]        r = 1 - s m = aspect E[t m / (1 + t m)]

    and sqrt(x) = (1/pi) integral of x / (x + s) ds / sqrt(s), partly integrated, the sum of the
    singular values over fan_in is (2/pi) integral of sqrt((1 - r) / m(r)) dr from 0 to the largest
    r, min(1, aspect P(t > 0)). r = r_max sin^2 leaves no square root at either end; m(r) by
    bisection. All slopes 1 and aspect 1: 8 / (3 pi) sqrt(gain), the quarter circle.
    """
    probabilities = normal_nodes(slopes.shape[1])[1]
    squares = slopes**2
    largest = squares.max(axis=1)
    is_used = (largest > 0) & np.isfinite(largest)
    result = np.where(np.isfinite(largest), 0.0, math.nan)
    if is_used.any() and math.isfinite(forward_gain) and forward_gain > 0:
        t = squares[is_used] / largest[is_used, None]
        # Row by row: what one needs stays in the core's own cache, 1.5 times as fast as all.
        per_fan_in = np.array([_mean_root(row, probabilities, aspect) for row in t])
        per_fan_in *= np.sqrt(forward_gain * largest[is_used])
        result[is_used] = per_fan_in / min(1.0, aspect)
    elif not math.isfinite(forward_gain):
        result[:] = math.nan
    return result


def _mean_root(t: Values, probabilities: Values, aspect: float) -> float:
    """The integral of `mean_singular_value` for population variances t (nodes,), max 1."""
    nodes, node_weights = np.polynomial.legendre.leggauss(_N_ORDERS)
    angles = (nodes + 1) * (math.pi / 4)
    r_max = min(1.0, aspect * float((t > 0) @ probabilities))
    r = r_max * np.sin(angles) ** 2
    dr = r_max * np.sin(2 * angles) * (node_weights * (math.pi / 4))

    low = np.full(r.shape, -40.0)  # of log m
    high = np.full(r.shape, 80.0)
    for _ in range(_N_BISECTIONS):
        middle = (low + high) / 2
        tm = np.exp(middle)[:, None] * t
        is_below = aspect * ((tm / (1 + tm)) @ probabilities) < r
        low, high = np.where(is_below, middle, low), np.where(is_below, high, middle)
    roots = np.sqrt((1 - r) * np.exp(-(low + high) / 2))
    return float((roots * dr).sum()) * (2 / math.pi)
