"""The updates that `benchmarks/update.py` compares, each trained in a process of its own.

Run by benchmarks/update.py: python benchmarks/contenders.py CONTENDER CASE
then one command a line on stdin, one answer a line on stdout:
    time N    N updates; answers the seconds they took
    error     50 updates from the beginning; answers the largest difference of a weight or bias
              from those of float64
    quit
"""

import importlib
import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from glorot_repro.nn.activations import ACTIVATIONS
from glorot_repro.nn.costs import COSTS
from glorot_repro.nn.network import Network
from glorot_repro.nn.optimizers import StochasticGradientDescent
from glorot_repro.nn.parameters import Parameters
from glorot_repro.training.update import GradientUpdate, Update, make_update

Array = NDArray[np.floating]
Batch = tuple[Array, NDArray[np.intp]]

LEARNING_RATE = 0.01
N_BATCHES = 64
N_UPDATES_COMPARED = 50


@dataclass(frozen=True)
class Case:
    """Layer sizes and mini-batch of a comparison."""

    sizes: tuple[int, ...]
    batch_size: int = 10

    @property
    def multiplications(self) -> int:
        """Multiplications of one update: forward, weight gradient, and delta but for layer 1."""
        products = [i * o for i, o in zip(self.sizes[:-1], self.sizes[1:], strict=True)]
        return self.batch_size * (3 * sum(products) - products[0])


CASES = {
    "main": Case((1024, *[1000] * 5, 9)),
    "mnist": Case((784, *[1000] * 5, 10)),
    "cifar10": Case((3072, *[1000] * 5, 10)),
    "depth1": Case((1024, 1000, 9)),
    "small": Case((32, *[100] * 3, 9)),
    "batch1": Case((1024, *[1000] * 5, 9), 1),
    "batch32": Case((1024, *[1000] * 5, 9), 32),
    "batch100": Case((1024, *[1000] * 5, 9), 100),
    "batch300": Case((1024, *[1000] * 5, 9), 300),
}


def initial_parameters(case: Case, dtype: type) -> Parameters:
    """The normalized initialization, the same for all contenders."""
    generator = np.random.default_rng(1)
    parameters = Parameters(case.sizes, dtype)
    for weights in parameters.weights:
        bound = np.sqrt(6 / sum(weights.shape))
        weights[...] = generator.uniform(-bound, bound, weights.shape)
    return parameters


def batches(case: Case) -> list[Batch]:
    """Mini-batches in float32, the same for all contenders; each update takes another."""
    generator = np.random.default_rng(2)
    return [
        (
            generator.uniform(-1, 1, (case.batch_size, case.sizes[0])).astype(np.float32),
            generator.integers(0, case.sizes[-1], case.batch_size),
        )
        for _ in range(N_BATCHES)
    ]


class Contender(ABC):
    """Something that trains: `step` makes the n-th update, `parameters` gives the result."""

    @abstractmethod
    def step(self, n: int) -> None:
        """Make the n-th update."""

    def parameters(self) -> list[Array]:
        """Weights (fan_out, fan_in) of all layers, then their biases; none where none train."""
        return []


class NumpyContender(Contender):
    """An update of this package."""

    def __init__(self, case: Case, make: Callable[[Network, int], Update]) -> None:
        self._parameters = initial_parameters(case, np.float32)
        network = Network(self._parameters, ACTIVATIONS["tanh"], COSTS["negative_log_likelihood"])
        self._update = make(network, case.batch_size)
        self._batches = batches(case)
        self._n_foreseen = 0

    def step(self, n: int) -> None:
        if self._n_foreseen == 0:
            self._look_ahead(n)
        self._n_foreseen -= 1
        self._update.step(*self._batches[n % N_BATCHES], LEARNING_RATE)

    def _look_ahead(self, n: int) -> None:
        # As training does: it draws images for several mini-batches together.
        self._n_foreseen = self._update.horizon
        if self._n_foreseen > 1:
            coming = np.arange(n, n + self._n_foreseen) % N_BATCHES
            self._update.look_ahead(np.concatenate([self._batches[i][0] for i in coming]))

    def parameters(self) -> list[Array]:
        now = self._parameters.like()
        self._update.read_parameters(now)
        return [*now.weights, *now.biases]


def plain(case: Case) -> Contender:
    """The update written plainly, in numpy."""
    return NumpyContender(case, lambda network, _: GradientUpdate(network, _sgd()))


def ours(case: Case) -> Contender:
    """The update that training uses."""
    return NumpyContender(case, lambda network, size: make_update(network, _sgd(), size))


def _sgd() -> StochasticGradientDescent:
    return StochasticGradientDescent()


class Sgemm(Contender):
    """The product of two (1000, 1000) matrices, float32: the speed that this core can reach."""

    multiplications = 1000**3

    def __init__(self) -> None:
        generator = np.random.default_rng(3)
        self._a = generator.uniform(-1, 1, (1000, 1000)).astype(np.float32)
        self._out = np.zeros_like(self._a)

    def step(self, n: int) -> None:
        np.matmul(self._a, self._a, out=self._out)


