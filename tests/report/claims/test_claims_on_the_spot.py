"""Claims that need no training: measured at small sizes, and seen to fail where they should."""

import re
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from made_up_claims import by_layer, made_up
from numpy.typing import NDArray

from glorot_repro.data.finite import Split, Splits
from glorot_repro.data.pictures import Pictures
from glorot_repro.data.shapeset import Shapeset
from glorot_repro.nn.network import Network
from glorot_repro.nn.optimizers import Optimizer, StochasticGradientDescent
from glorot_repro.report.claims import costs, data, initial, initializers, setup, start, theory
from glorot_repro.report.claims.evidence import Bench
from glorot_repro.report.claims.groups import Group
from glorot_repro.report.claims.judging import ClaimResult, judge_claims
from glorot_repro.report.claims.models import (
    AS_PRINTED,
    FIGURE_2,
    NORMALIZED,
    STANDARD,
    TANH,
    TANH_N,
    Model,
    are_same_images,
)
from glorot_repro.report.claims.signals import propagate, scheme_of_gain
from glorot_repro.runs.reading import RunRecord
from glorot_repro.training.update import Update, make_update

SMALL = {"N_CLASS_DRAWS": 4000, "N_PAIR_DRAWS": 500, "N_FACTOR_DRAWS": 2000, "N_STREAM": 4000}


class TwiceAsFast(StochasticGradientDescent):
    """Steps of twice the rate."""

    def apply(
        self,
        parameters: NDArray[np.floating],
        gradient: NDArray[np.floating],
        state: dict[str, NDArray[np.floating]],
        learning_rate: float,
        *,
        curvature: NDArray[np.floating] | None = None,
    ) -> None:
        parameters -= 2 * learning_rate * gradient


def judged(claim: str) -> ClaimResult:
    (result,) = judge_claims([], [claim])
    return result


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name, value in SMALL.items():
        monkeypatch.setattr(data, name, value)
    monkeypatch.setattr(theory, "WIDTH", 150)
    monkeypatch.setattr(initializers, "N_SEEDS", 2)
    monkeypatch.setattr(theory, "DEPTHS", (5,))
    monkeypatch.setattr(initial, "at_start", partial(start.at_start, seeds=(0,)))
    monkeypatch.setenv("GLOROT_DATA", str(tmp_path))


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        ("data-shapeset-classes", "confirmed"),
        ("data-shapeset-resolution", "confirmed"),
        ("data-shapeset-factors", "confirmed"),
        ("data-shapeset-online", "confirmed"),
        ("setup-architecture", "confirmed"),
        ("setup-bias-zero", "confirmed"),
        ("setup-fixed-300", "confirmed"),
        ("setup-sgd-batch", "confirmed"),
        ("act-softsign", "confirmed"),
        ("init-standard-range", "confirmed"),
        ("init-normalized-range", "confirmed"),
        ("init-two-conditions", "confirmed"),
        ("cost-plateaus", "confirmed"),
        ("cost-surface-values", "confirmed"),
        ("theory-forward", "confirmed"),
        ("theory-backward", "confirmed"),
        ("theory-weight-gradient", "confirmed"),
        ("theory-vanish-depth", "confirmed"),
        ("theory-bradley", "confirmed"),
    ],
)
def test_what_is_measured_on_the_spot(claim: str, verdict: str) -> None:
    result = judged(claim)
    assert result.verdict == verdict, result.evidence
    assert not result.needs
    assert result.measured


def test_one_to_five_layers_are_all_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """Networks of four and five layers confirmed the claim of one to five."""
    measured = judged("setup-architecture").measured
    assert measured is not None
    assert measured["depths"] == [1, 2, 3, 4, 5]
    monkeypatch.setattr(setup, "PAPER_EXPERIMENTS", re.compile(r"fig\d\d|table1"))
    result = judged("setup-architecture")
    assert result.verdict == "contradicted"
    assert "depth 4, 5" in result.evidence


def test_network_at_full_size_starts_as_figures_6_to_8_show() -> None:
    """One seed for all: 1.5 s."""
    names = [
        "fig06-standard-shrink",
        "fig06-normalized-wider",
        "fig07-standard-shrink",
        "fig07-standard-peaks",
        "fig08-standard-equal",
        "fig08-shapes",
        "jacobian-singular",
    ]
    for result in judge_claims([], names):
        assert result.verdict == "confirmed", (result.id, result.evidence)


def test_signals_of_linear_layers_follow_their_gain() -> None:
    signals = propagate((300, 300, 300), scheme_of_gain(2.0), activation="linear", seed=1)
    np.testing.assert_allclose(signals.forward / signals.forward[0], [1, 2, 4], rtol=0.1)
    np.testing.assert_allclose(signals.backward / signals.backward[-1], [4, 2, 1], rtol=0.1)


