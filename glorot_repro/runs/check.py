"""The regression check: runs the networks of experiments and compares them with baselines."""

from collections.abc import Callable, Sequence

from glorot_repro.config.experiment import parse_run_config
from glorot_repro.config.schema import RunConfig
from glorot_repro.errors import ConfigError, NoBaselineError, StorageError
from glorot_repro.runs.band_width import level_of
from glorot_repro.runs.baseline import Baseline, read_baseline, statistical_keys
from glorot_repro.runs.comparison import flattened
from glorot_repro.runs.deviations import Comparison
from glorot_repro.runs.pinning import PinnedNetwork, left_behind, measured
from glorot_repro.runs.result import Result, exact_result, require_statistical, statistical_result

_LEFT_BEHIND = (
    "a network that its experiment no longer has; if that is meant, remove this folder, and pin "
    "what took its place with: glorot-repro baseline"
)


def check_networks(
    networks: Sequence[PinnedNetwork],
    *,
    mode: str | None = None,
    n_seeds: int | None = None,
    rate: float,
    tell: Callable[[str], None] = lambda label: None,
) -> list[Result]:
    """Run and compare every network; `rate` is the false-alarm rate of all of it together.

    networks: all that their experiments have; what else is pinned of these fails, lest an edit of
    a grid switches guards off unseen.
    mode: exact compares the baseline's first seed, statistical `n_seeds` seeds that follow the
    baseline's; without one both are done, but for baselines that other seeds cannot be compared
    with, unless `n_seeds` asks for them. A network without a baseline, or with a configuration that
    is not the baseline's, fails without being run. Raises NoBaselineError if none has a baseline,
    StorageError for a damaged one, ConfigError for one that cannot be compared as asked.
    """
    results: list[Result] = []
    missing: list[NoBaselineError] = []
    comparable: list[tuple[PinnedNetwork, Baseline]] = []
    for network in networks:
        try:
            baseline = read_baseline(network.folder)
        except NoBaselineError as error:
            missing.append(error)
            results.append(_refused(network.label, str(error)))
            continue
        change = _changed_setting(network, baseline)
        if change is not None:
            results.append(_refused(network.label, change))
            continue
        if mode == "statistical" or n_seeds is not None:
            require_statistical(baseline, network.label)
        comparable.append((network, baseline))
    if missing and len(missing) == len(networks):
        raise missing[0]
    leftovers = left_behind(networks)
    n_values = sum(len(statistical_keys(baseline.bands)) for _, baseline in comparable)
    for network, baseline in comparable:
        tell(network.label)
        results += _check(network, baseline, mode, n_seeds or 1, level_of(rate, n_values))
    return results + [_refused(str(folder), _LEFT_BEHIND) for folder in leftovers]


def _refused(label: str, why: str) -> Result:
    return Result(label, "configuration", (), Comparison(()), refusal=why)


def _check(
    network: PinnedNetwork, baseline: Baseline, mode: str | None, n_seeds: int, level: float
) -> list[Result]:
    results = []
    if mode != "statistical":
        first = baseline.seeds[0]
        table = measured(network.with_seed(first))
        results.append(exact_result(network.label, table, baseline, (first,)))
    if mode != "exact" and statistical_keys(baseline.bands):
        following = max(baseline.seeds) + 1
        seeds = tuple(range(following, following + n_seeds))
        tables = [measured(network.with_seed(seed)) for seed in seeds]
        results.append(statistical_result(network.label, tables, baseline, seeds, level))
    return results


def _changed_setting(network: PinnedNetwork, baseline: Baseline) -> str | None:
    if baseline.config is None or not baseline.seeds:
        message = f"{network.folder} is a baseline of curves; compare it with --curves FILE.csv"
        raise ConfigError(message)
    try:
        pinned = parse_run_config(baseline.config, source=str(network.folder / "config.yaml"))
    except ConfigError as error:
        message = f"the baseline in {network.folder} cannot be read: {error}"
        raise StorageError(message) from error
    now = network.with_seed(pinned.seed)
    if pinned.hash == now.hash:
        return None
    difference = _difference(pinned, now)
    return f"{difference}; if that is meant, make a new baseline with: glorot-repro baseline"


def _difference(pinned: RunConfig, now: RunConfig) -> str:
    before, after = flattened(pinned.canonical()), flattened(now.canonical())
    keys = [key for key in {**before, **after} if before.get(key) != after.get(key)]
    key = keys[0]
    values = [flat.get(key, "the default") for flat in (after, before)]
    return f"{key} is {values[0]}, in the baseline {values[1]}"
