"""The JSON schema for editors, checked by an independent validator."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from glorot_repro.config.experiment import json_schema
from glorot_repro.config.experiment_file import ExperimentFile
from glorot_repro.config.loader import read_document
from glorot_repro.config.model import ModelSection
from glorot_repro.config.schema import (
    EvaluationSection,
    RecordSection,
    RunConfig,
    TrainingSection,
)
from glorot_repro.data.registry import DATASETS
from glorot_repro.nn.activations import ACTIVATIONS
from glorot_repro.nn.costs import COSTS
from glorot_repro.nn.initializers import INITIALIZER_ALIASES, INITIALIZERS
from glorot_repro.nn.optimizers import OPTIMIZERS
from glorot_repro.section import Section

CONFIGS = sorted((Path(__file__).parents[2] / "configs").rglob("*.yaml"))


@pytest.fixture(scope="module")
def validator() -> Any:
    schema = json.loads(json.dumps(json_schema(), allow_nan=False))
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_the_shipped_configurations_are_valid(path: Path, validator: Any) -> None:
    assert [
        error.message for error in validator.iter_errors(read_document(path).root.plain())
    ] == []


@pytest.mark.parametrize(
    "data",
    [
        {"name": "x", "model": {"initializer": {"name": "glorot_uniform", "gain": 2}}},
        {"name": "x", "model": {"initializer": "my:own", "activation": "my:own"}},
        {"name": "x", "model": {"initializer": {"hidden": "zeros"}}},
        {"name": "x", "model": {"depth": 2}},
        {"name": "x", "record": {"jacobian_every": 0}},
        {"name": "x", "grid": {"dataset.range": [[0, 1]], "model": [{"depth": 2}]}},
        {"name": "x", "grid": [{"model.depth": [2]}, {"model.width": [3], "dataset": ["mnist"]}]},
        {"name": "x", "scales": {"q": {"grid.model.depth": [2], "dataset.range": [0, 1]}}},
        {"name": "x", "scales": {"q": {"grid": {"model.initializer.gain": [2]}, "seeds": [1]}}},
        {"name": "x", "search": {"method": "halving", "factor": 2, "model.depth": [1, 2]}},
        {"name": "x", "scales": {"q": {"search.method": "grid", "search": {"window": 3}}}},
    ],
)
def test_what_the_loader_takes_is_valid(data: dict[str, Any], validator: Any) -> None:
    assert validator.is_valid(data)


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"name": "X"},
        {"name": "x", "foo": 1},
        {"name": "x", "model": {"hidden": [3], "depth": 2}},
        {"name": "x", "model": {"initializer": {"name": "normal"}}},
        {"name": "x", "model": {"initializer": {"name": "zeros", "gain": 1}}},
        {"name": "x", "dataset": {"name": "shapeset", "range": [1]}},
        {"name": "x", "training": {"learning_rate": -1}},
        {"name": "x", "record": {"jacobian_every": -1}},
        {"name": "x", "record": {"jacobian_every": None}},
        {"name": "x", "seeds": []},
        {"name": "x", "grid": {"model.activatoin": ["tanh"]}},
        {"name": "x", "grid": [{"model.activatoin": ["tanh"]}]},
        {"name": "x", "grid": {"model.activation": ["tahn"]}},
        {"name": "x", "scales": {"q": {"training.updates": -1}}},
        {"name": "x", "scales": {"q": {"name": "y"}}},
        {"name": "x", "scales": {"Q": {}}},
        {"name": "x", "search": {"method": "bisection"}},
        {"name": "x", "scales": {"q": {"search.factor": 1}}},
        {"name": "x", "grid": {"method": "halving"}},
    ],
)
def test_what_the_loader_refuses_is_invalid(data: dict[str, Any], validator: Any) -> None:
    assert not validator.is_valid(data)


def test_every_registered_name_is_offered() -> None:
    text = json.dumps(json_schema())
    for names in (ACTIVATIONS, INITIALIZERS, INITIALIZER_ALIASES, OPTIMIZERS, COSTS, DATASETS):
        assert all(f'"{name}"' in text for name in names)


@pytest.mark.parametrize(
    "section",
    [ExperimentFile, ModelSection, TrainingSection, EvaluationSection, RecordSection, RunConfig],
)
def test_every_key_is_described(section: type[Section]) -> None:
    for name, field in section.model_fields.items():
        assert field.description, name
