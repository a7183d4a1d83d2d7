"""Plots of one run on the reader's axes: in a notebook, or in a figure of their own."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from glorot_repro.errors import ConfigError
from glorot_repro.measure.curves import WHOLE_NETWORK
from glorot_repro.measure.histogram_series import histogram_quantities
from glorot_repro.report.log_axis import is_wide, set_log_y
from glorot_repro.report.run_densities import draw_histograms, draw_ridge
from glorot_repro.report.run_lines import draw_curves, draw_layers
from glorot_repro.runs.reading import RunRecord
from glorot_repro.wording import listed_numbers, unknown_name

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LONGEST_LEGEND = 10
"""Layers that a legend lists; of more it lists some, evenly spread."""

THEORY = "_theory"


def plot_curves(
    record: RunRecord,
    quantity: str,
    ax: "Axes | None" = None,
    *,
    layers: Sequence[int] | None = None,
    log: bool | None = None,
) -> "Axes":
    """Draw a quantity of each layer over updates, with rings for theory at update 0.

    ax: new ones if not given. layers: all. log: None for a logarithmic axis where values span more
    than a factor of 30, `log_axis.WIDE`; zero is shown on it. Returns the axes. Raises ConfigError
    for a quantity or layer that the run does not have.
    """
    chosen = chosen_layers(record, quantity, layers)
    axes = ax if ax is not None else _new_axes()
    values = draw_curves(axes, record, quantity, chosen, label=record.path.name)
    axes.set_ylabel(with_unit(quantity))
    if log or (log is None and is_wide(values)):
        set_log_y(axes, values)
    _add_legend(axes, "" if chosen == [WHOLE_NETWORK] else "layer")
    return axes


def plot_layers(
    record: RunRecord,
    quantity: str,
    ax: "Axes | None" = None,
    *,
    at: Sequence[int] | None = None,
    layers: Sequence[int] | None = None,
    log: bool | None = None,
) -> "Axes":
    """Draw a quantity over the layers, a line for each of the updates `at`: first and last."""
    chosen = chosen_layers(record, quantity, layers)
    updates = chosen_updates(record, quantity, at)
    axes = ax if ax is not None else _new_axes()
    values = draw_layers(axes, record, quantity, chosen, updates)
    axes.set_ylabel(with_unit(quantity))
    if log or (log is None and is_wide(values)):
        set_log_y(axes, values)
    _add_legend(axes, "update")
    return axes


def plot_histograms(
    record: RunRecord,
    quantity: str,
    ax: "Axes | None" = None,
    *,
    at: int | None = None,
    layers: Sequence[int] | None = None,
    log: bool = False,
) -> "Axes":
    """Draw the densities of `activation`, `backprop` or `weight_gradient`, a line for each layer.

    at: the update, the last one by default. log: of the densities; empty bins are shown at 0.
    """
    chosen = chosen_layers(record, quantity, layers, of_histograms=True)
    update = chosen_updates(record, quantity, at if at is None else [at], of_histograms=True)[-1]
    axes = ax if ax is not None else _new_axes()
    densities = draw_histograms(axes, record, quantity, chosen, update)
    if log:
        set_log_y(axes, densities)
    else:
        start_at_zero(axes, densities)
    axes.set_title(f"update {update:,}")
    _add_legend(axes, "layer")
    return axes


def plot_ridge(
    record: RunRecord,
    quantity: str,
    ax: "Axes | None" = None,
    *,
    at: int | None = None,
    layers: Sequence[int] | None = None,
) -> "Axes":
    """Draw the same densities one above the other, layer 1 lowest, each scaled to its peak."""
    chosen = chosen_layers(record, quantity, layers, of_histograms=True)
    update = chosen_updates(record, quantity, at if at is None else [at], of_histograms=True)[-1]
    axes = ax if ax is not None else _new_axes()
    draw_ridge(axes, record, quantity, chosen, update)
    axes.set_title(f"update {update:,}")
    _add_legend(axes, "")
    return axes


def quantities_of(record: RunRecord, *, of_histograms: bool) -> list[str]:
    """The quantities at hand; predictions are drawn with what they predict."""
    if of_histograms:
        return histogram_quantities(record.histograms or {})
    return [one for one in record.curves.quantities if not one.endswith(THEORY)]


def chosen_layers(
    record: RunRecord,
    quantity: str,
    layers: Sequence[int] | None = None,
    *,
    of_histograms: bool = False,
) -> list[int]:
    """`layers`, or all that have the quantity; WHOLE_NETWORK alone for one of the whole network.

    Of histograms all hidden layers.
    Raises ConfigError for what is not there, with the names of what is.
    """
    if of_histograms and record.histograms is None:
        message = f"{record.path} has no histograms: histograms.npz is missing"
        raise ConfigError(message)
    at_hand = quantities_of(record, of_histograms=of_histograms)
    if quantity not in at_hand:
        if not of_histograms and quantity in quantities_of(record, of_histograms=True):
            message = (
                f"'{quantity}' is recorded as histograms: plot those, or a curve such as "
                f"'{quantity}_std'"
            )
            raise ConfigError(message)
        kind = "quantity with histograms" if of_histograms else "quantity"
        message = f"{record.path}: {unknown_name(kind, quantity, at_hand)}"
        raise ConfigError(message)
    known = (
        (record.histograms or {})[f"{quantity}_layers"].tolist()
        if of_histograms
        else record.curves.layers(quantity)
    )
    if layers is None:
        hidden = [layer for layer in known if layer <= record.config.model.depth]
        # The softmax layer's gradients are so much larger that the others would be needles.
        return hidden if of_histograms and hidden else known
    for layer in layers:
        if layer not in known:
            what = "that is one number for the whole network"
            if known != [WHOLE_NETWORK]:
                what = f"layers at hand: {listed_numbers(known)}"
            message = f"{record.path}: no '{quantity}' of layer {layer} ({what})"
            raise ConfigError(message)
    return sorted(set(layers))


def chosen_updates(
    record: RunRecord,
    quantity: str,
    at: Sequence[int] | None = None,
    *,
    of_histograms: bool = False,
) -> list[int]:
    """`at`, or the first and the last update at which the quantity was recorded."""
    if of_histograms:
        known = (record.histograms or {})["updates"].tolist()
    else:
        curves = record.curves
        known = sorted(set(curves.update[curves.quantity == quantity].tolist()))
    if at is None:
        return sorted({known[0], known[-1]})
    for update in at:
        if update not in known:
            message = (
                f"{record.path}: '{quantity}' was not recorded at update {update:,} "
                f"(at hand: {listed_numbers(known)})"
            )
            raise ConfigError(message)
    return sorted(set(at))


def with_unit(quantity: str) -> str:
    """The quantity as the label of an axis."""
    return f"{quantity} (percent)" if quantity.endswith("_error") else quantity


def start_at_zero(axes: "Axes", densities: NDArray[np.float64]) -> None:
    """Let an axis of densities begin at 0; without any, where all values are the same, no ticks."""
    if len(densities):
        axes.set_ylim(bottom=0)
    else:
        axes.set_ylim(0, 1)
        axes.set_yticks([])


def legend_parts(*several: "Axes") -> tuple[list, list[str]]:
    """Handles and labels of a legend; of many lines those of some, the first and the last too."""
    found = [
        pair for axes in several for pair in zip(*axes.get_legend_handles_labels(), strict=True)
    ]
    handles, labels = [], []
    for handle, label in found:
        if label not in labels:
            handles.append(handle)
            labels.append(label)
    n_theory = sum("theory" in label for label in labels)
    order = sorted(range(len(labels)), key=lambda k: "theory" in labels[k])
    n_lines = len(labels) - n_theory
    if n_lines > LONGEST_LEGEND:
        step = -(-(n_lines - 1) // (LONGEST_LEGEND - 2))
        kept = sorted({*range(0, n_lines, step), n_lines - 1})
        order = [order[k] for k in (*kept, *range(n_lines, len(order)))]
    return [handles[k] for k in order], [labels[k] for k in order]


def _add_legend(axes: "Axes", title: str) -> None:
    handles, labels = legend_parts(axes)
    if handles:
        axes.legend(handles, labels, title=title or None, fontsize="small")


def _new_axes() -> "Axes":
    from matplotlib import pyplot

    return pyplot.figure(layout="constrained").add_subplot()
