"""An experiment: one YAML file, its overrides, and the runs that it expands to."""

import itertools
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from os import PathLike
from typing import Any, cast

from glorot_repro.config.experiment_file import ExperimentFile, GridOnly
from glorot_repro.config.json_schema import json_schema
from glorot_repro.config.labels import labels
from glorot_repro.config.loader import Document, parse_document, read_document
from glorot_repro.config.mistakes import Mistake, raise_first
from glorot_repro.config.node import Node, Place
from glorot_repro.config.notation import Leaf
from glorot_repro.config.plan import MOST_RUNS, Plan, command_line_leaf
from glorot_repro.config.scales import PAPER, scale_leaves, scales_of, with_scale_value
from glorot_repro.config.schema import RunConfig, Settings
from glorot_repro.config.search import SearchSection
from glorot_repro.config.validation import Context, validated
from glorot_repro.errors import ConfigError
from glorot_repro.section import OVERRIDES_FOLLOW, OWN_BY_NAME
from glorot_repro.wording import unknown_name

__all__ = [
    "Experiment",
    "expand_runs",
    "json_schema",
    "load_experiment",
    "load_run_config",
    "parse_experiment",
    "parse_run_config",
]


@dataclass(frozen=True)
class Experiment:
    """An experiment at one scale, with all its overrides, without a mistake.

    scales: the names that --scale may have, `paper` included. seeds, search_seeds and runs: see
    `expand_runs`; each seed once. search: how candidates compete, None for an experiment without
    `search`.
    """

    name: str
    description: str
    scale: str
    scales: tuple[str, ...]
    seeds: tuple[int, ...]
    search_seeds: tuple[int, ...]
    runs: tuple[RunConfig, ...]
    search: SearchSection | None = None


def load_experiment(
    path: str | PathLike[str], overrides: Sequence[str] = (), scale: str | None = None
) -> Experiment:
    """The experiment of a YAML file, at a scale, with `key=value` overrides.

    Every value of every scale, grid and search is checked, whether it is chosen or not; a default
    that does not fit them is a mistake of what is chosen, with all its overrides.
    Raises ConfigError, one line, for the first mistake in the order of the file; then come the
    overrides in their order.
    """
    return _experiment(read_document(path), overrides, scale)


def parse_experiment(
    text: str | bytes,
    overrides: Sequence[str] = (),
    scale: str | None = None,
    *,
    source: str = "experiment",
) -> Experiment:
    """As `load_experiment`, from the text of a YAML file; `source` names it in messages."""
    return _experiment(parse_document(text, source=source), overrides, scale)


def load_run_config(path: str | PathLike[str]) -> RunConfig:
    """The one run of a `config.yaml` that `RunConfig.to_yaml` has written, with its scale.

    Functions of the reader's own are names in it: their modules are not loaded and may be gone.
    """
    return _only_run(read_document(path), own_by_name=True)


def parse_run_config(text: str, *, source: str = "run") -> RunConfig:
    """As `load_run_config`, from the text, and with the functions of the reader's own loaded.

    source: what names the text in messages.
    """
    return _only_run(parse_document(text, source=source))


def _only_run(document: Document, *, own_by_name: bool = False) -> RunConfig:
    names = list(scales_of(document.root))
    scale = names[0] if len(names) == 1 else None
    runs = _experiment(document, (), scale, own_by_name=own_by_name).runs
    if len(runs) != 1:
        message = f"{document.root.place.source}: expected one run, found {len(runs)}"
        raise ConfigError(message)
    return runs[0]


def expand_runs(experiment: Experiment) -> list[RunConfig]:
    """The runs of an experiment, in order.

    Without `search`: for each combination of the values of `grid` (first key slowest; the mappings
    of a list one after the other), one run for each of `seeds`. With `search`: for each grid
    point and each combination of the values of `search`, one run for each of `search_seeds`; the
    winner's runs with `seeds` are its copies, `winner.model_copy(update={"seed": seed})`. Runs of
    equal meaning are one run.
    """
    return list(experiment.runs)


