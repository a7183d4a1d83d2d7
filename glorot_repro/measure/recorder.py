"""The recorder: what a network does to the signals of the probe examples, at one update.

It sees the network through its public arrays only and changes nothing.
"""

import numpy as np
from numpy.typing import NDArray

from glorot_repro.config.schema import PROBE_BATCH, RunConfig
from glorot_repro.measure.curves import HEADER, Curves
from glorot_repro.measure.histogram_series import HistogramSeries
from glorot_repro.measure.histograms import summarize
from glorot_repro.measure.jacobians import is_measurable, jacobian_singular_values
from glorot_repro.measure.output_layer import bias_prior_distance, class_shares, logit_std
from glorot_repro.measure.statistics import ACTIVATION_STATISTICS, FAMILIES, STATISTICS
from glorot_repro.measure.theory import RandomNetwork, mean_products, predict
from glorot_repro.measure.verdicts import units_are_identical
from glorot_repro.measure.weight_gradients import (
    sample_shape,
    sample_weight_gradients,
    weight_gradient_moments,
)
from glorot_repro.measure.weights import centered_variance
from glorot_repro.nn.network import ForwardPass, Network

Array = NDArray[np.floating]
Labels = NDArray[np.intp]
State = dict[str, NDArray]


class Recorder:
    """Measures activations, gradients and layer Jacobians into curves and histograms.

    inputs: (examples, input_size), labels: (examples,): the probe examples, the same for the whole
    run. Gradients are those of the mean cost over mini-batches of ten of them, in their order:
    dC/ds is summed over the examples of a mini-batch, as dC/dW is. Fewer than ten are one
    mini-batch; of more, those beyond the last whole mini-batch are left out (a small test set).
    priors: (classes,), the shares of the classes, those among `labels` unless given.
    """

    def __init__(
        self,
        config: RunConfig,
        inputs: Array,
        labels: Labels,
        priors: NDArray[np.float64] | None = None,
    ) -> None:
        self._config = config
        self._batch = min(PROBE_BATCH, len(labels))
        n_used = len(labels) // self._batch * self._batch
        self._inputs = inputs[:n_used]
        self._labels = labels[:n_used]
        self._priors = (
            class_shares(self._labels, config.dataset.n_classes) if priors is None else priors
        )
        self._series = {name: HistogramSeries(config.record.bins) for name in FAMILIES}
        self.curves = Curves()

    @property
    def inputs(self) -> Array:
        """(examples, input_size): the probe examples."""
        return self._inputs

    def record(self, update: int, network: Network) -> None:
        """Append the measurements of `network` after `update` updates."""
        with np.errstate(over="ignore", invalid="ignore", under="ignore"):
            forward = network.forward(self._inputs)
            _, output_delta = network.cost.evaluate(forward.logits, self._labels)
            # The mean over a mini-batch of ten instead of that over all examples.
            output_delta *= len(self._labels) / self._batch
            deltas = network.backward(forward, output_delta)
            self._record_activations(update, network, forward)
            self._record_output_layer(update, network, forward)
            self._record_gradients(update, forward, deltas)
            if self._is_jacobian_due(update):
                self._record_jacobians(update, network, forward)
        if update == 0 and not self._config.pretraining.updates:
            self._record_theory(network)

    def histograms(self) -> State:
        """The arrays of histograms.npz."""
        # Every network has an output layer, but not every one a hidden layer.
        updates = self._series["weight_gradient"].updates
        return {
            key: array
            for name, series in self._series.items()
            for key, array in series.arrays(name, updates).items()
        } | {"updates": np.array(updates, np.int64)}

    def state(self) -> State:
        """All that has been recorded, for a checkpoint."""
        columns = {f"curves/{name}": column for name, column in self.curves.columns().items()}
        return columns | self.histograms()

    def restore(self, state: State) -> None:
        """Go on from `state`; whatever was recorded after it is forgotten."""
        columns = [state[f"curves/{name}"].tolist() for name in HEADER]
        self.curves.replace(zip(*columns, strict=True))
        for name, series in self._series.items():
            series.restore(state, name)

    def _record_activations(self, update: int, network: Network, forward: ForwardPass) -> None:
        for layer, activations in enumerate(forward.activations, start=1):
            self._add_summary(update, layer, "activation", activations)
            for name, statistic in ACTIVATION_STATISTICS.items():
                value = statistic(activations, network.activation.asymptotes)
                if value is not None:
                    self.curves.add(update, layer, f"activation_{name}", value)
            is_identical = units_are_identical(*network.parameters.weights[layer - 1 : layer + 1])
            self.curves.add(update, layer, "units_identical", float(is_identical))

    def _record_output_layer(self, update: int, network: Network, forward: ForwardPass) -> None:
        layer, biases = network.depth + 1, network.parameters.biases[-1]
        self.curves.add(update, layer, "logit_std", logit_std(forward.logits))
        distance = bias_prior_distance(biases, self._priors)
        self.curves.add(update, layer, "bias_prior_distance", distance)

    def _record_gradients(self, update: int, forward: ForwardPass, deltas: list[Array]) -> None:
        for layer, (z, delta) in enumerate(zip(forward.layer_inputs, deltas, strict=True), start=1):
            inputs = z.reshape(-1, self._batch, z.shape[1])
            batches = delta.reshape(-1, self._batch, delta.shape[1])
            self._add_summary(update, layer, "backprop", batches.sum(axis=1))
            mean, std = weight_gradient_moments(inputs, batches)
            exact = {"mean": mean, "std": std}
            sample = np.empty(sample_shape(inputs, batches), delta.dtype)
            sample_weight_gradients(inputs, batches, out=sample)
            self._add_summary(update, layer, "weight_gradient", sample, exact)

    def _add_summary(
        self,
        update: int,
        layer: int,
        name: str,
        values: Array,
        exact: dict[str, float] | None = None,
    ) -> None:
        summary = summarize(values, self._config.record.bins)
        known = exact or {}
        for statistic, function in STATISTICS.items():
            value = known[statistic] if statistic in known else function(summary)
            self.curves.add(update, layer, f"{name}_{statistic}", value)
        self._series[name].add(update, layer, summary.histogram)

    def _is_jacobian_due(self, update: int) -> bool:
        period = self._config.record.jacobian_every
        is_end = update in (0, self._config.training.updates)
        return period is None or is_end or (period > 0 and update % period == 0)

    def _record_jacobians(self, update: int, network: Network, forward: ForwardPass) -> None:
        hidden = zip(forward.pre_activations, forward.activations, strict=True)
        for layer, (s, z) in enumerate(hidden, start=1):
            weights = network.parameters.weights[layer - 1]
            if not is_measurable(weights):
                continue
            # One example: the singular values of a wide layer hardly depend on which.
            slopes = network.activation.derivative(s[:1], z[:1])[0]
            mean, largest = jacobian_singular_values(slopes, weights)
            self.curves.add(update, layer, "jacobian_singular_mean", mean)
            self.curves.add(update, layer, "jacobian_singular_max", largest)

    def _record_theory(self, network: Network) -> None:
        variances = self._weight_variances(network)
        if variances is None:
            return
        random_network = RandomNetwork(
            network.parameters.sizes, variances, network.activation, network.cost
        )
        batches = self._inputs.reshape(-1, self._batch, self._inputs.shape[1])
        labels = self._labels.reshape(-1, self._batch)
        prediction = predict(random_network, mean_products(batches), labels)
        predicted = {
            "activation_mean": prediction.activation_mean,
            "activation_std": prediction.activation_std,
            "backprop_std": prediction.backprop_std,
            "weight_gradient_std": prediction.weight_gradient_std,
            # Measured on the first example alone, so predicted for its norm.
            "jacobian_singular_mean": prediction.example_jacobian_singular_mean[:, 0, 0],
        }
        for quantity, by_layer in predicted.items():
            for layer, value in enumerate(by_layer, start=1):
                # The singular values of dependent weights have another law.
                if quantity != "jacobian_singular_mean" or self._is_independent(layer, network):
                    self.curves.add(0, layer, f"{quantity}_theory", value)

    def _is_independent(self, layer: int, network: Network) -> bool:
        initializer = self._config.model.initializer
        return initializer.of_layer(layer, network.depth).has_independent_weights

    def _weight_variances(self, network: Network) -> tuple[float, ...] | None:
        """Var[W] of each layer by its formula, else by its weights; None if one is not centered."""
        variances = []
        for layer, weights in enumerate(network.parameters.weights, start=1):
            initializer = self._config.model.initializer.of_layer(layer, network.depth)
            variance = initializer.variance(weights.shape[1], weights.shape[0])
            if variance is None and initializer.has_mean_zero:
                variance = centered_variance(weights)
            if variance is None:
                return None
            variances.append(variance)
        return tuple(variances)
