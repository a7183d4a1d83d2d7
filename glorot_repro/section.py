"""The base of every section of the YAML: strict, frozen, without unknown keys."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field


class Section(BaseModel):
    """A part of the configuration; equal sections have equal meaning."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=False, allow_inf_nan=False)


Count = Annotated[int, Field(ge=1, strict=True)]
"""A whole number of at least one."""
