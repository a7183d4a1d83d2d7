"""The base of every section of the YAML: strict, frozen, without unknown keys."""

from typing import Annotated, Any

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SerializationInfo,
    SerializerFunctionWrapHandler,
    model_serializer,
)


class Section(BaseModel):
    """A part of the configuration; equal sections have equal meaning."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=False, allow_inf_nan=False)

    @model_serializer(mode="wrap")
    def _keep_name(
        self, handler: SerializerFunctionWrapHandler, info: SerializationInfo
    ) -> dict[str, Any]:
        # The name says which variant this is: without it, two variants with default options
        # would be written the same when defaults are left out.
        fields: dict[str, Any] = handler(self)
        name = getattr(self, "name", None)
        return fields if name is None else {"name": name, **fields}


Count = Annotated[int, Field(ge=1, strict=True)]
"""A whole number of at least one."""
