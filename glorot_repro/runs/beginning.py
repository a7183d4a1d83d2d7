"""What a run begins with: its network, its training, its recorder."""

import numpy as np

from glorot_repro.config.schema import RunConfig
from glorot_repro.data.images import LabelledImages
from glorot_repro.measure.output_layer import class_shares
from glorot_repro.measure.recorder import Recorder
from glorot_repro.nn.activations import activation_named
from glorot_repro.nn.calibration import CALIBRATION_EXAMPLES, calibrate
from glorot_repro.nn.costs import COSTS
from glorot_repro.nn.network import Network
from glorot_repro.nn.parameters import Parameters
from glorot_repro.runs.streams import stream_seeds
from glorot_repro.training.loop import Training
from glorot_repro.training.update import make_update


def initial_network(config: RunConfig) -> Network:
    """The network as its initializer makes it."""
    dataset, initializer = config.dataset, config.model.initializer
    sizes = (dataset.input_size, *config.model.hidden, dataset.n_classes)
    parameters = Parameters(sizes, config.training.dtype)
    initializer.initialize(parameters, stream_seeds(config.seed, "initialization"))
    network = Network(
        parameters, activation_named(config.model.activation), COSTS[config.training.cost]
    )
    if initializer.needs_examples(network.depth):
        seeds = stream_seeds(config.seed, "training_data")
        stream = dataset.training_stream(seeds, config.training.dtype)
        inputs, _ = stream.next_batch(CALIBRATION_EXAMPLES)
        calibrate(network, initializer, inputs)
    return network


def new_training(config: RunConfig, network: Network) -> Training:
    """The supervised training of `network`, from update 0."""
    seeds = stream_seeds(config.seed, "training_data")
    return Training(
        network,
        make_update(network, config.training.optimizer, config.training.batch_size),
        config.dataset.training_stream(seeds, config.training.dtype),
        batch_size=config.training.batch_size,
        learning_rate=config.training.learning_rate,
    )


def new_recorder(config: RunConfig, test_images: LabelledImages) -> Recorder:
    """A recorder of the same examples for the whole run (section 3.1), drawn from the test set."""
    generator = np.random.default_rng(stream_seeds(config.seed, "probe_examples"))
    n_test = len(test_images)
    n_probes = min(n_test, config.record.examples)
    chosen = np.sort(generator.choice(n_test, n_probes, replace=False))
    return Recorder(
        config,
        test_images.inputs(chosen, config.training.dtype),
        test_images.labels[chosen].astype(np.intp),
        class_shares(test_images.labels, config.dataset.n_classes),
    )
