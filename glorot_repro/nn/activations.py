"""Activation functions z = f(s), each with its derivative and its limits."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from glorot_repro.nn import rectifiers, sigmoids
from glorot_repro.nn.plugins import load_object
from glorot_repro.wording import unknown_name

Array = NDArray[np.floating]


@dataclass(frozen=True)
class Activation:
    """An elementwise activation function.

    write(s, out): overwrites `out` with f(s); `out` is another array than `s`.
    write_derivative(s, z, out): overwrites `out` with f'(s), given s and z = f(s).
    asymptotes: the lower and upper end of f's range, where it has limits that it nears for ever.
    needs_pre_activation: True if write_derivative reads s; otherwise s may be anything then.
    All arrays have one shape and one dtype, float32 or float64.
    """

    name: str
    write: Callable[[Array, Array], object]
    write_derivative: Callable[[Array, Array, Array], object]
    asymptotes: tuple[float | None, float | None] = (None, None)
    needs_pre_activation: bool = False

    def __call__(self, pre_activation: Array) -> Array:
        """f(s), a new array."""
        out = np.empty_like(pre_activation)
        self.write(pre_activation, out)
        return out

    def derivative(self, pre_activation: Array, activation: Array | None = None) -> Array:
        """f'(s), a new array; `activation` is f(s) where the caller has it already."""
        z = self(pre_activation) if activation is None else activation
        out = np.empty_like(z)
        self.write_derivative(pre_activation, z, out)
        return out


ACTIVATIONS: dict[str, Activation] = {
    activation.name: activation
    for activation in (
        Activation("tanh", np.tanh, sigmoids.tanh_derivative, (-1.0, 1.0)),
        Activation("sigmoid", sigmoids.sigmoid, sigmoids.sigmoid_derivative, (0.0, 1.0)),
        Activation("softsign", sigmoids.softsign, sigmoids.softsign_derivative, (-1.0, 1.0)),
        Activation("hard_tanh", sigmoids.hard_tanh, sigmoids.hard_tanh_derivative, (-1.0, 1.0)),
        Activation(
            "lecun_tanh",
            sigmoids.lecun_tanh,
            sigmoids.lecun_tanh_derivative,
            (-sigmoids.LECUN_LIMIT, sigmoids.LECUN_LIMIT),
        ),
        Activation(
            "hard_sigmoid", sigmoids.hard_sigmoid, sigmoids.hard_sigmoid_derivative, (0.0, 1.0)
        ),
        Activation("relu", rectifiers.relu, rectifiers.relu_derivative, (0.0, None)),
        Activation("leaky_relu", rectifiers.leaky_relu, rectifiers.leaky_relu_derivative),
        Activation("softplus", rectifiers.softplus, rectifiers.softplus_derivative, (0.0, None)),
        Activation("elu", rectifiers.elu, rectifiers.elu_derivative, (-1.0, None)),
        Activation(
            "selu", rectifiers.selu, rectifiers.selu_derivative, (-rectifiers.SELU_LIMIT, None)
        ),
        # gelu and silu go below 0 and come back to it, so that 0 is not the end of their range.
        Activation("gelu", rectifiers.gelu, rectifiers.gelu_derivative, needs_pre_activation=True),
        Activation("silu", rectifiers.silu, rectifiers.silu_derivative, needs_pre_activation=True),
        Activation("linear", rectifiers.linear, rectifiers.linear_derivative),
    )
}


@lru_cache
def activation_named(name: str) -> Activation:
    """The activation of this name, or the reader's own for `module:object`.

    The reader's object is an `Activation`, or a function f(s) -> z on arrays, whose derivative is
    then taken by central differences in float64.
    Raises ValueError for an unknown name, an object that does not import, a function whose values
    have another shape than its argument, are less precise, or are not finite numbers, one that is
    not elementwise or changes its argument, and a derivative that reads s although it is not kept.
    """
    if name in ACTIVATIONS:
        return ACTIVATIONS[name]
    if ":" not in name:
        raise ValueError(unknown_name("activation", name, [*ACTIVATIONS, "module:object"]))
    found = load_object(name, kind="activation")
    if callable(found) and not isinstance(found, Activation):
        found = _from_function(name, found)
    if not isinstance(found, Activation):
        message = f"activation '{name}' is a {type(found).__name__}; expected a function f(s)"
        raise ValueError(message)
    _check_on_sample(name, found)
    return found


def _from_function(name: str, function: Callable[[Array], Array]) -> Activation:
    def values(s: Array) -> NDArray[Any]:
        z = np.asarray(function(s))
        if z.shape != s.shape:
            message = f"activation '{name}' turned shape {s.shape} into {z.shape}"
            raise ValueError(message)
        if z.dtype.kind == "f" and z.itemsize < s.itemsize:
            # tanh in float16 had an "exploding" gradient: differences of rounded values are noise.
            message = f"activation '{name}' turned {s.dtype} into {z.dtype}; let it keep the type"
            raise ValueError(message)
        return z

    def write(s: Array, out: Array) -> None:
        np.copyto(out, values(s), casting="same_kind")

    def write_derivative(s: Array, z: Array, out: Array) -> None:
        # Step cbrt(eps) balances truncation and rounding: relative error about 1e-10, far below
        # the rounding of float32 training.
        wide = s.astype(np.float64)
        step = 6e-6 * np.maximum(1.0, np.abs(wide))
        above = values(wide + step).astype(np.float64)  # a copy: f may reuse the array it returns
        np.copyto(out, (above - values(wide - step)) / (2 * step), casting="same_kind")

    return Activation(name, write, write_derivative, needs_pre_activation=True)


def _check_on_sample(name: str, activation: Activation) -> None:
    sample = np.linspace(-4, 4, 6).reshape(2, 3)
    for dtype in ("float32", "float64"):
        s: Array = sample.astype(dtype)
        z, slope = _on_sample(name, activation, s)
        if not (s == sample.astype(dtype)).all():
            message = f"activation '{name}' changes its argument; let it return another array"
            raise ValueError(message)
        alone, _ = _on_sample(name, activation, s.ravel()[:4].copy())
        if not np.allclose(alone, z.ravel()[:4], rtol=1e-5, equal_nan=True):
            message = (
                f"activation '{name}' is not elementwise: its value at a number depends on the "
                "other numbers of the array"
            )
            raise ValueError(message)
        if not (np.isfinite(z).all() and np.isfinite(slope).all()):
            message = f"activation '{name}' gives numbers that are not finite on [-4, 4]"
            raise ValueError(message)
        if not activation.needs_pre_activation and _reads_pre_activation(activation, z, slope):
            message = (
                f"the derivative of activation '{name}' reads s, which is not kept for it; set "
                "needs_pre_activation=True"
            )
            raise ValueError(message)


def _reads_pre_activation(activation: Activation, z: Array, slope: Array) -> bool:
    with np.errstate(all="ignore"):
        try:
            return not np.array_equal(activation.derivative(np.full_like(z, np.nan), z), slope)
        except Exception:  # with NaN only, so it read them
            return True


def _on_sample(name: str, activation: Activation, s: Array) -> tuple[Array, Array]:
    try:
        z = activation(s)
        return z, activation.derivative(s, z)
    except Exception as error:  # the reader's code may fail in any way
        message = f"activation '{name}' failed on a {s.shape} {s.dtype} array: {error}"
        raise ValueError(message) from error
