"""`key=value` arguments: the same checks as in a file, and what they do to it."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glorot_repro.config.dataset import dataset_named
from glorot_repro.config.experiment import Experiment, parse_experiment
from glorot_repro.config.labels import short
from glorot_repro.errors import ConfigError

FILE = """
name: x
dataset: shapeset
model: {depth: 3, width: 50, initializer: standard}
training: {updates: 100}
grid: {model.activation: [tanh, softsign]}
search: {training.learning_rate: [0.1, 0.01]}
scales:
  quick: {training.updates: 7, model.width: 9}
"""


def load(*overrides: str, scale: str | None = None, text: str = FILE) -> Experiment:
    return parse_experiment(text, overrides, scale, source="f.yaml")


def first(*overrides: str, text: str = FILE) -> Any:
    return load(*overrides, text=text).runs[0]


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("model.activation=rleu", "unknown activation 'rleu'; did you mean 'relu'?"),
        ("training.learning_rate=", "expected a number of at least 0, found nothing"),
        ("training.learning_rate='0.1'", "expected a number of at least 0, found the quoted text"),
        ("training.updates=010", "expected a whole number of at least 0, found the word '010'"),
        ("training.updates=1e999", "expected a whole number of at least 0, found 1e999"),
        ("training.updats=1", "unknown key 'training.updats'; did you mean 'training.updates'?"),
        ("updates=1", "unknown key 'updates'; did you mean 'training.updates'?"),
        ("training=5", "expected a mapping, found 5"),
        ("training={a: 1}", "training.a: unknown key 'training.a'"),
        ("model.hidden=[8, 0]", "model.hidden[1]: expected a whole number of at least 1, found 0"),
        ("model.hidden=[8", "expected ',' or ']', found the end of the text"),
        ("model.hidden=!!seq [8]", "expected a value without a tag"),
        ("grid.model.activation=relu", "expected a list of values, at least 1 of them, found"),
        ("grid.model.activation=[rleu]", "grid.model.activation[0]: unknown activation 'rleu'"),
        ("grid=[]", "expected a mapping, found an empty list"),
        ("seeds=0", "expected a list of whole numbers of at least 0, at least 1 of them, found 0"),
        ("seeds.0=3", "unknown key 'seeds.0'; 'seeds' has no keys of its own"),
        ("search.windw=2", "unknown key 'windw'; did you mean 'window'?"),
        ("scales.quick.updates=3", "unknown key 'updates'; did you mean 'training.updates'?"),
        ("scales.quick.training.updates=x", "expected a whole number of at least 0, found the wo"),
        ("scales.Quick={}", "expected a word of at most 64 characters"),
        ("scales=5", "expected a mapping, found 5"),
        ("name=A B", "expected a word of at most 64 characters of a-z, 0-9, '_' and '-', found"),
        ("dataset={name: shapeset, name: shapeset}", "dataset.name: expected the key once"),
    ],
)
def test_a_mistake_names_the_argument(override: str, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load(override)
    assert str(caught.value).startswith(f"command line: {override}: {message}")


@pytest.mark.parametrize("argument", ["", "=", "=3", "training.updates", " = 3", "a\nb"])
def test_an_argument_without_key_and_value_is_refused(argument: str) -> None:
    with pytest.raises(ConfigError, match=r"^command line: expected key=value, found '"):
        load(argument)


def test_a_long_argument_is_cut_in_the_message() -> None:
    with pytest.raises(ConfigError) as caught:
        load(f"model.hidden=[{'8, ' * 500}x]")
    assert len(str(caught.value)) < 300


def test_an_unknown_scale_names_the_nearest() -> None:
    with pytest.raises(ConfigError) as caught:
        load(scale="qick")
    assert str(caught.value) == (
        "command line: --scale qick: unknown scale 'qick'; did you mean 'quick'? "
        "(allowed: paper, quick)"
    )


@pytest.mark.parametrize(
    ("overrides", "hidden"),
    [
        (["model.hidden=[8, 4]"], (8, 4)),
        (["model.width=8"], (8, 8, 8)),
        (["model.depth=2"], (50, 50)),
        (["model.depth=0"], ()),
        (["model.hidden=[8, 8]", "model.depth=3"], (8, 8, 8)),
        (["model.hidden=[8, 4]", "model.width=2"], (2, 2)),
        (["model.hidden=[8, 4]", "model.depth=3", "model.width=2"], (2, 2, 2)),
        (["model.hidden=[]", "model.depth=2"], (1000, 1000)),
        (["model.width=8", "model.hidden=[3]"], (3,)),
        (["model={depth: 1, width: 6}"], (6,)),
    ],
)
def test_depth_width_and_hidden_replace_each_other(
    overrides: list[str], hidden: tuple[int, ...]
) -> None:
    assert first(*overrides).model.hidden == hidden


def test_a_depth_for_unequal_layers_is_refused() -> None:
    with pytest.raises(ConfigError, match="to change the depth of layers of unequal width"):
        load("model.hidden=[8, 4]", "model.depth=3")


@pytest.mark.parametrize(
    ("overrides", "initializer"),
    [
        (["model.initializer=xavier_uniform"], "normalized"),
        (["model.initializer.gain=2"], {"name": "standard", "gain": 2.0}),
        (
            ["model.initializer.hidden.gain=2"],
            {
                "first": "standard",
                "hidden": {"name": "standard", "gain": 2.0},
                "output": "standard",
            },
        ),
        (
            ["model.initializer=zeros", "model.initializer.first=normalized"],
            {"first": "normalized", "hidden": "zeros", "output": "zeros"},
        ),
        (
            ["model.initializer={hidden: normalized}", "model.initializer.output=zeros"],
            {"first": "normalized", "hidden": "normalized", "output": "zeros"},
        ),
        (["model.initializer={first: zeros}", "model.initializer.first=standard"], "standard"),
        (
            [
                "model.initializer={first: zeros, output: zeros}",
                "model.initializer.hidden=he_normal",
            ],
            {"first": "zeros", "hidden": "he_normal", "output": "zeros"},
        ),
    ],
)
def test_an_override_reaches_into_the_short_forms(overrides: list[str], initializer: Any) -> None:
    assert short(first(*overrides).model.initializer) == initializer


def test_an_override_reaches_into_defaults_that_are_not_written() -> None:
    run = first("dataset.test_size=500", "model.initializer.gain=2", text="name: x\n")
    assert run.dataset.test_size == 500
    assert short(run.model.initializer) == {"name": "standard", "gain": 2.0}
    assert first("training.optimizer.name=sgd", text="name: x\n").training.optimizer.name == "sgd"


def test_a_section_is_merged_and_a_value_replaced() -> None:
    run = first("training={batch_size: 5}")
    assert (run.training.updates, run.training.batch_size) == (100, 5)
    run = first("dataset={name: shapeset, test_size: 500}", "dataset={name: shapeset}")
    assert run.dataset.test_size == 10_000


def test_the_last_argument_wins() -> None:
    assert first("training.updates=1", "training.updates=2").training.updates == 2


def test_an_override_of_an_axis_drops_the_axis() -> None:
    runs = load("model.activation=relu", "training.learning_rate=0.5").runs
    assert [(run.model.activation, run.point, run.candidate) for run in runs] == [("relu", {}, {})]


def test_an_override_of_a_whole_value_drops_the_axes_inside() -> None:
    text = "name: x\ngrid: {dataset.test_size: [500, 600], model.initializer.gain: [1, 2]}\n"
    runs = load("dataset={name: shapeset, test_size: 700}", text=text).runs
    assert [run.point for run in runs] == [
        {"model.initializer.hidden.gain": gain} for gain in (1.0, 2.0)
    ]
    assert [run.point for run in load("model.initializer=zeros", text=text).runs] == [
        {"dataset.test_size": size} for size in (500, 600)
    ]


def test_an_override_of_hidden_drops_the_axis_of_depth() -> None:
    text = "name: x\ngrid: {model.depth: [1, 2]}\n"
    assert [run.point for run in load("model.hidden=[3]", text=text).runs] == [{}]


def test_an_axis_of_the_command_line_replaces_what_was_there() -> None:
    points = [run.point for run in load("grid.model.activation=[relu]", "search={}").runs]
    assert points == [{"model.activation": "relu"}]
    runs = load("model.activation=relu", "grid.model.activation=[tanh, linear]", "search={}").runs
    assert [run.model.activation for run in runs] == ["tanh", "linear"]
    runs = load("grid.training.learning_rate=[0.5]").runs
    assert [(run.point["training.learning_rate"], run.candidate) for run in runs] == [(0.5, {})] * 2


WHOLE_VALUES = """
name: x
scales:
  few:
    dataset: {name: shapeset, test_size: 500}
    model: {hidden: [9, 9], initializer: {name: normalized, gain: 3}}
    training.optimizer: {name: momentum, nesterov: true}
