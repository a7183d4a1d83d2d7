"""Several networks trained at once on a GPU, by kernels that share no line with the package.

An update reads every weight twice and writes it once: layer by layer forward, then back, where the
pass that multiplies by a weight also changes it. Weights are (networks, out, in); activations and
gradients with respect to a layer's sums are (networks, examples, units). All is float32: where the
matrix units multiply, three of their products make up one.
"""

from typing import Any

import numpy as np
import torch
import triton
import triton.language as tl
from numpy.typing import NDArray

from glorot_repro.nn.parameters import Parameters

BATCH = 10
N_PADDED = 16
"""Examples of a mini-batch, or classes, as the matrix units take them."""

KINDS = {"tanh": 0, "softsign": 1, "sigmoid": 2}
FUNCTIONS = (torch.tanh, torch.nn.functional.softsign, torch.sigmoid)

FORWARD_TILE = {"R": 64, "K": 64, "num_warps": 4, "num_stages": 4}
BACKWARD_TILE = {"R": 64, "K": 16, "num_warps": 4}
OUTPUT_TILE = {"K": 64, "num_warps": 4}
"""R units times K inputs of a weight matrix: the fastest of eleven on an H200."""

Arrays = list[NDArray[np.float32]]


@triton.jit
def activation(s, kind):  # type: ignore[no-untyped-def]
    """f(s), by the number of f in KINDS."""
    if kind == 0:
        h = 2 * tl.sigmoid(2 * s) - 1
    elif kind == 1:
        h = s / (1 + tl.abs(s))
    else:
        h = tl.sigmoid(s)
    return h


@triton.jit
def slope(h, kind):  # type: ignore[no-untyped-def]
    """f'(s) from h = f(s)."""
    if kind == 0:
        d = 1 - h * h
    elif kind == 1:
        d = (1 - tl.abs(h)) * (1 - tl.abs(h))
    else:
        d = h * (1 - h)
    return d


@triton.jit
def forward_layer(  # type: ignore[no-untyped-def]
    x, w, b, h, kinds, x_step,
    n_in: tl.constexpr, n_out: tl.constexpr, N: tl.constexpr, P: tl.constexpr,
    R: tl.constexpr, K: tl.constexpr,
):  # fmt: skip
    """h = f(x w^T + b) for R units of one network; its x begins `x_step` after that of the last."""
    net = tl.program_id(1)
    rows = tl.program_id(0) * R + tl.arange(0, R)
    examples = tl.arange(0, P)
    is_row, is_example = rows[:, None] < n_out, examples[None, :] < N
    w += net * n_out * n_in + rows[:, None] * n_in
    x += net * x_step + examples[None, :] * n_in
    s = tl.zeros((R, P), tl.float32)
    for start in range(0, n_in, K):
        k = start + tl.arange(0, K)
        w_tile = tl.load(w + k[None, :], mask=is_row & (k[None, :] < n_in), other=0)
        x_tile = tl.load(x + k[:, None], mask=is_example & (k[:, None] < n_in), other=0)
        s = tl.dot(w_tile, x_tile, s, input_precision="tf32x3")
    s += tl.load(b + net * n_out + rows, mask=rows < n_out, other=0)[:, None]
    place = h + (net * N + examples[None, :]) * n_out + rows[:, None]
    tl.store(place, activation(s, tl.load(kinds + net)), mask=is_example & is_row)


@triton.jit
def output_gradients(  # type: ignore[no-untyped-def]
    v, c, h_deep, h_shallow, labels, d_out, d_deep, d_shallow, kinds, n_deep, label_step,
    n_in: tl.constexpr, n_classes: tl.constexpr, N: tl.constexpr, P: tl.constexpr,
    W: tl.constexpr,
):  # fmt: skip
    """Softmax and likelihood of one example: gradients of its logits and of the sums below them."""
    example, net = tl.program_id(0), tl.program_id(1)
    classes, k = tl.arange(0, P), tl.arange(0, W)
    is_class, is_unit = classes < n_classes, k < n_in
    h, d = h_deep, d_deep
    if net >= n_deep:
        h, d = h_shallow, d_shallow
    place = (net * N + example) * n_in + k
    units = tl.load(h + place, mask=is_unit, other=0)
    tile = tl.load(
        v + (net * n_classes + classes[:, None]) * n_in + k[None, :],
        mask=is_class[:, None] & is_unit[None, :],
        other=0,
    )
    logits = tl.sum(tile * units[None, :], axis=1)
    logits += tl.load(c + net * n_classes + classes, mask=is_class, other=0)
    logits = tl.where(is_class, logits, float("-inf"))
    p = tl.exp(logits - tl.max(logits, axis=0))
    p = p / tl.sum(p, axis=0)
    gradient = p - tl.where(classes == tl.load(labels + net * label_step + example), 1.0, 0.0)
    tl.store(d_out + (net * N + example) * P + classes, gradient)
    back = tl.sum(tile * gradient[:, None], axis=0) * slope(units, tl.load(kinds + net))
    tl.store(d + place, back, mask=is_unit)


