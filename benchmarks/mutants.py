"""The power of the regression check: which small faults it finds.

    python benchmarks/mutants.py [--config CONFIG] [--jobs N] [NAME ...]

Changes a copy of the package, one small fault at a time, and runs the check of CONFIG
(configs/ci.yaml) with each. Prints a table in Markdown: what left its band first and by how much,
the likely cause that the check names, and whether other seeds alone would have shown it. Exit code
1 if a fault passes, or if a change of mere rounding does not.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Mutant:
    """A fault: the first `old` behind `anchor` becomes `new`, in the one file that has both.

    changes_nothing: whether the change is one of rounding or speed only, so that it must pass.
    """

    name: str
    anchor: str
    old: str
    new: str
    changes_nothing: bool = False


MUTANTS = (
    Mutant("normalized: sqrt(5) for sqrt(6)", "class Normalized(",
           "return 2 / (fan_in + fan_out)", "return 5 / 3 / (fan_in + fan_out)"),
    Mutant("normalized: variance 10 % up", "class Normalized(",
           "return 2 / (fan_in + fan_out)", "return 2.2 / (fan_in + fan_out)"),
    Mutant("normalized: variance 2 % up", "class Normalized(",
           "return 2 / (fan_in + fan_out)", "return 2.04 / (fan_in + fan_out)"),
    Mutant("layer 2 draws zeros", "def of_layer(", "else self.hidden",
           "else self.hidden.model_copy(update={'gain': 0.0}) if layer == 2 else self.hidden"),
    Mutant("normalized: fan_in alone", "class Normalized(",
           "return 2 / (fan_in + fan_out)", "return 1 / fan_in"),
    Mutant("normalized: fan_out alone", "class Normalized(",
           "return 2 / (fan_in + fan_out)", "return 1 / fan_out"),
    Mutant("standard: fan_out for fan_in", "class Standard(",
           "return 1 / (3 * fan_in)", "return 1 / (3 * fan_out)"),
    Mutant("standard: variance 1/n for 1/3n", "class Standard(",
           "return 1 / (3 * fan_in)", "return 1 / fan_in"),
    Mutant("uniform: variance for bound", "class _Uniform(",
           "return math.sqrt(3) * self.std(", "return self.std("),
    Mutant("normal for uniform, same variance", "class _Uniform(",
           "return generator.uniform(-bound, bound, (",
           "return generator.normal(0, bound / math.sqrt(3), ("),
    Mutant("standard for normalized in layer 3 only", "def of_layer(",
           "else self.hidden", "else self.output if layer == 3 else self.hidden"),
    Mutant("output layer normalized", "def of_layer(", "return self.output", "return self.hidden"),
    Mutant("all layers draw from one stream", "def initialize(",
           "child(seeds, layer)", "child(seeds, 1)"),
    Mutant("biases start at 0.01", "def initialize(", "parameters.flat.fill(0)",
           "parameters.flat.fill(0.01)"),
    Mutant("softsign: derivative off by its square", "def softsign_derivative(",
           "np.multiply(out, out, out=out)", "pass"),
    Mutant("softsign: 0.9 + |s| below the fraction", "def softsign(", "out += 1", "out += 0.9"),
    Mutant("tanh: derivative 1 - |z|", "def tanh_derivative(",
           "np.multiply(z, z, out=out)", "np.abs(z, out=out)"),
    Mutant("cost: sum over the mini-batch for mean", "def _likelihood(",
           "delta /= len(labels)", "delta /= 1"),
    Mutant("cost: gradient 1 % off", "def _likelihood(",
           "delta /= len(labels)", "delta /= 0.99 * len(labels)"),
    Mutant("small update: biases not updated", "class LeanUpdate", "self._all_z.fill(1)",
           "self._all_z.fill(0)"),
    Mutant("small update: learning rate 2 % off", "class LeanUpdate",
           "multiply(output_delta, -learning_rate", "multiply(output_delta, -1.02 * learning_rate"),
    Mutant("small update: derivative left out", "class LeanUpdate",
           "multiply(delta_below, slope, out=delta_below)", "pass"),
    Mutant("large update: biases not updated", "class DeferredUpdate",
           "biases += scaled.sum(axis=0)", "pass"),
    Mutant("large update: learning rate 2 % off", "class DeferredUpdate",
           "layer.put_off(-learning_rate)", "layer.put_off(-1.02 * learning_rate)"),
    Mutant("large update: derivative left out", "class DeferredUpdate",
           "layer.delta *= slope", "pass"),
    Mutant("large update: biases of updates put off forgotten", "class _Layer", "gram += 1",
           "gram += 0"),
    Mutant("float64 for float32: parameters", "def initial_network(",
           "Parameters(sizes, config.training.dtype)", 'Parameters(sizes, "float64")'),
    Mutant("float64 for float32: probe examples", "def new_recorder(",
           "inputs(chosen, config.training.dtype)", 'inputs(chosen, "float64")'),
    Mutant("other probe examples", "def new_recorder(",
           'stream_seeds(config.seed, "probe_examples")',
           'stream_seeds(config.seed, "pretraining")'),
    Mutant("training on the stream of the test set", "def new_training(",
           'stream_seeds(config.seed, "training_data")',
           'stream_seeds(config.seed, "evaluation_data")'),
    Mutant("inputs of training in [0, 1]", "class ShapesetStream",
           "affine_pixel_values(*section.range)", "affine_pixel_values(0.0, 1.0)"),
    Mutant("half of the backgrounds bright", "def draw_block(",
           "draw_pictures(rng, BLOCK_SIZE, bright_background)",
           "draw_pictures(rng, BLOCK_SIZE, 0.5)"),
    Mutant("each block of 2000 examples the same", "class ShapesetStream",
           "draw_block(self._seeds, number,", "draw_block(self._seeds, 0,"),
    Mutant("backprop: mean over the mini-batch for sum", "def _record_gradients(",
           "batches.sum(axis=1)", "batches.mean(axis=1)"),
    Mutant("backprop: mean over all probe examples", "def record(",
           "output_delta *= len(self._labels) / self._batch", "pass"),
    Mutant("backprop: W of the layer itself, rows reversed", "def backward(",
           "deltas[-1] @ self.parameters.weights[layer]",
           "deltas[-1] @ self.parameters.weights[layer][::-1]"),
    Mutant("percentiles: p1 at 0.5 %", "STATISTICS:", '"p1": _percentile(1)',
           '"p1": _percentile(0.5)'),
    Mutant("percentiles: p98 one-sided, at 97 %", "STATISTICS:", '"p98": _percentile(98)',
           '"p98": _percentile(97)'),
    Mutant("std with n - 1", "def summarize(", "math.sqrt(max(0.0, squares / n_values",
           "math.sqrt(max(0.0, squares / (n_values - 1)"),
    Mutant("saturation on one side only", "def saturated_share(",
           "at_limit += np.count_nonzero(activations > upper - margin)", "pass"),
    Mutant("Jacobian of the second example", "def _record_jacobians(",
           "derivative(s[:1], z[:1])", "derivative(s[1:2], z[1:2])"),
    Mutant("evaluation: labels shifted by one example", "def evaluate(",
           "labels = images.labels[part]", "labels = np.roll(images.labels, 1)[part]"),
    Mutant("training cost: one update too many in the mean", "class MeanCost:",
           "self._sum / self._n if", "self._sum / (self._n + 1) if"),
    Mutant("theory: 1 % off", "def _record_theory(",
           '"activation_std": prediction.activation_std',
           '"activation_std": 1.01 * prediction.activation_std'),
    Mutant("log softmax without its maximum", "def log_softmax(",
           "logits - logits.max(axis=1, keepdims=True)", "logits - 0", True),
    Mutant("2 updates put off for 5", "n_updates_to_put_off", "EXAMPLES_PUT_OFF = 50",
           "EXAMPLES_PUT_OFF = 20", True),
    Mutant("weights aligned to 16 bytes", "class Parameters", "ALIGNMENT_BYTES = 64",
           "ALIGNMENT_BYTES = 16", True),
    Mutant("statistics in blocks of 1000 values", "class Summary", "_BLOCK = 32_768",
           "_BLOCK = 1_000", True),
)  # fmt: skip


def mutated_file(package: Path, mutant: Mutant) -> tuple[Path, str]:
    """The file of `package` that the fault is in, and its text with the fault.

    Raises LookupError unless exactly one file has the place.
    """
    places = []
    for path in sorted(package.rglob("*.py")):
        text = path.read_text()
        # A constant may stand in front of the class that names its module.
        start = 0 if mutant.old.split(" = ")[0].isupper() or mutant.old[0] == "_" else None
        anchor = text.find(mutant.anchor)
        at = text.find(mutant.old, anchor if start is None else start) if anchor >= 0 else -1
        if at >= 0:
            places.append((path, text[:at] + mutant.new + text[at + len(mutant.old) :]))
    if len(places) != 1:
        message = f"{mutant.name}: {len(places)} files have '{mutant.old}' behind '{mutant.anchor}'"
        raise LookupError(message)
    return places[0]


def report_of(mutant: Mutant | None, config: Path, baseline: Path) -> dict[str, Any]:
    """The check's report as JSON, run with the changed package (None: unchanged)."""
    with tempfile.TemporaryDirectory() as folder:
        package = Path(folder) / "glorot_repro"
        shutil.copytree(
            ROOT / "glorot_repro", package, ignore=shutil.ignore_patterns("__pycache__")
        )
        if mutant is not None:
            path, text = mutated_file(package, mutant)
            path.write_text(text)
        arguments = ["check", str(config), "--baseline", str(baseline), "--json"]
        done = subprocess.run(
            [sys.executable, "-m", "glorot_repro", *arguments],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": folder},
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode not in (0, 1) or not done.stdout:
        return {"passed": False, "results": [], "error": done.stderr.strip().splitlines()[-1]}
    return dict(json.loads(done.stdout))


def row_of(mutant: Mutant, report: dict[str, Any]) -> str:
    """The line of the table."""
    if "error" in report:
        return f"| {mutant.name} | stopped | {report['error']} | | |"
    by_mode: dict[str, list[dict[str, Any]]] = {"exact": [], "statistical": []}
    for result in report["results"]:
        if not result["passed"]:
            by_mode[result["mode"]].append(result)
    exact = by_mode["exact"]
    found = f"{len(exact)} networks" if exact else "passes"
    other = f"{len(by_mode['statistical'])}" if by_mode["statistical"] else "no"
    if not exact:
        return f"| {mutant.name} | {found} | | | {other} |"
    first = exact[0]["first"]
    times = first["times_allowed"]
    size = "no tolerance" if times is None else f"{times:.3g} x tolerance"
    layer = f", layer {first['layer']}" if first["layer"] else ""
    where = f"{first['quantity']}{layer}, update {first['update']}: {size}"
    return f"| {mutant.name} | {found} | {where} | {exact[0]['cause']} | {other} |"


def chosen(names: Iterable[str]) -> list[Mutant]:
    """The mutants whose names contain one of `names`; all for none."""
    wanted = list(names)
    return [m for m in MUTANTS if not wanted or any(name in m.name for name in wanted)]


def main() -> int:
    """Print the table; 1 if a mutant did what it should not."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--config", type=Path, default=ROOT / "configs" / "ci.yaml")
    parser.add_argument("--baseline", type=Path, default=ROOT / "results" / "baselines" / "ci")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    config, baseline = options.config.resolve(), options.baseline.resolve()
    if not report_of(None, config, baseline)["passed"]:
        print("the unchanged package fails the check: nothing to measure", file=sys.stderr)
        return 1
    print("| fault | found in | first | likely cause, as the check says | other seeds |")
    print("| --- | --- | --- | --- | --- |")
    mutants = chosen(options.names)
    wrong = []
    with ThreadPoolExecutor(options.jobs) as pool:
        reports = pool.map(lambda mutant: report_of(mutant, config, baseline), mutants)
        for mutant, report in zip(mutants, reports, strict=True):
            print(row_of(mutant, report), flush=True)
            if report["passed"] != mutant.changes_nothing:
                wrong.append(mutant.name)
    print(f"\n{len(mutants) - len(wrong)} of {len(mutants)} as they should be")
    for name in wrong:
        print(f"not as it should be: {name}")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
