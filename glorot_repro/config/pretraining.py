"""The pretraining section: unsupervised training of layer after layer, before the supervised."""

from typing import Annotated, Self

from pydantic import AfterValidator, Field, WithJsonSchema, model_validator

from glorot_repro.config.expectations import Phrase
from glorot_repro.nn.reconstruction import RECONSTRUCTIONS
from glorot_repro.section import CountOrNone, Section
from glorot_repro.wording import unknown_name


def _one_reconstruction(name: str) -> str:
    if name not in RECONSTRUCTIONS:
        raise ValueError(unknown_name("reconstruction", name, RECONSTRUCTIONS))
    return name


class PretrainingSection(Section):
    """Pre-training of each hidden layer as a denoising auto-encoder (Vincent et al. 2008).

    From the lowest layer upwards, before update 0 of the supervised training; without noise it is
    an ordinary auto-encoder.
    """

    updates: CountOrNone = Field(
        0, description="updates of the auto-encoder of each hidden layer; 0 is no pre-training"
    )
    learning_rate: float = Field(
        0.001,
        ge=0,
        description="step length on the gradient of the mini-batch's mean reconstruction cost",
    )
    noise: Annotated[float, Field(ge=0, lt=1)] = Field(
        0.25, description="share of the inputs of a layer that is forced to 0"
    )
    tied: bool = Field(
        True, description="whether the decoder has the weights of the encoder, transposed"
    )
    reconstruction: Annotated[
        str,
        AfterValidator(_one_reconstruction),
        Phrase("the name of a reconstruction cost"),
        WithJsonSchema({"enum": sorted(RECONSTRUCTIONS)}),
    ] = Field(
        "squared_error",
        description="cost of a reconstruction, a sum over its units; cross_entropy is for inputs "
        "and activations between two limits",
    )

    @model_validator(mode="after")
    def _nothing_means_nothing(self) -> Self:
        # Without pre-training its options have no meaning, and must change no address.
        if self.updates == 0:
            vars(self).update(
                {name: field.default for name, field in type(self).model_fields.items()}
            )
        return self
