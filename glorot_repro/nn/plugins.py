"""Objects of the reader's own, written `module:object` in the YAML."""

import hashlib
import importlib
import os
import sys
from pathlib import Path


def load_object(reference: str, *, kind: str) -> object:
    """The object that `module:object` names; the working directory is searched too.

    Raises ValueError, with a message that says what failed, if the module does not import or
    has no such object.
    """
    module_name, _, object_name = reference.partition(":")
    if not module_name or not object_name:
        message = f"{kind} '{reference}' should read module:object"
        raise ValueError(message)
    here = os.getcwd()
    if here not in sys.path:
        # A console script does not search the working directory, `python -m` does.
        sys.path.append(here)
    try:
        module = importlib.import_module(module_name)
        if module_name in _EDITED:
            importlib.reload(module)
            _EDITED.discard(module_name)
            _SOURCES.pop(module_name)
        if module_name not in _SOURCES:  # read now: this is the source that runs from here on
            _SOURCES[module_name] = _file_sha256(module_name)
    # The reader's module may fail in any way while it is imported; a script ends in sys.exit().
    except (Exception, SystemExit) as error:
        message = f"{kind} '{reference}' does not import: {type(error).__name__}: {error}"
        raise ValueError(message) from error
    found: object = module
    try:
        for part in object_name.split("."):
            found = getattr(found, part)
    except AttributeError:
        file = getattr(module, "__file__", None)  # a module of Python's own is found before test.py
        message = (
            f"{kind} '{reference}': module '{module_name}' has no '{object_name}'"
            f"{f' (it is {file})' if file else ''}"
        )
        raise ValueError(message) from None
    return found


def source_sha256(reference: str) -> str | None:
    """SHA-256 of the file of the module in a `module:object` that `load_object` has loaded.

    It covers this one file, comments included, and nothing that the module imports. It is the file
    as it was when it was loaded: what is edited later does not run in this process before
    `notice_edits`. None for a module without a file, such as a built-in one.
    """
    return _SOURCES[reference.partition(":")[0]]


def notice_edits() -> None:
    """Let `load_object` load modules again whose file is another than when it loaded them."""
    _EDITED.update(
        name for name, loaded in _SOURCES.items() if _file_sha256(name) not in (None, loaded)
    )


_SOURCES: dict[str, str | None] = {}
"""The modules that `load_object` has loaded, with the SHA-256 of their file at that time."""

_EDITED: set[str] = set()
"""Those that it loads again."""


def _file_sha256(module_name: str) -> str | None:
    path = getattr(sys.modules.get(module_name), "__file__", None)
    try:
        return None if path is None else hashlib.sha256(Path(path).read_bytes()).hexdigest()
    except OSError:  # inside a zip archive, or removed at this moment
        return None
