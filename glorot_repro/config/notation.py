"""The ways to write a setting: dotted keys, short forms, depth and width; and back again.

An override reaches into short forms: `dataset.test_size=100` on `dataset: shapeset`, and
`model.initializer.hidden.gain=2` on `initializer: normalized`. All sections but `dataset` are
merged key by key; every other value is replaced as a whole.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from glorot_repro.config.expectations import holds_sections, keys_of, similar_key, type_at
from glorot_repro.config.mistakes import Mistake
from glorot_repro.config.node import Node
from glorot_repro.config.schema import Settings
from glorot_repro.nn.scheme import SYMMETRIC, NetworkInitializer
from glorot_repro.wording import nearest, unknown_name

Path = tuple[str, ...]
Leaf = tuple[Path, Node]

SECTIONS = tuple(key for key in keys_of(Settings) if key != "dataset")
INITIALIZER: Path = ("model", "initializer")
LAYERS = tuple(NetworkInitializer.model_fields)
_DEFAULTS = Settings()
DEFAULT_NAMES: dict[Path, str] = {
    ("dataset",): _DEFAULTS.dataset.name,
    INITIALIZER: _DEFAULTS.model.initializer.hidden.name,
    ("training", "optimizer"): _DEFAULTS.training.optimizer.name,
}


def key_mistake(path: Path, node: Node) -> Mistake | None:
    """The mistake in a dotted key of the settings, None if the key exists.

    The options of a data set, initializer or optimizer are left to its section.
    """
    dotted = ".".join(path)
    for depth, part in enumerate(path):
        hint = type_at(Settings, path[:depth])
        if depth and path[:depth] not in {(section,) for section in SECTIONS}:
            if holds_sections(hint):
                return None
            message = f"unknown key '{dotted}'; '{'.'.join(path[:depth])}' has no keys of its own"
            return Mistake(node.key_place, node.written_key, message)
        if part not in keys_of(hint):
            allowed = [".".join((*path[:depth], key)) for key in keys_of(hint)]
            near = nearest(part, keys_of(hint))
            guess = ".".join((*path[:depth], near, *path[depth + 1 :])) if near else None
            if near is None or depth == 0:
                guess = similar_key(Settings, dotted) or guess
            message = unknown_name("key", dotted, allowed, guess=guess or "")
            return Mistake(node.key_place, node.written_key, message)
    return None


def leaves(path: Path, node: Node) -> Iterator[Leaf]:
    """What an override sets: the keys of a section one by one, any other value as a whole."""
    if len(path) == 1 and path[0] in SECTIONS and isinstance(node.value, dict):
        for key, child in node.items():
            yield (*path, key), child
    else:
        yield path, node


def with_value(tree: Node, path: Path, value: Node) -> Node:
    """The settings with one value replaced; `tree` itself is not changed.

    Short forms on the way are written out. Where `tree` has no place for the value, because it is
    wrong itself, it is returned as it is.
    """
    return _put(tree, path, value, at=())


def _put(node: Node | None, path: Path, value: Node, *, at: Path) -> Node:
    if not path:
        return value
    part, *rest = path
    holder = node or Node({}, value.place, value.key_place, ".".join(at))
    mapping = _written_out(node, part, at, value)
    if mapping is None:
        return holder
    mapping[part] = _put(mapping.get(part), tuple(rest), value, at=(*at, part))
    if at == ("model",):
        _settle_hidden(mapping, part, value)
    return replace(holder, value=mapping)


def _written_out(node: Node | None, part: str, at: Path, value: Node) -> dict[str, Node] | None:
    default = DEFAULT_NAMES.get(at)
    if node is None and default is not None:
        node = replace(value, value=default, key=".".join(at), text=default, quoted=False)
    if node is None:
        return {}
    if at == INITIALIZER and part in LAYERS:
        return _layered(node)
    if isinstance(node.value, dict):
        return dict(node.value)
    is_choice = default is not None or at[:2] == INITIALIZER
    return {"name": node} if isinstance(node.value, str) and is_choice else None


def _layered(node: Node) -> dict[str, Node] | None:
    """An initializer as one for each of first, hidden and output; as NetworkInitializer has it."""
    given = dict(node.items())
    name = given.get("name", node).value
    if not isinstance(name, str):
        standard = replace(node, value="standard", text="standard", quoted=False)
        hidden = given.get("hidden", standard)
        implied = {"first": hidden, "hidden": hidden, "output": standard}
        return {**implied, **given} if isinstance(node.value, dict) else None
    output = node if name in SYMMETRIC else replace(node, value="standard", text="standard")
    return {"first": node, "hidden": node, "output": output}


def _settle_hidden(model: dict[str, Node], part: str, value: Node) -> None:
    """Let the notation that was set last win; the other one gives what it leaves open."""
    if part == "hidden":
        model.pop("depth", None)
        model.pop("width", None)
    hidden = model.get("hidden")
    if part not in ("depth", "width") or hidden is None:
        return
    units = hidden.value if isinstance(hidden.value, list) else []
    if part == "width":
        model.setdefault("depth", replace(value, value=len(units), text=str(len(units))))
        del model["hidden"]
    elif "width" in model or all(unit.value == units[0].value for unit in units):
        # Unequal widths stay, and make a mistake unless a width is set next.
        if units:
            model.setdefault("width", units[0])
        del model["hidden"]


def application_order(leaf: Leaf) -> tuple[int, bool]:
    """Sorts what is set together, so that the order of its keys does not matter.

    A whole value goes before its options, and the options of one initializer before its layers.
    """
    path = leaf[0]
    return len(path), path[:2] == INITIALIZER and path[-1] in LAYERS


def conflicts(chosen: Iterable[Leaf]) -> Iterator[Mistake]:
    """The mistakes of setting one thing twice in one scale or at one grid point."""
    seen: dict[Path, Node] = {}
    hidden = ("model", "hidden")
    for path, node in chosen:
        rivals = [path]
        if path[:1] == ("model",):
            rivals += [hidden] if path[1:] in (("depth",), ("width",)) else []
            rivals += [("model", "depth"), ("model", "width")] if path == hidden else []
        for rival in rivals:
            if rival in seen:
                other = seen[rival]
                where = f" in line {other.place.line}" if other.place.line else ""
                message = (
                    f"expected '{'.'.join(path)}' to be set once, "
                    f"found '{'.'.join(rival)}' as well{where}"
                )
                yield Mistake(node.key_place, node.key, message)
        seen[path] = node
