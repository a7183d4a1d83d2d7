"""Mean-field predictions: closed forms, published numbers, and simulated networks."""

import math
from pathlib import Path

import numpy as np
import pytest
from closed_forms import FUNCTIONS, SLOPES
from numpy.typing import NDArray

from glorot_repro.measure.theory import Prediction, RandomNetwork, mean_products, predict
from glorot_repro.nn.activations import ACTIVATIONS, Activation
from glorot_repro.nn.costs import COSTS

Values = NDArray[np.float64]
LIKELIHOOD = COSTS["negative_log_likelihood"]

SHAPESET_MEAN_SQUARES = (
    np.load(Path(__file__).parent / "files" / "shapeset_mean_squares.npy") / 10_000
)
"""|x|^2 / 1024 of 4,000 Shapeset images in [-1, 1], sorted, means of 20: mean 0.371, std 0.244."""


def random_network(
    activation: str | Activation,
    gains: list[float],
    *,
    width: int = 1000,
    output_variance: float = 1e-12,
) -> RandomNetwork:
    """Layers of one width with the given forward gains below a softmax of 9 classes."""
    return RandomNetwork(
        (*[width] * (len(gains) + 1), 9),
        (*(gain / width for gain in gains), output_variance),
        ACTIVATIONS[activation] if isinstance(activation, str) else activation,
        LIKELIHOOD,
    )


def predict_singles(network: RandomNetwork, mean_squares: Values) -> Prediction:
    """Mini-batches of one example each, which know no correlations."""
    return predict(network, mean_squares[:, None, None], np.zeros((len(mean_squares), 1), np.intp))


def one_example(activation: str, v: float) -> tuple[float, float]:
    """q and chi of one layer whose pre-activations have variance v."""
    network = random_network(activation, [v])
    prediction = predict_singles(network, np.array([1.0]))
    # Below the softmax layer: h E[f'^2], h = 9 Var[W_out], of equal output gradients.
    ratio = prediction.example_backprop_std[0] / prediction.example_backprop_std[1]
    q = prediction.activation_std[0] ** 2 + prediction.activation_mean[0] ** 2
    return float(q), float(ratio**2 / 9e-12)


@pytest.mark.parametrize("v", [0.001, 0.01, 0.04])
def test_tanh_follows_its_small_variance_expansion(v: float) -> None:
    q, chi = one_example("tanh", v)
    assert q == pytest.approx(v - 2 * v**2 + 17 / 3 * v**3, rel=0.002)
    assert chi == pytest.approx(1 - 2 * v + 7 * v**2, rel=0.002)


@pytest.mark.parametrize("v", [0.0001, 0.001, 0.002])
def test_softsign_follows_its_small_variance_expansion(v: float) -> None:
    q, chi = one_example("softsign", v)
    assert q == pytest.approx(v - 4 * math.sqrt(2 / math.pi) * v**1.5 + 9 * v**2, rel=0.01)
    assert chi == pytest.approx(1 - 4 * math.sqrt(2 * v / math.pi) + 10 * v, rel=0.01)


@pytest.mark.parametrize("v", [0.001, 0.01, 0.04])
def test_sigmoid_follows_its_small_variance_expansion(v: float) -> None:
    q, chi = one_example("sigmoid", v)
    assert q - 0.25 == pytest.approx(v / 16 - v**2 / 32, rel=0.005)
    assert chi == pytest.approx(1 / 16 - v / 32, rel=0.01)


@pytest.mark.parametrize("v", [0.01, 1.0, 1e6])
def test_relu_halves_both_signals(v: float) -> None:
    q, chi = one_example("relu", v)
    assert q == pytest.approx(v / 2, rel=1e-6)
    assert chi == pytest.approx(0.5, rel=1e-9)
    mean = predict_singles(random_network("relu", [v]), np.array([1.0])).activation_mean[0]
    assert mean == pytest.approx(math.sqrt(v / (2 * math.pi)), rel=1e-6)


