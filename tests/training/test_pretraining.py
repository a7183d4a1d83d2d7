"""Pre-training of one layer: what it sees, what it does to it, what it leaves alone."""

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.special import entr, expit, xlogy

from glorot_repro.config.pretraining import PretrainingSection
from glorot_repro.nn.activations import ACTIVATIONS
from glorot_repro.nn.costs import COSTS
from glorot_repro.nn.network import Network
from glorot_repro.nn.parameters import Parameters
from glorot_repro.nn.reconstruction import RECONSTRUCTIONS
from glorot_repro.training.finite import NonFiniteError
from glorot_repro.training.pretraining import LayerPretraining

SIZES = (12, 8, 6, 3)


class Line:
    """Examples on a line in space, which one unit can reconstruct."""

    position = 0

    def next_batch(self, batch_size: int) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
        numbers = np.arange(self.position, self.position + batch_size)
        self.position += batch_size
        return inputs(numbers), np.zeros(batch_size, np.intp)

    def seek(self, position: int) -> None:
        self.position = position


def inputs(numbers: NDArray[np.intp]) -> NDArray[np.float64]:
    return np.sin(numbers * 0.7)[:, None] * np.linspace(-1, 1, SIZES[0])


def network(activation: str = "tanh") -> Network:
    parameters = Parameters(SIZES, np.float64)
    generator = np.random.default_rng(0)
    for weights, biases in zip(parameters.weights, parameters.biases, strict=True):
        weights[...] = generator.normal(0, weights.shape[1] ** -0.5, weights.shape)
        biases[...] = generator.normal(0, 0.1, biases.shape)
    return Network(parameters, ACTIVATIONS[activation], COSTS["negative_log_likelihood"])


def pretraining(net: Network, layer: int, **options: object) -> LayerPretraining:
    section = PretrainingSection.model_validate({"updates": 300, "learning_rate": 0.02} | options)
    return LayerPretraining(
        net,
        layer,
        section,
        stream=Line(),
        noise=np.random.SeedSequence(4),
        batch_size=5,
        limits=(-1.0, 1.0),
    )


def never() -> bool:
    return False


@pytest.mark.parametrize("tied", [True, False])
@pytest.mark.parametrize("reconstruction", RECONSTRUCTIONS)
@pytest.mark.parametrize("layer", [1, 2])
def test_reconstruction_improves_and_only_this_layer_changes(
    layer: int, reconstruction: str, tied: bool
) -> None:
    net = network()
    before = net.parameters.like()
    before.copy_from(net.parameters)
    rate = {"squared_error": 0.02, "cross_entropy": 0.2}[reconstruction]
    training = pretraining(
        net, layer, reconstruction=reconstruction, tied=tied, learning_rate=rate, noise=0.1
    )
    examples = inputs(np.arange(100))
    first = training.reconstruction_cost(examples)
    training.advance_to(300, never)
    # The least that cross-entropy can be is the entropy of the layer's inputs.
    z = examples if layer == 1 else np.tanh(examples @ before.weights[0].T + before.biases[0])
    entropy = float((entr((z + 1) / 2) + entr((1 - z) / 2)).sum(axis=1).mean())
    least = 0.0 if reconstruction == "squared_error" else entropy
    assert training.reconstruction_cost(examples) - least < 0.5 * (first - least)
    training.finish()
    for now, old in (
        (net.parameters.weights, before.weights),
        (net.parameters.biases, before.biases),
    ):
        is_same = [np.array_equal(*pair) for pair in zip(now, old, strict=True)]
        assert is_same == [number != layer for number in (1, 2, 3)]


@pytest.mark.parametrize("reconstruction", RECONSTRUCTIONS)
def test_the_cost_without_noise_is_the_reconstruction_of_the_layers_input(
    reconstruction: str,
) -> None:
    """Against the auto-encoder written out for layer 2 and an untied decoder, before training.

    The inputs of a layer of sigmoids lie between 0 and 1, whatever those of the network.
    """
    net = network("sigmoid")
    training = pretraining(
        net, 2, tied=False, reconstruction=reconstruction, noise=0.0, learning_rate=0.0
    )
    x = inputs(np.arange(1500, 1520))  # what follows 300 mini-batches of layer 1
    first, second = net.parameters.weights[:2]
    z = expit(x @ first.T + net.parameters.biases[0])
    y = expit(z @ second.T + net.parameters.biases[1]) @ second
    expected = {
        "squared_error": ((y - z) ** 2).sum(axis=1).mean(),
        "cross_entropy": -(xlogy(z, expit(y)) + xlogy(1 - z, expit(-y))).sum(axis=1).mean(),
    }[reconstruction]
    assert training.reconstruction_cost(x) == pytest.approx(expected, rel=1e-12)
    training.advance_to(4, never)
    assert training.mean_cost() == pytest.approx(expected, rel=1e-12)