"""


@pytest.mark.parametrize("kind", ["grid", "search"])
@pytest.mark.parametrize(
    ("key", "values"),
    [
        ("dataset.bright_background", [0.2, 0.4]),
        ("model.depth", [1, 3]),
        ("model.initializer.hidden.gain", [1.5, 2.0]),
        ("training.optimizer.momentum", [0.5, 0.7]),
    ],
)
def test_an_axis_of_the_command_line_reaches_into_the_values_of_a_scale(
    kind: str, key: str, values: list[Any]
) -> None:
    """The scale's value was put over that of the axis: equal runs, of which one was left."""
    for argument in (f"{kind}.{key}={values}", f"{kind}={{{key}: {values}}}"):
        runs = load(argument, scale="few", text=WHOLE_VALUES).runs
        assert [{**run.point, **run.candidate} for run in runs] == [{key: one} for one in values]
        for run in runs:
            assert short(run.dataset)["test_size"] == 500
            assert set(run.model.hidden) == {9}
            assert short(run.model.initializer.first) == {"name": "normalized", "gain": 3.0}
            assert short(run.training.optimizer)["nesterov"] is True


def test_of_axes_and_values_the_later_one_wins() -> None:
    def shares(*overrides: str) -> list[tuple[float, int]]:
        runs: Any = load(*overrides, scale="few", text=WHOLE_VALUES).runs
        return [(run.dataset.bright_background, run.dataset.test_size) for run in runs]

    axis = "grid.dataset.bright_background=[0.2, 0.4]"
    assert shares(axis, "dataset.test_size=600") == [(0.2, 600), (0.4, 600)]
    assert shares("dataset.test_size=600", axis) == [(0.2, 600), (0.4, 600)]
    assert shares("dataset.bright_background=0.1", axis) == [(0.2, 500), (0.4, 500)]
    assert shares(axis, "dataset.bright_background=0.1") == [(0.1, 500)]
    assert shares(axis, "dataset={name: shapeset}") == [(0.3333, 10_000)]
    assert shares(axis, "grid={}") == [(0.3333, 500)]


