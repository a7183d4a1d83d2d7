"""What tells the runs of one experiment apart: resolved values in their shortest notation."""

from collections.abc import Mapping
from typing import Any

from glorot_repro.config.node import Node
from glorot_repro.config.notation import INITIALIZER, LAYERS, leaves
from glorot_repro.config.schema import Settings
from glorot_repro.nn.scheme import NetworkInitializer
from glorot_repro.section import OWN_BY_NAME, Section


def labels(settings: Settings, point: Mapping[str, Node]) -> dict[str, Any]:
    """The resolved values of the axes of a point, by the keys under which they are resolved.

    Equal meanings give equal labels: `xavier_uniform` is `normalized`, 1e-2 is 0.01. A value that
    an override has made meaningless, such as the gain of zeros, has none.
    """
    found: dict[str, Any] = {}
    for axis, node in point.items():
        for path, _ in leaves(tuple(axis.split(".")), node):
            key, value = _resolved(settings, path)
            if value is not None:
                found[key] = value
    return found


def value_at(settings: Settings, key: str) -> Any:
    """The resolved value at a key of `labels`; None where these settings have none.

    Neither depth nor width stands for layers that differ in width: `model.hidden` does.
    """
    found, value = _resolved(settings, tuple(key.split(".")))
    return value if found == key else None


def _resolved(settings: Settings, path: tuple[str, ...]) -> tuple[str, Any]:
    hidden = settings.model.hidden
    if path in (("model", "depth"), ("model", "width")):
        is_uniform = len(set(hidden)) <= 1
        if is_uniform and path[1] == "depth":
            return "model.depth", len(hidden)
        if is_uniform:
            return "model.width", hidden[0] if hidden else None
        path = ("model", "hidden")
    if path[:2] == INITIALIZER and len(path) > 2 and path[2] not in LAYERS:
        # The options of one initializer are those of the hidden layers and of the first.
        path = (*INITIALIZER, "hidden", *path[2:])
    value: Any = settings
    for part in path:
        value = getattr(value, part, None)
    return ".".join(path), short(value)


def short(value: Any) -> Any:
    """A resolved value in its shortest notation: a name for a section that has default options."""
    if isinstance(value, NetworkInitializer):
        hidden = short(value.hidden)
        if value == NetworkInitializer.model_validate(hidden, context={OWN_BY_NAME: True}):
            return hidden
        return {layer: short(getattr(value, layer)) for layer in LAYERS}
    if isinstance(value, Section):
        options = value.model_dump(mode="json", exclude_defaults=True)
        return options["name"] if set(options) == {"name"} else options
    return list(value) if isinstance(value, tuple) else value
