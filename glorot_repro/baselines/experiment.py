"""The support vector machine of an experiment file: its images, its estimate, its files."""

import csv
import io
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any

from glorot_repro.baselines.svm import Outcome, Tell, estimated_seconds, select
from glorot_repro.config.address import canonical_hash
from glorot_repro.config.schema import RunConfig
from glorot_repro.data.images import LabelledImages
from glorot_repro.errors import ConfigError
from glorot_repro.files import write_atomically
from glorot_repro.runs.machine import describe_machine
from glorot_repro.runs.streams import stream_seeds
from glorot_repro.strict_json import write_json

FORMAT_VERSION = 1

COLUMNS = ("n_examples", "C", "gamma", "validation_error", "seconds")


class SvmExperiment:
    """The machine on the images of a run, whose network is left alone.

    Raises ConfigError for a data set without a fixed training set.
    """

    def __init__(self, config: RunConfig) -> None:
        dataset: Any = config.dataset
        if getattr(dataset, "train_size", 1) == 0:
            message = (
                f"an SVM needs a fixed training set, and {dataset.name} draws without end; "
                "set dataset.train_size=10000"
            )
            raise ConfigError(message)
        seeds = stream_seeds(config.seed, "evaluation_data")
        self._config = config
        self._training: LabelledImages = dataset.training_images()
        self._validation: LabelledImages = dataset.validation_images(seeds)
        self._test: LabelledImages = dataset.test_images(seeds)

    @property
    def n_examples(self) -> int:
        """Training images."""
        return len(self._training)

    def estimated_seconds(self) -> float:
        """A rough estimate for one core, from a small machine that is trained for it."""
        section = self._config.svm
        return estimated_seconds(section, self._training, self._validation, len(self._test))

    def run(self, tell: Tell) -> Outcome:
        """Search and train; see `select`."""
        return select(self._config.svm, self._training, self._validation, self._test, tell)

    def files(self, results: Path) -> tuple[Path, Path]:
        """The JSON of the outcome, and the CSV of all candidates.

        Their names end in the hash of what sets the machine apart, as the addresses of runs do.
        """
        config = self._config
        digits = canonical_hash(
            config.model_dump(mode="json", include={"dataset", "svm"}, exclude_defaults=True)
        )
        stem = f"svm-{config.dataset.name}-{self.n_examples}-seed{config.seed}-{digits}"
        folder = results / config.scale / config.experiment
        return folder / f"{stem}.json", folder / f"{stem}.csv"

    def report(self, outcome: Outcome, estimate: float) -> dict[str, Any]:
        """The outcome as strict JSON values, with what made it."""
        config, machine = self._config, describe_machine()
        machine["versions"]["scikit-learn"] = version("scikit-learn")
        return {
            "format_version": FORMAT_VERSION,
            "experiment": config.experiment,
            "scale": config.scale,
            "seed": config.seed,
            "dataset": config.dataset.model_dump(mode="json"),  # type: ignore[attr-defined]
            "svm": config.svm.model_dump(mode="json"),
            "n_examples": self.n_examples,
            "C": outcome.best.C,
            "gamma": outcome.best.gamma,
            "validation_error": outcome.best.validation_error,
            "test_error": outcome.test_error,
            "n_support": outcome.n_support,
            "seconds": round(outcome.seconds, 1),
            "estimated_seconds": round(estimate, 1),
            **machine,
        }

    def write(self, outcome: Outcome, report: dict[str, Any], results: Path) -> Path:
        """Write both files; returns the path of the JSON. Raises StorageError."""
        json_file, csv_file = self.files(results)
        table = io.StringIO()
        writer = csv.DictWriter(table, ("stage", *COLUMNS), lineterminator="\n")
        writer.writeheader()
        for stage in ("search", "finalists"):
            for one in getattr(outcome, stage):
                values = asdict(one) | {"seconds": round(one.seconds, 1)}
                writer.writerow({"stage": stage} | {key: values[key] for key in COLUMNS})
        write_atomically(csv_file, table.getvalue().encode())
        write_json(json_file, report)
        return json_file
