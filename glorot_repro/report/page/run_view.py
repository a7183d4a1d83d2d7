"""One run as the page shows it: what it was, what became of it, what made it, what it measured."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from glorot_repro.config.experiment import load_run_config
from glorot_repro.config.schema import RunConfig
from glorot_repro.errors import GlorotReproError
from glorot_repro.report.page.curve_data import curve_data
from glorot_repro.report.page.histogram_data import histogram_data
from glorot_repro.report.settings_text import layers_text, setting_text
from glorot_repro.runs.catalog import Entry
from glorot_repro.runs.paths import RunDirectory
from glorot_repro.runs.reading import RunRecord, load_run

Fact = tuple[str, str]
"""What it is, and what it is worth, in words."""

NOT_KNOWN = "–"


TELLING = (
    "data set",
    "optimizer",
    "learning rate",
    "mini-batch",
    "cost",
    "type of numbers",
    "seed",
)
"""The settings, but for those of the network, that may tell runs apart."""


@dataclass(frozen=True)
class RunView:
    """One run of the page.

    key: its anchor, `run1` and so on. network: in words, with what tells it from others of the
    page that may be built alike. problems: why there is less than usual.
    data: for the scripts, strict JSON; None for a run without curves.
    """

    key: str
    name: str
    experiment: str
    scale: str
    status: str
    updates: str
    validation_error: str
    test_error: str
    network: str
    problems: Sequence[str]
    settings: Sequence[Fact] = ()
    provenance: Sequence[Fact] = ()
    data_files: Sequence[Fact] = ()
    unofficial_data_files: Sequence[str] = ()
    config_text: str = ""
    data: dict[str, Any] | None = field(default=None, repr=False)

    @property
    def has_histograms(self) -> bool:
        """Whether the viewer has something to show of it."""
        return self.n_times > 0

    @property
    def n_times(self) -> int:
        """Times at which its histograms were recorded, and are in the page."""
        histograms = self.data and self.data["histograms"]
        return len(histograms["updates"]) if histograms else 0


def run_views(entries: Sequence[Entry]) -> list[RunView]:
    """The runs of a page, in their order. A damaged one is shown as such, with the reason."""
    return _told_apart(
        [_run_view(f"run{number}", entry, len(entries)) for number, entry in enumerate(entries, 1)]
    )


def _told_apart(views: Sequence[RunView]) -> list[RunView]:
    """The views with those settings beside each network that not all share."""
    settings = [dict(view.settings) for view in views]
    for name in TELLING:
        if len({own[name] for own in settings if name in own}) > 1:
            views = [
                replace(view, network=f"{view.network}, {name} {own[name]}") if own else view
                for view, own in zip(views, settings, strict=True)
            ]
    return list(views)


def _run_view(key: str, entry: Entry, n_runs: int) -> RunView:
    info = entry.info
    record, problem = _record_of(entry)
    config = _config_of(entry) if record is None else record.config
    data = None
    if record is not None:
        data = {
            "name": entry.name,
            "experiment": entry.experiment,
            "curves": curve_data(record.curves, n_runs),
            "histograms": histogram_data(record, n_runs),
        }
    return RunView(
        key=key,
        name=entry.name,
        experiment=entry.experiment,
        scale=entry.scale,
        status=entry.status,
        updates=_updates(info),
        validation_error=_percent(info.get("validation_error")),
        test_error=_percent(info.get("test_error")),
        network=NOT_KNOWN if config is None else network_text(config),
        problems=[one for one in (_what_went_wrong(info), problem) if one],
        settings=[] if config is None else _settings(config),
        provenance=_provenance(entry),
        data_files=list(info.get("data_files", {}).items()),
        unofficial_data_files=info.get("unofficial_data_files", []),
        config_text=_config_text(entry),
        data=data,
    )


def _record_of(entry: Entry) -> tuple[RunRecord | None, str | None]:
    if not RunDirectory(entry.path).curves.exists():
        return None, "Nothing is measured yet: there is no curves.csv."
    try:
        return load_run(entry.path), None
    except GlorotReproError as error:
        return None, error.line


def _config_of(entry: Entry) -> RunConfig | None:
    """The configuration of a run whose other files cannot be read; None if it cannot either."""
    try:
        return load_run_config(RunDirectory(entry.path).config)
    except GlorotReproError:
        return None


def _what_went_wrong(info: dict[str, Any]) -> str | None:
    divergence = info.get("divergence")
    if divergence:
        where = f", in layer {divergence['layer']}" if divergence["layer"] else ""
        return f"Training diverged at update {divergence['update']:,}{where}."
    failure = info.get("failure")
    return f"The run failed: {failure}" if failure else None


def network_text(config: RunConfig) -> str:
    """Depth, width, activation, initializer and pre-training in some words."""
    model = config.model
    layers = layers_text(model.hidden, f"{model.activation} units")
    pretraining = ", pre-trained" if config.pretraining.updates else ""
    return f"{layers}, weights: {setting_text(model.initializer)}{pretraining}"


def _settings(config: RunConfig) -> list[Fact]:
    training = config.training
    return [
        ("data set", setting_text(config.dataset)),
        ("hidden layers", ", ".join(map(str, config.model.hidden)) or "none"),
        ("activation", config.model.activation),
        ("initializer", setting_text(config.model.initializer)),
        ("optimizer", setting_text(training.optimizer)),
        ("learning rate", f"{training.learning_rate:g}"),
        ("updates", f"{training.updates:,}"),
        ("mini-batch", str(training.batch_size)),
        ("cost", training.cost.replace("_", " ")),
        ("type of numbers", training.dtype),
        ("seed", str(config.seed)),
        ("recorded", f"every {config.record.every:,} updates, {config.record.examples} examples"),
    ]


def _provenance(entry: Entry) -> list[Fact]:
    info = entry.info
    blas = ", ".join(
        f"{one.get('library')} {one.get('version')} ({one.get('kernel')}, "
        f"{one.get('threads')} thread{'' if one.get('threads') == 1 else 's'})"
        for one in info.get("blas") or ()
    )
    machine = info.get("machine", {})
    seconds = info.get("seconds", {}).get("total")
    facts = {
        "directory": str(entry.path),
        "started": info.get("started"),
        "training time": None if seconds is None else f"{seconds:,.1f} s",
        "commit": info.get("git_commit"),
        "versions": ", ".join(f"{k} {v}" for k, v in info.get("versions", {}).items()),
        "machine": ", ".join(str(value) for value in machine.values()),
        "BLAS": blas,
        "hash of the configuration": info.get("hash"),
        "SHA-256 of the parameters": info.get("parameters_sha256"),
    }
    return [(name, str(value)) for name, value in facts.items() if value not in (None, "")]


def _config_text(entry: Entry) -> str:
    try:
        return RunDirectory(entry.path).config.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def _updates(info: dict[str, Any]) -> str:
    done, updates = info.get("updates_done"), info.get("updates")
    if done is None:
        return NOT_KNOWN
    return f"{done:,}" if done == updates or updates is None else f"{done:,} of {updates:,}"


def _percent(value: float | None) -> str:
    return NOT_KNOWN if value is None else f"{value:.2f}"


def json_text(data: dict[str, Any]) -> str:
    """Compact strict JSON."""
    return json.dumps(data, separators=(",", ":"), allow_nan=False)
