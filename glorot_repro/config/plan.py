"""An experiment as a tree: its settings, its axes, and the overrides of a scale and its user.

Later wins: the file, then the values of a grid point, then those of a search candidate, then the
scale, then `key=value` arguments. So an override always has its effect; an axis whose key it sets
would be without effect, and is dropped. `grid.KEY` and `search.KEY` set a whole axis, in each
mapping if the grid is a list of them; its values go into what was set before, such as
`grid.dataset.test_size` into the `dataset` of the scale.
"""

import itertools
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from glorot_repro.config.expectations import similar_key
from glorot_repro.config.loader import parse_value
from glorot_repro.config.mistakes import Mistake
from glorot_repro.config.node import Node, Place
from glorot_repro.config.notation import (
    Leaf,
    Path,
    application_order,
    conflicts,
    key_mistake,
    leaves,
    with_value,
)
from glorot_repro.config.schema import Settings
from glorot_repro.config.search import SearchSection
from glorot_repro.errors import ConfigError
from glorot_repro.wording import nearest, one_line, shortened, unknown_name

AXES = ("grid", "search")
LISTS = ("seeds", "search_seeds")
NAMES = ("name", "description", "scales")
SEARCH_OPTIONS = tuple(SearchSection.model_fields)
TOP_KEYS = (*Settings.model_fields, *AXES, *LISTS, *NAMES)

MOST_RUNS = 10_000
"""Runs of one experiment; more are a slip of the pen."""


@dataclass
class Plan:
    """What the runs of one experiment are made of.

    root: the file, of which `axes` holds the mappings of grid and the one of search; overrides:
    dotted keys and their values, in the order in which they apply, where None stands for the value
    of an axis; search: the options of `search`, which are no axes; mistakes: those of the
    overrides.
    """

    root: Node
    axes: dict[str, list[dict[str, Node]]] = field(default_factory=dict)
    overrides: list[tuple[Path, Node | None]] = field(default_factory=list)
    search: dict[str, Node] = field(default_factory=dict)
    mistakes: list[Mistake] = field(default_factory=list)

    def __post_init__(self) -> None:
        for kind in AXES:
            self._take_axes(kind, self.root.child(kind))

    def _take_axes(self, kind: str, given: Node | None) -> None:
        self.axes[kind] = [dict(node.items()) for node in _mappings(kind, given)] or [{}]
        if kind == "search":
            (axes,) = self.axes[kind]
            self.search = {key: axes.pop(key) for key in SEARCH_OPTIONS if key in axes}
            for key in [key for key in axes if "." not in key and key not in TOP_KEYS]:
                # Neither an axis nor an option: more likely a misspelt option.
                self.mistakes.append(_no_search_key(key, axes.pop(key)))

    def override(self, path: Path, node: Node) -> None:
        """Set one key of the file; dotted keys and grid.KEY included."""
        kind = path[0]
        if kind in AXES:
            self._override_axes(kind, path[1:], node)
        elif kind in (*LISTS, *NAMES) and len(path) == 1:
            children = dict(self.root.items())
            self.root = replace(self.root, value={**children, kind: node})
        elif kind in (*LISTS, *NAMES):
            message = f"unknown key '{'.'.join(path)}'; '{kind}' has no keys of its own"
            self.mistakes.append(Mistake(node.key_place, node.key, message))
        elif kind not in Settings.model_fields:
            guess = nearest(kind, TOP_KEYS) or similar_key(Settings, kind) or ""
            mistake = key_mistake(path, node) if len(path) > 1 else None
            message = unknown_name("key", ".".join(path), TOP_KEYS, guess=guess)
            self.mistakes.append(mistake or Mistake(node.key_place, node.key, message))
        else:
            for leaf_path, leaf in leaves(path, node):
                self._override_setting(leaf_path, leaf)

    def _override_setting(self, path: Path, node: Node) -> None:
        mistake = key_mistake(path, node)
        if mistake:
            self.mistakes.append(mistake)
            return
        for axes in itertools.chain(*self.axes.values()):
            for key in list(axes):
                if _covers(path, tuple(key.split("."))):
                    del axes[key]
        self.overrides.append((path, node))

    def _override_axes(self, kind: str, path: Path, node: Node) -> None:
        if not path:
            children = dict(self.root.items())
            # The whole value is checked with the file; its keys become the axes.
            self.root = replace(self.root, value={**children, kind: node})
            self._take_axes(kind, node)
            for key, axis in itertools.chain(*(axes.items() for axes in self.axes[kind])):
                self._put_on_top(kind, tuple(key.split(".")), axis)
            return
        if kind == "search" and len(path) == 1 and path[0] in SEARCH_OPTIONS:
            self.search[path[0]] = node
            return
        if kind == "search" and len(path) == 1 and path[0] not in TOP_KEYS:
            self.mistakes.append(_no_search_key(path[0], node))
            return
        self._put_on_top(kind, path, node)
        # Of a list of grids only some may have the key: it is theirs. A new one is for all.
        key = ".".join(path)
        for axes in [axes for axes in self.axes[kind] if key in axes] or self.axes[kind]:
            axes[key] = node

    def _put_on_top(self, kind: str, path: Path, axis: Node) -> None:
        """Let an axis replace the one of the other kind, and go into what was set before."""
        for other in AXES:
            for axes in self.axes[other] if other != kind else ():
                axes.pop(".".join(path), None)
        values = axis.value if isinstance(axis.value, list) else []
        for key in dict.fromkeys(key for value in values for key, _ in leaves(path, value)):
            # One that meets none of them stays among the axes, whose order does not matter.
            if any(_covers(other, key) or _covers(key, other) for other, _ in self.overrides):
                self.overrides.append((key, None))

    def file(self) -> Node:
        """The tree of the file with its lists, names and axes as they are now.

        Of a list of grids it has the first; `further_grids` has the others.
        """
        children = dict(self.root.items())
        for kind in AXES:
            first = next(iter(self._axes_nodes(kind)), None)
            if first is not None:
                children[kind] = first
        return replace(self.root, value=children)

    def further_grids(self) -> list[Node]:
        """Trees that hold nothing but a grid, of which a list of grids has more than one."""
        grids = self._axes_nodes("grid")[1:]
        return [replace(self.root, value={"grid": grid}) for grid in grids]

    def _axes_nodes(self, kind: str) -> list[Node]:
        """The mappings of grid or search as they are now; what is no mapping, as it was given."""
        nodes = _mappings(kind, self.root.child(kind))
        if not nodes and any(self.axes[kind]):
            nodes = [replace(self.root, value={}, key=kind)]
        return [
            replace(node, value=dict(axes)) if isinstance(node.value, dict) else node
            for node, axes in zip(nodes, self.axes[kind], strict=False)
        ]

    def search_options(self) -> Node:
        """The tree of the options of `search`."""
        holder = self.root.child("search") or self.root
        return replace(holder, value=dict(self.search), key="search")

    def points(self, kind: str) -> Iterator[dict[str, Node]]:
        """Every combination of the values of the axes of `grid` or `search`, first axis slowest.

        The mappings of a list of grids come one after the other.
        """
        for axes in self.axes[kind]:
            lists = {k: node.value for k, node in axes.items() if isinstance(node.value, list)}
            for values in itertools.product(*lists.values()):
                yield {
                    key: replace(value, key_place=axes[key].key_place)
                    for key, value in zip(lists, values, strict=True)
                }

    def n_points(self) -> int:
        """The number of combinations of grid and search."""
        return math.prod(
            sum(
                math.prod(len(n.value) for n in axes.values() if isinstance(n.value, list))
                for axes in kind
            )
            for kind in self.axes.values()
        )

    def settings(self, points: Iterable[dict[str, Node]], mistakes: list[Mistake]) -> Node:
        """The settings at a grid point and a search point, overrides applied.

        What is wrong with their keys is appended to `mistakes`.
        """
        chosen = [
            leaf
            for point in points
            for key, value in point.items()
            for leaf in leaves(tuple(key.split(".")), value)
        ]
        good: list[Leaf] = []
        for path, node in chosen:
            mistake = key_mistake(path, node)
            if mistake:
                mistakes.append(mistake)
            else:
                good.append((path, node))
        mistakes.extend(conflicts(good))
        children = {k: child for k, child in self.root.items() if k in Settings.model_fields}
        tree = replace(self.root, value=children)
        for path, node in self._applied(sorted(good, key=application_order)):
            tree = with_value(tree, path, node)
        return tree

    def _applied(self, values: list[Leaf]) -> Iterator[Leaf]:
        """The values of the axes at a point and the overrides, later ones last."""
        yield from values
        for path, node in self.overrides:
            if node is not None:
                yield path, node
            else:
                # With the axes inside it, which go on top of it.
                yield from (leaf for leaf in values if leaf[0][: len(path)] == path)


