"""Optimizers: what turns a gradient into a change of the parameters.

Each is a section of the YAML. Its state is a dict of arrays that the checkpoint saves whole, so
that no optimizer can forget a part of itself.
"""

import math
from abc import abstractmethod
from collections.abc import Iterator
from typing import Annotated, Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from glorot_repro.choice import variant_of
from glorot_repro.section import CountOrNone, Section

Array = NDArray[np.floating]
State = dict[str, NDArray]

Share = Annotated[float, Field(ge=0, lt=1)]
"""How much of a running mean is kept at each update."""

_BLOCK = 16_384
"""Parameters at a time: what an update reads and writes of them stays in the caches."""


class Optimizer(Section):
    """The base of all optimizers: one flat parameter array, one flat gradient, one state.

    needs_curvature: whether `apply` is to be given `Network.curvature`.
    """

    needs_curvature: ClassVar[bool] = False

    name: str

    def initial_state(self, parameters: Array) -> State:
        """Zeroed state for (n,) parameters."""
        return {}

    @abstractmethod
    def apply(
        self,
        parameters: Array,
        gradient: Array,
        state: State,
        learning_rate: float,
        *,
        curvature: Array | None = None,
    ) -> None:
        """Overwrites `parameters` and `state` with those after one update, and `gradient`.

        All arrays (n,), in one dtype but for counts in the state.
        """


class StochasticGradientDescent(Optimizer):
    """Plain stochastic gradient descent, as in section 2.3: parameters -= rate x gradient."""

    name: Literal["sgd"] = "sgd"

    def apply(
        self,
        parameters: Array,
        gradient: Array,
        state: State,
        learning_rate: float,
        *,
        curvature: Array | None = None,
    ) -> None:
        """parameters -= learning_rate * gradient; overwrites `gradient` too."""
        gradient *= learning_rate
        parameters -= gradient


class Momentum(Optimizer):
    """Gradient descent with a velocity v: v = momentum v + gradient, parameters -= rate v.

    nesterov: parameters -= rate (gradient + momentum v) instead. As torch.optim.SGD has it.
    """

    name: Literal["momentum"] = "momentum"
    momentum: Share = Field(0.9, description="share of the velocity that is kept at each update")
    nesterov: bool = Field(False, description="look ahead by one step of the velocity")

    def initial_state(self, parameters: Array) -> State:
        """The velocity."""
        return {"velocity": np.zeros_like(parameters)}

    def apply(
        self,
        parameters: Array,
        gradient: Array,
        state: State,
        learning_rate: float,
        *,
        curvature: Array | None = None,
    ) -> None:
        """One update; overwrites `gradient` too."""
        for block in _blocks(parameters):
            g, v, p = gradient[block], state["velocity"][block], parameters[block]
            v *= self.momentum
            v += g
            if self.nesterov:
                g += self.momentum * v
            else:
                np.copyto(g, v)
            g *= learning_rate
            p -= g


class Adam(Optimizer):
    """Kingma & Ba (2015), algorithm 1: rates by the running mean square of the gradient."""

    name: Literal["adam"] = "adam"
    beta1: Share = Field(0.9, description="share kept of the running mean of the gradient")
    beta2: Share = Field(0.999, description="share kept of the running mean of its square")
    epsilon: float = Field(1e-8, gt=0, description="added to the root of the mean square")

    def initial_state(self, parameters: Array) -> State:
        """Both running means, and the number of updates."""
        return {
            "updates": np.zeros((), np.int64),
            "mean": np.zeros_like(parameters),
            "mean_square": np.zeros_like(parameters),
        }

    def apply(
        self,
        parameters: Array,
        gradient: Array,
        state: State,
        learning_rate: float,
        *,
        curvature: Array | None = None,
    ) -> None:
        """One update; overwrites `gradient` too."""
        state["updates"][...] += 1
        n = int(state["updates"])
        step = learning_rate / (1 - self.beta1**n)
        root_correction = 1 / math.sqrt(1 - self.beta2**n)
        for block in _blocks(parameters):
            g, p = gradient[block], parameters[block]
            mean, mean_square = state["mean"][block], state["mean_square"][block]
            _move(mean, g, 1 - self.beta1)
            _move(mean_square, g * g, 1 - self.beta2)
            np.sqrt(mean_square, out=g)
            g *= root_correction
            g += self.epsilon
            np.divide(mean, g, out=g)
            g *= step
            p -= g