def test_examples_of_other_norms_widen_the_pooled_activations() -> None:
    """relu's mean sqrt(v / 2 pi) differs between examples, which the pooled std must contain."""
    v = np.array([0.1, 0.4, 2.5])
    prediction = predict_singles(random_network("relu", [1.0]), v)
    mean = np.sqrt(v / (2 * math.pi)).mean()
    assert prediction.activation_mean[0] == pytest.approx(mean, rel=1e-6)
    assert prediction.activation_std[0] == pytest.approx(
        math.sqrt(v.mean() / 2 - mean**2), rel=1e-6
    )


def test_linear_layers_multiply_their_gains() -> None:
    """Equations 5 and 6 with unequal widths: fan_in Var[W] forward, fan_out Var[W] backward."""
    sizes, variances = (30, 50, 20, 40, 5), (0.01, 0.03, 0.02, 1e-9)
    network = RandomNetwork(sizes, variances, ACTIVATIONS["linear"], LIKELIHOOD)
    prediction = predict_singles(network, np.array([0.7]))
    forward = 0.7 * np.cumprod([30 * 0.01, 50 * 0.03, 20 * 0.02])
    np.testing.assert_allclose(prediction.activation_std**2, forward, rtol=1e-9)
    backward = np.cumprod([5 * 1e-9, 40 * 0.02, 20 * 0.03])[::-1]
    ratio = (prediction.example_backprop_std[:3] / prediction.example_backprop_std[3]) ** 2
    np.testing.assert_allclose(ratio, backward, rtol=1e-9)


NORMALIZED = [2 * 1024 / 2024, 1, 1, 1, 1]
STANDARD = [1 / 3] * 5


@pytest.mark.parametrize(
    ("activation", "gains", "stds", "ratios", "chi"),
    [
        (
            "tanh",
            STANDARD,
            (0.308, 0.171, 0.098, 0.056, 0.032),
            (0.528, 0.561, 0.572, 0.576),
            0.998,
        ),
        (
            "tanh",
            NORMALIZED,
            (0.457, 0.382, 0.335, 0.303, 0.278),
            (0.826, 0.872, 0.899, 0.916),
            0.861,
        ),
        (
            "tanh",
            [1 / 3, 1.27, 1.27, 1.27, 1.27],
            (0.308, 0.307, 0.308, 0.310, 0.312),
            (1.031, 1.031, 1.030, 1.028),
            0.830,
        ),
        (
            "softsign",
            STANDARD,
            (0.225, 0.107, 0.056, 0.031, 0.017),
            (0.408, 0.489, 0.529, 0.550),
            0.948,
        ),
        (
            "softsign",
            NORMALIZED,
            (0.317, 0.214, 0.161, 0.129, 0.107),
            (0.606, 0.711, 0.773, 0.814),
            0.709,
        ),
        (
            "sigmoid",
            STANDARD,
            (0.0844, 0.0717, 0.0714, 0.0714, 0.0714),
            (0.140, 0.141, 0.141, 0.141),
            0.060,
        ),
        (
            "sigmoid",
            NORMALIZED,
            (0.138, 0.122, 0.121, 0.121, 0.121),
            (0.233, 0.236, 0.236, 0.236),
            0.056,
        ),
    ],
)
def test_shapeset_gives_the_published_table(
    activation: str,
    gains: list[float],
    stds: tuple[float, ...],
    ratios: tuple[float, ...],
    chi: float,
) -> None:
    """To the printed digits; the ratios there are sqrt(h mean chi_l), from nets of l layers."""
    network = random_network(activation, gains)
    found = predict_singles(network, SHAPESET_MEAN_SQUARES).activation_std
    # Half a unit of the last digit, and another for the other sample of images.
    unit = 1e-4 if stds[0] < 0.1 else 1e-3
    np.testing.assert_allclose(found, stds, atol=unit)

    chis = []
    for depth in range(1, 6):
        shallow = predict_singles(random_network(activation, gains[:depth]), SHAPESET_MEAN_SQUARES)
        below, top = shallow.example_backprop_std[-2:]
        chis.append((below / top) ** 2 / 9e-12)
    np.testing.assert_allclose(np.sqrt(np.array(gains[1:]) * chis[:4]), ratios, atol=0.001)
    assert chis[4] == pytest.approx(chi, abs=0.001)