STARTS: dict[str, tuple[dict[str, dict[str, tuple[float, ...]]], ...]] = {
    # claim: what each model's layers have, in a case that confirms it and one that does not
    "fig06-standard-shrink": (
        {"tanh": {"activation": (0.309, 0.175, 0.098, 0.057, 0.033)}},
        {"tanh": {"activation": (0.309, 0.3, 0.098, 0.057, 0.033)}},
    ),
    "fig06-normalized-flat": (
        {"tanh N": {"activation": (0.31,) * 5}, "tanh N as printed": {"activation": (0.3,) * 5}},
        {
            "tanh N": {"activation": (0.45, 0.4, 0.3, 0.3, 0.28)},
            "tanh N as printed": {"activation": (0.3,) * 5},
        },
    ),
    "fig06-normalized-wider": (
        {"tanh": {"activation": (0.03,) * 5}, "tanh N": {"activation": (0.27,) * 5}},
        {"tanh": {"activation": (0.03,) * 5}, "tanh N": {"activation": (0.06,) * 5}},
    ),
    "fig07-standard-shrink": (
        {"tanh": {"backprop": (0.00058, 0.0011, 0.00196, 0.0034, 0.0059)}},
        {"tanh": {"backprop": (0.0059,) * 5}},
    ),
    "fig07-normalized-flat": (
        {name: {"backprop": (0.005,) * 5} for name in ("tanh", "tanh N", "tanh N as printed")},
        {
            name: {"backprop": (0.001, 0.002, 0.003, 0.004, 0.005)}
            for name in ("tanh", "tanh N", "tanh N as printed")
        },
    ),
    "fig07-output-scale": (
        {
            "tanh": {"backprop": (0.0059,) * 5},
            "tanh N": {"backprop": (0.0053,) * 5},
            "tanh, output normalized too": {"backprop": (0.013,) * 5},
        },
        {
            "tanh": {"backprop": (0.013,) * 5},
            "tanh N": {"backprop": (0.013,) * 5},
            "tanh, output normalized too": {"backprop": (0.0053,) * 5},
        },
    ),
    "fig08-standard-equal": (
        {"tanh": {"weight_gradient": (0.0003,) * 5}},
        {"tanh": {"weight_gradient": (0.0003, 0.0003, 0.0003, 0.0003, 0.0004)}},
    ),
    "fig08-normalized-equal": (
        {"tanh": {"weight_gradient": (0.0003,) * 5}, "tanh N": {"weight_gradient": (0.0018,) * 5}},
        {"tanh": {"weight_gradient": (0.0003,) * 5}, "tanh N": {"weight_gradient": (0.0006,) * 5}},
    ),
    "dyn-init-weight-gradient": (
        {
            "tanh": {"weight_gradient": (0.00055, 0.00042, 0.00035, 0.00031, 0.00034)},
            "tanh N": {"weight_gradient": (0.0031, 0.00154, 0.00154, 0.00158, 0.00156)},
            "tanh N as printed": {"weight_gradient": (0.0005,) * 5},
        },
        # layers of one size, as theory has them, are none of the two panels
        {
            "tanh": {"weight_gradient": (0.00031,) * 5},
            "tanh N": {"weight_gradient": (0.00155,) * 5},
            "tanh N as printed": {"weight_gradient": (0.0031, *[0.00155] * 4)},
        },
    ),
    "sigmoid-initial-std": (
        {"sigmoid of depth 4": {"activation": (0.084, 0.072, 0.072, 0.072)}},
        {"sigmoid of depth 4": {"activation": (0.084, 0.1, 0.1, 0.1)}},
    ),
    "init-other-data": (
        {
            name: {
                "activation": (0.3, 0.17, 0.1, 0.056, 0.032),
                "backprop": (0.0058, 0.011, 0.0195, 0.034, 0.059),
                "weight_gradient": (0.004, 0.003, 0.003, 0.003, 0.003),
            }
            for name in ("tanh", "tanh N")
        },
        {
            name: {
                "activation": (0.3,) * 5,
                "backprop": (0.0058, 0.011, 0.0195, 0.034, 0.059),
                "weight_gradient": (0.003,) * 5,
            }
            for name in ("tanh", "tanh N")
        },
    ),
    "jacobian-singular": (
        {"tanh": {"jacobian": (0.48,) * 5}, "tanh N": {"jacobian": (0.75,) * 5}},
        {"tanh": {"jacobian": (0.75,) * 5}, "tanh N": {"jacobian": (0.75,) * 5}},
    ),
}


