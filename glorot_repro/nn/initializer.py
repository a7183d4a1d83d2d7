"""What every initializer can tell, and the gain that most of them have.

With gain g an initializer draws g times the variance of its formula, so that
{name: normalized, gain: 1.27} has n Var[W] = 1.27 between layers of n units.
"""

import math
from abc import abstractmethod
from typing import Annotated, ClassVar, LiteralString

import numpy as np
from numpy.typing import NDArray
from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from glorot_repro.nn.rectifiers import LEAK
from glorot_repro.section import LARGEST, Section, reject
from glorot_repro.wording import unknown_name

Weights = NDArray[np.float64]

RECOMMENDED_GAINS: dict[str, float] = {
    "linear": 1.0,
    "sigmoid": 1.0,
    "tanh": (5 / 3) ** 2,
    "relu": 2.0,
    "leaky_relu": 2 / (1 + LEAK**2),
    "selu": (3 / 4) ** 2,
}
"""Gains by the name of the activation below: the squares of those that PyTorch recommends
(torch.nn.init.calculate_gain), which multiply the standard deviation.

They are meant for formulas that know no activation, such as normalized, lecun_normal and
orthogonal; he_normal and he_uniform have the 2 of relu already."""


def _gain_of_name(value: object) -> object:
    if not isinstance(value, str):
        return value
    if not value.isidentifier():
        reject(f"expected a number above 0, or one of {', '.join(sorted(RECOMMENDED_GAINS))}")
    if value not in RECOMMENDED_GAINS:
        message = unknown_name("gain", value, [*RECOMMENDED_GAINS, "a number above 0"])
        kind: LiteralString = "unknown_name"
        raise PydanticCustomError(kind, "{message}", {"message": message})
    return RECOMMENDED_GAINS[value]


Gain = Annotated[
    float,
    Field(gt=0, le=LARGEST),
    BeforeValidator(
        _gain_of_name,
        json_schema_input_type=Annotated[
            float | str,
            Field(
                json_schema_extra={
                    "anyOf": [
                        {"type": "number", "exclusiveMinimum": 0, "maximum": LARGEST},
                        {"enum": sorted(RECOMMENDED_GAINS)},
                    ]
                }
            ),
        ],
    ),
]
"""A positive number, or the name of an activation, which stands for its recommended gain."""


class Initializer(Section):
    """The base of all initializers.

    family: the distribution's name; formula and source: what is drawn, and who proposed it.
    needs_examples: whether `glorot_repro.nn.calibration` then rescales what was drawn.
    has_independent_weights: whether the weights of a layer are drawn independently of each other.
    has_mean_zero: whether they are meant to have mean 0, as theory has them.
    """

    family: ClassVar[str]
    formula: ClassVar[str]
    source: ClassVar[str]
    needs_examples: ClassVar[bool] = False
    has_independent_weights: ClassVar[bool] = True
    has_mean_zero: ClassVar[bool] = True

    name: str

    @abstractmethod
    def variance(self, fan_in: int, fan_out: int) -> float | None:
        """Mean square of weights of mean 0, None where no formula tells it."""

    def bound(self, fan_in: int, fan_out: int) -> float | None:
        """The largest absolute value of a weight, None where there is no bound."""
        return None

    @abstractmethod
    def draw(self, generator: np.random.Generator, fan_in: int, fan_out: int) -> Weights:
        """Weights of one layer, (fan_out, fan_in), float64."""


class ScaledInitializer(Initializer):
    """An initializer with a gain."""

    gain: Gain = Field(
        1.0,
        description="factor on the variance of the weights: a number, or the name of an "
        "activation for its usual gain (tanh 25/9, relu 2, selu 9/16)",
    )

    @abstractmethod
    def unit_variance(self, fan_in: int, fan_out: int) -> float:
        """Var[W] at gain 1."""

    def variance(self, fan_in: int, fan_out: int) -> float | None:
        """Var[W] = gain x the formula's variance."""
        return self.gain * self.unit_variance(fan_in, fan_out)

    def std(self, fan_in: int, fan_out: int) -> float:
        """The square root of gain x the formula's variance."""
        return math.sqrt(self.gain * self.unit_variance(fan_in, fan_out))
