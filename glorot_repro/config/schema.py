"""The sections of the YAML: type, default, range, unit and meaning of every key, in one place."""

from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, ValidationInfo, WithJsonSchema, model_validator

from glorot_repro.choice import variant_of
from glorot_repro.config.address import canonical_hash, run_name
from glorot_repro.config.dump import yaml_text
from glorot_repro.config.expectations import Phrase
from glorot_repro.config.model import ModelSection
from glorot_repro.config.pretraining import PretrainingSection
from glorot_repro.config.svm import SvmSection
from glorot_repro.data.registry import DATASETS
from glorot_repro.nn.activations import activation_named
from glorot_repro.nn.costs import COSTS
from glorot_repro.nn.optimizers import AnyOptimizer, Optimizer, StochasticGradientDescent
from glorot_repro.section import OVERRIDES_FOLLOW, Count, CountOrNone, Section, is_by_name, reject
from glorot_repro.wording import unknown_name

if TYPE_CHECKING:
    from glorot_repro.data.images import Dataset

    DatasetChoice = Dataset
    OptimizerChoice = Optimizer
else:
    DatasetChoice = variant_of("data set", DATASETS)
    OptimizerChoice = AnyOptimizer

PROBE_BATCH = 10
"""Examples in a mini-batch of the recorded gradients, as in training (section 2.3)."""

LARGEST_SEED = 2**32 - 1

Seed = Annotated[int, Field(ge=0, le=LARGEST_SEED)]


def _whole_batches(examples: int) -> int:
    if examples > PROBE_BATCH and examples % PROBE_BATCH:
        reject(
            f"expected fewer than {PROBE_BATCH} or a multiple of {PROBE_BATCH}, found {examples}"
        )
    return examples


def _one_cost(name: str) -> str:
    if name not in COSTS:
        raise ValueError(unknown_name("cost", name, COSTS))
    return name


def _without_default(schema: dict[str, Any]) -> None:
    schema.pop("default", None)


def _default_dataset() -> Any:
    return DATASETS["shapeset"]()


class TrainingSection(Section):
    """How the network is trained: stochastic gradient descent on mini-batches (section 2.3)."""

    updates: CountOrNone = Field(
        2_500_000,
        description="training updates, each on one mini-batch; 0 looks at the initialization only",
    )
    batch_size: Annotated[int, Field(ge=1, le=1_000_000)] = Field(
        10, description="examples of a mini-batch"
    )
    learning_rate: float = Field(
        0.01, ge=0, description="step length on the gradient of the mini-batch's mean cost"
    )
    optimizer: OptimizerChoice = Field(
        default_factory=StochasticGradientDescent,
        json_schema_extra={"default": "sgd"},
        description="what turns a gradient into a change of the parameters: a name or "
        "{name, option, ...}",
    )
    cost: Annotated[
        str,
        AfterValidator(_one_cost),
        Phrase("the name of a cost"),
        WithJsonSchema({"enum": sorted(COSTS)}),
    ] = Field("negative_log_likelihood", description="cost of the softmax output")
    dtype: Literal["float32", "float64"] = Field(
        "float32", description="floating-point type of the training; statistics are float64"
    )
    checkpoint_every: Count = Field(
        20_000, description="updates between two checkpoints, from which a killed run resumes"
    )
    keep_checkpoint: Annotated[bool, Field(strict=True)] = Field(
        False,
        description="keep the last checkpoint of a finished run: the same run with more updates "
        "then goes on from there, to the same bits; part of no address",
    )


class EvaluationSection(Section):
    """When the error on the validation and test sets is measured."""

    every: CountOrNone = Field(20_000, description="updates between two evaluations; 0 is never")


class RecordSection(Section):
    """What is recorded about activations and gradients, on probe examples of the test set."""

    every: CountOrNone = Field(
        20_000, description="updates between two records; 0 is the start and the end only"
    )
    examples: Annotated[int, Field(ge=1, le=1_000_000), AfterValidator(_whole_batches)] = Field(
        300,
        description="probe examples; below 10 or a multiple of 10, since gradients are recorded "
        "over mini-batches of ten",
    )
    jacobian_every: Annotated[
        CountOrNone | None,
        Phrase("a whole number of at least 0"),
        # The loader knows no null: the default is had by leaving the key out.
        WithJsonSchema({"type": "integer", "minimum": 0, "maximum": 10**12}),
    ] = Field(
        None,
        description="records at multiples of so many updates include the singular values of the "
        "layer Jacobians, which take longer than all the rest; 0 is the start and the end only; "
        "without this key, every record includes them; never measured for a layer of more than "
        "2,000 units and inputs",
        json_schema_extra=_without_default,
    )
    bins: Annotated[int, Field(ge=1, le=100_000)] = Field(
        1000, description="bins of a histogram, between the least and the greatest value"
    )
    sample_images: Annotated[int, Field(ge=0, le=100_000)] = Field(
        0, description="test images kept in the run directory, to be looked at"
    )

    @property
    def has_jacobians_in_every_record(self) -> bool:
        """Whether `jacobian_every` leaves none out; `every` has records at 0 and the end if 0."""
        period = self.jacobian_every
        return period is None or self.every == 0 or (period > 0 and self.every % period == 0)


