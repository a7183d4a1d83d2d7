"""The address of a run: a hash of what its configuration means, and a name to read."""

import hashlib
import json
import re
from typing import Any

LONGEST_LABEL = 100
"""Characters; with seed and hash a name stays below the 143 that encrypted file systems allow."""


def canonical_hash(settings: dict[str, Any]) -> str:
    """Eight hex digits of the SHA-256 of canonical JSON: sorted keys, shortest numbers."""
    text = json.dumps(
        _without_negative_zero(settings), sort_keys=True, separators=(",", ":"), allow_nan=False
    )
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def run_name(labels: dict[str, Any], *, seed: int, hash_digits: str) -> str:
    """A directory name: the values of the labels, the seed and the hash."""
    return "-".join([part for part in (point_name(labels), f"seed{seed}", hash_digits) if part])


def point_name(labels: dict[str, Any]) -> str:
    """The values of the labels in at most LONGEST_LABEL characters; empty without labels.

    A word stands for itself, a number after the last part of its key: `tanh-depth5`.
    """
    parts = [label(key.rpartition(".")[2], value) for key, value in labels.items()]
    return "-".join(part for part in parts if part)[:LONGEST_LABEL].strip("-.")


def label(key: str, value: Any) -> str:
    """A value in the characters of a file name: letters, digits and `._+-`."""
    if isinstance(value, dict):
        parts = [label("" if inner == "name" else inner, item) for inner, item in value.items()]
        text = "-".join(parts)
    elif isinstance(value, list):
        equal = len(value) > 1 and all(item == value[0] for item in value)
        items = [value[0]] if equal else value
        count = f"{len(value)}x" if equal else ""
        text = key + count + "x".join(label("", item) for item in items)
    elif isinstance(value, str):
        text = value
    else:
        text = key + json.dumps(value)
    return re.sub(r"[^A-Za-z0-9._+-]", "_", text)


def _without_negative_zero(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_negative_zero(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_without_negative_zero(item) for item in value]
    return value + 0.0 if isinstance(value, float) else value