def _experiment(
    document: Document, arguments: Sequence[str], scale: str | None, *, own_by_name: bool = False
) -> Experiment:
    mistakes: list[Mistake] = []
    root = document.root
    overrides: list[Leaf] = []
    for position, argument in enumerate(arguments):
        leaf, wrong_values = command_line_leaf(argument, position)
        mistakes.extend(wrong_values)
        if leaf[0][0] == "scales":
            root = with_scale_value(root, *leaf)
        else:
            overrides.append(leaf)

    # The file has to stand alone, at every scale; only then are the overrides looked at. What is
    # not in it, a default that does not fit, is no mistake of the file.
    scales = scales_of(root)
    context = {OWN_BY_NAME: own_by_name}
    as_it_stands = {**context, OVERRIDES_FOLLOW: True}
    _resolve(Plan(root), mistakes, as_it_stands)
    for name, node in scales.items():
        _resolve(_plan_at(root, node, mistakes), mistakes, as_it_stands)
        if name == PAPER and node.value:
            message = "expected an empty mapping, since 'paper' is the file as it stands"
            mistakes.append(Mistake(node.place, node.key, message))
    names = tuple({PAPER: None, **scales})
    if scale is not None and scale not in names:
        place = Place(f"command line: --scale {scale}")
        mistakes.append(Mistake(place, "", unknown_name("scale", scale, names)))
    # Last, since at the same place a section knows better what it expects than the loader.
    mistakes.extend(document.mistakes)
    raise_first(mistakes)

    plan = _plan_at(root, scales[scale], mistakes) if scale in scales else Plan(root)
    for leaf in overrides:
        plan.override(*leaf)
    resolved, points = _resolve(plan, mistakes, context)
    raise_first(mistakes)
    search = _search(plan, mistakes)
    file = cast(ExperimentFile, resolved)  # None comes with a mistake
    is_search = any(plan.axes["search"])
    runs = _runs(file, points, context, scale=scale or PAPER, is_search=is_search)
    return Experiment(
        name=file.name,
        description=file.description,
        scale=scale or PAPER,
        scales=names,
        seeds=tuple(dict.fromkeys(file.seeds)),
        search_seeds=tuple(dict.fromkeys(file.search_seeds)),
        runs=runs,
        search=search if is_search else None,
    )


@dataclass(frozen=True)
class _Point:
    """One combination of the values of grid and search."""

    settings: Settings
    point: dict[str, Any]
    candidate: dict[str, Any]


def _plan_at(root: Node, scale: Node, mistakes: list[Mistake]) -> Plan:
    plan = Plan(root)
    for leaf in scale_leaves(scale, mistakes):
        plan.override(*leaf)
    return plan


def _search(plan: Plan, mistakes: list[Mistake]) -> SearchSection | None:
    return validated(SearchSection, plan.search_options(), mistakes)


def _resolve(
    plan: Plan, mistakes: list[Mistake], context: Context
) -> tuple[ExperimentFile | None, list[_Point]]:
    """The file and all its combinations; every mistake in them is appended to `mistakes`.

    context: see `validated`.
    """
    mistakes.extend(plan.mistakes)
    mistakes.extend(_axes_of_the_svm(plan))
    file_tree = plan.file()
    # Its settings are those before the axes and the overrides, which the points have.
    file = validated(ExperimentFile, file_tree, mistakes, {**context, OVERRIDES_FOLLOW: True})
    for tree in plan.further_grids():
        validated(GridOnly, tree, mistakes)
    _search(plan, mistakes)
    seeds = () if file is None else (file.search_seeds if any(plan.axes["search"]) else file.seeds)
    n_runs = plan.n_points() * max(1, len(seeds))
    if n_runs > MOST_RUNS:
        node = file_tree.child("grid") or file_tree.child("seeds") or file_tree
        message = f"expected at most {MOST_RUNS} runs, found {n_runs} of all combinations"
        mistakes.append(Mistake(node.place, node.key, message))
        return None, []
    points = []
    for point in plan.points("grid"):
        for candidate in plan.points("search"):
            tree = plan.settings((point, candidate), mistakes)
            settings = validated(Settings, tree, mistakes, context)
            if settings is not None and not mistakes:
                points.append(
                    _Point(settings, labels(settings, point), labels(settings, candidate))
                )
    return file, points


def _axes_of_the_svm(plan: Plan) -> Iterator[Mistake]:
    """Runs that differ in `svm` alone are one run: the other values would be without effect."""
    for axes in itertools.chain(*plan.axes.values()):
        for key, node in axes.items():
            if key.split(".")[0] == "svm":
                message = "expected a key of a run: svm is part of none; C and gamma are lists"
                yield Mistake(node.key_place, node.written_key, message)


def _runs(
    file: ExperimentFile, points: list[_Point], context: Context, *, scale: str, is_search: bool
) -> tuple[RunConfig, ...]:
    runs: dict[str, RunConfig] = {}
    for point in points:
        for seed in file.search_seeds if is_search else file.seeds:
            fields = {
                **{key: getattr(point.settings, key) for key in Settings.model_fields},
                "experiment": file.name,
                "scale": scale,
                "seed": seed,
                "point": point.point,
                "candidate": point.candidate,
            }
            run = RunConfig.model_validate(fields, context=context)
            runs.setdefault(json.dumps(run.canonical(), sort_keys=True), run)
    return tuple(runs.values())
