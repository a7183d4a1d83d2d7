"""Initializers that draw every weight by itself, from one distribution of mean 0."""

import math
from typing import Literal

import numpy as np
from pydantic import Field

from glorot_repro.nn.initializer import ScaledInitializer, Weights
from glorot_repro.section import Count

TRUNCATION = 2.0
"""Standard deviations at which truncated normal distributions are cut off, as in Keras."""

TRUNCATED_VARIANCE = 1 - (
    2 * TRUNCATION * math.exp(-(TRUNCATION**2) / 2) / math.sqrt(2 * math.pi)
) / math.erf(TRUNCATION / math.sqrt(2))
"""Variance of N(0, 1) without what lies beyond TRUNCATION: 0.7737."""


class _Uniform(ScaledInitializer):
    family = "uniform"

    def bound(self, fan_in: int, fan_out: int) -> float:
        """a of U[-a, a], whose variance is a^2 / 3."""
        return math.sqrt(3) * self.std(fan_in, fan_out)

    def draw(self, generator: np.random.Generator, fan_in: int, fan_out: int) -> Weights:
        """(fan_out, fan_in) from U[-a, a)."""
        bound = self.bound(fan_in, fan_out)
        return generator.uniform(-bound, bound, (fan_out, fan_in))


class _Normal(ScaledInitializer):
    family = "normal"

    def draw(self, generator: np.random.Generator, fan_in: int, fan_out: int) -> Weights:
        """(fan_out, fan_in) from N(0, variance)."""
        return generator.normal(0.0, self.std(fan_in, fan_out), (fan_out, fan_in))


class Standard(_Uniform):
    """The heuristic of equation 1, with n the layer below (figure 7 needs that at the output)."""

    name: Literal["standard"] = "standard"
    formula = "U[-1/sqrt(fan_in), 1/sqrt(fan_in)]"
    source = "Glorot & Bengio (2010), eq. 1"

    def unit_variance(self, fan_in: int, fan_out: int) -> float:
        """1 / (3 fan_in), equation 15."""
        return 1 / (3 * fan_in)


class Normalized(_Uniform):
    """Normalized initialization, equation 16: the compromise of equation 12."""

    name: Literal["normalized"] = "normalized"
    formula = "U[-a, a], a = sqrt(6 / (fan_in + fan_out))"
    source = "Glorot & Bengio (2010), eq. 16"

    def unit_variance(self, fan_in: int, fan_out: int) -> float:
        """2 / (fan_in + fan_out), equation 12."""
        return 2 / (fan_in + fan_out)


class GlorotNormal(_Normal):
    """The variance of equation 12 from a normal distribution."""

    name: Literal["glorot_normal"] = "glorot_normal"
    formula = "N(0, 2 / (fan_in + fan_out))"
    source = "Glorot & Bengio (2010), eq. 12"

    def unit_variance(self, fan_in: int, fan_out: int) -> float:
        """2 / (fan_in + fan_out), equation 12."""
        return 2 / (fan_in + fan_out)


class TruncatedNormal(ScaledInitializer):
    """The variance of equation 12 from a normal distribution cut off at two of its std.

    Cutting takes away 23 % of the variance. `corrected` draws from a normal distribution wider by
    as much; `corrected: false` is what Keras did before version 2.2.3, and TensorFlow longer.
    """

    name: Literal["truncated_normal"] = "truncated_normal"
    family = "truncated normal"
    formula = "N(0, s^2) within 2 s, of variance 2 / (fan_in + fan_out) (0.774 of it uncorrected)"
    source = "Glorot & Bengio (2010), eq. 12; cut off as Keras does"

    corrected: bool = Field(
        True, description="make up for the variance that is cut off; Keras once did not"
    )

    def unit_variance(self, fan_in: int, fan_out: int) -> float:
        """2 / (fan_in + fan_out), equation 12; TRUNCATED_VARIANCE of that if not corrected."""
        left = 1.0 if self.corrected else TRUNCATED_VARIANCE
        return left * 2 / (fan_in + fan_out)

    def bound(self, fan_in: int, fan_out: int) -> float:
        """Two standard deviations of the normal distribution before it is cut off."""
        return TRUNCATION * self.std(fan_in, fan_out) / math.sqrt(TRUNCATED_VARIANCE)

    def draw(self, generator: np.random.Generator, fan_in: int, fan_out: int) -> Weights:
        """(fan_out, fan_in); what falls beyond the bound is drawn again."""
        weights = generator.standard_normal((fan_out, fan_in))
        outside = np.abs(weights) > TRUNCATION
        while n_outside := np.count_nonzero(outside):
            weights[outside] = generator.standard_normal(n_outside)
            outside = np.abs(weights) > TRUNCATION
        weights *= self.bound(fan_in, fan_out) / TRUNCATION
        return weights


class HeNormal(_Normal):
    """Keeps the forward variance through relu layers."""

    name: Literal["he_normal"] = "he_normal"
    formula = "N(0, 2 / fan_in)"
    source = "He et al. (2015), eq. 10"

    def unit_variance(self, fan_in: int, fan_out: int) -> float:
        """2 / fan_in."""
        return 2 / fan_in


class HeUniform(_Uniform):
    """The variance of he_normal from a uniform distribution."""

    name: Literal["he_uniform"] = "he_uniform"
    formula = "U[-a, a], a = sqrt(6 / fan_in)"
    source = "He et al. (2015), eq. 10"

    def unit_variance(self, fan_in: int, fan_out: int) -> float:
        """2 / fan_in."""
        return 2 / fan_in


class LecunNormal(_Normal):
    """Keeps the forward variance through linear layers."""

    name: Literal["lecun_normal"] = "lecun_normal"
    formula = "N(0, 1 / fan_in)"
    source = "LeCun et al. (1998), eq. 16"

    def unit_variance(self, fan_in: int, fan_out: int) -> float:
        """1 / fan_in, equation 10 of Glorot & Bengio (2010)."""
        return 1 / fan_in


class Sparse(ScaledInitializer):
    """Each unit hears `connections` units of the layer below, whatever the width of that."""

    name: Literal["sparse"] = "sparse"
    family = "sparse normal"
    formula = "N(0, 1) for `connections` weights of each unit, 0 for the others"
    source = "Martens (2010), section 5"

    has_independent_weights = False

    connections: Count = Field(15, description="nonzero incoming weights of each unit")

    def unit_variance(self, fan_in: int, fan_out: int) -> float:
        """connections / fan_in, zeros included; 1 if there are fewer units than connections."""
        return min(self.connections, fan_in) / fan_in

    def draw(self, generator: np.random.Generator, fan_in: int, fan_out: int) -> Weights:
        """(fan_out, fan_in), in each row `connections` nonzero weights at random places."""
        n_nonzero = min(self.connections, fan_in)
        # The places of the lowest of fan_in random numbers are a random choice without repetition.
        ranks = generator.random((fan_out, fan_in))
        places = np.argpartition(ranks, n_nonzero - 1, axis=1)[:, :n_nonzero]
        values = generator.normal(0.0, math.sqrt(self.gain), (fan_out, n_nonzero))
        weights = np.zeros((fan_out, fan_in))
        np.put_along_axis(weights, places, values, axis=1)
        return weights
