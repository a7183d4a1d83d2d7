"""What differs between two runs: configurations and curves."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from glorot_repro.config.schema import RunConfig, Settings
from glorot_repro.measure.curves import WHOLE_NETWORK, Curves
from glorot_repro.runs.reading import RunRecord
from glorot_repro.strict_json import finite_or_none


@dataclass(frozen=True)
class CurveDifference:
    """One quantity of one layer in two runs, at the updates that both have.

    layer: None for the whole network; n_shared: shared updates; n_different: those with unequal
    values; largest: the greatest |first - second|, None if one of them is not a number there or
    nothing is shared; relative: the same over the greatest magnitude at the shared updates; at: its
    update; last: both newest values.
    """

    quantity: str
    layer: int | None
    n_shared: int
    n_different: int
    largest: float | None
    relative: float | None
    at: int | None
    last: tuple[float | None, float | None]


def config_differences(first: RunConfig, second: RunConfig) -> dict[str, tuple[Any, Any]]:
    """Dotted key to both values, for settings that differ; None where a run has no such key."""
    settings = {*Settings.model_fields, "seed"}
    flat = [flattened(run.model_dump(mode="json", include=settings)) for run in (first, second)]
    keys = list(dict.fromkeys([*flat[0], *flat[1]]))
    pairs = {key: (flat[0].get(key), flat[1].get(key)) for key in keys}
    return {key: pair for key, pair in pairs.items() if pair[0] != pair[1]}


def flattened(tree: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    """The values of nested dicts by their dotted keys, in their order."""
    flat: dict[str, Any] = {}
    for key, value in tree.items():
        if isinstance(value, dict):
            flat |= flattened(value, f"{prefix}{key}.")
        else:
            flat[f"{prefix}{key}"] = value
    return flat


def curve_differences(first: RunRecord, second: RunRecord) -> list[CurveDifference]:
    """All quantities and layers of either run whose curves are not equal, to the last bit."""
    curves = first.curves, second.curves
    keys = dict.fromkeys((quantity, layer) for one in curves for _, layer, quantity, _ in one)
    found = [_difference(*curves, quantity, layer) for quantity, layer in keys]
    return [one for one in found if one is not None]


def _difference(first: Curves, second: Curves, quantity: str, layer: int) -> CurveDifference | None:
    updates, values = zip(*(c.series(quantity, layer) for c in (first, second)), strict=True)
    shared, at_first, at_second = np.intersect1d(*updates, return_indices=True)
    a, b = values[0][at_first], values[1][at_second]
    unequal = ~((a == b) | (np.isnan(a) & np.isnan(b)))
    is_same_length = len(updates[0]) == len(updates[1]) == len(shared)
    if is_same_length and not unequal.any():
        return None
    largest = relative = at = None
    if len(shared):
        with np.errstate(invalid="ignore"):
            size = np.where(unequal, np.abs(a - b), 0.0)
        size = np.where(np.isnan(size), math.inf, size)
        place = int(size.argmax())
        at = int(shared[place]) if unequal.any() else None
        largest = finite_or_none(size[place])
        magnitude = max((_magnitude(side) for side in (a, b)), default=0.0)
        if largest is not None:
            relative = largest / magnitude if magnitude else 0.0
    last = tuple(finite_or_none(v[-1]) if len(v) else None for v in values)
    return CurveDifference(
        quantity=quantity,
        layer=None if layer == WHOLE_NETWORK else layer,
        n_shared=len(shared),
        n_different=int(unequal.sum()),
        largest=largest,
        relative=relative,
        at=at,
        last=(last[0], last[1]),
    )


def _magnitude(values: Any) -> float:
    finite = np.abs(values[np.isfinite(values)])
    return float(finite.max()) if len(finite) else 0.0
