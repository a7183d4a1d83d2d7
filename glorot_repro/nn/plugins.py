"""Objects of the reader's own, written `module:object` in the YAML."""

import importlib
import os
import sys


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
        found: object = importlib.import_module(module_name)
        for part in object_name.split("."):
            found = getattr(found, part)
    except AttributeError:
        message = f"{kind} '{reference}': module '{module_name}' has no '{object_name}'"
        raise ValueError(message) from None
    except Exception as error:  # the reader's module may fail in any way while it is imported
        message = f"{kind} '{reference}' does not import: {type(error).__name__}: {error}"
        raise ValueError(message) from error
    return found