@triton.jit
def update_output(  # type: ignore[no-untyped-def]
    v, c, h_deep, h_shallow, d_out, steps, n_deep,
    n_in: tl.constexpr, n_classes: tl.constexpr, N: tl.constexpr, P: tl.constexpr,
    K: tl.constexpr,
):  # fmt: skip
    """The softmax layer's weights from K units, and its biases, one update on."""
    net = tl.program_id(1)
    k = tl.program_id(0) * K + tl.arange(0, K)
    classes, examples = tl.arange(0, P), tl.arange(0, P)
    is_class, is_unit = classes < n_classes, k < n_in
    h = h_deep
    if net >= n_deep:
        h = h_shallow
    units = tl.load(
        h + (net * N + examples[:, None]) * n_in + k[None, :],
        mask=(examples[:, None] < N) & is_unit[None, :],
        other=0,
    )
    d = tl.load(
        d_out + (net * N + examples[None, :]) * P + classes[:, None],
        mask=examples[None, :] < N,
        other=0,
    )
    d *= tl.load(steps + net)
    place = v + (net * n_classes + classes[:, None]) * n_in + k[None, :]
    mask = is_class[:, None] & is_unit[None, :]
    change = tl.dot(d, units, input_precision="tf32x3")
    tl.store(place, tl.load(place, mask=mask, other=0) - change, mask=mask)
    if tl.program_id(0) == 0:
        at = c + net * n_classes + classes
        tl.store(at, tl.load(at, mask=is_class, other=0) - tl.sum(d, axis=1), mask=is_class)


@triton.jit
def backward_layer(  # type: ignore[no-untyped-def]
    x, w, b, d, d_before, kinds, steps, x_step,
    n_in: tl.constexpr, n_out: tl.constexpr, N: tl.constexpr, IS_FIRST: tl.constexpr,
    R: tl.constexpr, K: tl.constexpr,
):  # fmt: skip
    """From K units of the layer before: the gradients there, then the weights one update on.

    A tile is fetched while the one before it is worked on.
    """
    net = tl.program_id(1)
    k = tl.program_id(0) * K + tl.arange(0, K)
    step = tl.load(steps + net)
    is_unit = k[None, :] < n_in
    x += net * x_step
    d += net * N * n_out
    changes = ()
    for i in tl.static_range(N):
        changes = changes + (tl.load(x + i * n_in + k, mask=k < n_in, other=0) * -step,)  # type: ignore[assignment]
    sums = (tl.zeros((R, K), tl.float32),) * N
    inner = tl.arange(0, R)
    first = w + net * n_out * n_in + inner[:, None] * n_in + k[None, :]
    ahead = tl.load(first, mask=(inner[:, None] < n_out) & is_unit, other=0)
    for start in range(0, n_out, R):
        rows = start + inner
        place = first + start * n_in
        tile = ahead
        ahead = tl.load(place + R * n_in, mask=(rows[:, None] + R < n_out) & is_unit, other=0)
        updated = tile
        d_bias = tl.zeros((R,), tl.float32)
        new = ()
        for i in tl.static_range(N):
            d_rows = tl.load(d + i * n_out + rows, mask=rows < n_out, other=0)
            if not IS_FIRST:
                new = new + (sums[i] + tile * d_rows[:, None],)  # type: ignore[assignment]
            updated += d_rows[:, None] * changes[i][None, :]
            d_bias += d_rows
        if not IS_FIRST:
            sums = new
        tl.store(place, updated, mask=(rows[:, None] < n_out) & is_unit)
        if tl.program_id(0) == 0:
            at = b + net * n_out + rows
            bias = tl.load(at, mask=rows < n_out, other=0)
            tl.store(at, bias - d_bias * step, mask=rows < n_out)
    if not IS_FIRST:
        kind = tl.load(kinds + net)
        for i in tl.static_range(N):
            h = tl.load(x + i * n_in + k, mask=k < n_in, other=0)
            back = tl.sum(sums[i], axis=0) * slope(h, kind)
            tl.store(d_before + (net * N + i) * n_in + k, back, mask=k < n_in)


