"""The data folder: where data sets are looked for, downloaded to and cached."""

import os
from pathlib import Path

VARIABLE = "GLOROT_DATA"
"""Environment variable with the data folder. Processes that a run starts inherit it."""


def data_folder() -> Path:
    """GLOROT_DATA if it is set, else the user's cache folder. It need not exist.

    A `~` of no user stays as it is, as in a shell.
    """
    named = os.environ.get(VARIABLE)
    if named:
        return Path(os.path.expanduser(named)).absolute()
    import platformdirs  # in here because most data sets of most runs need no folder

    return Path(platformdirs.user_cache_dir("glorot_repro", appauthor=False))


def set_data_folder(folder: Path) -> None:
    """Use `folder` in this process and in those that it starts from now on."""
    os.environ[VARIABLE] = str(Path(os.path.expanduser(folder)).absolute())