def test_an_axis_of_hidden_layers_replaces_the_width_of_a_scale() -> None:
    runs = load("grid.model.hidden=[[5], [6]]", "search={}", scale="quick").runs
    assert {run.model.hidden for run in runs} == {(5,), (6,)}


def test_axes_inside_each_other_go_into_the_value_of_a_scale_whatever_their_order() -> None:
    axes = [
        "grid.model.initializer.hidden=[standard, he_normal]",
        "grid.model.initializer.hidden.gain=[1, 2]",
    ]
    for arguments in (axes, axes[::-1]):
        runs = load(*arguments, scale="few", text=WHOLE_VALUES).runs
        hidden: list[Any] = [run.model.initializer.hidden for run in runs]
        assert {(one.name, one.gain) for one in hidden} == {
            (name, gain) for name in ("standard", "he_normal") for gain in (1.0, 2.0)
        }


@pytest.mark.parametrize("axis", ["grid: {dataset.bright_background: [0.2, 0.4]}",
                                  "grid.dataset.bright_background: [0.2, 0.4]"])  # fmt: skip
def test_a_scale_may_set_a_value_and_an_axis_inside_it_in_any_order(axis: str) -> None:
    dataset = "dataset: {name: shapeset, test_size: 500}"
    for scale in (f"{{{dataset}, {axis}}}", f"{{{axis}, {dataset}}}"):
        runs: Any = load(scale="few", text=f"name: x\nscales: {{few: {scale}}}\n").runs
        assert [(run.dataset.bright_background, run.dataset.test_size) for run in runs] == [
            (0.2, 500), (0.4, 500)
        ]  # fmt: skip


