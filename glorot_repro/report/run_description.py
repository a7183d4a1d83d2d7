"""What a run is, in words: the header of its plots."""

from glorot_repro.config.schema import TrainingSection
from glorot_repro.report.settings_text import layers_text, setting_text
from glorot_repro.runs.reading import RunRecord

_LONG = 40
"""Letters of a part that may be broken."""


def qualified_name(record: RunRecord) -> str:
    """experiment/run, the name by which commands find it."""
    return f"{record.config.experiment}/{record.path.absolute().name}"


def run_description(record: RunRecord) -> str:
    """Data set, network, training, seed and scale, in one line."""
    config = record.config
    model, training = config.model, config.training
    parts = [
        setting_text(config.dataset),
        layers_text(model.hidden, f"{model.activation} units"),
        f"weights: {setting_text(model.initializer)}",
    ]
    if config.pretraining.updates:
        parts.append(f"pre-trained for {config.pretraining.updates:,} updates a layer")
    if training.updates:
        if training.cost != TrainingSection().cost:
            parts.append(training.cost.replace("_", " "))
        parts += [
            setting_text(training.optimizer),
            f"learning rate {training.learning_rate:g}",
            f"batches of {training.batch_size}",
        ]
    parts += [f"seed {config.seed}", f"scale {config.scale}"]
    # A line may end at a comma, not inside a short part.
    short_parts = [one if len(one) > _LONG else one.replace(" ", "\u00a0") for one in parts]
    return ", ".join(short_parts)
