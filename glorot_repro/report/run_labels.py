"""What a figure says about its runs: network, learning rate, updates, seeds, scale, command."""

import re
import shlex
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from glorot_repro.config.scales import PAPER
from glorot_repro.measure.curves import PRETRAINING_COSTS
from glorot_repro.report.settings_text import layers_text, setting_text
from glorot_repro.runs.reading import RunRecord


def updates_reached(records: Sequence[RunRecord]) -> tuple[int, int]:
    """The updates that the runs have measurements of: least and most; (0, 0) of no run.

    Costs of a pre-training count updates of their own.
    """
    reached = [
        max((row[0] for row in record.curves if row[2] not in PRETRAINING_COSTS), default=0)
        for record in records
    ]
    return min(reached, default=0), max(reached, default=0)


def learning_rate_text(records: Sequence[RunRecord]) -> str:
    """Such as `learning rate 0.01`, with the optimizer unless it is plain SGD."""
    training = records[0].config.training
    text = f"learning rate {training.learning_rate:g}"
    optimizer = setting_text(training.optimizer)
    return text if optimizer == "sgd" else f"{text}, {optimizer}"


def updates_text(records: Sequence[RunRecord]) -> str:
    """Such as `500,000 updates`, or `120,000 to 140,000 of 500,000 updates`."""
    planned = records[0].config.training.updates
    least, most = updates_reached(records)
    if least == planned:
        return f"{planned:,} updates"
    reached = f"{least:,}" if least == most else f"{least:,} to {most:,}"
    return f"{reached} of {planned:,} updates"


def seeds_text(records: Sequence[RunRecord]) -> str:
    """Such as `seed 0` or `seeds 0, 1, 2`."""
    seeds = sorted({record.config.seed for record in records})
    return f"{'seed' if len(seeds) == 1 else 'seeds'} {', '.join(map(str, seeds))}"


def one_seed_note(curves: Iterable[Sequence[RunRecord]]) -> str:
    """What follows `reading error and spread over seeds`; curves: the runs of each."""
    has_spread = {len(records) > 1 for records in curves if records}
    if has_spread == {False}:
        return ", which one seed does not tell: reading error alone"
    return "; of one seed, reading error alone" if False in has_spread else ""


_ALWAYS_TOLD = ("range", "bright_background")
"""Options of a data set on which curves hang so much that a figure names their defaults, too."""


def dataset_text(dataset: Any) -> str:
    """A data set with what its inputs are, and all other options that are not the default."""
    options = dataset.model_dump(mode="json")
    changed = dataset.model_dump(mode="json", exclude_defaults=True)
    told = {key: options[key] for key in ("name", *_ALWAYS_TOLD) if key in options}
    return setting_text({**told, **changed})


def data_text(panels: Sequence[Mapping[str, Sequence[RunRecord]]]) -> str:
    """The data of the runs of panels (a), (b), ..., as `dataset_text` tells them.

    A panel is the runs of its curves, by the names of the curves. Such as `mnist (range [0, 1])`,
    `(a) mnist (...), (b) cifar10 (...)` where panels differ, `shapeset (...) for Tanh, shapeset
    (...) for Softsign` where the curves of one panel do.
    """
    texts = {
        letter: text_by_name(
            {
                name: [dataset_text(run.config.dataset) for run in records]
                for name, records in curves.items()
            }
        )
        for letter, curves in zip("abc", panels, strict=False)
        if any(curves.values())
    }
    if len(set(texts.values())) == 1:
        return next(iter(texts.values()))
    return ", ".join(f"({letter}) {text}" for letter, text in texts.items())


def text_by_name(texts: Mapping[str, Sequence[str]]) -> str:
    """What is said of each name: `text` where it is one, else `text for A and B, other for C`."""
    names: dict[str, list[str]] = {}
    for name, said in texts.items():
        for text in dict.fromkeys(said):
            names.setdefault(text, []).append(name)
    if len(names) == 1:
        return next(iter(names))
    return ", ".join(f"{text} for {_and(of_it)}" for text, of_it in names.items())


def _and(names: Sequence[str]) -> str:
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


def runs_text(records: Sequence[RunRecord]) -> str:
    """All of this about runs that differ in nothing but the seed; `not run` of none."""
    if not records:
        return "not run"
    diverged = [str(r.config.seed) for r in records if r.info.get("status") == "diverged"]
    parts = [
        layers_text(records[0].config.model.hidden),
        learning_rate_text(records),
        updates_text(records),
        seeds_text(records),
    ]
    if diverged:
        parts.append(f"diverged: {', '.join(diverged)}")
    return "; ".join(parts)


def run_command(experiment: str, scale: str | None = None, overrides: Sequence[str] = ()) -> str:
    """The command that trains an experiment with `key=value` overrides, as a shell takes it."""
    at_scale = [] if scale is None else [f"--scale {scale}"]
    return " ".join([f"glorot-repro run {experiment}", *at_scale, *map(_quoted, overrides)])


def command_text(
    figure: str, records: Sequence[RunRecord], overrides: Sequence[str] = (), scale: str = PAPER
) -> str:
    """The command that makes the runs of a figure, all of them if there is none yet.

    overrides: the `key=value` arguments with which its experiment was read; scale: the one at
    which it was.
    """
    if records:
        scale = records[0].config.scale
        seeds = sorted({record.config.seed for record in records})
        others = [one for one in overrides if not one.startswith("seeds=")]
        overrides = [f"seeds=[{','.join(map(str, seeds))}]", *others]
    return run_command(figure, None if scale == PAPER else scale, overrides)


def commands_text(
    figure: str, records: Sequence[RunRecord], overrides: Sequence[str] = (), scale: str = PAPER
) -> str:
    """The command that makes the runs of a figure, and what makes one of them."""
    one = " (one run only: add --only and a part of its name, as glorot-repro runs lists it)"
    return command_text(figure, records, overrides, scale) + (one if records else "")


def _quoted(override: str) -> str:
    """In quotes where a shell needs them, as zsh does for brackets."""
    return override if re.fullmatch(r"[\w.=,:/+-]*", override) else shlex.quote(override)
