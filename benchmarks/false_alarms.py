"""How often the statistical check gives a false alarm, and what it finds, by number of seeds.

    python benchmarks/false_alarms.py STORE [--runs N] [--first SEED] [--draws N] [--rate P]

Runs every network of CONFIG with N seeds and keeps the values in the folder STORE, in files of 50
seeds, so that a later call goes on; N = 0 takes what is there. Then it draws baselines from them,
checks each with all other seeds at the rate P (1e-4), and prints a table in Markdown:

    alarms    share of checks with an alarm, and the 95 % upper bound of a bootstrap over
              baselines and seeds
    normal    the same share with normal values of the same correlations
    band      half its width in spreads, and the factor that stands for, median over values
    found     the common factor on all standard deviations of activations that 9 of 10 checks find
"""

import argparse
import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from glorot_repro.config.experiment import load_experiment
from glorot_repro.runs.band_width import FALSE_ALARM_RATE, half_width, level_of
from glorot_repro.runs.pinning import PinnedNetwork, measured, pinned_networks
from glorot_repro.runs.seed_scale import has_band, is_logarithmic

ROOT = Path(__file__).resolve().parents[1]
PER_FILE = 50
FIRST_SEED = 10_000
N_PINNED = (3, 5, 10, 20, 30, 50, 100)
FACTORS = np.exp(np.linspace(0, 5, 201))

Values = NDArray[np.float64]
Name = tuple[int, int, int, str]
"""Number of the network, update, layer, quantity."""


def collect(networks: list[PinnedNetwork], store: Path, first: int, n_runs: int) -> None:
    """Run the seeds that `store` does not have."""
    store.mkdir(parents=True, exist_ok=True)
    for start in range(first, first + n_runs, PER_FILE):
        path = store / f"seeds{start}.npz"
        if path.exists():
            continue
        tables = [
            {
                (number, *key): value
                for number, network in enumerate(networks)
                for key, value in measured(network.with_seed(seed)).items()
            }
            for seed in range(start, start + PER_FILE)
        ]
        names = list(tables[0])
        values = np.array([[table[name] for name in names] for table in tables])
        np.savez(path, values=values, keys=np.array(["|".join(map(str, n)) for n in names]))
        print(f"{path}: {PER_FILE} seeds", flush=True)


def scaled(store: Path, first: int) -> tuple[list[Name], Values]:
    """The values that are compared, (seeds, values), on their scale."""
    files = sorted(path for path in store.glob("seeds*.npz") if int(path.stem[5:]) >= first)
    parts = [np.load(path) for path in files]
    names: list[Name] = []
    for text in parts[0]["keys"].tolist():
        number, update, layer, quantity = text.split("|")
        names.append((int(number), int(update), int(layer), quantity))
    values = np.concatenate([part["values"] for part in parts])
    chosen = [number for number, name in enumerate(names) if has_band(name[3])]
    values = values[:, chosen]
    names = [names[number] for number in chosen]
    for column, name in enumerate(names):
        if is_logarithmic(name[3]):
            values[:, column] = np.log(values[:, column])
    return names, values


@dataclass(frozen=True)
class Alarms:
    """Which baseline gave an alarm with which seed, of all pairs of a baseline and another seed."""

    baseline: NDArray[np.intp]
    seed: NDArray[np.intp]
    n_baselines: int
    n_seeds: int
    n_checks: int

    @property
    def share(self) -> float:
        """Of all checks."""
        return len(self.seed) / self.n_checks

    def upper_bound(self) -> float:
        """The 95 % upper bound of the share, by a bootstrap over baselines and over seeds."""
        generator = np.random.default_rng(0)
        shares = []
        for _ in range(2000):
            of_baseline, of_seed = (
                np.bincount(generator.integers(0, n, n), minlength=n)
                for n in (self.n_baselines, self.n_seeds)
            )
            shares.append((of_baseline[self.baseline] * of_seed[self.seed]).sum() / self.n_checks)
        return float(np.quantile(shares, 0.95))


def alarms(
    values: Values, n_pinned: int, bound: float, *, n_draws: int, shift: Values | float = 0.0
) -> Alarms:
    """Check all seeds with baselines drawn from the others; `shift` is added to what is new."""
    generator = np.random.default_rng(n_pinned)
    pairs: list[Values] = []
    for number in range(n_draws):
        pinned = generator.choice(len(values), n_pinned, replace=False)
        center, width = values[pinned].mean(axis=0), values[pinned].std(axis=0, ddof=1)
        is_alarm = (np.abs(values + shift - center) > bound * width).any(axis=1)
        is_alarm[pinned] = False
        seeds = np.flatnonzero(is_alarm)
        pairs.append(np.stack([np.full(len(seeds), number), seeds]))
    baseline, seed = np.concatenate(pairs, axis=1)
    return Alarms(baseline, seed, n_draws, len(values), n_draws * (len(values) - n_pinned))


def normal_like(values: Values) -> Values:
    """Normal values with the correlations of `values`."""
    covariance = np.corrcoef(values.T) + 1e-9 * np.eye(values.shape[1])
    draws = np.random.default_rng(1).normal(size=values.shape)
    return np.asarray(draws @ np.linalg.cholesky(covariance).T)


def found_factor(names: list[Name], values: Values, n_pinned: int, bound: float) -> float:
    """The least factor on all standard deviations of activations that 9 of 10 checks find."""
    is_std = np.array([name[3] == "activation_std" for name in names])
    low, high = 0, len(FACTORS) - 1
    while low < high:
        middle = (low + high) // 2
        shift = math.log(FACTORS[middle]) * is_std
        is_found = alarms(values, n_pinned, bound, n_draws=50, shift=shift).share >= 0.9
        low, high = (low, middle) if is_found else (middle + 1, high)
    return float(FACTORS[low])


def _shown(factor: float) -> str:
    return "> 100" if factor > 100 else f"{factor:.2f}"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("store", type=Path)
    parser.add_argument("--config", type=Path, default=ROOT / "configs" / "ci.yaml")
    parser.add_argument("--first", type=int, default=FIRST_SEED)
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--draws", type=int, default=3000)
    parser.add_argument("--rate", type=float, default=FALSE_ALARM_RATE)
    options = parser.parse_args()
    collect(
        pinned_networks(load_experiment(options.config)), options.store, options.first, options.runs
    )
    names, values = scaled(options.store, options.first)
    level = level_of(options.rate, len(names))
    # What is the same for all seeds, such as the size of the numbers, cannot give an alarm.
    varies = values.std(axis=0) > 1e-9
    names = [name for name, does in zip(names, varies, strict=True) if does]
    values = values[:, varies]
    spreads, normal = values.std(axis=0, ddof=1), normal_like(values)
    print(f"{len(values)} seeds, {options.draws} baselines of each size, level {level:.2g}\n")
    print("| pinned seeds | alarms | at most (95 %) | normal | band | factor | found |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for n_pinned in N_PINNED:
        bound = half_width(level, n_pinned)
        real = alarms(values, n_pinned, bound, n_draws=options.draws)
        of_normal = alarms(normal, n_pinned, bound, n_draws=options.draws).share
        factor = math.exp(min(700.0, bound * float(np.median(spreads))))
        found = found_factor(names, values, n_pinned, bound)
        print(
            f"| {n_pinned} | {real.share:.1e} | {real.upper_bound():.1e} | {of_normal:.1e} | "
            f"{bound:.1f} spreads | {_shown(factor)} | {_shown(found)} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