def test_an_axis_of_a_section_keeps_what_else_is_set_in_it() -> None:
    """`grid.training=[{learning_rate: 0.1}] --scale smoke` trained 2,500,000 updates."""
    axis = "grid.training=[{learning_rate: 0.5}, {batch_size: 5}]"
    runs = load(axis, "search={}", "grid.model.activation=[tanh]", scale="quick").runs
    assert [(run.training.updates, run.training.learning_rate) for run in runs] == [
        (7, 0.5), (7, 0.01)
    ]  # fmt: skip
    assert [run.training.batch_size for run in runs] == [10, 5]
    runs = load("training.batch_size=3", axis, "search={}", "grid.model.activation=[tanh]").runs
    assert [run.training.batch_size for run in runs] == [3, 5]


def test_an_axis_that_the_value_of_a_scale_does_not_know_is_a_mistake() -> None:
    """It was left out without a word."""
    with pytest.raises(ConfigError) as caught:
        load("grid.dataset.noise=[1]", scale="few", text=WHOLE_VALUES)
    line = str(caught.value)
    assert line.startswith("command line: grid.dataset.noise=[1]: unknown key 'noise'")


def test_the_command_line_wins_over_the_scale_and_both_over_the_grid() -> None:
    run = load("training.updates=3", scale="quick").runs[0]
    assert (run.training.updates, run.model.hidden, run.scale) == (3, (9, 9, 9), "quick")
    text = "name: x\ngrid: {model.hidden: [[5], [6, 7]]}\nscales: {quick: {model.width: 2}}\n"
    runs = load(scale="quick", text=text).runs
    assert [run.model.hidden for run in runs] == [(2,), (2, 2)]
    assert [run.point for run in runs] == [{"model.hidden": [2]}, {"model.hidden": [2, 2]}]


def test_a_scale_can_be_written_on_the_command_line() -> None:
    assert load("scales.quick.training.updates=3", scale="quick").runs[0].training.updates == 3
    assert load("scales.slow={training: {updates: 5}}", scale="slow").runs[0].training.updates == 5
    assert load("scales.new.seeds=[4]", "search={}", scale="new", text="name: x\n").seeds == (4,)
    assert load("scales={}").scales == ("paper",)


def test_name_and_seeds_can_be_set() -> None:
    experiment = load("name=other", "description=why not", "seeds=[5, 6]", "search={}")
    assert (experiment.name, experiment.description) == ("other", "why not")
    assert [run.seed for run in experiment.runs] == [5, 6, 5, 6]


def test_a_data_set_can_be_had_without_an_experiment() -> None:
    shapeset: Any = dataset_named("shapeset", ["bright_background=0.5", "range=[0, 1]"])
    assert (shapeset.bright_background, shapeset.range) == (0.5, (0.0, 1.0))


