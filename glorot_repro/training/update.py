"""The update of all parameters by one mini-batch: its plain form, and the choice of the form."""

import numpy as np
from numpy.typing import NDArray

from glorot_repro.nn.network import Network
from glorot_repro.nn.optimizers import Optimizer, StochasticGradientDescent
from glorot_repro.nn.parameters import Parameters
from glorot_repro.training.blocking import is_small, n_updates_to_put_off
from glorot_repro.training.deferred import DeferredUpdate
from glorot_repro.training.finite import NonFiniteError, check_cost, check_gradient
from glorot_repro.training.interface import Update
from glorot_repro.training.lean import LeanUpdate

__all__ = ["NonFiniteError", "Update", "make_update"]

Array = NDArray[np.floating]
Labels = NDArray[np.intp]


def make_update(network: Network, optimizer: Optimizer, batch_size: int) -> Update:
    """The fastest update for `optimizer`, by a fixed rule: the same on every machine.

    The network's parameters are trained in place, but may lag behind by the updates that are put
    off: `Update.read_parameters` gives those that are up to date.
    """
    if type(optimizer) is StochasticGradientDescent:
        if is_small(network.parameters):
            return LeanUpdate(network, batch_size)
        return DeferredUpdate(network, batch_size, n_updates_to_put_off(batch_size))
    return GradientUpdate(network, optimizer)


class GradientUpdate(Update):
    """The update written plainly: the whole gradient, then the optimizer. For any optimizer."""

    def __init__(self, network: Network, optimizer: Optimizer) -> None:
        self._network = network
        self._optimizer = optimizer
        self._gradient = network.parameters.like()
        self._curvature = network.parameters.like() if optimizer.needs_curvature else None
        self._state = optimizer.initial_state(network.parameters.flat)

    def step(self, inputs: Array, labels: Labels, learning_rate: float) -> float:
        """One update; see `Update.step`."""
        gradient, parameters = self._gradient, self._network.parameters
        with np.errstate(all="ignore"):
            mean_cost = self._network.gradient(inputs, labels, out=gradient)
            check_cost(mean_cost)
            check_gradient(gradient)
            curvature = None
            if self._curvature is not None:
                self._network.curvature(inputs, out=self._curvature)
                check_gradient(self._curvature, what="curvature")
                curvature = self._curvature.flat
            self._optimizer.apply(
                parameters.flat, gradient.flat, self._state, learning_rate, curvature=curvature
            )
        return mean_cost

    def read_parameters(self, out: Parameters) -> None:
        """Overwrites `out` with the parameters as they are now."""
        out.copy_from(self._network.parameters)

    def state(self) -> dict[str, NDArray]:
        """Copies of the parameters and of the optimizer's state."""
        optimizer = {f"optimizer/{name}": part.copy() for name, part in self._state.items()}
        return {"parameters": self._network.parameters.flat.copy()} | optimizer

    def restore(self, state: dict[str, NDArray]) -> None:
        """Go on from a `state()` of the same network and optimizer."""
        np.copyto(self._network.parameters.flat, state["parameters"], casting="no")
        self._state = {name: state[f"optimizer/{name}"].copy() for name in self._state}
