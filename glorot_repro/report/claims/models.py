"""The networks that claims speak of, recognized in a run's configuration, never by a name."""

from dataclasses import dataclass, replace

from glorot_repro.config.schema import RunConfig
from glorot_repro.data.published_dataset import PublishedDataset
from glorot_repro.data.shapeset import Shapeset
from glorot_repro.nn.scheme import NetworkInitializer
from glorot_repro.report.models import AS_PRINTED, NORMALIZED, STANDARD

BUDGET = 2_500_000
"""Updates at the end of figures 11 and 12."""

SETTLED = 500_000
"""Updates after which the printed curves of figure 12 move by less than 0.2 points, but for the
sigmoid on MNIST, which still falls by 0.3."""

WIDTH = 1000
BATCH = 10
SIZES = {"validation_size", "test_size"}
"""How many images errors are counted on decides no network."""

DEFAULT_IMAGES = Shapeset()


@dataclass(frozen=True)
class Model:
    """A network and how it is trained, apart from its seed and its length.

    activation, initializer, learning_rate: None where any will do. images: how Shapeset's are
    drawn, if that is the data set. experiment: the one that supplies its runs.
    """

    name: str
    activation: str | None
    initializer: NetworkInitializer | None = STANDARD
    hidden: tuple[int, ...] = (WIDTH,) * 5
    dataset: str = "shapeset"
    cost: str = "negative_log_likelihood"
    optimizer: str = "sgd"
    is_pretrained: bool = False
    images: Shapeset = DEFAULT_IMAGES
    experiment: str = "fig11"
    learning_rate: float | None = None

    @property
    def title(self) -> str:
        """The name, and the data set where it is not Shapeset."""
        return self.name if self.dataset == "shapeset" else f"{self.name} on {self.dataset}"

    def matches(self, config: RunConfig) -> bool:
        """Whether a run trains this network as the paper did."""
        model, training = config.model, config.training
        return (
            self.activation in (None, model.activation)
            and self.initializer in (None, model.initializer)
            and model.hidden == self.hidden
            and training.cost == self.cost
            and training.optimizer.name == self.optimizer
            and training.batch_size == BATCH
            and self.learning_rate in (None, training.learning_rate)
            and (config.pretraining.updates > 0) == self.is_pretrained
            and self._has_examples_of(config)
        )

    def config(self, updates: int) -> RunConfig:
        """A run of this network, for an estimate of its cost or a look at its start."""
        return RunConfig.model_validate(
            {
                "experiment": self.experiment,
                "dataset": self.images if self.dataset == self.images.name else self.dataset,
                "pretraining": {"updates": 100_000 if self.is_pretrained else 0},
                "model": {
                    "hidden": self.hidden,
                    "activation": self.activation or "tanh",
                    "initializer": self.initializer or STANDARD,
                },
                "training": {
                    "updates": updates,
                    **({} if self.learning_rate is None else {"learning_rate": self.learning_rate}),
                    "cost": self.cost,
                    "optimizer": {"name": self.optimizer},
                },
                "evaluation": {"every": 5000},
            }
        )

    def _has_examples_of(self, config: RunConfig) -> bool:
        """Whether a run's examples are those that claims are about.

        Generated images have to be drawn as the model says. Of published ones all have to be
        there; how their pixels are scaled the paper leaves open, so any range is right.
        """
        dataset = config.dataset
        if dataset.name != self.dataset:
            return False
        if isinstance(dataset, PublishedDataset):
            return dataset.train_size == dataset.split_sizes[0]
        return not isinstance(dataset, Shapeset) or are_same_images(dataset, self.images)


def are_same_images(one: Shapeset, other: Shapeset) -> bool:
    """Whether training images are drawn in the same way, and as many of them."""
    return one.model_dump(exclude=SIZES) == other.model_dump(exclude=SIZES)


TANH = Model("tanh", "tanh")
TANH_N = Model("tanh N", "tanh", NORMALIZED)
TANH_AS_PRINTED = Model("tanh N as printed", "tanh", AS_PRINTED)
SOFTSIGN = Model("softsign", "softsign")
SOFTSIGN_N = Model("softsign N", "softsign", NORMALIZED)
SIGMOID = Model("sigmoid", "sigmoid")
SIGMOID_4 = Model("sigmoid of depth 4", "sigmoid", hidden=(WIDTH,) * 4)
FIGURE_2 = replace(
    SIGMOID_4,
    experiment="fig02",
    images=Shapeset(range=(0.0, 1.0), bright_background=0.5),
    learning_rate=0.01,
)
"""Its layers saturate as fast as printed, and stay so as long, at this rate with these images."""

FIGURE_3_TANH = replace(TANH, experiment="fig03", images=FIGURE_2.images, learning_rate=0.01)
FIGURE_3_SOFTSIGN = replace(SOFTSIGN, experiment="fig03", learning_rate=0.01)
"""The networks of figures 3 and 4: their layers widen as printed at this rate with these images."""

FIGURE_11_TANH = replace(FIGURE_3_TANH, experiment="fig11_fitted")
FIGURE_11_SIGMOID = replace(
    SIGMOID, experiment="fig11_fitted", images=FIGURE_2.images, learning_rate=0.1
)
"""Networks of figure 11 and Table 1: with these images, at these rates, the test errors of tanh and
of four layers of sigmoids fall as printed."""

PRETRAINED = Model("pre-training", None, None, is_pretrained=True)
TANH_N_FINITE = replace(
    TANH_N,
    name="tanh N on 100,000 images",
    images=Shapeset(train_size=100_000),
    experiment="finite_shapeset",
)


FIVE = (SOFTSIGN, SOFTSIGN_N, TANH, TANH_N, SIGMOID)
"""The rows of Table 1, in its order."""

COLUMNS = ("shapeset", "mnist", "cifar10", "small_imagenet")
"""The columns of Table 1."""

_EXPERIMENTS = {"shapeset": "fig11", "mnist": "fig12", "cifar10": "fig12"}


def on_dataset(model: Model, dataset: str, experiment: str | None = None) -> Model:
    """The same network on another data set."""
    supplier = experiment or _EXPERIMENTS.get(dataset, "table1")
    return replace(model, dataset=dataset, experiment=supplier)


def of_depth(model: Model, depth: int) -> Model:
    """The same network with another number of layers, for the comparison of depths."""
    hidden = (WIDTH,) * depth
    return replace(model, name=f"{model.name} of depth {depth}", hidden=hidden, experiment="depths")


def squared_error(model: Model) -> Model:
    """The same network trained on the squared error."""
    return replace(
        model, name=f"{model.name} with squared error", cost="squared_error", experiment="costs"
    )


def pretrained_sigmoid(depth: int) -> Model:
    """A sigmoid network that was pre-trained."""
    return replace(
        PRETRAINED,
        experiment="pretraining",
        name=f"pre-trained sigmoid of depth {depth}",
        activation="sigmoid",
        hidden=(WIDTH,) * depth,
    )


def with_optimizer(model: Model, optimizer: str) -> Model:
    """The same network with a rate of its own for each parameter."""
    return replace(
        model, name=f"{model.name} with {optimizer}", optimizer=optimizer, experiment="second_order"
    )


def tapering(model: Model, *, is_growing: bool) -> Model:
    """The same network with layers that shrink or grow with depth."""
    widths = (1400, 1200, 1000, 800, 600)
    hidden, word = (widths[::-1], "growing") if is_growing else (widths, "shrinking")
    return replace(model, name=f"{word} {model.name}", hidden=hidden, experiment="tapering")
