"""What a run is, in words: the header of its plots."""

from glorot_repro.config.labels import short
from glorot_repro.runs.reading import RunRecord

_LONG = 40
"""Letters of a part that may be broken."""


def run_name(record: RunRecord) -> str:
    """experiment/run, the name by which commands find it."""
    return f"{record.config.experiment}/{record.path.absolute().name}"


def run_description(record: RunRecord) -> str:
    """Data set, network, training, seed and scale, in one line."""
    config = record.config
    hidden, training = config.model.hidden, config.training
    if not hidden:
        network = "no hidden layer"
    else:
        widths = str(hidden[0]) if len(set(hidden)) == 1 else ", ".join(map(str, hidden))
        layers = "1 hidden layer" if len(hidden) == 1 else f"{len(hidden)} hidden layers"
        network = f"{layers} of {widths} {config.model.activation} units"
    parts = [config.dataset.name, network, f"weights: {_words(short(config.model.initializer))}"]
    if training.updates:
        optimizer = _words(short(training.optimizer))
        parts += [
            optimizer,
            f"learning rate {training.learning_rate:g}",
            f"batches of {training.batch_size}",
        ]
    parts += [f"seed {config.seed}", f"scale {config.scale}"]
    # A line may end at a comma, not inside a short part.
    short_parts = [one if len(one) > _LONG else one.replace(" ", "\u00a0") for one in parts]
    return ", ".join(short_parts)


def _words(value: object) -> str:
    """`normalized`, `orthogonal gain 2`, or `first standard, hidden normalized gain 1.27, ...`."""
    if not isinstance(value, dict):
        return f"{value:g}" if isinstance(value, float) else str(value)
    if "name" in value:
        options = [f"{key} {_words(one)}" for key, one in value.items() if key != "name"]
        return " ".join([str(value["name"]), *options])
    return ", ".join(f"{layer} {_words(one)}" for layer, one in value.items())
