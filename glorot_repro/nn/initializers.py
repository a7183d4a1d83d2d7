"""All initializers by name: what the weights of a layer are drawn from."""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any, cast

import numpy as np
from pydantic import ValidationInfo, field_validator

from glorot_repro.choice import variant_of
from glorot_repro.nn.initializer import RECOMMENDED_GAINS, Initializer, Weights
from glorot_repro.nn.initializer_independent import (
    GlorotNormal,
    HeNormal,
    HeUniform,
    LecunNormal,
    Normalized,
    Sparse,
    Standard,
    TruncatedNormal,
)
from glorot_repro.nn.initializer_structured import (
    Constant,
    Identity,
    LayerSequentialUnitVariance,
    Orthogonal,
    Zeros,
)
from glorot_repro.nn.plugins import load_object
from glorot_repro.section import is_by_name, reject

__all__ = [
    "INITIALIZERS",
    "INITIALIZER_ALIASES",
    "RECOMMENDED_GAINS",
    "AnyInitializer",
    "Initializer",
    "Normalized",
    "OwnInitializer",
    "Standard",
    "Weights",
]


class OwnInitializer(Initializer):
    """The reader's own: `module:object`, a function (generator, fan_in, fan_out) -> weights.

    The weights have the shape (fan_out, fan_in); draw from `generator` alone to stay repeatable.
    """

    family = "own"
    formula = "the reader's function"
    source = "module:object"

    name: str

    @field_validator("name")
    @classmethod
    def _draws_the_right_shape(cls, name: str, info: ValidationInfo) -> str:
        if not re.fullmatch(r"[^:]+:[^:]+", name):
            reject("expected module:object")
        if not is_by_name(name, info):
            own_draw(name)
        return name

    def variance(self, fan_in: int, fan_out: int) -> None:
        """None: only the drawn weights tell."""

    def draw(self, generator: np.random.Generator, fan_in: int, fan_out: int) -> Weights:
        """What the reader's function draws; ValueError if its shape or values are wrong."""
        return _checked_draw(self.name, own_draw(self.name), generator, fan_in, fan_out)


Draw = Callable[[np.random.Generator, int, int], Weights]


@lru_cache
def own_draw(name: str) -> Draw:
    """The reader's function of `module:object`. Raises ValueError if it draws no weights."""
    found = load_object(name, kind="initializer")
    if not callable(found):
        message = (
            f"initializer '{name}' is a {type(found).__name__}; "
            "expected a function (generator, fan_in, fan_out)"
        )
        raise ValueError(message)
    draw = cast(Draw, found)
    first, again = (_checked_draw(name, draw, np.random.default_rng(0), 3, 5) for _ in range(2))
    if not np.array_equal(first, again):
        message = (
            f"initializer '{name}' draws other weights from an equal generator; "
            "let it take all its random numbers from there"
        )
        raise ValueError(message)
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
    "truncated_normal": TruncatedNormal,
    "orthogonal": Orthogonal,
    "lsuv": LayerSequentialUnitVariance,
    "sparse": Sparse,
    "identity": Identity,
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
