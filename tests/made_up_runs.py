"""Made-up run directories: normal values whose spread changes with training time."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from scipy.stats import norm

from glorot_repro.arrays import to_npz
from glorot_repro.config.experiment import expand_runs, parse_experiment
from glorot_repro.files import write_atomically
from glorot_repro.measure.curves import Curves
from glorot_repro.runs.catalog import Entry, find_run
from glorot_repro.runs.info import write_info
from glorot_repro.runs.paths import run_directory

QUANTITIES = {"activation": 3, "backprop": 4, "weight_gradient": 4}
"""Quantity to layers, of a network of three hidden layers."""

EVERY = 100
BINS = 200
REACH = 5.0
"""The histograms' range, in standard deviations."""

MakeRun = Callable[..., Entry]


def std_of(quantity: str, layer: int, record: int) -> float:
    """The standard deviation of the made-up values."""
    return 0.4 * 0.7**layer * (1 + record) * (1 if quantity == "activation" else 1e-3)


def write_made_up_run(
    results: Path,
    *,
    seed: int = 0,
    n_records: int = 5,
    info: dict[str, Any] | None = None,
    note: str = "",
    is_diverged: bool = False,
) -> Entry:
    """Write a run directory into `results`.

    info: more of run.json; note: goes to config.yaml; is_diverged: no value of the last record is
    finite.
    """
    updates = (n_records - 1) * EVERY
    text = f"""
name: made_up
model: {{hidden: [30, 20, 10]}}
training: {{updates: {updates}}}
record: {{every: {EVERY}, bins: {BINS}}}
seeds: [{seed}]
scales: {{quick: {{}}}}
"""
    (config,) = expand_runs(parse_experiment(text, scale="quick"))
    directory = run_directory(results, config)
    write_atomically(directory.config, (config.to_yaml() + note).encode())
    write_atomically(directory.curves, _curves(n_records).to_csv())
    histograms = _histograms(n_records)
    for quantity in QUANTITIES if is_diverged else ():
        histograms[f"{quantity}_counts"][-1] = 0
        histograms[f"{quantity}_nonfinite"][-1] = 30_000
        for end in ("low", "high"):
            histograms[f"{quantity}_{end}"][-1] = np.nan
    write_atomically(directory.histograms, to_npz(histograms, compress=True))
    shown = {
        "status": "finished",
        "updates_done": updates,
        "updates": updates,
        "seed": seed,
        "test_error": 12.5,
        "data_files": {"train-images": "ab" * 32},
        "versions": {"glorot_repro": "0.0.0", "numpy": "2.0"},
    }
    write_info(directory, shown | (info or {}))
    return find_run(results, str(directory.path))


def _curves(n_records: int) -> Curves:
    curves = Curves()
    for record in range(n_records):
        for quantity, n_layers in QUANTITIES.items():
            for layer in range(1, n_layers + 1):
                curves.add(record * EVERY, layer, f"{quantity}_mean", 0.0)
                curves.add(
                    record * EVERY, layer, f"{quantity}_std", std_of(quantity, layer, record)
                )
        curves.add(record * EVERY, 0, "test_error", 80.0 - record)
    for layer in (1, 2, 3):
        curves.add(0, layer, "activation_std_theory", 0.5 / layer)
    return curves


def _histograms(n_records: int) -> dict[str, Any]:
    edges = np.linspace(-REACH, REACH, BINS + 1)
    counts = np.rint(30_000 * np.diff(norm.cdf(edges))).astype(np.int64)
    arrays: dict[str, Any] = {"updates": EVERY * np.arange(n_records)}
    for quantity, n_layers in QUANTITIES.items():
        layers = np.arange(1, n_layers + 1)
        stds = np.array(
            [[std_of(quantity, int(n), record) for n in layers] for record in range(n_records)]
        )
        arrays |= {
            f"{quantity}_layers": layers,
            f"{quantity}_counts": np.tile(counts, (n_records, n_layers, 1)),
            f"{quantity}_low": -REACH * stds,
            f"{quantity}_high": REACH * stds,
            **{
                f"{quantity}_{fault}": np.zeros((n_records, n_layers), np.int64)
                for fault in ("nonfinite", "underflow", "overflow")
            },
        }
    return arrays
