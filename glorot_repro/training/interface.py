"""The update of all parameters by one mini-batch: what each of its forms can do."""

from abc import ABC, abstractmethod

import numpy as np
from numpy.typing import NDArray

from glorot_repro.nn.parameters import Parameters

Array = NDArray[np.floating]
Labels = NDArray[np.intp]


class Update(ABC):
    """Trains the parameters of a network, one mini-batch at a time."""

    @abstractmethod
    def step(self, inputs: Array, labels: Labels, learning_rate: float) -> float:
        """The mean cost of a mini-batch, before the one update that it makes.

        inputs: (batch, inputs) in the parameters' dtype; labels: (batch,).
        Raises NonFiniteError, with nothing changed, if the cost or a gradient is not finite.
        """

    @property
    def horizon(self) -> int:
        """Updates whose inputs a call of `look_ahead` can use now; 1 where that saves nothing."""
        return 1

    def look_ahead(self, inputs: Array) -> None:  # noqa: B027 (most forms have no use for it)
        """Get ready for the inputs of the next updates, (n * batch, inputs), n <= `horizon`.

        Saves time where they come as announced, and never changes a result.
        """

    @abstractmethod
    def read_parameters(self, out: Parameters) -> None:
        """Overwrites `out` with the parameters as they are now.

        Changes nothing: reading more often leaves the training as it is, bit for bit.
        """

    @abstractmethod
    def state(self) -> dict[str, NDArray]:
        """All that is needed to go on to the same bits, in copies."""

    @abstractmethod
    def restore(self, state: dict[str, NDArray]) -> None:
        """Go on from a `state()` of the same network, optimizer and batch size."""
