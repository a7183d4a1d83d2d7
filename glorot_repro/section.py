"""The base of every section of the YAML: strict, frozen, without unknown keys."""

from collections.abc import Mapping
from typing import Annotated, Any, LiteralString, NoReturn, get_origin

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    SerializationInfo,
    SerializerFunctionWrapHandler,
    ValidationInfo,
    model_serializer,
    model_validator,
)
from pydantic_core import PydanticCustomError

OVERRIDES_FOLLOW = "overrides_follow"
"""Key of the validation context: true as long as a default that does not fit may be replaced."""

OWN_BY_NAME = "own_by_name"
"""Key of the validation context: true where functions of the reader's own are taken by their names,
without their modules, as in the configuration of a run that is there."""


class Section(BaseModel):
    """A part of the configuration; equal sections have equal meaning."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=False, allow_inf_nan=False)

    @model_validator(mode="before")
    @classmethod
    def _tuples_from_lists(cls, value: Any) -> Any:
        # YAML knows lists only, and pydantic's strict mode takes nothing else for a tuple.
        if not isinstance(value, Mapping):
            return value
        fields = {info.alias or name: info for name, info in cls.model_fields.items()}
        return {
            key: _as_tuple(item)
            if key in fields and get_origin(fields[key].annotation) is tuple
            else item
            for key, item in value.items()
        }

    @model_serializer(mode="wrap")
    def _keep_name(
        self, handler: SerializerFunctionWrapHandler, info: SerializationInfo
    ) -> dict[str, Any]:
        # The name says which variant this is: without it, two variants with default options
        # would be written the same when defaults are left out.
        fields: dict[str, Any] = handler(self)
        name = getattr(self, "name", None)
        return fields if name is None else {"name": name, **fields}


def is_by_name(name: str, info: ValidationInfo) -> bool:
    """Whether `name` is a `module:object` that is not to be loaded: see OWN_BY_NAME."""
    return ":" in name and bool(info.context and info.context.get(OWN_BY_NAME))


def reject(message: str, *, key: str = "") -> NoReturn:
    """Raise a validation error of a section; `key` is the one of its keys that is to blame."""
    kind: LiteralString = "mistake"
    raise PydanticCustomError(kind, "{message}", {"key": key, "message": message})


def _as_tuple(value: Any) -> Any:
    return tuple(_as_tuple(item) for item in value) if isinstance(value, list) else value


def _ascending(pair: tuple[float, float]) -> tuple[float, float]:
    if pair[0] >= pair[1]:
        message = f"the first number must be below the second, found {list(pair)}"
        raise ValueError(message)
    return pair


Number = Annotated[float, Field(strict=True)]
"""A number, neither quoted nor a boolean."""

LARGEST = 1e15
"""Of numbers that end up in networks: their squares, and the sums of these, are float32 still."""

Moderate = Annotated[float, Field(strict=True, ge=-LARGEST, le=LARGEST)]
"""A number of which a network can be made."""

Range = Annotated[tuple[Moderate, Moderate], AfterValidator(_ascending)]
"""Two numbers, the first below the second."""

Count = Annotated[int, Field(ge=1, le=10**12, strict=True)]
"""A whole number of at least one; the upper bound only keeps absurd numbers out of the arrays."""

CountOrNone = Annotated[int, Field(ge=0, le=10**12, strict=True)]
"""A whole number of at least zero, where zero means none or never."""
