"""What is known of a data set without reading it."""

from pathlib import Path
from typing import Any

from glorot_repro.data.finite import FiniteDataset
from glorot_repro.section import Section


def required_options(section: type[Section]) -> list[str]:
    """The options without which there is no such data set: those of the user's own images."""
    return [key for key, field in section.model_fields.items() if field.is_required()]


def dataset_entry(name: str, section: type[Section], folder: Path) -> dict[str, Any]:
    """The data set `name` as JSON values; files are looked for in `folder`, and not opened.

    images: what they are, where split_sizes is None. state: in words, whether files are here;
    available: whether all of them are. Fields that only options decide are None.
    """
    entry: dict[str, Any] = {
        "name": name,
        "images": "endless",
        "split_sizes": None,
        "image_shape": None,
        "input_size": None,
        "n_classes": None,
        "class_names": None,
        "available": True,
        "state": "generated",
        "files": {},
    }
    if required := required_options(section):
        options = " ".join(f"{key}=..." for key in required)
        return entry | {"images": "your own", "available": False, "state": f"give {options}"}
    dataset: Any = section()
    shape = {
        "image_shape": list(dataset.image_shape),
        "input_size": dataset.input_size,
        "n_classes": dataset.n_classes,
        "class_names": list(dataset.class_names),
    }
    if not isinstance(dataset, FiniteDataset):
        return entry | shape
    files = dataset.files_here(folder)
    missing = [file for file, path in files.items() if path is None]
    places = sorted({str(path.parent) for path in files.values() if path is not None})
    state = f"in {', '.join(places)}" if not missing else f"missing; {dataset.how_to_get}"
    if missing and places:
        state = f"{', '.join(missing)} {state}"
    return (
        entry
        | shape
        | {
            "images": "",
            "split_sizes": dataset.split_sizes,
            "available": not missing,
            "state": state,
            "files": {file: str(path) if path else None for file, path in files.items()},
        }
    )