@pytest.mark.parametrize("is_good", [True, False])
@pytest.mark.parametrize("claim", STARTS)
def test_claims_about_the_start_are_decided_by_the_layers(
    monkeypatch: pytest.MonkeyPatch, claim: str, is_good: bool
) -> None:
    layers = STARTS[claim][0 if is_good else 1]

    def made_up_start(bench: Bench, model: Model, **_: object) -> Group:
        quantities = layers[model.name]
        curves = {f"{name}_std": by_layer(*values) for name, values in quantities.items()}
        if "jacobian" in quantities:
            curves["jacobian_singular_mean"] = by_layer(*quantities["jacobian"])
        curves["activation_mean"] = by_layer(*[0.5] * 5)
        record = made_up(model, 0, **curves)  # type: ignore[arg-type]
        return Group(model, (record,), end=start.LABEL)

    monkeypatch.setattr(initial, "at_start", made_up_start)
    monkeypatch.setattr(initial, "signals_at_start", made_up_start)
    result = judged(claim)
    assert result.verdict == ("confirmed" if is_good else "contradicted"), result.evidence


@pytest.mark.parametrize(
    ("stds", "verdict"),
    [
        # figure 7, bottom
        ((0.0622, 0.0576, 0.0558, 0.0539, 0.0525), "confirmed"),
        # equation 16, 30 networks of plain numpy
        ((0.0340, 0.0406, 0.0463, 0.0515, 0.0562), "contradicted"),
    ],
)
def test_equation_16_is_told_from_the_normalized_panel_of_figure_7(
    monkeypatch: pytest.MonkeyPatch, stds: tuple[float, ...], verdict: str
) -> None:
    """Its gradients fall to 0.605 where the print's rise, with a standard error of 0.016 for one
    network; with a limit of 0.6, which the mean field misses by 0.01, the seeds decided."""

    def made_up_start(bench: Bench, model: Model, **_: object) -> Group:
        means = by_layer(*(std / 10 for std in stds))  # a run has means where the print has sums
        return Group(model, (made_up(model, 0, backprop_std=means),), end=start.LABEL)

    monkeypatch.setattr(initial, "at_start", made_up_start)
    monkeypatch.setattr(initial, "signals_at_start", made_up_start)
    result = judged("fig07-normalized-flat")
    assert result.verdict == verdict, result.evidence


@pytest.mark.parametrize(("factor", "verdict"), [(4.95, "confirmed"), (4.1, "contradicted")])
def test_how_much_larger_normalized_weight_gradients_are_is_not_left_to_the_seeds(
    monkeypatch: pytest.MonkeyPatch, factor: float, verdict: str
) -> None:
    """Five networks of plain numpy had 4.99 to 5.17 times the standard ones; 5 was the limit."""

    def made_up_start(bench: Bench, model: Model, **_: object) -> Group:
        stds = by_layer(*[0.0003 * (factor if model is TANH_N else 1)] * 5)
        return Group(model, (made_up(model, 0, weight_gradient_std=stds),), end=start.LABEL)

    monkeypatch.setattr(initial, "at_start", made_up_start)
    result = judged("fig08-normalized-equal")
    assert result.verdict == verdict, result.evidence


def splits(n: tuple[int, int, int], n_inputs: int, classes: int = 10) -> Splits:
    training, validation, test = (
        Split(np.zeros((k, n_inputs), np.uint8), (np.arange(k) % classes).astype(np.uint8))
        for k in n
    )
    return Splits(training, validation, test, files=())


@pytest.mark.parametrize(
    ("claim", "sizes", "n_inputs"),
    [
        ("data-mnist-split", (50_000, 10_000, 10_000), 784),
        ("data-cifar-split", (40_000, 10_000, 10_000), 3072),
        ("data-smallimagenet-split", (90_000, 10_000, 10_000), 1369),
    ],
)
def test_splits_are_counted(
    monkeypatch: pytest.MonkeyPatch, claim: str, sizes: tuple[int, int, int], n_inputs: int
) -> None:
    def give(found: Splits) -> None:
        section = SimpleNamespace(files_here=lambda folder: {}, splits=lambda: found)
        monkeypatch.setattr(data, "_finite", lambda name: section)

    assert judged(claim).verdict == "not yet run"  # no files in the data folder
    give(splits(sizes, n_inputs))
    assert judged(claim).verdict == "confirmed"
    give(splits((sizes[0] - 1, *sizes[1:]), n_inputs))
    assert judged(claim).verdict == "contradicted"
    give(splits(sizes, n_inputs, classes=9))
    assert judged(claim).verdict == "contradicted"


def test_missing_data_tell_how_to_get_them() -> None:
    assert "glorot-repro data fetch mnist" in judged("data-mnist-split").evidence


def test_repeated_images_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    draw = data.draw_block

    def same_block(seeds: np.random.SeedSequence, number: int, bright: float) -> Pictures:
        return draw(seeds, 0, bright)

    monkeypatch.setattr(data, "draw_block", same_block)
    result = judged("data-shapeset-online")
    assert result.verdict == "contradicted"
    assert result.measured is not None
    assert result.measured["repeated"] >= 2000