@pytest.mark.parametrize(
    ("name", "option", "message"),
    [
        ("shapset", "x=1", "unknown data set 'shapset'; did you mean 'shapeset'?"),
        ("shapeset", "bright=1", "command line: bright=1: unknown key 'bright' (allowed: bright_"),
        ("shapeset", "test_size=0", "command line: test_size=0: expected a whole number of at"),
        ("shapeset", "range=[1,0]", "command line: range=[1,0]: the first number must be below"),
        ("shapeset", "range=", "command line: range=: expected a list of 2 numbers, found nothing"),
    ],
)
def test_a_data_set_refuses_wrong_options(name: str, option: str, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        dataset_named(name, [option])
    assert str(caught.value).startswith(message)


parts = st.sampled_from(
    ["model", "training", "grid", "search", "scales", "quick", "dataset", "seeds", "name", "hidden"]
    + ["initializer", "first", "gain", "depth", "width", "updates", "optimizer", "", "x", "[0]"]
)
values = st.sampled_from(
    ["1", "[1, 2]", "{}", "{depth: 2}", "tanh", "[tanh]", "{first: zeros}", "[[3], [4]]", "", "~"]
    + ["{name: zeros, gain: 2}", "[{updates: 1}]", "{model.depth: [2]}", "&a [*a]", "'", ".nan"]
)
arguments = st.builds(
    lambda key, value: f"{'.'.join(key)}={value}", st.lists(parts, min_size=1, max_size=4), values
)


@settings(max_examples=150)
@given(st.lists(arguments | st.text(max_size=12), max_size=3), st.sampled_from([None, "quick"]))
def test_any_arguments_give_runs_or_one_line(given_arguments: list[str], scale: str | None) -> None:
    try:
        runs = load(*given_arguments, scale=scale).runs
    except ConfigError as error:
        line = str(error)
    else:
        line = "; ".join(run.address for run in runs)
        assert len({run.address for run in runs}) == len(runs) > 0
    assert line.isprintable()


FEW_IMAGES = "name: x\ndataset: {name: shapeset, test_size: 100}\n"
NAMES_BOTH = "expected at least 300 test images, the default of record.examples, found 100"


@pytest.mark.parametrize(
    ("text", "overrides"),
    [
        (FEW_IMAGES, ["record.examples=50"]),
        (FEW_IMAGES, ["dataset.test_size=300"]),
        (f"{FEW_IMAGES}grid: {{record.examples: [50, 100]}}\n", []),
        ("name: x\n", ["dataset.test_size=100", "record.examples=50"]),
        ("name: x\n", ["record.examples=50", "dataset.test_size=100"]),
        ("name: x\nrecord: {examples: 20000}\n", ["dataset.test_size=20000"]),
        ("name: x\nrecord: {examples: 20000}\n", ["dataset=image_folder", "dataset.path=x"]),
        ("name: x\nscales: {few: {dataset.test_size: 100}}\n", []),
    ],
)
def test_a_default_that_does_not_fit_is_no_mistake_once_it_is_replaced(
    text: str, overrides: list[str]
) -> None:
    """The file was refused before the override that mends it was looked at."""
    assert load(*overrides, text=text).runs


def test_a_default_that_does_not_fit_is_told_where_its_rival_is_written() -> None:
    """The line named no key and the first place of the file."""

    def error_of(text: str, *overrides: str, scale: str | None = None) -> str:
        with pytest.raises(ConfigError) as caught:
            load(*overrides, scale=scale, text=text)
        return str(caught.value)

    assert error_of(FEW_IMAGES).startswith(f"f.yaml:2:38: dataset.test_size: {NAMES_BOTH}")
    assert error_of(FEW_IMAGES, "training.updates=1").startswith("f.yaml:2:38: ")
    override = "dataset.test_size=100"
    line = error_of("name: x\nrecord: {bins: 9}\n", override)
    assert line.startswith(f"command line: {override}: {NAMES_BOTH}")
    scales = "name: x\nscales: {few: {dataset.test_size: 100}}\n"
    line = error_of(scales, scale="few")
    assert line.startswith(f"f.yaml:2:35: scales.few.dataset.test_size: {NAMES_BOTH}")
    both = f"{FEW_IMAGES}record: {{examples: 200}}\n"
    assert error_of(both, "record.examples=50").startswith("f.yaml:3:20: record.examples: ")
