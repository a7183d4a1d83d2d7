"""The initializers of a whole network: first layer, hidden layers, output layer."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from pydantic import Field, model_validator

from glorot_repro.nn.initializers import AnyInitializer, Initializer, Standard
from glorot_repro.nn.parameters import Parameters
from glorot_repro.section import Section
from glorot_repro.seeds import child

SYMMETRIC = ("zeros", "constant")


class NetworkInitializer(Section):
    """Which initializer draws which layer; biases start at zero (section 2.3 of the paper).

    Written as one initializer, it is used for the first and the hidden layers, and the output
    layer is `standard`: figure 7 of the paper shows that in both of its panels. Only `zeros` and
    `constant` written so hold for the output layer too, since a network with random output
    weights is not the symmetric network that they are there to show.
    """

    first: AnyInitializer = Field(description="layer 1; the same as hidden unless given")
    hidden: AnyInitializer = Field(Standard(), description="layers 2 to depth")
    output: AnyInitializer = Field(Standard(), description="the softmax layer")

    @model_validator(mode="before")
    @classmethod
    def _from_one_initializer(cls, value: Any) -> Any:
        if isinstance(value, str) or (isinstance(value, Mapping) and "name" in value):
            name = value if isinstance(value, str) else value["name"]
            layers = {"first": value, "hidden": value}
            return {**layers, "output": value} if name in SYMMETRIC else layers
        if isinstance(value, Mapping) and "first" not in value:
            return {**value, "first": value.get("hidden", "standard")}
        return value

    def of_layer(self, layer: int, depth: int) -> Initializer:
        """The initializer of layer 1 .. depth + 1."""
        if layer == depth + 1:
            return self.output
        return self.first if layer == 1 else self.hidden

    def needs_examples(self, depth: int) -> bool:
        """Whether `calibrate` has something to do."""
        return any(self.of_layer(layer, depth).needs_examples for layer in range(1, depth + 2))

    def initialize(self, parameters: Parameters, seeds: np.random.SeedSequence) -> None:
        """Overwrites `parameters`; each layer draws from a stream of its own.

        So a layer's weights do not depend on the layers below it.
        """
        parameters.flat.fill(0)
        depth = len(parameters.weights) - 1
        for layer, (fan_in, fan_out) in enumerate(parameters.layer_fans, start=1):
            parameters.weights[layer - 1][...] = self.of_layer(layer, depth).draw(
                np.random.default_rng(child(seeds, layer)), fan_in, fan_out
            )
