"""Runs for other programs: one tidy table of several, or the plain arrays of one."""

import csv
import io
import json
import math
from collections.abc import Sequence

import numpy as np

from glorot_repro.arrays import Arrays
from glorot_repro.measure.curves import HEADER, WHOLE_NETWORK
from glorot_repro.runs.reading import RunRecord


def tidy_csv(records: Sequence[RunRecord]) -> bytes:
    """The rows of `RunRecord.records` of all runs as a CSV file.

    Columns: scale, experiment, run, seed, the keys of `grid` and `search` of any run with the
    values of all of them (empty where a run has no such key), update, layer (empty for the whole
    network), quantity, value (empty for NaN; inf as `inf`).
    """
    labels = list(dict.fromkeys(key for record in records for key in record.labels))
    rows = [row for record in records for row in record.records(labels)]
    text = io.StringIO()
    columns = ["scale", "experiment", "run", "seed", *labels, *HEADER]
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    for row in rows:
        shown = "" if math.isnan(row["value"]) else repr(row["value"])
        writer.writerow({**row, "value": shown})
    return text.getvalue().encode()


def plain_arrays(record: RunRecord) -> Arrays:
    """All of a run as arrays, under names that docs/notebook.md lists.

    config and run: YAML and JSON text, as arrays without dimensions. curves/QUANTITY:
    (updates, layers), or (updates,) for the whole network, with curves/QUANTITY/updates and
    curves/QUANTITY/layers; NaN where a layer has no value. histograms/..., samples/...: as in the
    files of the run, histograms/backprop/counts for backprop_counts.
    """
    arrays: Arrays = {
        "config": np.array(record.config.to_yaml()),
        "run": np.array(json.dumps(record.info, allow_nan=False)),
    }
    for quantity in record.curves.quantities:
        layers = record.curves.layers(quantity)
        series = {layer: record.curves.series(quantity, layer) for layer in layers}
        updates = np.unique(np.concatenate([found for found, _ in series.values()]))
        table = np.full((len(updates), len(layers)), math.nan)
        for column, (at, values) in enumerate(series.values()):
            table[np.searchsorted(updates, at), column] = values
        is_whole = layers == [WHOLE_NETWORK]
        arrays[f"curves/{quantity}"] = table[:, 0] if is_whole else table
        arrays[f"curves/{quantity}/updates"] = updates
        if not is_whole:
            arrays[f"curves/{quantity}/layers"] = np.array(layers, np.int64)
    for key, array in (record.histograms or {}).items():
        quantity, _, field = key.rpartition("_")
        arrays[f"histograms/{quantity}/{field}" if quantity else f"histograms/{key}"] = array
    for key, array in (record.samples or {}).items():
        arrays[f"samples/{key}"] = array
    return arrays