def _mappings(kind: str, given: Node | None) -> list[Node]:
    """The mappings of `grid` or `search` as they were given: one, or a list of grids."""
    if given is None:
        return []
    if kind == "grid" and isinstance(given.value, list) and given.value:
        return list(given.value)
    return [given]


def _no_search_key(key: str, node: Node) -> Mistake:
    guess = nearest(key, SEARCH_OPTIONS) or similar_key(Settings, key) or ""
    allowed = (*SEARCH_OPTIONS, "keys of settings such as training.learning_rate")
    message = unknown_name("key", key, allowed, guess=guess)
    return Mistake(node.key_place, node.written_key, message)


def _covers(path: Path, axis: Path) -> bool:
    """Whether setting `path` leaves nothing for an axis to change."""
    if path == ("model", "hidden") and axis in (("model", "depth"), ("model", "width")):
        return True
    return axis[: len(path)] == path


def option_nodes(options: Iterable[str], mistakes: list[Mistake]) -> dict[str, Node]:
    """The values of `key=value` options by their keys; what is wrong goes to `mistakes`.

    Raises ConfigError as `command_line_leaf`.
    """
    nodes: dict[str, Node] = {}
    for position, option in enumerate(options):
        (path, node), wrong_values = command_line_leaf(option, position)
        nodes[".".join(path)] = node
        mistakes.extend(wrong_values)
    return nodes


def command_line_leaf(argument: str, position: int) -> tuple[Leaf, tuple[Mistake, ...]]:
    """The key and the value of one `key=value` argument, and what is wrong with the value.

    `position` is that among the arguments; mistakes are reported in its order.
    Raises ConfigError for an argument that is not of this form, or whose value is not YAML.
    """
    key, equals, text = argument.partition("=")
    key = key.strip()
    place = Place(f"command line: {key}={shortened(text)}", column=position)
    if not equals or not key:
        message = f"command line: expected key=value, found '{one_line(shortened(argument))}'"
        raise ConfigError(message)
    document = parse_value(text, key=key, place=place)
    return (tuple(key.split(".")), document.root), document.mistakes
