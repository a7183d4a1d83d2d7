"""Initializers whose weights depend on each other, or are not random at all."""

import math
from typing import Literal

import numpy as np
from pydantic import Field

from glorot_repro.nn.initializer import Initializer, ScaledInitializer, Weights
from glorot_repro.section import Moderate


class Orthogonal(ScaledInitializer):
    """Rows (or columns, if there are more rows) of length sqrt(gain), at right angles.

    A square matrix keeps the length of every signal, both ways. Where fan_in and fan_out differ
    the shorter side is orthonormal, and the variance is that of the longer: fan_in Var[W] =
    fan_in / max(fan_in, fan_out).
    """

    name: Literal["orthogonal"] = "orthogonal"
    family = "orthogonal"
    formula = "Q of a normal matrix, uniform among all with orthonormal rows or columns"
    source = "Saxe et al. (2014); signs as in Mezzadri (2007)"
    has_independent_weights = False

    def unit_variance(self, fan_in: int, fan_out: int) -> float:
        """1 / max(fan_in, fan_out)."""
        return 1 / max(fan_in, fan_out)

    def bound(self, fan_in: int, fan_out: int) -> float | None:
        """sqrt(gain), the length of a row or column."""
        return math.sqrt(self.gain)

    def draw(self, generator: np.random.Generator, fan_in: int, fan_out: int) -> Weights:
        """(fan_out, fan_in); 30 ms for 1000 x 1000 on one core."""
        tall = generator.standard_normal((max(fan_in, fan_out), min(fan_in, fan_out)))
        q, r = np.linalg.qr(tall)
        # Householder's signs are not random: those of R's diagonal make Q uniform.
        q *= np.where(np.diagonal(r) < 0, -math.sqrt(self.gain), math.sqrt(self.gain))
        return np.ascontiguousarray(q if fan_out >= fan_in else q.T)


class LayerSequentialUnitVariance(Orthogonal):
    """Orthogonal weights, then rescaled from the input upwards by the first training examples.

    Each layer is scaled so that its pre-activations have variance 1 (with gain: that variance) over
    units and examples, see `glorot_repro.nn.calibration`.
    """

    name: Literal["lsuv"] = "lsuv"  # type: ignore[assignment]
    formula = "orthogonal, rescaled to Var[s] = 1 on the first training examples"
    source = "Mishkin & Matas (2016)"
    needs_examples = True

    def variance(self, fan_in: int, fan_out: int) -> None:
        """None: the examples decide."""

    def bound(self, fan_in: int, fan_out: int) -> None:
        """None: the examples decide."""


class Identity(ScaledInitializer):
    """sqrt(gain) on the diagonal: each unit repeats one of the layer below."""

    name: Literal["identity"] = "identity"
    family = "identity"
    formula = "1 on the diagonal, 0 elsewhere"
    source = "Le, Jaitly & Hinton (2015)"
    has_mean_zero = False

    def unit_variance(self, fan_in: int, fan_out: int) -> float:
        """1 / max(fan_in, fan_out), the mean square."""
        return 1 / max(fan_in, fan_out)

    def variance(self, fan_in: int, fan_out: int) -> None:
        """None: theory is for weights of mean 0."""

    def bound(self, fan_in: int, fan_out: int) -> float:
        """sqrt(gain)."""
        return math.sqrt(self.gain)

    def draw(self, generator: np.random.Generator, fan_in: int, fan_out: int) -> Weights:
        """(fan_out, fan_in), nothing random."""
        return math.sqrt(self.gain) * np.eye(fan_out, fan_in)


class Constant(Initializer):
    """One value for every weight: the units of a layer stay identical for ever."""

    family = "constant"
    formula = "value"
    source = "for demonstration"
    has_mean_zero = False

    name: Literal["constant"] = "constant"
    value: Moderate = Field(0.01, description="the value of every weight")

    def variance(self, fan_in: int, fan_out: int) -> None:
        """None: theory is for weights of mean 0."""

    def bound(self, fan_in: int, fan_out: int) -> float:
        """The value without its sign."""
        return abs(self.value)

    def draw(self, generator: np.random.Generator, fan_in: int, fan_out: int) -> Weights:
        """(fan_out, fan_in), all `value`."""
        return np.full((fan_out, fan_in), self.value)


class Zeros(Initializer):
    """Zero weights, which cannot learn: every unit of a layer gets the same gradient."""

    family = "constant"
    formula = "0"
    source = "for demonstration"

    name: Literal["zeros"] = "zeros"

    def variance(self, fan_in: int, fan_out: int) -> float:
        """0: nothing is random."""
        return 0.0

    def bound(self, fan_in: int, fan_out: int) -> float:
        """0."""
        return 0.0

    def draw(self, generator: np.random.Generator, fan_in: int, fan_out: int) -> Weights:
        """(fan_out, fan_in), all zero."""
        return np.zeros((fan_out, fan_in))
