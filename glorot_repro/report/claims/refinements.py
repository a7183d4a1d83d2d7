"""Claims of section 5 beyond the figures: second-order rates, tapering layers, a fixed data set."""

import math
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from glorot_repro.data.shapeset import Shapeset
from glorot_repro.errors import StorageError
from glorot_repro.report.claims.commands import SVM
from glorot_repro.report.claims.evidence import Evidence, Finding, MissingRuns, Need
from glorot_repro.report.claims.groups import Group
from glorot_repro.report.claims.models import (
    SETTLED,
    TANH,
    TANH_N,
    TANH_N_FINITE,
    Model,
    are_same_images,
    tapering,
    with_optimizer,
)
from glorot_repro.strict_json import read_json

SVM_ERROR, NETWORK_ERROR = 59.47, 50.47
"""Test errors of section 5, percent."""

N_IMAGES = 100_000
NOT_TRAINED = f"{SVM}: a support vector machine on 100,000 images"

NUMBERS = ("n_examples", "test_error", "validation_error", "C", "gamma", "n_support", "seconds")
"""What claims read of the outcome of `svm`."""

SHAPES = ("shrinking", "growing")


def hessian(evidence: Evidence) -> Finding:
    """tanh N < tanh with diagonal Gauss-Newton rates < tanh."""
    return _between(evidence, "diagonal_hessian")


def gradient_variance(evidence: Evidence) -> Finding:
    """tanh N < tanh with rates by the gradient variance < tanh."""
    return _between(evidence, "gradient_variance")


def combined(evidence: Evidence) -> Finding:
    """Whether second-order rates improve tanh N further, by more than one standard error."""
    plain, other = _at_equal_updates(evidence, TANH_N, with_optimizer(TANH_N, "diagonal_hessian"))
    (error, spread), (other_error, other_spread) = (
        group.error_with_spread(group.end) for group in (plain, other)
    )
    margin = math.hypot(spread, other_spread)
    return Finding(
        error - other_error > margin,
        {"tanh N": error, "with second order": other_error, "standard_error": margin},
        f"test error {other_error:.2f} % with diagonal Hessian, {error:.2f} % without, standard "
        f"error of the difference {margin:.2f}",
        _when(plain),
    )


def tapering_layers(evidence: Evidence) -> Finding:
    """Error of tanh minus that of tanh N for layers that shrink and that grow."""
    models = [
        tapering(model, is_growing=is_growing)
        for is_growing in (False, True)
        for model in (TANH, TANH_N)
    ]
    errors = [group.error_near(SETTLED) for group in evidence.runs(*((m, SETTLED) for m in models))]
    gains = {SHAPES[0]: errors[0] - errors[1], SHAPES[1]: errors[2] - errors[3]}
    told = ", ".join(f"{shape} {gain:.1f}" for shape, gain in gains.items())
    return Finding(
        min(gains.values()) > 5,
        {"gain": gains, "test_errors": errors},
        f"tanh - tanh N, points: {told}",
        f"mean of the last 20 evaluations up to update {SETTLED:,}",
    )


def svm(evidence: Evidence) -> Finding:
    """Test error of the support vector machine."""
    outcome = _machine(evidence)
    error = float(outcome["test_error"])
    return Finding(
        abs(error - SVM_ERROR) <= 3,
        {key: outcome[key] for key in ("test_error", "C", "gamma", "n_examples", "n_support")},
        f"test error {error:.2f} % with C {outcome['C']:g} and gamma {outcome['gamma']:g}; printed "
        f"{SVM_ERROR}",
        f"trained on {outcome['n_examples']:,} images",
    )


def network_on_fixed_set(evidence: Evidence) -> Finding:
    """Test error of tanh N on the same images, by early stopping, and its lead over the SVM."""
    run = evidence.run(TANH_N_FINITE, SETTLED)
    error = run.best_error()
    told = f"{run.label}: test error {error:.2f} %, printed {NETWORK_ERROR}"
    at = f"where the validation error is lowest, up to update {SETTLED:,}"
    if abs(error - NETWORK_ERROR) > 4 and run.reached >= SETTLED:
        return Finding(False, {"test_error": error}, told, at)
    lead = float(_machine(evidence)["test_error"]) - error
    return Finding(
        lead >= 4,
        {"test_error": error, "lead": lead},
        f"{told}; {lead:.2f} points below the support vector machine",
        at,
    )


def _machine(evidence: Evidence) -> dict[str, Any]:
    """The outcome of `svm` on 100,000 images of the default, of several the one validation chooses.

    Raises MissingRuns without it, StorageError if instead of it there is a damaged file.
    """
    outcomes: list[dict[str, Any]] = []
    damaged: list[StorageError] = []
    for path in evidence.bench.files("svm-shapeset-*.json"):
        try:
            outcomes += _outcomes_of_default(path)
        except StorageError as error:
            damaged.append(error)
    whole = [outcome for outcome in outcomes if outcome["n_examples"] == N_IMAGES]
    if whole:
        return min(whole, key=lambda outcome: float(outcome["validation_error"]))
    if damaged:
        raise damaged[0]
    largest = max(outcomes, key=lambda outcome: int(outcome["n_examples"]), default=None)
    if largest is None:
        raise MissingRuns(reason=NOT_TRAINED)
    # Kernel machines take the square of the number of images.
    seconds = largest["seconds"] * (N_IMAGES / largest["n_examples"]) ** 2
    raise MissingRuns(
        [Need("svm", "support vector machine", 0, 0, seconds, SVM)],
        f"{NOT_TRAINED}; so far: {largest['n_examples']:,} images give "
        f"{largest['test_error']:.2f} %",
    )


def _outcomes_of_default(path: Path) -> list[dict[str, Any]]:
    """The outcome in a file, none if its images are not drawn as the default says."""
    outcome = read_json(path) or {}
    unknown = [key for key in NUMBERS if not isinstance(outcome.get(key), int | float)]
    if unknown:
        message = f"{path} cannot be read: expected a number as {', '.join(unknown)}"
        raise StorageError(message)
    try:
        dataset = Shapeset.model_validate(outcome.get("dataset"))
    except ValidationError as error:
        message = f"{path} cannot be read: expected the options of shapeset as dataset"
        raise StorageError(message) from error
    n_images = dataset.train_size
    is_default = are_same_images(dataset, Shapeset(train_size=n_images))
    return [outcome] if is_default and 0 < n_images == outcome["n_examples"] else []


def _between(evidence: Evidence, optimizer: str) -> Finding:
    """Both inequalities by more than two standard errors."""
    groups = _at_equal_updates(evidence, TANH_N, with_optimizer(TANH, optimizer), TANH)
    (low, low_spread), (middle, spread), (high, high_spread) = (
        group.error_with_spread(group.end) for group in groups
    )
    margins = [2 * math.hypot(low_spread, spread), 2 * math.hypot(spread, high_spread)]
    return Finding(
        middle - low > margins[0] and high - middle > margins[1],
        {"tanh N": low, optimizer: middle, "tanh": high, "two_standard_errors": margins},
        f"test error, percent: tanh N {low:.2f}, tanh with {optimizer} {middle:.2f}, tanh "
        f"{high:.2f}; two standard errors {margins[0]:.2f} and {margins[1]:.2f}",
        _when(groups[0]),
    )


def _at_equal_updates(evidence: Evidence, *models: Model) -> list[Group]:
    return evidence.runs(*((model, SETTLED) for model in models))


def _when(group: Group) -> str:
    return f"mean of the last 20 evaluations up to update {group.end:,}"