def test_top_gradient_follows_the_labels_of_each_batch() -> None:
    """Section 6 with uniform outputs: |sum over b of (1/C - y_b)|^2 = sum over classes of
    (B/C - count)^2, here for counts (10, 0, ...) and (2, 1, ..., 1)."""
    labels = np.array([[4] * 10, [0, 0, 1, 2, 3, 4, 5, 6, 7, 8]])
    network = random_network("tanh", [1.0], output_variance=1e-9)
    prediction = predict(network, np.full((2, 10, 10), 1e-9), labels)
    one_class = (10 / 9 - 10) ** 2 + 8 * (10 / 9) ** 2
    balanced = (10 / 9 - 2) ** 2 + 8 * (10 / 9 - 1) ** 2
    mean_square = (one_class + balanced) / 2 / 9 / 100
    assert prediction.backprop_std[1] == pytest.approx(math.sqrt(mean_square), rel=1e-4)
    assert prediction.example_backprop_std[1] == pytest.approx(math.sqrt(8 / 9 / 9), rel=1e-4)
    # Tiny pre-activations: all slopes are 1, and Var[W_out] is 1e-9.
    expected = math.sqrt(mean_square * 9 * 1e-9)
    assert prediction.backprop_std[0] == pytest.approx(expected, rel=1e-4)


def test_jacobian_is_predicted_for_each_example() -> None:
    """Section 9: 0.47 to 0.49 for standard tanh, and the quarter circle for small examples."""
    mean_squares = np.append(SHAPESET_MEAN_SQUARES, 1e-9)
    prediction = predict_singles(random_network("tanh", STANDARD), mean_squares)
    means = prediction.example_jacobian_singular_mean
    assert means.shape == (5, 201, 1)
    np.testing.assert_allclose(prediction.jacobian_singular_mean, means.mean(axis=(1, 2)))
    np.testing.assert_allclose(means[:, -1, 0], 8 / (3 * math.pi) * math.sqrt(1 / 3), rtol=1e-6)
    assert (np.diff(means[0, np.argsort(mean_squares), 0]) <= 1e-12).all()
    assert prediction.jacobian_singular_mean[1] == pytest.approx(0.475, abs=0.005)
    assert prediction.jacobian_singular_mean[4] == pytest.approx(0.489, abs=0.005)


def test_jacobian_of_many_examples_is_that_of_each() -> None:
    """Above 33 examples it is interpolated, with an error of 1e-4 here."""
    network = random_network("softsign", [2.0])
    together = predict_singles(network, SHAPESET_MEAN_SQUARES)
    apart = [
        predict_singles(network, SHAPESET_MEAN_SQUARES[[k]]).jacobian_singular_mean[0]
        for k in (0, 100, 190, 199)
    ]
    found = together.example_jacobian_singular_mean[0, [0, 100, 190, 199], 0]
    np.testing.assert_allclose(found, apart, rtol=3e-4)


def test_jacobian_of_unequal_widths_is_that_of_the_matrix() -> None:
    """A linear layer from 300 to 600 units: the mean singular value of a random matrix."""
    network = RandomNetwork((300, 600, 9), (1 / 300, 1e-9), ACTIVATIONS["linear"], LIKELIHOOD)
    weights = np.random.default_rng(2).normal(0, math.sqrt(1 / 300), (600, 300))
    simulated = np.linalg.svd(weights, compute_uv=False).mean()
    found = predict_singles(network, np.array([0.5])).jacobian_singular_mean[0]
    assert found == pytest.approx(simulated, rel=0.01)


