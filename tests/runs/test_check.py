"""The check of networks and of curves against baselines on disk."""

import math
import shutil
from pathlib import Path
from xml.etree import ElementTree

import pytest

from glorot_repro.config.experiment import parse_experiment
from glorot_repro.errors import ConfigError, StorageError
from glorot_repro.measure.curves import Curves
from glorot_repro.nn.initializers import Normalized
from glorot_repro.report.check_figure import curve_of_first_deviation, draw_check
from glorot_repro.report.junit import junit_xml
from glorot_repro.runs.band_width import half_width, level_of
from glorot_repro.runs.baseline import (
    Baseline,
    bands_of,
    pin_curves,
    read_baseline,
    write_baseline,
)
from glorot_repro.runs.check import check_networks
from glorot_repro.runs.pinning import PinnedNetwork, pin, pinned_networks
from glorot_repro.runs.result import curves_result

CONFIG = """\
name: tiny
dataset: {name: shapeset, validation_size: 50, test_size: 50}
model: {hidden: [24, 20], activation: tanh, initializer: normalized}
training: {updates: 10, learning_rate: 0.05}
evaluation: {every: 0}
record: {every: 10, examples: 50, bins: 20}
"""
RATE = 1e-3


def networks(folder: Path, *overrides: str) -> list[PinnedNetwork]:
    return pinned_networks(parse_experiment(CONFIG, overrides), folder)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("baselines")
    (network,) = networks(folder)
    write_baseline(pin(network, range(12)), folder)
    return folder


def test_an_unchanged_program_passes_both_comparisons(folder: Path) -> None:
    results = check_networks(networks(folder), n_seeds=2, rate=RATE)
    assert [(one.mode, one.seeds) for one in results] == [
        ("exact", (0,)),
        ("statistical", (12, 13)),
    ]
    assert all(one.has_passed for one in results)
    # Means and percentiles are compared exactly only.
    assert results[0].n_compared > 100 > results[1].n_compared > 20