def test_noise_forces_its_share_of_the_inputs_to_zero() -> None:
    """The mean cost of a network that stays as it is tells what it was given."""
    seen = []
    for noise in (0.0, 0.5):
        net = network()
        for weights in net.parameters.weights:
            weights[...] = 0
        training = pretraining(net, 1, noise=noise, learning_rate=0.0, tied=False)
        # An encoder that passes the first input on, and a decoder that puts it out as it is.
        training._update.restore({"parameters": _identity(training)})
        training.advance_to(200, never)
        seen.append(training.mean_cost())
    clean = inputs(np.arange(1000))
    whole = (clean**2).sum(axis=1).mean()
    # y_1 = x_1 with noise kept: half of the first component's square is missing.
    first = (clean[:, 0] ** 2).mean()
    assert seen[0] == pytest.approx(whole - first, rel=0.01)
    assert seen[1] == pytest.approx(whole - first / 2, rel=0.05 * first / whole)


def _identity(training: LayerPretraining) -> NDArray[np.floating]:
    own = training._snapshot.parameters.like()
    own.weights[0][0, 0], own.weights[1][0, 0] = 1e-3, 1e3
    return own.flat


def test_every_update_of_every_layer_has_noise_of_its_own() -> None:
    seen = []
    for layer in (1, 2):
        training = pretraining(network(), layer, noise=0.5)
        for training.n_updates in (0, 1):
            seen.append(training._corrupted(np.ones((5, 40))).tobytes())
    assert len(set(seen)) == 4


def test_every_example_has_noise_of_its_own() -> None:
    """Of 50 examples with 40 random bits each no two are alike by chance."""
    noisy = pretraining(network(), 1, noise=0.5)._corrupted(np.ones((50, 40)))
    assert len(np.unique(noisy, axis=0)) == 50
    assert len(np.unique(noisy, axis=1).T) == 40


def test_a_state_brings_the_layers_below_with_it() -> None:
    """Into a network whose first layer is another than the one that was pre-trained."""
    training = pretraining(network(), 2)
    training.advance_to(5, never)
    other = network()
    other.parameters.flat *= 0.5
    resumed = pretraining(other, 2)
    resumed.restore(training.state())
    for each in (training, resumed):
        each.advance_to(10, never)
        each.finish()
    expected = training._network.parameters.flat
    np.testing.assert_array_equal(other.parameters.flat, expected)


@pytest.mark.parametrize("tied", [True, False])
def test_a_layer_goes_on_from_its_state_to_the_same_bits(tied: bool) -> None:
    whole, cut = network(), network()
    options = {"tied": tied, "updates": 40}
    training = pretraining(whole, 2, **options)
    training.advance_to(40, never)
    training.finish()

    part = pretraining(cut, 2, **options)
    part.advance_to(17, never)
    rest = pretraining(network(), 2, **options)
    rest.restore(part.state())
    rest.advance_to(40, never)
    rest.finish()
    assert rest.mean_cost() == training.mean_cost()
    assert rest._network.parameters.flat.tobytes() == whole.parameters.flat.tobytes()


def test_a_layer_begins_after_the_examples_of_the_layer_below() -> None:
    stream = Line()
    net = network()
    section = PretrainingSection(updates=30)
    noise = np.random.SeedSequence(0)
    LayerPretraining(net, 2, section, stream=stream, noise=noise, batch_size=5, limits=(-1.0, 1.0))
    assert stream.position == 150


def test_divergence_tells_the_layer_of_the_network() -> None:
    training = pretraining(network(), 2, learning_rate=1e9)
    with pytest.raises(NonFiniteError) as caught:
        training.advance_to(300, never)
    assert caught.value.layer == 2
    assert caught.value.what.startswith("reconstruction ")
