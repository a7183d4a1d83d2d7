"""Settings in words, in one notation wherever a run or an initializer is described."""

from collections.abc import Mapping, Sequence
from typing import Any

from glorot_repro.config.labels import short


def setting_text(setting: Any) -> str:
    """A section, or another value, by its options that are not the default.

    `normalized`, `momentum (momentum 0.95)`, or of an initializer whose layers differ
    `first standard, hidden normalized (gain 1.27), output standard`.
    """
    notation = short(setting)
    is_of_layers = isinstance(notation, Mapping) and "name" not in notation
    return _options(notation) if is_of_layers else _told(notation)


def layers_text(hidden: Sequence[int], units: str = "units") -> str:
    """`5 layers of 1000 units`, from the width of each hidden layer; units: which, in words."""
    if not hidden:
        return "no hidden layer"
    widths = str(hidden[0]) if len(set(hidden)) == 1 else ", ".join(map(str, hidden))
    return f"{len(hidden)} {'layer' if len(hidden) == 1 else 'layers'} of {widths} {units}"


def _options(fields: Mapping[str, Any]) -> str:
    return ", ".join(f"{key} {_told(value)}" for key, value in fields.items() if key != "name")


def _told(value: Any) -> str:
    if isinstance(value, Mapping):
        options = _options(value)
        name = str(value.get("name", ""))
        return f"{name} ({options})".lstrip() if options else name
    if isinstance(value, list):
        return f"[{', '.join(map(_told, value))}]"
    if isinstance(value, bool | None):
        return "none" if value is None else str(value).lower()
    return f"{value:g}" if isinstance(value, float) else str(value)
