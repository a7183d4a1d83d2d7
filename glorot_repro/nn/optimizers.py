"""Optimizers: what turns a gradient into a change of the parameters.

Each is a section of the YAML. Its state is a dict of arrays that the checkpoint saves whole, so
that no optimizer can forget a part of itself.
"""

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from glorot_repro.choice import variant_of
from glorot_repro.section import Section

Array = NDArray[np.floating]
State = dict[str, Array]


class Optimizer(Section):
    """The base of all optimizers: one flat parameter array, one flat gradient, one state."""

    name: str

    def initial_state(self, parameters: Array) -> State:
        """Zeroed state for (n,) parameters."""
        return {}

    def apply(self, parameters: Array, gradient: Array, state: State, learning_rate: float) -> None:
        """Overwrites `parameters` and `state` with those after one update."""
        raise NotImplementedError


class StochasticGradientDescent(Optimizer):
    """Plain stochastic gradient descent, as in section 2.3: parameters -= rate x gradient."""

    name: Literal["sgd"] = "sgd"

    def apply(self, parameters: Array, gradient: Array, state: State, learning_rate: float) -> None:
        """parameters -= learning_rate * gradient; overwrites `gradient` too."""
        gradient *= learning_rate
        parameters -= gradient


OPTIMIZERS: dict[str, type[Optimizer]] = {"sgd": StochasticGradientDescent}

AnyOptimizer: Any = variant_of("optimizer", OPTIMIZERS)
