"""The JSON schema of the YAML, with which editors complete keys and underline mistakes."""

from typing import Any

from glorot_repro.config.experiment_file import ExperimentFile
from glorot_repro.config.notation import SECTIONS
from glorot_repro.config.search import SearchSection

Schema = dict[str, Any]


def json_schema() -> Schema:
    """The JSON schema (2020-12) of an experiment file: strict JSON, made from the sections."""
    schema = ExperimentFile.model_json_schema()
    definitions: Schema = schema["$defs"]
    # {hidden: ...} alone is fine: the first layer is then initialized as the hidden ones.
    definitions["NetworkInitializer"].pop("required", None)
    definitions["ModelSection"]["not"] = {
        "required": ["hidden"],
        "anyOf": [{"required": ["depth"]}, {"required": ["width"]}],
    }
    settings = _dotted_keys(schema)
    values = {key: _list_of(value) for key, value in settings.items()}
    properties: Schema = schema["properties"]
    overrides = {**settings, **{key: properties[key] for key in ("seeds", "search_seeds")}}
    search = SearchSection.model_json_schema()["properties"]
    definitions["Axes"] = _mapping(values, inside=_list_of({}))
    definitions["Search"] = _mapping({**values, **search}, inside=_list_of({}))
    axis_keys = {rf"^(grid|search)\.(?!({'|'.join(search)})$)": _list_of({})}
    overrides |= {f"search.{key}": option for key, option in search.items()}
    axes: Schema = {"$ref": "#/$defs/Axes"}
    grid_or_search: dict[str, Schema] = {
        "grid": {"anyOf": [axes, _list_of(axes)]},
        "search": {"$ref": "#/$defs/Search"},
    }
    for key, value in grid_or_search.items():
        overrides[key] = value
        properties[key] = {**value, "description": properties[key]["description"]}
    definitions["Overrides"] = _mapping(overrides, inside={}, **axis_keys)
    (name_pattern,) = properties["scales"]["patternProperties"]
    properties["scales"]["patternProperties"] = {name_pattern: {"$ref": "#/$defs/Overrides"}}
    properties["scales"]["additionalProperties"] = False
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema,
        "title": "glorot_repro experiment",
    }


def _dotted_keys(schema: Schema) -> Schema:
    """Dotted key of every setting to the schema of its value; the sections themselves as well."""
    keys: Schema = {"dataset": schema["properties"]["dataset"]}
    for section in SECTIONS:
        reference = schema["properties"][section]["$ref"]
        keys[section] = {"$ref": reference}
        definition = schema["$defs"][reference.rpartition("/")[2]]
        keys |= {f"{section}.{key}": value for key, value in definition["properties"].items()}
    return keys


def _mapping(properties: Schema, *, inside: Schema, **patterns: Schema) -> Schema:
    """A mapping of dotted keys; `inside` holds for the options of a choice, as in dataset.range."""
    options = "^(dataset|model\\.initializer|training\\.optimizer)\\."
    return {
        "type": "object",
        "properties": properties,
        "patternProperties": {options: inside, **patterns},
        "additionalProperties": False,
    }


def _list_of(items: Schema) -> Schema:
    return {"type": "array", "items": items, "minItems": 1}