class Networks:
    """Networks on a device, of one width and of one or two neighboring depths, deep ones first.

    parameters: what each begins with; activations: their names; learning_rates: one each.
    """

    def __init__(
        self,
        parameters: list[Parameters],
        activations: list[str],
        learning_rates: list[float],
        device: str,
    ) -> None:
        depths = [len(p.weights) - 1 for p in parameters]
        if depths != sorted(depths, reverse=True) or depths[0] - depths[-1] > 1:
            message = f"expected neighboring depths, deep ones first, found {depths}"
            raise ValueError(message)
        self.device = device
        self._n, self._depth = len(depths), depths[0]
        self._n_with = [sum(depth > k for depth in depths) for k in range(self._depth)]

        def stacked(arrays: list[Any]) -> torch.Tensor:
            return torch.from_numpy(np.stack(arrays)).to(device, torch.float32)

        layers = [(parameters[:n], k) for k, n in enumerate(self._n_with)] + [(parameters, -1)]
        self.weights = [stacked([p.weights[k] for p in those]) for those, k in layers]
        self.biases = [stacked([p.biases[k] for p in those]) for those, k in layers]
        kinds = [KINDS[name] for name in activations]
        self._kinds = torch.tensor(kinds, device=device, dtype=torch.int32)
        self._functions = [FUNCTIONS[kind] for kind in kinds]
        # The gradients below are sums over the mini-batch.
        steps = [rate / BATCH for rate in learning_rates]
        self._steps = torch.tensor(steps, device=device, dtype=torch.float32)
        shape = (self._n, BATCH, self.biases[0].shape[1])
        self._h = [torch.zeros(shape, device=device) for _ in range(self._depth)]
        self._d = [torch.zeros(shape, device=device) for _ in range(self._depth)]
        self._d_out = torch.zeros((self._n, BATCH, N_PADDED), device=device)

    def __len__(self) -> int:
        return self._n

    def update(self, x: torch.Tensor, labels: torch.Tensor) -> None:
        """One update of each on its mini-batch. x: (networks, 10, inputs); labels: (networks, 10).

        Labels are int32; a network's own inputs lie together, as do its labels.
        """
        inputs = [x, *self._h[:-1]]
        for k in range(self._depth):
            n_out, n_in = self.weights[k].shape[1:]
            forward_layer[(triton.cdiv(n_out, FORWARD_TILE["R"]), self._n_with[k])](
                inputs[k], self.weights[k], self.biases[k], self._h[k], self._kinds,
                inputs[k].stride(0), n_in, n_out, BATCH, N_PADDED, **FORWARD_TILE,
            )  # fmt: skip
        self._update_output(labels)
        for k in reversed(range(self._depth)):
            n_out, n_in = self.weights[k].shape[1:]
            backward_layer[(triton.cdiv(n_in, BACKWARD_TILE["K"]), self._n_with[k])](
                inputs[k], self.weights[k], self.biases[k], self._d[k], self._d[max(k - 1, 0)],
                self._kinds, self._steps, inputs[k].stride(0), n_in, n_out, BATCH, k == 0,
                **BACKWARD_TILE,
            )  # fmt: skip

    def _update_output(self, labels: torch.Tensor) -> None:
        v, c, n_deep = self.weights[-1], self.biases[-1], self._n_with[-1]
        n_classes, n_in = v.shape[1:]
        deep, shallow = self._depth - 1, max(self._depth - 2, 0)
        output_gradients[(BATCH, self._n)](
            v, c, self._h[deep], self._h[shallow], labels, self._d_out, self._d[deep],
            self._d[shallow], self._kinds, n_deep, labels.stride(0), n_in, n_classes, BATCH,
            N_PADDED, triton.next_power_of_2(n_in), num_warps=8,
        )  # fmt: skip
        update_output[(triton.cdiv(n_in, OUTPUT_TILE["K"]), self._n)](
            v, c, self._h[deep], self._h[shallow], self._d_out, self._steps, n_deep, n_in,
            n_classes, BATCH, N_PADDED, **OUTPUT_TILE,
        )  # fmt: skip

    def arrays(self, net: int) -> tuple[Arrays, Arrays]:
        """Copies of one network's weights and biases."""
        layers = [k for k, n in enumerate([*self._n_with, self._n]) if net < n]
        weights = [self.weights[k][net].cpu().numpy() for k in layers]
        return weights, [self.biases[k][net].cpu().numpy() for k in layers]

    def error(self, net: int, x: torch.Tensor, labels: torch.Tensor) -> float:
        """Percent of the examples, x (n, inputs) and labels (n,), that one network gets wrong."""
        for k, n in enumerate(self._n_with):
            if net < n:
                x = self._functions[net](x @ self.weights[k][net].T + self.biases[k][net])
        logits = x @ self.weights[-1][net].T + self.biases[-1][net]
        return 100 * float((logits.argmax(1) != labels).double().mean())