def test_a_tripled_variance_fails_both_comparisons(
    folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(
        Normalized, "unit_variance", lambda self, fan_in, fan_out: 6 / (fan_in + fan_out)
    )
    results = check_networks(networks(folder), rate=RATE)
    assert [one.has_passed for one in results] == [False, False]
    assert "activation_mean of layer 1 at update 0" in results[0].summary
    for result in results:
        assert result.cause is not None
        assert "gain" in result.cause
    suite = ElementTree.fromstring(junit_xml(results))
    assert (suite.get("tests"), suite.get("failures")) == ("2", "2")
    assert [case.get("name") for case in suite] == ["exact", "statistical"]
    curve = curve_of_first_deviation(results[0].comparison)
    assert [one.update for one in curve] == [0, 10]
    assert draw_check(results[0], tmp_path).read_bytes()[:4] == b"\x89PNG"


def test_where_only_predictions_leave_their_narrow_bands_the_network_is_not_cleared(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One new seed against 12 does not show a doubled variance; it once read "the theory
    changed, the network did not"."""
    monkeypatch.setattr(
        Normalized, "unit_variance", lambda self, fan_in, fan_out: 4 / (fan_in + fan_out)
    )
    (result,) = check_networks(networks(folder), mode="statistical", rate=RATE)
    assert result.cause is not None
    assert result.cause.startswith("initializer, activation, inputs or prediction")


def test_a_changed_setting_fails_and_is_named(folder: Path) -> None:
    results = check_networks(networks(folder, "model.hidden=[24, 21]"), rate=RATE)
    (result,) = results
    assert not result.has_passed
    assert result.summary.startswith("model.hidden is [24, 21], in the baseline [24, 20]; if")
    (case,) = ElementTree.fromstring(junit_xml(results))
    (failure,) = case
    assert failure.get("message") == result.summary


def test_new_seeds_follow_the_largest_of_the_baseline(tmp_path: Path) -> None:
    """However many there are: seeds that were pinned are no other seeds."""
    (network,) = networks(tmp_path, "seeds=[3]")
    write_baseline(pin(network, (3, 5)), tmp_path)
    (result,) = check_networks([network], mode="statistical", n_seeds=2, rate=RATE)
    assert result.seeds == (6, 7)


def test_one_seed_is_compared_exactly_only(tmp_path: Path) -> None:
    (network,) = networks(tmp_path)
    write_baseline(pin(network, (0,)), tmp_path)
    results = check_networks(networks(tmp_path), rate=RATE)
    assert [(one.mode, one.has_passed) for one in results] == [("exact", True)]


def test_the_rate_is_that_of_all_networks_together(tmp_path: Path) -> None:
    """A network without a baseline fails, and the others are checked."""
    both = networks(tmp_path, "grid.model.activation=[tanh, softsign, relu]")
    for network in both[:2]:
        write_baseline(pin(network, (0, 1, 2)), network.folder)
    missing, *results = check_networks(both, mode="statistical", rate=RATE)
    assert not missing.has_passed
    n_values = sum(len(one.comparison.readings) for one in results)
    for one, network in zip(results, both[:2], strict=True):
        (reading,) = (
            one
            for one in one.comparison.readings
            if (one.update, one.layer, one.quantity) == (0, 1, "activation_std")
        )
        band = read_baseline(network.folder).bands[0, 1, "activation_std"]
        bound = half_width(level_of(RATE, n_values), 3) * band.width
        # The tolerance of the exact comparison comes on top.
        assert math.log(reading.high / reading.expected) == pytest.approx(bound, abs=1.1e-4)


def test_values_that_the_baseline_does_not_have_are_counted() -> None:
    rows = [(0, layer, "activation_std", 1.0 + layer / 10) for layer in (1, 2, 3)]
    pinned = pin_curves([Curves(rows[:2])])
    result = curves_result([Curves(rows)], pinned, "mine", None, RATE)
    assert (result.has_passed, result.n_compared, result.n_unknown) == (True, 2, 1)


@pytest.mark.parametrize("rate", [0.0, -1e-4, 0.6, math.nan])
def test_a_rate_that_is_none_is_refused(rate: float) -> None:
    pinned = pin_curves([Curves([(0, 1, "a_std", value)]) for value in (1.0, 1.1, 1.2)])
    with pytest.raises(ConfigError, match="false-alarm rate"):
        curves_result([Curves([(0, 1, "a_std", 1.0)])], pinned, "mine", None, rate)


def test_a_check_without_baseline_names_the_command(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="glorot-repro baseline"):
        check_networks(networks(tmp_path / "nowhere"), rate=RATE)


def test_a_damaged_configuration_of_a_baseline_is_named(folder: Path, tmp_path: Path) -> None:
    """It was `run:2:1`, whichever of the networks it was."""
    damaged = shutil.copytree(folder, tmp_path / "damaged")
    (damaged / "config.yaml").write_text("name: tiny\nmodle: {}\n")
    with pytest.raises(StorageError, match=f"cannot be read: {damaged / 'config.yaml'}:2:1: "):
        check_networks(networks(damaged), rate=RATE)


def test_a_baseline_of_curves_is_not_one_of_a_network(tmp_path: Path) -> None:
    write_baseline(pin_curves([Curves([(0, 1, "a_std", 1.0)])]), tmp_path)
    with pytest.raises(ConfigError, match="--curves"):
        check_networks(networks(tmp_path), rate=RATE)


def test_curves_are_compared_as_their_baseline_allows() -> None:
    key = (0, 1, "activation_std")
    one = Baseline(bands_of([{key: 1.0}]))
    several = Baseline(bands_of([{key: value} for value in (0.98, 1.0, 1.02, 1.01)]))
    curves = [Curves([(*key, 1.01)])]
    assert curves_result(curves, one, "mine", None, RATE).mode == "exact"
    assert not curves_result(curves, one, "mine", None, RATE).has_passed
    assert curves_result(curves, several, "mine", None, RATE).mode == "statistical"
    assert curves_result(curves, several, "mine", None, RATE).has_passed
    assert curves_result(curves, several, "mine", "exact", RATE).mode == "exact"
    with pytest.raises(ConfigError, match="one run"):
        curves_result(2 * curves, several, "mine", "exact", RATE)
    with pytest.raises(ConfigError, match="no spread"):
        curves_result(curves, one, "mine", "statistical", RATE)
