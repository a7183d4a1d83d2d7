"""The address of a run depends on what its configuration means, and on nothing else."""

import hashlib
import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glorot_repro.config.address import canonical_hash, label, run_name
from glorot_repro.config.experiment import parse_experiment
from glorot_repro.config.schema import RunConfig, TrainingSection


def run_of(text: str, **arguments: Any) -> RunConfig:
    (run,) = parse_experiment(text, **arguments).runs
    return run


def test_the_hash_is_sha256_of_canonical_json_of_what_is_not_the_default() -> None:
    run = run_of(
        "name: x\ntraining: {learning_rate: 0.10, updates: 5e1, batch_size: 10}\n"
        "model: {depth: 2, width: 8, initializer: {name: xavier_uniform, gain: 2}}\nseeds: [3]\n"
    )
    canonical = (
        '{"model":{"hidden":[8,8],"initializer":{"first":{"gain":2.0,"name":"normalized"},'
        '"hidden":{"gain":2.0,"name":"normalized"}}},'
        '"seed":3,"training":{"learning_rate":0.1,"updates":50}}'
    )
    assert run.hash == hashlib.sha256(canonical.encode()).hexdigest()[:8]
    assert run.address == f"seed3-{run.hash}"


def test_addresses_stay_what_they_were() -> None:
    """Results on disk are found by these: a change here loses every result of every user."""
    assert run_of("name: x\n").address == "seed0-bd048884"
    run = run_of(
        "name: x\ngrid: {model.initializer: [{first: standard, hidden: {name: normalized, "
        "gain: 1.27}, output: standard}]}\ntraining: {updates: 0}\nevaluation: {every: 0}\n"
    )
    assert run.address == "standard-normalized-gain1.27-standard-seed0-dd868e27"


BASE = "name: a\ndataset: shapeset\nmodel: {depth: 2, width: 8}\ntraining: {learning_rate: 0.1}\n"


@pytest.mark.parametrize(
    "text",
    [
        "# a comment\ntraining: {learning_rate: 1e-1}\nmodel: {width: 8, depth: 2}\nname: b\n",
        BASE.replace("shapeset", "{name: shapeset, range: [-1, 1], bright_background: 0.3333}"),
        BASE.replace("shapeset", "{bright_background: 0.33330, name: shapeset}"),
        BASE.replace("{depth: 2, width: 8}", "{hidden: [8, 8.0], activation: tanh}"),
        BASE.replace("{depth: 2, width: 8}", "{hidden: [8, 8], initializer: {name: standard}}"),
        BASE.replace("width: 8}", "width: 8, initializer: {first: standard}}"),
        BASE.replace("0.1", "0.10, batch_size: 10, optimizer: {name: sgd}, dtype: float32"),
        BASE + "evaluation: {}\nrecord: {examples: 3e2}\ndescription: other\nsearch_seeds: [4]\n",
        BASE + "grid: {model.activation: [tanh]}\n",
        BASE + "search: {training.learning_rate: [0.1]}\n",
    ],
)  # fmt: skip
def test_other_words_for_the_same_run_give_the_same_hash(text: str) -> None:
    assert run_of(text).hash == run_of(BASE).hash


def test_the_scale_is_no_part_of_the_hash() -> None:
    text = BASE + "scales: {quick: {}, same: {training.learning_rate: 0.1}}\n"
    assert {run_of(text, scale=scale).hash for scale in (None, "quick", "same")} == {
        run_of(BASE).hash
    }


@pytest.mark.parametrize(
    "override",
    [
        "seeds=[1]",
        "model.depth=3",
        "model.activation=relu",
        "model.initializer=normalized",
        "model.initializer.output=zeros",
        "training.learning_rate=0.2",
        "training.dtype=float64",
        "training.cost=squared_error",
        "dataset.test_size=500",
        "evaluation.every=0",
        "record.bins=10",
    ],
)
def test_every_setting_is_part_of_the_hash(override: str) -> None:
    assert run_of(BASE, overrides=[override]).hash != run_of(BASE).hash


@pytest.mark.parametrize(
    ("record", "is_default"),
    [
        ("every: 150, jacobian_every: 150", True),
        ("every: 150, jacobian_every: 50", True),
        ("every: 150, jacobian_every: 1", True),
        ("every: 150, jacobian_every: 0", False),
        ("every: 150, jacobian_every: 300", False),
        ("every: 150, jacobian_every: 20000", False),
        ("every: 0, jacobian_every: 0", True),
        ("every: 0, jacobian_every: 20000", True),
        ("jacobian_every: 20000", True),
    ],
)
def test_jacobians_in_every_record_are_the_default_however_they_are_written(
    record: str, is_default: bool
) -> None:
    every, _, rest = record.rpartition("jacobian_every")
    written = run_of(f"name: x\nrecord: {{{record}}}\n")
    default = run_of(f"name: x\nrecord: {{{every}}}\n")
    assert rest
    assert (written.hash == default.hash) is is_default
    (again,) = parse_experiment(written.to_yaml()).runs
    assert again == written


def test_a_new_key_at_its_default_keeps_old_addresses() -> None:
    class LaterTraining(TrainingSection):
        momentum: float = 0.0

    class LaterRun(RunConfig):
        training: LaterTraining = LaterTraining()

    later = LaterRun(experiment="x", training=LaterTraining(updates=5))
    now = RunConfig(experiment="x", training=TrainingSection(updates=5))
    assert later.hash == now.hash
    changed = LaterRun(experiment="x", training=LaterTraining(updates=5, momentum=0.9))
    assert changed.hash != now.hash


def test_zero_has_one_sign() -> None:
    assert canonical_hash({"a": [-0.0]}) == canonical_hash({"a": [0.0]})


@pytest.mark.parametrize(
    ("key", "value", "text"),
    [
        ("activation", "softsign", "softsign"),
        ("activation", "my.module:f", "my.module_f"),
        ("learning_rate", 0.1, "learning_rate0.1"),
        ("learning_rate", 1e-05, "learning_rate1e-05"),
        ("depth", 4, "depth4"),
        ("hidden", [64, 64, 64], "hidden3x64"),
        ("hidden", [64, 32], "hidden64x32"),
        ("hidden", [], "hidden"),
        ("range", [-1.0, 1.0], "range-1.0x1.0"),
        ("flag", True, "flagtrue"),
        ("initializer", {"name": "normalized", "gain": 1.27}, "normalized-gain1.27"),
        ("path", "../../etc", ".._.._etc"),
        ("path", "a b/ü\n", "a_b___"),
    ],
)
def test_a_label_is_short_and_safe(key: str, value: object, text: str) -> None:
    assert label(key, value) == text


values = st.recursive(
    st.text(max_size=30) | st.floats(allow_nan=False) | st.integers() | st.booleans(),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner, max_size=3)
    ),
    max_leaves=10,
)


@given(st.dictionaries(st.text(max_size=20), values, max_size=5))
def test_every_run_name_is_a_file_name(labels: dict[str, Any]) -> None:
    name = run_name(labels, seed=2**32 - 1, hash_digits="0123abcd")
    assert re.fullmatch(
        r"[A-Za-z0-9_+][A-Za-z0-9._+-]*seed4294967295-0123abcd|seed4294967295-0123abcd", name
    )
    assert len(name) <= 130


def test_a_run_is_json() -> None:
    run = run_of(BASE + "grid: {model.initializer: [{hidden: zeros}]}\n")
    assert json.loads(json.dumps(run.model_dump(mode="json"), allow_nan=False))["seed"] == 0
