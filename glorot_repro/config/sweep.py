"""The settings of `init sweep`, and one initializer by itself: `key=value`, as in the YAML."""

from collections.abc import Sequence
from typing import Annotated, cast

from pydantic import Field, model_validator

from glorot_repro.config.mistakes import Mistake, raise_first
from glorot_repro.config.model import ActivationName
from glorot_repro.config.node import Node, Place
from glorot_repro.config.plan import option_nodes
from glorot_repro.config.validation import validated
from glorot_repro.nn.activations import ACTIVATIONS
from glorot_repro.nn.initializers import INITIALIZERS, AnyInitializer, Initializer
from glorot_repro.section import Section, reject

MOST_NUMBERS = 400_000_000
"""Weights of the deepest network, or values of its units: 3.2 GB in float64."""

DEFAULT_INITIALIZERS = ("standard", "normalized", "he_normal", "orthogonal", "lsuv")
"""At equal widths the variances decide: the others repeat one of these, or are for another use."""


def _default_initializers() -> tuple[Initializer, ...]:
    return tuple(INITIALIZERS[name](name=name) for name in DEFAULT_INITIALIZERS)


class SweepSection(Section):
    """Activations x initializers x depths, at initialization only."""

    activations: tuple[ActivationName, ...] = Field(
        tuple(ACTIVATIONS), min_length=1, description="activations to compare; all by default"
    )
    initializers: tuple[AnyInitializer, ...] = Field(
        default_factory=_default_initializers,
        min_length=1,
        description="initializers to compare, names or {name, gain, ...}",
    )
    depths: tuple[Annotated[int, Field(ge=2, le=1000)], ...] = Field(
        (5, 20, 50), min_length=1, description="numbers of hidden layers"
    )
    width: Annotated[int, Field(ge=1, le=10_000)] = Field(200, description="units of every layer")
    examples: Annotated[int, Field(ge=2, le=100_000)] = Field(
        100, description="random inputs, independent, of mean 0 and variance 1"
    )
    seed: Annotated[int, Field(ge=0, le=2**32 - 1)] = Field(
        0, description="of the weights, inputs and gradients"
    )

    @model_validator(mode="after")
    def _fits_in_memory(self) -> "SweepSection":
        n_weights = max(self.depths) * self.width**2
        if n_weights > MOST_NUMBERS:
            reject(
                f"expected at most {MOST_NUMBERS:,} weights, found {n_weights:,} "
                "(deepest network x width squared)",
                key="width",
            )
        n_numbers = 3 * max(self.depths) * self.width * self.examples
        if n_numbers > MOST_NUMBERS:
            reject(
                f"expected at most {MOST_NUMBERS:,} activations, pre-activations and slopes, found "
                f"{n_numbers:,} (3 x deepest network x width x examples)",
                key="examples",
            )
        return self


class _OneInitializer(Section):
    initializer: AnyInitializer


def sweep_settings(options: Sequence[str]) -> SweepSection:
    """The settings of `key=value` options. Raises ConfigError, one line, for a wrong one."""
    place = Place("command line")
    mistakes: list[Mistake] = []
    found = validated(SweepSection, Node(option_nodes(options, mistakes), place, place), mistakes)
    raise_first(mistakes)
    return cast(SweepSection, found)


def initializer_named(name: str, options: Sequence[str] = ()) -> Initializer:
    """The initializer of this name with `key=value` options.

    Raises ConfigError, one line, for an unknown name, key or value.
    """
    place = Place("command line")
    children = {"name": Node(name, place, place, "name", text=name)}
    mistakes: list[Mistake] = []
    children |= option_nodes(options, mistakes)
    tree = Node({"initializer": Node(children, place, place)}, place, place)
    section = validated(_OneInitializer, tree, mistakes)
    raise_first(mistakes)
    return cast(Initializer, cast(_OneInitializer, section).initializer)
