"""The text of a configuration file, or one line that says why it cannot be had."""

import codecs
from os import PathLike, fspath
from pathlib import Path

from glorot_repro.errors import ConfigError
from glorot_repro.wording import nearest, one_line

LARGEST_FILE = 200_000
"""Bytes of a file; a hundred times the largest experiment, read in about two seconds."""


def read_bytes(path: str | PathLike[str]) -> bytes:
    """The bytes of a configuration file; ConfigError if it cannot be read or is far too large."""
    shown = one_line(fspath(path))
    try:
        with open(path, "rb") as file:
            data = file.read(LARGEST_FILE + 1)
    except IsADirectoryError:
        message = f"{shown}: expected a YAML file, found a directory"
        raise ConfigError(message) from None
    except FileNotFoundError:
        message = f"{shown}: expected a YAML file, found nothing there{_nearest_file(Path(path))}"
        raise ConfigError(message) from None
    except (OSError, ValueError) as error:  # ValueError: a null character in the name
        reason = getattr(error, "strerror", None) or error
        message = f"{shown}: cannot be read: {reason}"
        raise ConfigError(message) from None
    if len(data) > LARGEST_FILE:
        message = f"{shown}: expected a YAML file of at most {LARGEST_FILE} bytes, found more"
        raise ConfigError(message)
    return data


def _nearest_file(path: Path) -> str:
    try:
        names = [p.name for p in path.parent.iterdir() if p.suffix in (".yaml", ".yml")]
    except OSError:
        return ""
    near = nearest(path.name, names)
    return f"; did you mean '{one_line(str(path.parent / near))}'?" if near else ""


def decode(data: bytes, *, source: str) -> str:
    """The text of UTF-8 bytes, with or without a byte order mark.

    Raises ConfigError with line and column of the first byte that is not UTF-8.
    """
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        message = f"{source}:1:1: expected UTF-8, found UTF-16; save the file as UTF-8"
        raise ConfigError(message)
    data = data.removeprefix(codecs.BOM_UTF8)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8")
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        message = (
            f"{source}:{line}:{column}: expected UTF-8, found the byte 0x{data[error.start]:02x}; "
            "save the file as UTF-8"
        )
        raise ConfigError(message) from None
