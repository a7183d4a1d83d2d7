"""Random experiments, written in random notations, keep their meaning."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glorot_repro.config.dump import yaml_text
from glorot_repro.config.experiment import parse_experiment
from glorot_repro.config.loader import parse_document
from glorot_repro.errors import ConfigError
from glorot_repro.nn.activations import ACTIVATIONS
from glorot_repro.nn.initializers import INITIALIZER_ALIASES, INITIALIZERS
from glorot_repro.nn.optimizers import OPTIMIZERS

GAINLESS = ("zeros", "constant")
rates = st.floats(0, 10)
names = st.sampled_from([*INITIALIZERS, *INITIALIZER_ALIASES])
one_initializer = names | st.builds(
    lambda name, gain: {"name": name} | ({} if name in GAINLESS else {"gain": gain}),
    names,
    st.floats(0.001, 1000),
)
layers = st.fixed_dictionaries(
    {}, optional=dict.fromkeys(("first", "hidden", "output"), one_initializer)
)
initializers = one_initializer | layers
widths = st.integers(1, 2000)
hidden = st.lists(widths, max_size=4)
models = st.fixed_dictionaries(
    {},
    optional={"activation": st.sampled_from(sorted(ACTIVATIONS)), "initializer": initializers},
)
sizes = st.fixed_dictionaries(
    {}, optional={"depth": st.integers(0, 5), "width": widths}
) | st.fixed_dictionaries({"hidden": hidden})
trainings = st.fixed_dictionaries(
    {},
    optional={
        "updates": st.integers(0, 10**9),
        "learning_rate": rates,
        "dtype": st.sampled_from(["float32", "float64"]),
        "optimizer": st.sampled_from(sorted(OPTIMIZERS)) | st.just({"name": "sgd"}),
    },
)
datasets = st.just("shapeset") | st.fixed_dictionaries(
    {"name": st.just("shapeset")},
    optional={
        "range": st.sampled_from([[0, 1], [-1, 1], [-1.5, 0.1]]),
        "bright_background": st.floats(0, 1),
    },
)
axes = st.fixed_dictionaries(
    {},
    optional={
        "model.initializer": st.lists(initializers, min_size=1, max_size=2),
        "model.activation": st.lists(st.sampled_from(sorted(ACTIVATIONS)), min_size=1, max_size=2),
        "dataset.bright_background": st.lists(st.floats(0, 1), min_size=1, max_size=2),
        "training": st.lists(trainings, min_size=1, max_size=2),
    },
)
width_axes = st.fixed_dictionaries(
    {}, optional={"model.width": st.lists(widths, min_size=1, max_size=2)}
)
hidden_axes = st.fixed_dictionaries({"model.hidden": st.lists(hidden, min_size=1, max_size=2)})
rate_axes = st.fixed_dictionaries(
    {}, optional={"training.learning_rate": st.lists(rates, min_size=1, max_size=2)}
)
line = st.text(st.characters(min_codepoint=32, max_codepoint=0x2FF, exclude_categories=["Cc"]))
traps = st.sampled_from(
    ["1e-3", "on", "no", "010", "~", "", "true", "2010-05-13", ".inf", "<<", "- a", "12:30"]
)
damage = st.binary(max_size=4) | st.sampled_from(
    [b"[", b"}", b": ", b"~", b"'", b"\n", b"- ", b"!a ", b"-", b"&a ", b"*a"]
)
seeds = st.lists(st.integers(0, 2**32 - 1), min_size=1, max_size=2)
experiments = st.builds(
    lambda name, dataset, model, size, training, grid, size_grid, search, seeds: {
        "name": name,
        "dataset": dataset,
        "model": {**model, **size},
        "training": training,
        "grid": {**grid, **size_grid},
        "search": search,
        "seeds": seeds,
        "scales": {"quick": {"training.batch_size": 3}},
    },
    st.from_regex(r"[a-z0-9_][a-z0-9_-]{0,12}", fullmatch=True),
    datasets,
    models,
    sizes,
    trainings,
    axes,
    width_axes | hidden_axes,
    rate_axes,
    seeds,
)


def without_rival_axes(data: dict[str, Any]) -> dict[str, Any]:
    if any("learning_rate" in value for value in data["grid"].get("training", [])):
        return {**data, "search": {}}
    return data


@settings(max_examples=60)
@given(experiments.map(without_rival_axes), st.sampled_from([None, "quick"]), st.data())
def test_a_run_written_as_yaml_is_the_same_run(
    data: dict[str, Any], scale: str | None, draw: st.DataObject
) -> None:
    runs = parse_experiment(json.dumps(data), scale=scale).runs
    run = draw.draw(st.sampled_from(runs))
    (again,) = parse_experiment(run.to_yaml(), scale=scale).runs
    assert again == run
    assert (again.hash, again.address) == (run.hash, run.address)
    assert again.to_yaml() == run.to_yaml()


@settings(max_examples=40)
@given(experiments.map(without_rival_axes), st.randoms(use_true_random=False))
def test_key_order_changes_no_address(data: dict[str, Any], random: Any) -> None:
    def shuffled(value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        keys = list(value)
        random.shuffle(keys)
        return {key: shuffled(value[key]) for key in keys}

    before = {run.hash for run in parse_experiment(yaml_text(data)).runs}
    assert {run.hash for run in parse_experiment(yaml_text(shuffled(data))).runs} == before


@given(
    st.dictionaries(
        line.filter(bool),
        line
        | st.floats(allow_nan=False, allow_infinity=False)
        | st.integers(-(2**52), 2**52)
        | st.booleans()
        | traps,
        min_size=1,
        max_size=4,
    )
)
def test_what_we_write_is_what_we_read(data: dict[str, Any]) -> None:
    assert parse_document(yaml_text(data), source="f.yaml").root.plain() == data


FILE = b"""name: x
model: {depth: 3, initializer: {first: standard, hidden: {name: normalized}}}
training: {updates: 5e2, learning_rate: 1e-2}
grid:
  model.initializer: [zeros, standard]
scales:
  quick: {training.updates: 10, seeds: [0]}
seeds: [0, 1]
search: {}
"""


@settings(max_examples=150)
@given(
    st.lists(
        st.tuples(st.integers(0, len(FILE)), st.integers(0, 6), damage), min_size=1, max_size=3
    )
)
def test_a_damaged_file_is_read_or_refused_in_one_line(edits: list[tuple[int, int, bytes]]) -> None:
    text = FILE
    for start, length, new in edits:
        text = text[:start] + new + text[start + length :]
    try:
        runs = parse_experiment(text, source="f.yaml").runs
    except ConfigError as error:
        line = str(error)
    else:
        line = f"f.yaml: {runs[0].address}"
    assert line.startswith("f.yaml:")
    assert line.isprintable()


def test_names_that_look_like_numbers_are_quoted() -> None:
    (run,) = parse_experiment("name: '010'\n").runs
    assert "name: '010'" in run.to_yaml()
    with pytest.raises(ConfigError, match="expected a word"):
        parse_experiment("name: 10\n")


@pytest.mark.parametrize("text", ["\x85", "\u2028", "a\x85b", "\x1b[31m", "\ufeff", " "])
def test_text_that_does_not_print_is_read_back(text: str) -> None:
    """A path of U+0085 came back as a space: config.yaml was another run."""
    assert parse_document(yaml_text({"a": text}), source="f.yaml").root.plain() == {"a": text}
