"""How an experiment expands to runs."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from glorot_repro.config.experiment import (
    expand_runs,
    load_experiment,
    load_run_config,
    parse_experiment,
    parse_run_config,
)
from glorot_repro.config.labels import short
from glorot_repro.errors import ConfigError
from glorot_repro.nn.initializers import Normalized, Standard


def test_a_name_is_an_experiment_of_the_paper() -> None:
    experiment = parse_experiment("name: x\n")
    (run,) = expand_runs(experiment)
    assert (run.experiment, run.scale, run.seed, run.point) == ("x", "paper", 0, {})
    assert run.model.hidden == (1000,) * 5
    assert run.model.depth == 5
    assert (run.model.activation, run.training.batch_size) == ("tanh", 10)
    assert (run.training.learning_rate, run.training.dtype) == (0.01, "float32")
    assert (run.record.examples, run.record.bins, run.record.sample_images) == (300, 1000, 0)


def test_the_grid_goes_through_all_combinations_first_key_slowest() -> None:
    text = "name: x\nseeds: [1, 2]\ngrid: {model.depth: [1, 2], model.activation: [tanh, relu]}\n"
    runs = expand_runs(parse_experiment(text))
    assert [(run.model.depth, run.model.activation, run.seed) for run in runs] == [
        (depth, activation, seed)
        for depth in (1, 2)
        for activation in ("tanh", "relu")
        for seed in (1, 2)
    ]
    assert runs[2].point == {"model.depth": 1, "model.activation": "relu"}


def test_a_search_runs_every_candidate_with_its_own_seeds_at_every_grid_point() -> None:
    text = (
        "name: x\nseeds: [1, 2, 3]\nsearch_seeds: [7, 8]\n"
        "grid: {model.activation: [tanh, relu]}\nsearch: {training.learning_rate: [0.1, 1e-2]}\n"
    )
    experiment = parse_experiment(text)
    assert experiment.seeds == (1, 2, 3)
    runs = experiment.runs
    assert [(run.model.activation, run.training.learning_rate, run.seed) for run in runs] == [
        (activation, rate, seed)
        for activation in ("tanh", "relu")
        for rate in (0.1, 0.01)
        for seed in (7, 8)
    ]
    assert runs[2].point == {"model.activation": "tanh"}
    assert runs[2].candidate == {"training.learning_rate": 0.01}


def test_the_winner_of_a_search_is_copied_to_the_other_seeds() -> None:
    winner = parse_experiment("name: x\nsearch: {training.learning_rate: [0.1]}\n").runs[0]
    other = winner.model_copy(update={"seed": 3})
    same = parse_experiment("name: x\ntraining: {learning_rate: 0.1}\nseeds: [3]\n").runs[0]
    assert other.hash == same.hash != winner.hash


def test_values_of_one_axis_may_set_several_keys_together() -> None:
    text = "name: x\ngrid: {model: [{activation: tanh}, {activation: softsign, width: 7}]}\n"
    runs = parse_experiment(text).runs
    assert [(run.model.activation, run.model.hidden[0]) for run in runs] == [
        ("tanh", 1000),
        ("softsign", 7),
    ]
    assert runs[1].point == {"model.activation": "softsign", "model.width": 7}


def test_runs_of_equal_meaning_are_one_run() -> None:
    text = (
        "name: x\nseeds: [0, 0]\ngrid:\n"
        "  model.initializer: [normalized, xavier_uniform, {name: normalized, gain: 1}, zeros]\n"
        "  training.learning_rate: [0.1, 0.10, 1e-1]\n"
    )
    runs = parse_experiment(text).runs
    assert [run.point["model.initializer"] for run in runs] == ["normalized", "zeros"]


@pytest.mark.parametrize(
    ("initializer", "first", "output"),
    [
        ("normalized", Normalized(), Standard()),
        ("{name: normalized, gain: 2}", Normalized(gain=2), Standard()),
        ("{first: standard, hidden: normalized}", Standard(), Standard()),
        ("{hidden: normalized, output: normalized}", Normalized(), Normalized()),
    ],
)
def test_an_initializer_has_three_notations(
    initializer: str, first: object, output: object
) -> None:
    (run,) = parse_experiment(f"name: x\nmodel: {{initializer: {initializer}}}\n").runs
    assert run.model.initializer.first == first
    assert run.model.initializer.hidden.name == "normalized"
    assert run.model.initializer.output == output


def test_scales_override_the_file_and_its_axes() -> None:
    text = (
        "name: x\ngrid: {model.activation: [tanh, relu]}\nseeds: [0, 1]\nscales:\n"
        "  smoke: {training: {updates: 5}, model.depth: 2, model.width: 8, seeds: [4]}\n"
        "  one: {model.activation: relu, seeds: [0]}\n"
        "  more: {grid.model.activation: [sigmoid], search.training.learning_rate: [0.5]}\n"
        "  quick: {}\n"
    )
    smoke = parse_experiment(text, scale="smoke")
    assert [(r.training.updates, r.model.hidden, r.seed) for r in smoke.runs] == [
        (5, (8, 8), 4)
    ] * 2
    assert [run.point for run in parse_experiment(text, scale="one").runs] == [{}]
    (more,) = parse_experiment(text, scale="more").runs
    assert (more.point, more.candidate) == (
        {"model.activation": "sigmoid"},
        {"training.learning_rate": 0.5},
    )
    assert parse_experiment(text).scales == ("paper", "smoke", "one", "more", "quick")
    hashes = [
        [r.hash for r in parse_experiment(text, scale=s).runs] for s in (None, "paper", "quick")
    ]
    assert hashes[0] == hashes[1] == hashes[2]


def test_the_order_of_keys_in_a_scale_does_not_matter() -> None:
    keys = [
        "model.initializer.first: zeros",
        "model.initializer.gain: 2",
        "model.initializer: normalized",
        "model.depth: 2",
        "model.width: 9",
    ]
    hashes = set()
    for order in (keys, keys[::-1], keys[2:] + keys[:2]):
        text = f"name: x\nmodel: {{hidden: [5, 4]}}\nscales: {{quick: {{{', '.join(order)}}}}}\n"
        (run,) = parse_experiment(text, scale="quick").runs
        hashes.add(run.hash)
    assert len(hashes) == 1
    assert run.model.hidden == (9, 9)
    assert short(run.model.initializer) == {
        "first": "zeros",
        "hidden": {"name": "normalized", "gain": 2.0},
        "output": "standard",
    }


def test_a_grid_over_data_sets_and_their_options_applies_the_data_set_first() -> None:
    text = "name: x\ngrid: {dataset.test_size: [500, 600], dataset: [shapeset]}\n"
    runs = parse_experiment(text).runs
    assert [run.point["dataset"] for run in runs] == [
        {"name": "shapeset", "test_size": 500},
        {"name": "shapeset", "test_size": 600},
    ]


def test_an_axis_that_an_override_makes_meaningless_gives_no_label() -> None:
    text = "name: x\ngrid: {model.initializer.gain: [1, 2]}\n"
    (run,) = parse_experiment(
        text, ["model.initializer.hidden=zeros", "model.initializer.first=zeros"]
    ).runs
    assert run.point == {}
    runs = parse_experiment(text).runs
    assert [run.point for run in runs] == [
        {"model.initializer.hidden.gain": 1.0},
        {"model.initializer.hidden.gain": 2.0},
    ]


@pytest.mark.parametrize(
    ("text", "override", "point"),
    [
        ("grid: {model: [{width: 3}]}", "model.hidden=[3, 4]", {"model.hidden": [3, 4]}),
        ("grid: {model: [{depth: 3}]}", "model.hidden=[3, 4]", {"model.hidden": [3, 4]}),
        ("grid: {model.width: [3, 4]}", "model.depth=0", {}),
        ("grid: {model.depth: [2, 0]}", "model.depth=0", {}),
        ("grid: {model.width: [3]}", "model.depth=2", {"model.width": 3}),
        ("grid: {model: [{depth: 0}]}", "model.width=2", {"model.depth": 0}),
    ],
)
def test_sizes_that_an_override_changes_are_labeled_as_they_are(
    text: str, override: str, point: dict[str, object]
) -> None:
    (run,) = parse_experiment(f"name: x\n{text}\n", [override]).runs
    assert run.point == point
    assert parse_experiment(run.to_yaml()).runs == (run,)


def test_depth_0_stands_beside_other_depths_in_a_grid_with_widths() -> None:
    """It has no width; a label `hidden: []` beside `depth: 0` was no file that can be read back."""
    runs = parse_experiment("name: x\ngrid: {model.depth: [0, 1], model.width: [3, 4]}\n").runs
    assert [run.point for run in runs] == [
        {"model.depth": 0},
        {"model.depth": 1, "model.width": 3},
        {"model.depth": 1, "model.width": 4},
    ]
    assert all(parse_experiment(run.to_yaml()).runs == (run,) for run in runs)


@pytest.mark.parametrize("kind", ["grid", "search"])
def test_the_svm_has_no_axes(kind: str) -> None:
    """All but the first value were left out without a word: `svm` is part of no run."""
    for text, overrides in (
        (f"name: x\n{kind}: {{svm.finalists: [1, 2]}}\n", []),
        ("name: x\n", [f"{kind}.svm.finalists=[1, 2]"]),
    ):
        with pytest.raises(
            ConfigError, match=rf"{kind}\.svm\.finalists.*: expected a key of a run"
        ):
            parse_experiment(text, overrides)


def test_a_run_config_is_read_back_with_its_scale(tmp_path: Path) -> None:
    text = "name: x\ngrid: {model.depth: [1, 2]}\nscales: {quick: {training.updates: 5}}\n"
    run = parse_experiment(text, scale="quick").runs[1]
    path = tmp_path / "config.yaml"
    path.write_text(run.to_yaml())
    assert load_run_config(path) == run
    assert load_experiment(path, scale="quick").runs == (run,)
    path.write_text(text)
    with pytest.raises(ConfigError, match=r"config\.yaml: expected one run, found 2"):
        load_run_config(path)


def test_a_configuration_loads_nothing_heavy() -> None:
    code = (
        "import sys, json, glorot_repro.config.experiment, glorot_repro.config.dataset; "
        "heavy = ('matplotlib', 'scipy', 'rich', 'typer'); "
        "print(json.dumps([name for name in heavy if name in sys.modules]))"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert json.loads(answer.stdout) == []


def test_options_of_a_search_stand_beside_its_axes() -> None:
    text = "name: x\nsearch: {method: halving, window: 5, training.learning_rate: [0.1, 0.2]}\n"
    experiment = parse_experiment(text, ["search.factor=4"])
    assert experiment.search is not None
    assert (experiment.search.method, experiment.search.factor) == ("halving", 4)
    assert experiment.search.window == 5
    assert [run.candidate for run in experiment.runs] == [
        {"training.learning_rate": 0.1},
        {"training.learning_rate": 0.2},
    ]
    assert parse_experiment("name: x\n").search is None


def test_a_wrong_option_of_a_search_is_one_line_with_its_place() -> None:
    text = "name: x\nsearch: {method: half, training.learning_rate: [0.1]}\n"
    with pytest.raises(ConfigError, match=r"experiment:2:18: search\.method: .*'halving'"):
        parse_experiment(text)


LIST_OF_GRIDS = """\
name: x
grid:
  - {model.activation: [tanh, softsign], training.learning_rate: [0.1]}
  - {model.activation: [sigmoid], model.depth: [4, 5], training.learning_rate: [0.02]}
