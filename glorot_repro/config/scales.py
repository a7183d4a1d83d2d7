"""The scales of an experiment: named sets of overrides inside its file."""

from dataclasses import replace

from glorot_repro.config.mistakes import Mistake
from glorot_repro.config.node import Node
from glorot_repro.config.notation import Leaf, Path, application_order, conflicts, leaves
from glorot_repro.config.plan import AXES

PAPER = "paper"
"""The scale of a file as it stands: the numbers of the paper."""

NOT_IN_A_SCALE = ("name", "description", "scales")


def scales_of(root: Node) -> dict[str, Node]:
    """The scales of a file by name; one that is not a mapping sets nothing."""
    scales = root.child("scales")
    return dict(scales.items()) if scales else {}


def scale_leaves(scale: Node, mistakes: list[Mistake]) -> list[Leaf]:
    """What a scale sets, sections before the keys inside values, and the axes last.

    Its mistakes are appended.
    """
    chosen: list[Leaf] = []
    for key, node in scale.items():
        path = tuple(key.split("."))
        if path[0] in NOT_IN_A_SCALE:
            message = f"unknown key '{key}' in a scale; a scale cannot set the {path[0]}"
            mistakes.append(Mistake(node.key_place, node.key, message))
        else:
            chosen.extend(leaves(path, node))
    mistakes.extend(conflicts(chosen))
    return sorted(chosen, key=lambda leaf: (leaf[0][0] in AXES, *application_order(leaf)))


def with_scale_value(root: Node, path: Path, node: Node) -> Node:
    """The file with `scales`, `scales.NAME` or `scales.NAME.KEY` set to a value."""
    value = node
    for depth, key in ((2, ".".join(path[2:])), (1, path[1] if len(path) > 1 else "")):
        if len(path) > depth:
            holder = _holder(root, path[1:depth], node)
            value = replace(holder, value={**dict(holder.items()), key: value})
    return replace(root, value={**dict(root.items()), "scales": value})


def _holder(root: Node, names: Path, node: Node) -> Node:
    """The mapping `scales` or `scales.NAME`, an empty one if the file has none."""
    found = root.child("scales")
    for name in names:
        found = found.child(name) if found else None
    return found or replace(node, value={}, key=".".join(("scales", *names)))