class Settings(Section):
    """What decides a run, apart from its seed."""

    dataset: DatasetChoice = Field(
        default_factory=_default_dataset,
        json_schema_extra={"default": "shapeset"},
        description="the data set: a name or {name, option, ...}",
    )
    model: ModelSection = Field(default_factory=ModelSection, description="the network")
    pretraining: PretrainingSection = Field(
        default_factory=PretrainingSection,
        description="unsupervised training of each layer before the supervised; none by default",
    )
    training: TrainingSection = Field(
        default_factory=TrainingSection, description="how it is trained"
    )
    evaluation: EvaluationSection = Field(
        default_factory=EvaluationSection, description="when errors are measured"
    )
    record: RecordSection = Field(
        default_factory=RecordSection, description="what is recorded about layers"
    )
    svm: SvmSection = Field(
        default_factory=SvmSection, description="the machine of `glorot-repro svm`; part of no run"
    )

    @model_validator(mode="after")
    def _enough_test_images(self, info: ValidationInfo) -> Self:
        test_size = getattr(self.dataset, "test_size", None)
        if not isinstance(test_size, int):
            return self
        is_changeable = bool(info.context and info.context.get(OVERRIDES_FOLLOW))
        is_default_size = _is_default(self.dataset, "test_size")
        for key in ("examples", "sample_images"):
            n_images = getattr(self.record, key)
            is_default = _is_default(self.record, key)
            if n_images <= test_size or (is_changeable and (is_default or is_default_size)):
                continue
            if is_default:
                message = (
                    f"expected at least {n_images} test images, the default of record.{key}, "
                    f"found {test_size}; set record.{key}"
                )
                reject(message, key="dataset.test_size")
            message = f"expected at most the {test_size} test images, found {n_images}"
            reject(message, key=f"record.{key}")
        return self

    @model_validator(mode="after")
    def _nothing_to_pretrain(self) -> Self:
        # Without hidden layers pre-training has no meaning, and must change no address.
        if self.model.depth == 0:
            vars(self).update(pretraining=PretrainingSection())
        return self

    @model_validator(mode="after")
    def _reconstructable(self, info: ValidationInfo) -> Self:
        if is_by_name(self.model.activation, info):
            return self
        is_bounded = None not in activation_named(self.model.activation).asymptotes
        is_reconstructed = self.pretraining.updates > 0 and self.model.depth > 1
        if (
            is_reconstructed
            and self.pretraining.reconstruction == "cross_entropy"
            and not is_bounded
        ):
            message = (
                f"expected 'squared_error', since the activations of {self.model.activation} have "
                "no two limits, found 'cross_entropy'"
            )
            reject(message, key="pretraining.reconstruction")
        return self


def _is_default(section: Any, key: str) -> bool:
    """Whether a key of a section was left to its default; False for what is no key."""
    return key in type(section).model_fields and key not in section.model_fields_set


class RunConfig(Settings):
    """One resolved run: one network, trained once.

    It decides every bit of the result, and `address` names its directory.
    """

    experiment: str = Field(description="name of the experiment")
    scale: str = Field("paper", description="name of the scale; paper is the file as it stands")
    seed: Seed = Field(0, description="seed of every random number of the run")
    point: dict[str, Any] = Field(
        default_factory=dict, description="the run's values of the keys of `grid`, for labels"
    )
    candidate: dict[str, Any] = Field(
        default_factory=dict, description="the run's values of the keys of `search`, for labels"
    )

    def canonical(self) -> dict[str, Any]:
        """What the run's hash is made of: its seed and all settings that are not the default.

        So a key that is added later, at its default, changes no address; neither do the names of
        experiment and scale, so that a network that several experiments need is trained once, nor
        whether a checkpoint is kept.
        """
        settings = self.model_dump(
            mode="json",
            include=set(Settings.model_fields),
            exclude={"training": {"keep_checkpoint"}, "svm": True},
            exclude_defaults=True,
        )
        record = settings.get("record", {})
        if self.record.has_jacobians_in_every_record:
            record.pop("jacobian_every", None)  # other words for the default
        for name in ("record", "training"):
            if not settings.get(name):  # nothing is left of it
                settings.pop(name, None)
        return {**settings, "seed": self.seed}

    @property
    def hash(self) -> str:
        """Eight hex digits that depend on the meaning of the configuration only."""
        return canonical_hash(self.canonical())

    @property
    def settings_hash(self) -> str:
        """As `hash`, of all but the seed: equal for runs that may be averaged."""
        return self.model_copy(update={"seed": 0}).hash

    @property
    def address(self) -> str:
        """The name of the run's directory, such as `normalized-learning_rate0.1-seed0-1a2b3c4d`.

        At most 130 characters, all of them letters, digits and `._+-`.
        """
        return run_name({**self.point, **self.candidate}, seed=self.seed, hash_digits=self.hash)

    def to_yaml(self) -> str:
        """An experiment file that expands to exactly this run.

        All defaults are written out, so that it stays the same run if a default ever changes.
        """
        settings = self.model_dump(mode="json", include=set(Settings.model_fields))
        settings["record"] = {k: v for k, v in settings["record"].items() if v is not None}
        if self.svm == SvmSection():  # no part of a run, and of interest to few
            del settings["svm"]
        axes = {"grid": self.point, "search": self.candidate}
        return yaml_text(
            {
                "name": self.experiment,
                **settings,
                "seeds": [self.seed],
                **{
                    axis: {key: [value] for key, value in values.items()}
                    for axis, values in axes.items()
                    if values
                },
                **({"search_seeds": [self.seed]} if self.candidate else {}),
                **({"scales": {self.scale: {}}} if self.scale != "paper" else {}),
            }
        )