def test_overlap_is_held_against_the_area_of_either_shape(monkeypatch: pytest.MonkeyPatch) -> None:
    """The sentence leaves open whose half it means."""
    pictures = SimpleNamespace(
        is_given_up=np.zeros(2, bool), pair=np.arange(2), first=np.arange(2), second=np.arange(2, 4)
    )
    masks = np.zeros((4, 8, 8), np.uint8)
    masks[:2, :4, :4] = 1  # two first shapes of 16 pixels
    masks[2, :4, 2:4] = 1  # 8 pixels, all of them above the first: half of it
    masks[3, :4, 3:5] = 1  # 8 pixels, 4 of them above the first: a quarter
    monkeypatch.setattr(data, "N_PAIR_DRAWS", 2)
    monkeypatch.setattr(data, "_block", lambda number: pictures)
    monkeypatch.setattr(data, "_masks", lambda which: masks[which].reshape(len(which), -1))
    result = judged("data-shapeset-overlap")
    assert result.verdict == "confirmed", result.evidence
    assert result.measured == {
        "draws": 2,
        "draws_above_half": {"second": 1, "first": 0},
        "draws_above_0.3": {"second": 2, "first": 1},
        "largest_share": {"second": 1.0, "first": 0.5},
    }
    masks[0, :2, :2] = 0  # 12 pixels are left, of which 8 are more than half
    assert judged("data-shapeset-overlap").verdict == "contradicted"


def test_labels_that_depend_on_the_order_are_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    draw = data.draw_block

    def by_first_shape(seeds: np.random.SeedSequence, number: int, bright: float) -> Pictures:
        pictures = draw(seeds, number, bright)
        labels = pictures.labels.copy()
        labels[pictures.pair] = pictures.first.kind[pictures.pair] + 3
        return replace(pictures, labels=labels)

    monkeypatch.setattr(data, "draw_block", by_first_shape)
    assert judged("data-shapeset-classes").verdict == "contradicted"


@pytest.mark.parametrize(
    ("claim", "name", "other"),
    [
        ("init-standard-range", "STANDARD", NORMALIZED),
        ("init-normalized-range", "NORMALIZED", AS_PRINTED),
        ("init-two-conditions", "NORMALIZED", STANDARD),
    ],
)
def test_other_initializers_are_told_apart(
    monkeypatch: pytest.MonkeyPatch, claim: str, name: str, other: object
) -> None:
    monkeypatch.setattr(initializers, name, other)
    assert judged(claim).verdict == "contradicted"


@pytest.mark.parametrize("claim", ["theory-forward", "theory-backward", "theory-vanish-depth"])
def test_another_gain_is_told_apart(monkeypatch: pytest.MonkeyPatch, claim: str) -> None:
    monkeypatch.setattr(theory, "scheme_of_gain", lambda gain: scheme_of_gain(1.1 * gain))
    assert judged(claim).verdict == "contradicted"


def test_another_input_of_figure_5_is_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    surface = costs.cost_surface
    monkeypatch.setattr(costs, "cost_surface", lambda name, a, b: surface(name, 0.5 * a, b))
    assert judged("cost-surface-values").verdict == "contradicted"


def test_rate_that_is_not_applied_is_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    def twice(network: Network, optimizer: Optimizer, batch_size: int) -> Update:
        return make_update(network, TwiceAsFast(), batch_size)

    monkeypatch.setattr(setup, "make_update", twice)
    assert judged("setup-sgd-batch").verdict == "contradicted"


def test_networks_at_start_are_measured_once_for_all_claims(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    built: list[Model] = []

    def build(model: Model, seed: int, has_jacobians: bool) -> RunRecord:
        built.append(model)
        return made_up(model, 0, seed=seed)

    monkeypatch.setattr(start, "_record", build)
    bench = Bench([])
    for model in (TANH, TANH_N, TANH):
        start.at_start(bench, model, seeds=(0, 1))
    assert built == [TANH, TANH, TANH_N, TANH_N]


def test_networks_at_start_see_the_images_of_their_model() -> None:
    """Those of figure 2 were measured with the default's images, which its runs do not have."""
    small = replace(FIGURE_2, hidden=(8, 8))
    (record,) = start.signals_at_start(Bench([]), small, seeds=(0,)).records
    assert isinstance(record.config.dataset, Shapeset)
    assert are_same_images(record.config.dataset, FIGURE_2.images)
    first = record.curves.series("weight_gradient_mean", 1)[1][0]
    other = replace(small, images=Shapeset())
    (record,) = start.signals_at_start(Bench([]), other, seeds=(0,)).records
    assert record.curves.series("weight_gradient_mean", 1)[1][0] != first
