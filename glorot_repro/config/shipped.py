"""The YAML files that come with the package: the paper's figures and tables, and examples.

A file is known by its name without `.yaml`, which is that of its experiment. A file of that name in
the working directory's `configs/` takes its place, so that a copy can be edited and is then used.
"""

import os
from collections.abc import Mapping
from contextlib import suppress
from importlib.resources import files
from os import PathLike, fspath
from pathlib import Path

from glorot_repro.config.loader import read_document
from glorot_repro.config.scales import PAPER, scales_of
from glorot_repro.errors import ConfigError, StorageError
from glorot_repro.files import write_atomically
from glorot_repro.wording import one_line, unknown_name

FOLDER = Path("configs")

SUFFIXES = (".yaml", ".yml")


def packaged_folder() -> Path:
    """The folder of the package's YAML files: inside it, or beside it in a source tree."""
    inside = Path(str(files("glorot_repro"))) / "configs"
    return inside if inside.is_dir() else Path(__file__).parents[2] / "configs"


def packaged_configs() -> dict[str, Path]:
    """Name to file of every experiment of the package, sorted by name."""
    return _configs_in(packaged_folder())


def shipped_configs() -> dict[str, Path]:
    """As `packaged_configs`; files of the working directory's `configs/` win, and more may be."""
    return packaged_configs() | _configs_in(FOLDER)


def config_path(name: str) -> Path:
    """The file of the experiment `name`. Raises ConfigError if there is none."""
    configs = shipped_configs()
    if name not in configs:
        raise ConfigError(unknown_name("experiment", name, configs))
    return configs[name]


def find_config(argument: str | PathLike[str]) -> Path:
    """The file that a user means: the file `argument` itself, else the experiment of that name.

    Raises ConfigError for a word that is neither; what is written like a path is returned as it
    is, for the reader of files to complain about.
    """
    path = Path(argument)
    name = fspath(argument)
    is_word = path.name == name and path.suffix not in SUFFIXES
    # Not those of pathlib, which raise for a word that is too long for the name of a file.
    if not is_word or os.path.isfile(path):
        return path
    if name not in shipped_configs():
        for file in (path.with_name(name + suffix) for suffix in SUFFIXES):
            if os.path.isfile(file):
                message = one_line(f"unknown experiment '{name}'; did you mean the file '{file}'?")
                raise ConfigError(message)
        if os.path.exists(path):
            return path
    return config_path(name)


def shipped_scales() -> set[str]:
    """The scales that files of `shipped_configs` have; a file that cannot be read has none."""
    names = {PAPER}
    for path in shipped_configs().values():
        with suppress(ConfigError):  # `run` and `config` tell what is wrong with a file
            names |= set(scales_of(read_document(path).root))
    return names


def copy_configs(folder: Path) -> list[Path]:
    """Copies the package's YAML files into `folder`; returns their new paths.

    Raises StorageError, before anything is written, if another file is in the way.
    """
    source = packaged_folder()
    contents = {
        folder / path.relative_to(source): path.read_bytes() for path in packaged_configs().values()
    }
    for path, content in contents.items():
        if path.exists() and not (path.is_file() and path.read_bytes() == content):
            message = f"{path} is there and differs; remove it or choose another folder"
            raise StorageError(message)
    for path, content in contents.items():
        if not path.exists():
            write_atomically(path, content)
    return list(contents)


def _configs_in(folder: Path) -> dict[str, Path]:
    found: Mapping[str, Path] = {path.stem: path for path in sorted(folder.rglob("*.yaml"))}
    return dict(sorted(found.items()))
