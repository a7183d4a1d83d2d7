"""The model section: a multilayer perceptron, in the notations that people write."""

from typing import Annotated, Self

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    ValidationInfo,
    WithJsonSchema,
    model_validator,
)

from glorot_repro.config.expectations import Phrase
from glorot_repro.nn.activations import ACTIVATIONS, activation_named
from glorot_repro.nn.initializers import AnyInitializer
from glorot_repro.nn.scheme import NetworkInitializer
from glorot_repro.section import Section, is_by_name, reject

Width = Annotated[int, Field(ge=1, le=1_000_000)]
Depth = Annotated[int, Field(ge=0, le=1000)]


def _one_activation(name: str, info: ValidationInfo) -> str:
    # An alias vanishes here, so that equal meanings stay equal; module:object stays as written.
    if is_by_name(name, info):
        return name
    activation = activation_named(name)
    return name if ":" in name else activation.name


OWN = {"type": "string", "pattern": "^[^:]+:[^:]+$"}
ActivationName = Annotated[
    str,
    AfterValidator(_one_activation),
    Phrase("the name of an activation or module:object"),
    WithJsonSchema({"anyOf": [{"enum": sorted(ACTIVATIONS)}, OWN]}),
]


def _initializer_notation(value: object) -> object:
    if not isinstance(value, str | dict | NetworkInitializer):
        reject(
            "expected the name of an initializer, or a mapping {name, gain} or "
            "{first, hidden, output}"
        )
    return value


def _default_initializer() -> NetworkInitializer:
    return NetworkInitializer.model_validate("standard")


class ModelSection(Section):
    """The network: a multilayer perceptron with a softmax output layer.

    `depth` and `width` are another way to write `hidden`; only `hidden` is kept.
    """

    hidden: tuple[Width, ...] = Field(
        (1000,) * 5,
        max_length=1000,
        description="units of each hidden layer, from the input upwards; [] is softmax regression",
    )
    depth_notation: Depth = Field(
        5,
        alias="depth",
        exclude=True,
        repr=False,
        description="number of hidden layers, all of `width` units; instead of `hidden`",
    )
    width_notation: Width = Field(
        1000,
        alias="width",
        exclude=True,
        repr=False,
        description="units of every hidden layer; with `depth`, instead of `hidden`",
    )
    activation: ActivationName = Field(
        "tanh",
        description="activation function of the hidden layers, a name or your own as "
        "module:object, a function f(s) on arrays",
    )
    initializer: Annotated[
        NetworkInitializer,
        BeforeValidator(
            _initializer_notation, json_schema_input_type=AnyInitializer | NetworkInitializer
        ),
    ] = Field(
        default_factory=_default_initializer,
        json_schema_extra={"default": "standard"},
        description="what the weights are drawn from: a name, {name, gain}, or one for each of "
        "first, hidden and output; gain multiplies the variance; biases start at zero",
    )

    @property
    def depth(self) -> int:
        """The number of hidden layers."""
        return len(self.hidden)

    @model_validator(mode="after")
    def _resolve_notation(self) -> Self:
        given = self.model_fields_set
        notation = given & {"depth_notation", "width_notation"}
        if notation and "hidden" in given:
            key = "depth" if "depth_notation" in given else "width"
            message = (
                "expected either 'hidden' or 'depth' and 'width', found both "
                "(to change the depth of layers of unequal width, set 'hidden')"
            )
            reject(message, key=key)
        if notation:
            hidden = (self.width_notation,) * self.depth_notation
            # Frozen for everybody else; from here on only `hidden` tells.
            vars(self).update(hidden=hidden, depth_notation=5, width_notation=1000)
            object.__setattr__(self, "__pydantic_fields_set__", (given - notation) | {"hidden"})
        return self
