"""Initializers: what the weights are drawn from.

With gain g an initializer draws g times the variance of its formula, so that
{name: normalized, gain: 1.27} has n Var[W] = 1.27 between layers of n units.
"""

import math
from collections.abc import Callable
from functools import lru_cache
from typing import Any, ClassVar, Literal, cast

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, field_validator

from glorot_repro.choice import variant_of
from glorot_repro.nn.plugins import load_object
from glorot_repro.section import Section

Weights = NDArray[np.float64]


class Initializer(Section):
    """The base of all initializers.

    family: the distribution's name; formula and source: what is drawn, and who proposed it.
    """

    family: ClassVar[str]
    formula: ClassVar[str]
    source: ClassVar[str]

    name: str

    def variance(self, fan_in: int, fan_out: int) -> float | None:
        """Var[W] of a layer, None where no formula is known."""
        raise NotImplementedError

    def draw(self, generator: np.random.Generator, fan_in: int, fan_out: int) -> Weights:
        """Weights of one layer, (fan_out, fan_in), float64."""
        raise NotImplementedError


class _Scaled(Initializer):
    gain: float = Field(1.0, gt=0, description="factor on the variance of the weights")

    def unit_variance(self, fan_in: int, fan_out: int) -> float:
        """Var[W] at gain 1."""
        raise NotImplementedError

    def variance(self, fan_in: int, fan_out: int) -> float:
        """Var[W] = gain x the formula's variance."""
        return self.gain * self.unit_variance(fan_in, fan_out)


class _Uniform(_Scaled):
    family = "uniform"

    def bound(self, fan_in: int, fan_out: int) -> float:
        """a of U[-a, a], whose variance is a^2 / 3."""
        return math.sqrt(3 * self.variance(fan_in, fan_out))

    def draw(self, generator: np.random.Generator, fan_in: int, fan_out: int) -> Weights:
        """(fan_out, fan_in) from U[-a, a)."""
        bound = self.bound(fan_in, fan_out)
        return generator.uniform(-bound, bound, (fan_out, fan_in))


class _Normal(_Scaled):
    family = "normal"

    def draw(self, generator: np.random.Generator, fan_in: int, fan_out: int) -> Weights:
        """(fan_out, fan_in) from N(0, variance)."""
        return generator.normal(0.0, math.sqrt(self.variance(fan_in, fan_out)), (fan_out, fan_in))


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


class Constant(Initializer):
    """One value for every weight: the units of a layer stay identical for ever."""

    family = "constant"
    formula = "value"
    source = "for demonstration"

    name: Literal["constant"] = "constant"
    value: float = Field(0.01, description="the value of every weight")

    def variance(self, fan_in: int, fan_out: int) -> None:
        """None: theory is for weights of mean 0."""

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

    def draw(self, generator: np.random.Generator, fan_in: int, fan_out: int) -> Weights:
        """(fan_out, fan_in), all zero."""
        return np.zeros((fan_out, fan_in))


class OwnInitializer(Initializer):
    """The reader's own: `module:object`, a function (generator, fan_in, fan_out) -> weights.

    The weights have the shape (fan_out, fan_in); draw from `generator` alone to stay repeatable.
    """

    family = "own"
    formula = "the reader's function"
    source = "module:object"

    name: str = Field(pattern=r"^[^:]+:[^:]+$")

    @field_validator("name")
    @classmethod
    def _draws_the_right_shape(cls, name: str) -> str:
        _own_draw(name)
        return name

    def variance(self, fan_in: int, fan_out: int) -> None:
        """None: only the drawn weights tell."""

    def draw(self, generator: np.random.Generator, fan_in: int, fan_out: int) -> Weights:
        """What the reader's function draws; ValueError if its shape or values are wrong."""
        return _checked_draw(self.name, _own_draw(self.name), generator, fan_in, fan_out)


Draw = Callable[[np.random.Generator, int, int], Weights]


@lru_cache
def _own_draw(name: str) -> Draw:
    found = load_object(name, kind="initializer")
    if not callable(found):
        message = (
            f"initializer '{name}' is a {type(found).__name__}; "
            "expected a function (generator, fan_in, fan_out)"
        )
        raise ValueError(message)
    draw = cast(Draw, found)
    _checked_draw(name, draw, np.random.default_rng(0), 3, 5)
    return draw


def _checked_draw(
    name: str, draw: Draw, generator: np.random.Generator, fan_in: int, fan_out: int
) -> Weights:
    try:
        weights = np.asarray(draw(generator, fan_in, fan_out), dtype=np.float64)
    except Exception as error:  # the reader's code may fail in any way
        message = f"initializer '{name}' failed for fan_in {fan_in}, fan_out {fan_out}: {error}"
        raise ValueError(message) from error
    if weights.shape != (fan_out, fan_in):
        message = (
            f"initializer '{name}' returned shape {weights.shape}; "
            f"expected (fan_out, fan_in) = {(fan_out, fan_in)}"
        )
        raise ValueError(message)
    if not np.isfinite(weights).all():
        message = f"initializer '{name}' returned numbers that are not finite"
        raise ValueError(message)
    return weights


INITIALIZERS: dict[str, type[Initializer]] = {
    "standard": Standard,
    "normalized": Normalized,
    "glorot_normal": GlorotNormal,
    "he_normal": HeNormal,
    "he_uniform": HeUniform,
    "lecun_normal": LecunNormal,
    "constant": Constant,
    "zeros": Zeros,
}

INITIALIZER_ALIASES = {
    "glorot_uniform": "normalized",
    "xavier_uniform": "normalized",
    "xavier_normal": "glorot_normal",
}

AnyInitializer: Any = variant_of(
    "initializer", INITIALIZERS, aliases=INITIALIZER_ALIASES, own=OwnInitializer
)
