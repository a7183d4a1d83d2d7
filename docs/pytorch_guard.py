"""A PyTorch network whose variance is pinned: writes its curves as the regression check reads them.

    python docs/pytorch_guard.py curves.csv [SEED]

Needs torch, which glorot_repro does not. FAULT=xavier_normal in the environment makes a change
that the check should find.
"""

import os
import sys
from functools import partial
from pathlib import Path

import torch
from torch import Tensor, nn

from glorot_repro.measure.curve_rows import Row, curve_rows
from glorot_repro.measure.curves import Curves


def network() -> nn.Sequential:
    """Four layers of 100 tanh units and ten outputs, all normalized (equation 16)."""
    layers: list[nn.Module] = []
    for fan_in, fan_out in ((64, 100), (100, 100), (100, 100), (100, 100)):
        layers += [nn.Linear(fan_in, fan_out), nn.Tanh()]
    model = nn.Sequential(*layers, nn.Linear(100, 10))
    fault = os.environ.get("FAULT")
    for linear in linear_layers(model):
        if fault == "xavier_normal":
            nn.init.xavier_normal_(linear.weight, gain=5 / 3)
        else:
            nn.init.xavier_uniform_(linear.weight)
        nn.init.zeros_(linear.bias)
    return model


def linear_layers(model: nn.Sequential) -> list[nn.Linear]:
    """The linear layers, from the input up."""
    return [module for module in model if isinstance(module, nn.Linear)]


def measured(model: nn.Sequential, update: int, inputs: Tensor, labels: Tensor) -> list[Row]:
    """Rows of activations, dC/ds and dC/dW, found by hooks."""
    activations: list[Tensor] = []
    pre_activations: list[Tensor] = []

    def keep(kept: list[Tensor], module: nn.Module, given: object, output: Tensor) -> None:
        output.retain_grad()
        kept.append(output)

    hooks = [
        module.register_forward_hook(
            partial(keep, activations if isinstance(module, nn.Tanh) else pre_activations)
        )
        for module in model
    ]
    model.zero_grad()
    nn.functional.cross_entropy(model(inputs), labels).backward()
    for hook in hooks:
        hook.remove()
    gradients = [s.grad for s in pre_activations if s.grad is not None]
    weights = [layer.weight.grad for layer in linear_layers(model) if layer.weight.grad is not None]
    model.zero_grad()
    return [
        *curve_rows(update, "activation", [z.detach() for z in activations]),
        *curve_rows(update, "backprop", gradients),
        *curve_rows(update, "weight_gradient", weights),
    ]


def main(path: Path, seed: int) -> None:
    """Train for 100 updates and write the curves."""
    torch.set_num_threads(1)
    torch.manual_seed(seed)
    inputs, labels = torch.randn(300, 64), torch.randint(0, 10, (300,))
    model = network()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
    rows: list[Row] = []
    for update in range(101):
        if update % 50 == 0:
            rows += measured(model, update, inputs, labels)
        batch = torch.randint(0, 300, (10,))
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(inputs[batch]), labels[batch]).backward()
        optimizer.step()
    path.write_bytes(Curves(rows).to_csv())


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0)
