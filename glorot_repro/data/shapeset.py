"""Shapeset-3x2: endless images of one or two shapes, drawn on line (Glorot & Bengio 2010, 2.1)."""

from typing import Annotated, ClassVar, Literal, Self

import numpy as np
from numpy.typing import DTypeLike
from pydantic import Field, model_validator

from glorot_repro.data.images import ExampleStream, LabelledImages
from glorot_repro.section import Count, Section


class Shapeset(Section):
    """`dataset: {name: shapeset, ...}`."""

    name: Literal["shapeset"] = "shapeset"
    range: tuple[float, float] = (-1.0, 1.0)
    bright_background: Annotated[float, Field(ge=0, le=1)] = 0.3333
    validation_size: Count = 10_000
    test_size: Count = 10_000

    input_size: ClassVar[int] = 1024
    n_classes: ClassVar[int] = 9
    image_shape: ClassVar[tuple[int, ...]] = (32, 32)
    class_names: ClassVar[tuple[str, ...]] = (
        "T",
        "P",
        "E",
        "T+P",
        "P+E",
        "T+E",
        "T+T",
        "P+P",
        "E+E",
    )

    @model_validator(mode="after")
    def _range_ascends(self) -> Self:
        if self.range[0] >= self.range[1]:
            message = f"range: the first number must be below the second, found {list(self.range)}"
            raise ValueError(message)
        return self

    def training_stream(self, seeds: np.random.SeedSequence, dtype: DTypeLike) -> ExampleStream:
        """Training examples without end, inputs (batch, 1024) of `dtype`."""
        raise NotImplementedError

    def validation_images(self, seeds: np.random.SeedSequence) -> LabelledImages:
        """`validation_size` images."""
        raise NotImplementedError

    def test_images(self, seeds: np.random.SeedSequence) -> LabelledImages:
        """`test_size` images, drawn apart from the validation set."""
        raise NotImplementedError

    def provenance(self) -> dict[str, str]:
        """Empty: the images are generated."""
        return {}
