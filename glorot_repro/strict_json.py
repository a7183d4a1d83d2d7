"""JSON as its standard has it, with null for the numbers that it does not know."""

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from glorot_repro.errors import StorageError
from glorot_repro.files import write_atomically


def strict_json(value: Any) -> str:
    """The indented text of a value; NaN and infinite numbers, wherever they stand, are null."""
    return json.dumps(with_nulls(value), indent=2, allow_nan=False)


def write_json(path: Path, value: Any) -> None:
    """Write `strict_json` and a line end to a file. Raises StorageError."""
    write_atomically(path, (strict_json(value) + "\n").encode())


def read_json(path: Path) -> dict[str, Any] | None:
    """The object in a JSON file, None without the file.

    Raises StorageError, one line with the file, if it cannot be read or holds anything else.
    """
    try:
        value = json.loads(path.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValueError, RecursionError) as error:
        message = f"{path} cannot be read: {error}"
        raise StorageError(message) from error
    if not isinstance(value, dict):
        message = f"{path} cannot be read: expected a JSON object, found another value"
        raise StorageError(message)
    return value


def with_nulls(value: Any) -> Any:
    """A value of dicts, lists and numbers with None in place of NaN and infinite numbers."""
    if isinstance(value, Mapping):
        return {str(key): with_nulls(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [with_nulls(one) for one in value]
    return finite_or_none(value) if isinstance(value, float) else value


def finite_or_none(number: float) -> float | None:
    """The number, None if it is NaN or infinite."""
    return float(number) if math.isfinite(number) else None