scales: {one: {grid: [{model.width: [3]}, {model.width: [4], model.depth: [1]}]}}
"""


def test_the_mappings_of_a_list_of_grids_are_combined_each_by_itself() -> None:
    runs = parse_experiment(LIST_OF_GRIDS).runs
    found = [(r.model.activation, r.model.depth, r.training.learning_rate) for r in runs]
    assert found == [
        ("tanh", 5, 0.1),
        ("softsign", 5, 0.1),
        ("sigmoid", 4, 0.02),
        ("sigmoid", 5, 0.02),
    ]
    assert runs[2].point == {
        "model.activation": "sigmoid",
        "model.depth": 4,
        "training.learning_rate": 0.02,
    }
    for run in runs:
        assert parse_run_config(run.to_yaml()).hash == run.hash


def test_overrides_reach_every_mapping_of_a_list_of_grids() -> None:
    one_rate = parse_experiment(LIST_OF_GRIDS, ["training.learning_rate=0.5"]).runs
    assert [run.training.learning_rate for run in one_rate] == [0.5] * 4
    assert all("training.learning_rate" not in run.point for run in one_rate)
    two_rates = parse_experiment(LIST_OF_GRIDS, ["grid.training.learning_rate=[0.5, 1]"]).runs
    assert [run.training.learning_rate for run in two_rates] == [0.5, 1] * 4
    # No axis is left of the first mapping, and the second repeats one of its runs.
    same = parse_experiment(LIST_OF_GRIDS, ["model.activation=tanh", "model.depth=5"]).runs
    assert [run.training.learning_rate for run in same] == [0.1, 0.02]
    # An axis that only one mapping has stays with that one.
    deep = parse_experiment(LIST_OF_GRIDS, ["grid.model.depth=[2, 3]"]).runs
    assert [(r.model.activation, r.model.depth) for r in deep] == [
        ("tanh", 5), ("softsign", 5), ("sigmoid", 2), ("sigmoid", 3),
    ]  # fmt: skip
    scaled = parse_experiment(LIST_OF_GRIDS, scale="one").runs
    assert [run.model.hidden for run in scaled] == [(3,) * 5, (4,)]


@pytest.mark.parametrize(
    ("grid", "message"),
    [
        ("[{model.width: 3}]", "f:2:22: grid[0].model.width: expected a list of values"),
        ("[{model.width: [3]}, 7]", "f:2:28: grid[1]: expected a mapping, found 7"),
        ("[{}, {model.width: [3, x]}]", "f:2:30: grid[1].model.width[1]: expected a whole number"),
        ("[{}, {model.widht: [3]}]", "f:2:13: grid[1].model.widht: unknown key 'model.widht'"),
        ("[]", "f:2:7: grid: expected a mapping"),
    ],
)
def test_a_mistake_in_a_list_of_grids_is_named_where_it_is(grid: str, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_experiment(f"name: x\ngrid: {grid}\n", source="f")
    assert str(caught.value).startswith(message)
