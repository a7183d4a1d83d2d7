"""The network of the paper: a multilayer perceptron with a softmax output.

Forward s_l = z_(l-1) W_l^T + b_l, z_l = f(s_l); backward dC/ds by equation 2, dC/dW by equation 3.
Layers count from 1 at the input to depth, the softmax layer is depth + 1; lists of this module
start at layer 1.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from glorot_repro.nn.activations import Activation
from glorot_repro.nn.costs import Cost
from glorot_repro.nn.parameters import Parameters

Array = NDArray[np.floating]
Labels = NDArray[np.intp]


@dataclass(frozen=True)
class ForwardPass:
    """What a forward pass leaves behind: all that the backward pass and a recorder need.

    inputs: (batch, inputs); pre_activations and activations: per hidden layer (batch, width);
    logits: (batch, classes).
    """

    inputs: Array
    pre_activations: list[Array]
    activations: list[Array]
    logits: Array

    @property
    def layer_inputs(self) -> list[Array]:
        """What each layer 1 .. depth + 1 sees: the inputs, then the activations below it."""
        return [self.inputs, *self.activations]


class Network:
    """A multilayer perceptron; its parameters are shared with whoever trains them."""

    def __init__(self, parameters: Parameters, activation: Activation, cost: Cost) -> None:
        self.parameters = parameters
        self.activation = activation
        self.cost = cost

    @property
    def depth(self) -> int:
        """The number of hidden layers."""
        return len(self.parameters.weights) - 1

    def forward(self, inputs: Array) -> ForwardPass:
        """Pre-activations and activations of every layer for (batch, inputs) examples."""
        pre_activations: list[Array] = []
        activations: list[Array] = []
        z = inputs
        *hidden, (output_weights, output_biases) = zip(
            self.parameters.weights, self.parameters.biases, strict=True
        )
        for weights, biases in hidden:
            s = z @ weights.T
            s += biases
            z = self.activation(s)
            pre_activations.append(s)
            activations.append(z)
        logits = z @ output_weights.T
        logits += output_biases
        return ForwardPass(inputs, pre_activations, activations, logits)

    def backward(self, forward: ForwardPass, output_delta: Array) -> list[Array]:
        """dC/ds of layers 1 .. depth + 1, each (batch, fan_out), from dC/dlogits (equation 2)."""
        deltas = [output_delta]
        for layer in range(self.depth, 0, -1):
            delta = deltas[-1] @ self.parameters.weights[layer]
            delta *= self.activation.derivative(
                forward.pre_activations[layer - 1], forward.activations[layer - 1]
            )
            deltas.append(delta)
        return deltas[::-1]

    def gradient(self, inputs: Array, labels: Labels, out: Parameters) -> float:
        """The mean cost of a mini-batch; overwrites `out` with its gradient (equation 3)."""
        forward = self.forward(inputs)
        mean_cost, output_delta = self.cost.evaluate(forward.logits, labels)
        deltas = self.backward(forward, output_delta)
        for layer, (z, delta) in enumerate(zip(forward.layer_inputs, deltas, strict=True)):
            np.matmul(delta.T, z, out=out.weights[layer])
            np.sum(delta, axis=0, out=out.biases[layer])
        return mean_cost

    def curvature(self, inputs: Array, out: Parameters) -> None:
        """Overwrites `out` with second derivatives of the mean cost by each weight and bias.

        The diagonal of the Hessian as LeCun et al. (1998), section 7.4, propagate it back: without
        f'' (Gauss-Newton, so that nothing is negative) and without the products of two units,

            d2C/dz_i^2 = sum_j W_ji^2 d2C/ds_j^2,    d2C/ds^2 = f'(s)^2 d2C/dz^2.

        For the weights of the softmax layer that is the Gauss-Newton diagonal exactly. Below, it
        leaves out the terms between two outputs, and between two units of the same hidden layer.
        Costs as much as a gradient, and a forward pass.
        """
        forward = self.forward(inputs)
        bend = self.cost.curvature(forward.logits)
        for layer in range(self.depth, -1, -1):
            z = forward.layer_inputs[layer]
            np.matmul(bend.T, z * z, out=out.weights[layer])
            np.sum(bend, axis=0, out=out.biases[layer])
            if layer:
                weights = self.parameters.weights[layer]
                bend = bend @ (weights * weights)
                slope = self.activation.derivative(forward.pre_activations[layer - 1], z)
                slope *= slope
                bend *= slope