def test_zero_weights_predict_silence_and_no_activation_noise() -> None:
    network = random_network("sigmoid", [0.0, 0.0], output_variance=0.0)
    prediction = predict(network, np.full((3, 4, 4), 0.5), np.zeros((3, 4), np.intp))
    np.testing.assert_allclose(prediction.activation_mean, 0.5, rtol=1e-12)
    assert (prediction.activation_std < 1e-15).all()
    assert prediction.backprop_std[:2].tolist() == [0, 0]
    assert prediction.jacobian_singular_mean.tolist() == [0, 0]


def test_network_without_hidden_layers_has_its_output_layer() -> None:
    network = RandomNetwork((30, 9), (1 / 90,), ACTIVATIONS["tanh"], LIKELIHOOD)
    prediction = predict(network, np.full((2, 3, 3), 0.4), np.zeros((2, 3), np.intp))
    assert prediction.activation_std.shape == prediction.jacobian_singular_mean.shape == (0,)
    assert prediction.backprop_std.shape == (1,)
    assert prediction.weight_gradient_std[0] == pytest.approx(
        math.sqrt(0.4) * prediction.backprop_std[0], rel=1e-9
    )


def test_exploding_network_warns_nobody() -> None:
    network = random_network("linear", [1e200, 1e200])
    prediction = predict(network, np.full((2, 2, 2), 1.0), np.zeros((2, 2), np.intp))
    assert not np.isfinite(prediction.activation_std[1])
    assert math.isnan(prediction.backprop_std[2])


# Simulated networks, by code of their own: rows are examples, weights (in, out).

SIZES = (300, 500, 700, 600, 400, 9)
BATCHES, BATCH, N_NETWORKS = 6, 10, 24
GAINS = {"relu": 2.0, "sigmoid": 3.0}


def correlated_inputs() -> tuple[Values, NDArray[np.intp]]:
    """Examples of several norms around one pattern or its negative, and unequal labels."""
    generator = np.random.default_rng(11)
    pattern = generator.normal(size=SIZES[0])
    signs = generator.choice([-1.0, 1.0], (BATCHES, BATCH, 1), p=[0.3, 0.7])
    noise = generator.normal(size=(BATCHES, BATCH, SIZES[0]))
    norms = generator.uniform(0.3, 1.0, (BATCHES, BATCH, 1))
    labels = generator.choice(9, (BATCHES, BATCH), p=[0.3] + [0.0875] * 8)
    return norms * (signs * pattern + 0.7 * noise), labels