class TorchModules(Contender):
    """PyTorch as it is usually written: modules, automatic derivatives, an optimizer."""

    def __init__(self, case: Case) -> None:
        torch = _torch()
        layers: list[Any] = []
        initial = initial_parameters(case, np.float32)
        for weights in initial.weights:
            linear = torch.nn.Linear(weights.shape[1], weights.shape[0])
            with torch.no_grad():
                linear.weight.copy_(torch.from_numpy(weights))
                linear.bias.zero_()
            layers += [linear, torch.nn.Tanh()]
        self._linears = layers[::2]
        self._model = torch.nn.Sequential(*layers[:-1])
        self._optimizer = torch.optim.SGD(self._model.parameters(), lr=LEARNING_RATE)
        self._cost = torch.nn.CrossEntropyLoss()
        self._batches = _torch_batches(case)

    def step(self, n: int) -> None:
        inputs, labels = self._batches[n % N_BATCHES]
        self._optimizer.zero_grad()
        self._cost(self._model(inputs), labels).backward()
        self._optimizer.step()

    def parameters(self) -> list[Array]:
        weights = [linear.weight.detach().numpy() for linear in self._linears]
        return weights + [linear.bias.detach().numpy() for linear in self._linears]


class TorchByHand(Contender):
    """PyTorch's products written by hand into arrays made once, without automatic derivatives.

    is_transposed: whether the weights lie as (fan_in, fan_out) in memory.
    """

    def __init__(self, case: Case, *, is_transposed: bool) -> None:
        self._torch = torch = _torch()
        torch.set_grad_enabled(False)
        weights = [torch.from_numpy(w.copy()) for w in initial_parameters(case, np.float32).weights]
        if is_transposed:
            weights = [w.t().contiguous().t() for w in weights]
        self._weights = weights  # (fan_out, fan_in), in either order in memory
        self._is_transposed = is_transposed
        self._biases = [torch.zeros(w.shape[0]) for w in weights]
        self._s = [torch.zeros(case.batch_size, w.shape[0]) for w in weights]
        self._z = [torch.zeros_like(s) for s in self._s]
        self._delta = [torch.zeros_like(s) for s in self._s]
        self._rows = torch.arange(case.batch_size)
        self._batches = _torch_batches(case)

    def step(self, n: int) -> None:
        torch, top = self._torch, len(self._weights) - 1
        inputs, labels = self._batches[n % N_BATCHES]
        x = [inputs, *self._z[:-1]]
        for layer, weights in enumerate(self._weights):
            torch.addmm(self._biases[layer], x[layer], weights.t(), out=self._s[layer])
            if layer < top:
                torch.tanh(self._s[layer], out=self._z[layer])
        log_probabilities = torch.log_softmax(self._s[top], 1)
        self.mean_cost = -float(log_probabilities[self._rows, labels].mean())
        torch.exp(log_probabilities, out=self._delta[top])
        self._delta[top][self._rows, labels] -= 1
        self._delta[top] /= len(labels)
        for layer in range(top, -1, -1):
            delta = self._delta[layer]
            if layer:
                below = self._delta[layer - 1]
                torch.mm(delta, self._weights[layer], out=below)
                torch.ops.aten.tanh_backward.grad_input(below, x[layer], grad_input=below)
            if self._is_transposed:
                self._weights[layer].t().addmm_(x[layer].t(), delta, alpha=-LEARNING_RATE)
            else:
                self._weights[layer].addmm_(delta.t(), x[layer], alpha=-LEARNING_RATE)
            self._biases[layer].sub_(delta.sum(0), alpha=LEARNING_RATE)

    def parameters(self) -> list[Array]:
        return [part.numpy() for part in (*self._weights, *self._biases)]


def _torch() -> Any:
    torch: Any = importlib.import_module("torch")
    torch.set_num_threads(1)
    return torch


def _torch_batches(case: Case) -> list[tuple[Any, Any]]:
    torch = _torch()
    return [
        (torch.from_numpy(inputs), torch.from_numpy(labels)) for inputs, labels in batches(case)
    ]


CONTENDERS: dict[str, Callable[[Case], Contender]] = {
    "ours": ours,
    "plain numpy": plain,
    "torch nn + SGD": TorchModules,
    "torch by hand (out, in)": lambda case: TorchByHand(case, is_transposed=False),
    "torch by hand (in, out)": lambda case: TorchByHand(case, is_transposed=True),
    "sgemm": lambda case: Sgemm(),
}


def parameters_in_float64(case: Case) -> list[Array]:
    """The parameters after the compared updates, by the plain update in float64."""
    parameters = initial_parameters(case, np.float64)
    # The contenders start at the float32 values.
    parameters.flat[...] = parameters.flat.astype(np.float32)
    network = Network(parameters, ACTIVATIONS["tanh"], COSTS["negative_log_likelihood"])
    update = GradientUpdate(network, _sgd())
    all_batches = batches(case)
    for n in range(N_UPDATES_COMPARED):
        inputs, labels = all_batches[n % N_BATCHES]
        update.step(inputs.astype(np.float64), labels, LEARNING_RATE)
    return [*parameters.weights, *parameters.biases]


def largest_error(contender: Contender, case: Case) -> float:
    """The largest difference of a parameter from float64 after the compared updates."""
    for n in range(N_UPDATES_COMPARED):
        contender.step(n)
    pairs = zip(contender.parameters(), parameters_in_float64(case), strict=True)
    return max(float(abs(part - exact).max()) for part, exact in pairs)


def serve(name: str, case: Case) -> None:
    """Answers commands on stdin until it ends; see the head of this file."""
    contender, n = CONTENDERS[name](case), 0
    print("ready", flush=True)
    for line in sys.stdin:
        command, *arguments = line.split()
        if command == "quit":
            break
        if command == "error":
            print(largest_error(CONTENDERS[name](case), case), flush=True)
            continue
        n_updates = int(arguments[0])
        begin = time.perf_counter()
        for n in range(n, n + n_updates):  # noqa: B020 - goes on where the last command ended
            contender.step(n)
        print(time.perf_counter() - begin, flush=True)


if __name__ == "__main__":
    serve(sys.argv[1], CASES[sys.argv[2]])
