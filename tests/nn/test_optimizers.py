"""Optimizers against torch's numbers and against their formulas written plainly."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from pydantic import TypeAdapter, ValidationError

from glorot_repro.nn.optimizers import _BLOCK, OPTIMIZERS, AnyOptimizer, Optimizer

Values = NDArray[np.float64]
TORCH: dict[str, Any] = json.loads(
    (Path(__file__).parent / "files" / "torch_optimizers.json").read_text()
)
AS_IN_TORCH: dict[str, Any] = {
    "momentum": "momentum",
    "momentum_0.5": {"name": "momentum", "momentum": 0.5},
    "nesterov": {"name": "momentum", "nesterov": True},
    "adam": "adam",
    "adam_slow": {"name": "adam", "beta1": 0.8, "beta2": 0.95, "epsilon": 1e-3},
}


def named(value: Any) -> Optimizer:
    found = TypeAdapter(AnyOptimizer).validate_python(value)
    assert isinstance(found, Optimizer)
    return found


def trajectory(
    optimizer: Optimizer, start: Values, gradients: Values, rate: float, curvatures: Values
) -> Values:
    """Parameters after each update, (updates, n)."""
    parameters = start.copy()
    state = optimizer.initial_state(parameters)
    rows = []
    for gradient, curvature in zip(gradients, curvatures, strict=True):
        optimizer.apply(parameters, gradient.copy(), state, rate, curvature=curvature)
        rows.append(parameters.copy())
    return np.array(rows)


@pytest.mark.parametrize("case", TORCH["parameters"])
def test_trajectory_is_that_of_torch(case: str) -> None:
    gradients = np.array(TORCH["gradients"])
    ours = trajectory(
        named(AS_IN_TORCH[case]),
        np.array(TORCH["start"]),
        gradients,
        TORCH["learning_rate"],
        np.ones_like(gradients),
    )
    np.testing.assert_allclose(ours, TORCH["parameters"][case], rtol=1e-12, atol=1e-14)


def sample(n_updates: int = 60, n: int = 5) -> tuple[Values, Values, Values]:
    generator = np.random.default_rng(0)
    spread = 10.0 ** np.arange(-3, n - 3)
    gradients = generator.normal(0.3, 1, (n_updates, n)) * spread
    return generator.normal(size=n), gradients, generator.exponential(1, (n_updates, n)) * spread


def test_gradient_variance_divides_by_the_running_std() -> None:
    start, gradients, curvatures = sample()
    optimizer = named({"name": "gradient_variance", "decay": 0.9, "damping": 0.05, "warm_up": 4})
    ours = trajectory(optimizer, start, gradients, 0.1, curvatures)
    expected = start.copy()
    for t in range(len(gradients)):
        # The weight of each gradient so far: equal up to the tenth, then 0.9 of the next one's.
        weights = np.ones(1)
        for n in range(2, t + 2):
            newest = max(0.1, 1 / n)
            weights = np.append(weights * (1 - newest), newest)
        mean = weights @ gradients[: t + 1]
        variance = weights @ (gradients[: t + 1] - mean) ** 2
        if t >= 4:
            expected = expected - 0.1 * gradients[t] / (np.sqrt(variance) + 0.05)
        np.testing.assert_allclose(ours[t], expected, rtol=1e-10)


def test_diagonal_hessian_divides_by_the_running_curvature() -> None:
    start, gradients, curvatures = sample()
    optimizer = named({"name": "diagonal_hessian", "decay": 0.9, "damping": 0.05})
    ours = trajectory(optimizer, start, gradients, 0.1, curvatures)
    expected, running = start.copy(), np.zeros(5)
    for t, (gradient, curvature) in enumerate(zip(gradients, curvatures, strict=True)):
        # The mean of the first ten, then 0.9 of the old mean and 0.1 of the newest.
        running = curvatures[: t + 1].mean(axis=0) if t < 10 else 0.9 * running + 0.1 * curvature
        expected = expected - 0.1 * gradient / (running + 0.05)
        np.testing.assert_allclose(ours[t], expected, rtol=1e-10)


def test_diagonal_hessian_refuses_to_go_without_a_curvature() -> None:
    optimizer = named("diagonal_hessian")
    zeros = np.zeros(3)
    with pytest.raises(ValueError, match="needs the curvature"):
        optimizer.apply(zeros, zeros, optimizer.initial_state(zeros), 0.1)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_parameter_moves_by_its_own_numbers_alone(name: str) -> None:
    """100,000 parameters, more than any block, in two halves: the same bits as in one."""
    generator = np.random.default_rng(1)
    start, *gradients = generator.normal(size=(30, 100_000)).astype(np.float32)
    optimizer = named(name)

    def moved(part: slice) -> NDArray[np.float32]:
        parameters = start[part].copy()
        state = optimizer.initial_state(parameters)
        for gradient in gradients:
            optimizer.apply(
                parameters, gradient[part].copy(), state, 0.1, curvature=abs(gradient[part])
            )
        assert parameters.dtype == np.float32
        assert {v.dtype for k, v in state.items() if k != "updates"} <= {np.dtype(np.float32)}
        return parameters

    whole = moved(slice(None))
    assert (whole != start).mean() > 0.99
    halves = np.concatenate([moved(slice(0, 33_333)), moved(slice(33_333, None))])
    np.testing.assert_array_equal(whole, halves)


@pytest.mark.parametrize("n", [1, _BLOCK, _BLOCK + 1])
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_the_first_and_the_last_parameter_of_any_number_move(name: str, n: int) -> None:
    optimizer, parameters = named(name), np.zeros(n)
    state = optimizer.initial_state(parameters)
    for update in range(25):  # 20 of them warm gradient_variance up
        optimizer.apply(parameters, np.full(n, 1.0 + update), state, 0.1, curvature=np.ones(n))
    assert (parameters < 0).all()


@pytest.mark.parametrize(
    "option",
    [{"name": "momentum", "momentum": 1}, {"name": "adam", "beta1": 1}]
    + [{"name": "adam", "beta2": 1}, {"name": "adam", "beta2": -0.1}],
)
def test_a_running_mean_that_forgets_nothing_or_less_is_refused(option: dict[str, Any]) -> None:
    """Adam would divide by 1 - beta^n = 0."""
    with pytest.raises(ValidationError):
        named(option)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_a_parameter_without_a_gradient_stays(name: str) -> None:
    """The unused places between the weight matrices have none, and must stay zero."""
    optimizer, parameters = named(name), np.zeros(3)
    state = optimizer.initial_state(parameters)
    for _ in range(30):
        optimizer.apply(parameters, np.zeros(3), state, 0.1, curvature=np.zeros(3))
    assert not parameters.any()
    assert all(np.isfinite(part).all() for part in state.values())
