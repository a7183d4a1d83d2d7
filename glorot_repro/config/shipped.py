"""The YAML files of the paper's figures: those of the working directory, or the package's own."""

from importlib.resources import files
from pathlib import Path

from glorot_repro.choice import unknown_name_message
from glorot_repro.errors import ConfigError

FOLDER = Path("configs")


def shipped_configs() -> dict[str, Path]:
    """Name to file of every experiment at hand; the working directory's `configs/` wins."""
    packaged = Path(str(files("glorot_repro"))) / "configs"
    source_tree = Path(__file__).parents[2] / "configs"
    found: dict[str, Path] = {}
    for folder in (source_tree, packaged, FOLDER):
        found |= {path.stem: path for path in sorted(folder.glob("*.yaml"))}
    return found


def config_path(name: str) -> Path:
    """The file of the experiment `name`. Raises ConfigError if there is none."""
    configs = shipped_configs()
    if name not in configs:
        raise ConfigError(unknown_name_message("experiment", name, configs))
    return configs[name]
