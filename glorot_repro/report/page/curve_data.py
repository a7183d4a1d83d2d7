"""The curves of a run as the charts of the page read them: few points, few digits."""

import math
from typing import Any

from glorot_repro.measure.curves import Curves
from glorot_repro.report.page.histogram_data import MOST_LAYERS
from glorot_repro.report.page.thinning import evenly, rounded

MOST_POINTS = 200
"""Of one curve in the page, evenly spaced, the first and the last among them."""

FEWEST_POINTS = 20

BYTES_PER_POINT = 8
"""Of JSON, about."""

MOST_BYTES = 4_000_000
"""Of JSON for all curves of a page, about."""


def curve_data(curves: Curves, n_runs: int) -> dict[str, Any]:
    """What `runs.js` reads, by quantity: strict JSON.

    layers: 0 for the whole network; updates: (n,), of all layers; values[layer][n], null where
    there is none or it is not finite; n_updates: how many there are in the run.
    """
    table: dict[str, dict[int, dict[int, float]]] = {}
    for update, layer, quantity, value in curves:
        table.setdefault(quantity, {}).setdefault(layer, {})[update] = value
    n_curves = sum(min(MOST_LAYERS, len(layers)) for layers in table.values())
    budget = MOST_BYTES // (BYTES_PER_POINT * max(1, n_runs) * max(1, n_curves))
    most = min(MOST_POINTS, max(FEWEST_POINTS, budget))
    return {quantity: _quantity(layers, most) for quantity, layers in sorted(table.items())}


def _quantity(by_layer: dict[int, dict[int, float]], most: int) -> dict[str, Any]:
    layers = sorted(by_layer)
    layers = [layers[k] for k in evenly(len(layers), MOST_LAYERS)]
    updates = sorted({update for layer in layers for update in by_layer[layer]})
    kept = [updates[k] for k in evenly(len(updates), most)]
    return {
        "layers": layers,
        "updates": kept,
        "n_updates": len(updates),
        "values": [
            [rounded(by_layer[layer].get(update, math.nan)) for update in kept] for layer in layers
        ],
    }
