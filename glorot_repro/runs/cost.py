"""What a run will cost, before it is run."""

from dataclasses import dataclass

from glorot_repro.config.schema import RunConfig

FLOPS_PER_SECOND = 65e9
"""Multiplications and additions a second that training reaches on one core of 2023, float32."""

EVALUATION_EXAMPLES = 20_000
"""Validation and test examples of one evaluation."""

SECONDS_PER_RECORD = 0.4
"""One record of five layers of 1000 units on 300 examples."""


@dataclass(frozen=True)
class Cost:
    """n_parameters: weights and biases; memory_mb: megabytes; seconds: on one core."""

    n_parameters: int
    memory_mb: int
    seconds: float


def estimated_cost(run: RunConfig) -> Cost:
    """A rough estimate of memory and time, from the sizes of the network and the updates."""
    sizes = (run.dataset.input_size, *run.model.hidden, run.dataset.n_classes)
    weights = [fan_in * fan_out for fan_in, fan_out in zip(sizes[:-1], sizes[1:], strict=True)]
    n_parameters = sum(weights) + sum(sizes[1:])
    # Forward and weight gradient cost 2 operations a weight each, the delta as much, but not
    # below layer 1.
    per_example = 2 * (3 * sum(weights) - weights[0])
    item_bytes = 4 if run.training.dtype == "float32" else 8
    updates = run.training.updates
    flops = updates * run.training.batch_size * per_example
    # An auto-encoder: up and down, back up, and two gradients; and the layers below it.
    for layer, own in enumerate(weights[:-1]):
        per_example = 2 * (sum(weights[:layer]) + 5 * own)
        flops += run.pretraining.updates * run.training.batch_size * per_example
    if run.evaluation.every:
        flops += (1 + updates // run.evaluation.every) * EVALUATION_EXAMPLES * 2 * sum(weights)
    n_records = 2 + (updates // run.record.every if run.record.every else 0)
    seconds = flops / FLOPS_PER_SECOND * item_bytes / 4
    seconds += n_records * SECONDS_PER_RECORD * sum(weights) / 5e6
    copies = 4  # parameters, the copy that is looked at, a checkpoint and its bytes
    memory = 150e6 + copies * n_parameters * item_bytes
    return Cost(n_parameters, round(memory / 1e6), seconds)