def simulate(
    name: str, variances: list[float], generator: np.random.Generator
) -> dict[str, list[float]]:
    """Mean squares of one drawn network, pooled as they are measured; float32, 1e-6 off."""
    f, slope = FUNCTIONS[name], SLOPES[name]
    inputs, labels = correlated_inputs()
    z: NDArray[np.floating] = inputs.reshape(-1, SIZES[0]).astype(np.float32)
    weights, below, slopes = [], [z], []
    for fan_in, fan_out, variance in zip(SIZES[:-1], SIZES[1:], variances, strict=True):
        uniform = generator.random((fan_in, fan_out), dtype=np.float32)
        weights.append((uniform - np.float32(0.5)) * np.float32(math.sqrt(12 * variance)))
        s = z @ weights[-1]
        z = f(s)
        below.append(z)
        slopes.append(slope(s))
    p = np.exp(s) / np.exp(s).sum(axis=1, keepdims=True)
    delta = p - np.eye(9, dtype=np.float32)[labels.ravel()]
    result: dict[str, list[float]] = {
        "activation_mean": [float(z.mean()) for z in below[1:-1]],
        "activation_std": [float(z.var()) for z in below[1:-1]],
        "example_backprop_std": [],
        "backprop_std": [],
        "weight_gradient_std": [],
    }
    for layer in range(len(weights) - 1, -1, -1):
        if layer < len(weights) - 1:
            delta = (delta @ weights[layer + 1].T) * slopes[layer]
        batches = delta.reshape(BATCHES, BATCH, -1) / BATCH
        factors = below[layer].reshape(BATCHES, BATCH, -1)[:2], batches[:2]
        gradients = np.einsum("nbi,nbo->nio", *factors, optimize=True)
        result["example_backprop_std"].insert(0, float((delta**2).mean()))
        result["backprop_std"].insert(0, float((batches.sum(axis=1) ** 2).mean()))
        result["weight_gradient_std"].insert(0, float((gradients**2).mean()))
    return result


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_prediction_is_the_mean_of_simulated_networks(name: str) -> None:
    """Within 4 standard errors of 24 networks of unequal widths near 500, and 2 % of a variance.

    The 2 % are for terms of order depth / width, which mean-field theory leaves out. Variances, not
    stds, because theirs are the means that are predicted.
    """
    if name not in FUNCTIONS:
        pytest.fail(f"state the closed form of {name} in closed_forms.py")
    gain = GAINS.get(name, 1.0)
    fans = list(zip(SIZES[:-1], SIZES[1:], strict=True))
    variances = [2 * gain / (fan_in + fan_out) for fan_in, fan_out in fans]
    network = RandomNetwork(SIZES, tuple(variances), ACTIVATIONS[name], LIKELIHOOD)
    inputs, labels = correlated_inputs()
    products = mean_products(inputs)
    prediction = predict(network, products, labels)
    two_batches = predict(network, products[:2], labels[:2])

    generator = np.random.default_rng(5)
    networks = [simulate(name, variances, generator) for _ in range(N_NETWORKS)]
    for quantity in networks[0]:
        source = two_batches if quantity == "weight_gradient_std" else prediction
        predicted = getattr(source, quantity)
        if quantity != "activation_mean":
            predicted = predicted**2
        drawn = np.array([network[quantity] for network in networks])
        error = drawn.std(axis=0, ddof=1) / math.sqrt(N_NETWORKS)
        tolerance = 4 * error + 0.02 * np.abs(predicted) + 1e-12
        off = np.abs(drawn.mean(axis=0) - predicted) / tolerance
        assert (off < 1).all(), f"{quantity}: {drawn.mean(axis=0)} against {predicted}"


@pytest.mark.parametrize("cost", COSTS)
def test_spread_logits_change_the_top_gradient_as_simulated(cost: str) -> None:
    """Logits of std 2: output gradients of simulated softmax layers, for every cost."""
    sizes, variance = (200, 9), 4 / (0.5 * 200)
    generator = np.random.default_rng(3)
    inputs = generator.normal(0, math.sqrt(0.5), (4, 10, 200)) + 0.2
    labels = generator.integers(0, 9, (4, 10))
    network = RandomNetwork(sizes, (variance,), ACTIVATIONS["tanh"], COSTS[cost])
    predicted = predict(network, mean_products(inputs), labels)
    squares = []
    for _ in range(400):
        logits = inputs @ generator.normal(0, math.sqrt(variance), (200, 9))
        delta = np.stack(
            [
                COSTS[cost].evaluate(batch, classes)[1].sum(axis=0)
                for batch, classes in zip(logits, labels, strict=True)
            ]
        )
        squares.append(float((delta**2).mean()))
    error = float(np.std(squares)) / math.sqrt(len(squares))
    assert predicted.backprop_std[0] ** 2 == pytest.approx(float(np.mean(squares)), abs=5 * error)


def test_own_activation_is_predicted_like_any_other() -> None:
    """A twice steeper tanh is tanh with four times the variance, and slopes twice as large."""
    steep = Activation(
        "steep",
        lambda s, out: np.tanh(2 * s, out=out),
        lambda s, z, out: np.multiply(2, 1 - z * z, out=out),
    )
    mean_squares = np.array([0.3, 0.6])
    found = predict_singles(random_network(steep, [0.25]), mean_squares)
    tanh = predict_singles(random_network("tanh", [1.0]), mean_squares)
    np.testing.assert_allclose(found.activation_std, tanh.activation_std, rtol=1e-12)
    np.testing.assert_allclose(
        found.example_backprop_std[0], 2 * tanh.example_backprop_std[0], rtol=1e-6
    )
    np.testing.assert_allclose(found.jacobian_singular_mean, tanh.jacobian_singular_mean, rtol=1e-9)
