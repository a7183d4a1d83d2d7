"""How far BLAS kernels differ in the curves of an experiment, against the tolerance of a check.

    python benchmarks/kernels.py configs/ci.yaml [KERNEL ...]

Each kernel of OpenBLAS is forced in a process of its own (OPENBLAS_CORETYPE); the first is the
reference. Prints, for each network and kernel, the largest difference in units of what the exact
comparison allows.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

from glorot_repro.config.experiment import load_experiment
from glorot_repro.runs.baseline import bands_of
from glorot_repro.runs.deviations import compare_exactly
from glorot_repro.runs.machine import describe_machine
from glorot_repro.runs.pinning import Table, measured, pinned_networks

KERNELS = ("Haswell", "SkylakeX", "Zen", "Sandybridge", "Nehalem")


def tables_under(kernel: str, config: Path) -> tuple[str, list[Table]]:
    """The kernel that OpenBLAS says it uses, and the values of each network."""
    done = subprocess.run(
        [sys.executable, __file__, "--measure", str(config)],
        env={**os.environ, "OPENBLAS_CORETYPE": kernel},
        capture_output=True,
        text=True,
        check=True,
    )
    found = json.loads(done.stdout)
    return found["kernel"], [
        {(update, layer, quantity): value for update, layer, quantity, value in rows}
        for rows in found["tables"]
    ]


def measure(config: Path) -> None:
    """Print the values of each network as JSON."""
    networks = pinned_networks(load_experiment(config))
    tables = [
        [(*key, value) for key, value in measured(network.config).items()] for network in networks
    ]
    kernels = [blas["kernel"] for blas in describe_machine()["blas"]]
    print(json.dumps({"kernel": ", ".join(kernels), "tables": tables}))


def main(config: Path, kernels: list[str]) -> None:
    """Compare the kernels."""
    labels = [network.label for network in pinned_networks(load_experiment(config))]
    name, reference = tables_under(kernels[0], config)
    print(f"reference: {kernels[0]} ({name}); differences in units of the tolerance")
    for kernel in kernels[1:]:
        name, tables = tables_under(kernel, config)
        for label, table, pin in zip(labels, tables, reference, strict=True):
            readings = compare_exactly(table, bands_of([pin])).readings
            worst = max(
                (one for one in readings if one.value != one.expected),
                key=lambda one: one.excess,
                default=None,
            )
            if worst is None:
                print(f"{kernel} ({name}) {label}: the same bits")
            else:
                print(
                    f"{kernel} ({name}) {label}: {worst.excess:.3f} "
                    f"({worst.quantity}, layer {worst.layer}, update {worst.update})"
                )


if __name__ == "__main__":
    if sys.argv[1] == "--measure":
        measure(Path(sys.argv[2]))
    else:
        main(Path(sys.argv[1]), sys.argv[2:] or list(KERNELS))