class GradientVariance(Optimizer):
    """A rate for each parameter, learning_rate / (std of its gradient + damping).

    Mean and variance of the gradient are running means over mini-batches, averages of all at
    first. Nothing moves during the first `warm_up` updates: a variance is not known from one. The
    paper (section 5) uses such rates without saying how; the std, unlike the variance, makes steps
    that do not depend on the unit of the cost.
    """

    name: Literal["gradient_variance"] = "gradient_variance"
    decay: Share = Field(0.99, description="share of the running means kept at each update")
    damping: float = Field(1e-3, gt=0, description="added to the std of the gradient")
    warm_up: CountOrNone = Field(20, description="updates that only estimate, before the first")

    def initial_state(self, parameters: Array) -> State:
        """Running mean and variance, and the number of updates."""
        return {
            "updates": np.zeros((), np.int64),
            "mean": np.zeros_like(parameters),
            "variance": np.zeros_like(parameters),
        }

    def apply(
        self,
        parameters: Array,
        gradient: Array,
        state: State,
        learning_rate: float,
        *,
        curvature: Array | None = None,
    ) -> None:
        """One update; overwrites `gradient` too."""
        state["updates"][...] += 1
        n = int(state["updates"])
        weight = _weight_of_newest(self.decay, n)
        for block in _blocks(parameters):
            g, p = gradient[block], parameters[block]
            mean, variance = state["mean"][block], state["variance"][block]
            # West (1979): variance = (1 - w) (variance + w (g - mean)^2), never below 0.
            change = g - mean
            mean += weight * change
            change *= change
            change *= weight
            variance += change
            variance *= 1 - weight
            if n > self.warm_up:
                np.sqrt(variance, out=change)
                change += self.damping
                g /= change
                g *= learning_rate
                p -= g


class DiagonalHessian(Optimizer):
    """Stochastic diagonal Levenberg-Marquardt, LeCun et al. (1998), section 9.1.

    A rate for each parameter, learning_rate / (running h + damping), with h the second derivative
    of the cost by that parameter in the Gauss-Newton approximation, `Network.curvature`.
    """

    needs_curvature: ClassVar[bool] = True

    name: Literal["diagonal_hessian"] = "diagonal_hessian"
    decay: Share = Field(0.99, description="share of the running mean kept at each update")
    damping: float = Field(0.02, gt=0, description="added to h; rates stay below rate / damping")

    def initial_state(self, parameters: Array) -> State:
        """The running mean of h, and the number of updates."""
        return {"updates": np.zeros((), np.int64), "curvature": np.zeros_like(parameters)}

    def apply(
        self,
        parameters: Array,
        gradient: Array,
        state: State,
        learning_rate: float,
        *,
        curvature: Array | None = None,
    ) -> None:
        """One update; overwrites `gradient` too. Raises ValueError without a curvature."""
        if curvature is None:
            message = "diagonal_hessian needs the curvature of the mini-batch"
            raise ValueError(message)
        state["updates"][...] += 1
        weight = _weight_of_newest(self.decay, int(state["updates"]))
        for block in _blocks(parameters):
            g, p, running = gradient[block], parameters[block], state["curvature"][block]
            _move(running, curvature[block], weight)
            g /= running + self.damping
            g *= learning_rate
            p -= g


OPTIMIZERS: dict[str, type[Optimizer]] = {
    "sgd": StochasticGradientDescent,
    "momentum": Momentum,
    "adam": Adam,
    "gradient_variance": GradientVariance,
    "diagonal_hessian": DiagonalHessian,
}

AnyOptimizer: Any = variant_of("optimizer", OPTIMIZERS)


def _blocks(array: Array) -> Iterator[slice]:
    for start in range(0, len(array), _BLOCK):
        yield slice(start, start + _BLOCK)


def _move(running: Array, newest: Array, weight: float) -> None:
    """running = (1 - weight) running + weight newest, in place."""
    running *= 1 - weight
    running += weight * newest


def _weight_of_newest(decay: float, n: int) -> float:
    """Weight of the n-th value: an average of all at first, later an exponential mean."""
    return max(1 - decay, 1 / n)
