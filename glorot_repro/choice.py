"""A YAML value that names a variant of a registry: `standard`, or `{name: normalized, gain: 2}`."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, LiteralString, Union

from pydantic import BeforeValidator, Discriminator, GetJsonSchemaHandler, Tag
from pydantic_core import CoreSchema, PydanticCustomError

from glorot_repro.section import Section
from glorot_repro.wording import LONGEST_LIST, listed, unknown_name


def variant_of(
    kind: str,
    registry: Mapping[str, type[Section]],
    *,
    aliases: Mapping[str, str] | None = None,
    own: type[Section] | None = None,
) -> Any:
    """The type of a field that is one of `registry`'s sections, written as a name or a mapping.

    `aliases` maps other names to registered ones; they vanish here, so that equal meanings stay
    equal. `own` is the section of a `module:object` of the reader's, recognized by the colon.
    An unknown name is a validation error that tells the valid ones.
    """
    known = aliases or {}

    def as_mapping(value: object) -> object:
        if isinstance(value, Section):
            return value
        fields = {"name": value} if isinstance(value, str) else value
        if not isinstance(fields, Mapping):
            message = f"expected the name of a {kind} or a mapping with the key 'name'"
            raise _name_error(message)
        name = fields.get("name")
        if isinstance(name, str) and (name in registry or name in known):
            return {**fields, "name": known.get(name, name)}
        if own is not None and isinstance(name, str) and ":" in name:
            return fields
        allowed = [*registry, *known] + (["module:object"] if own is not None else [])
        message = (
            f"a {kind} needs the key 'name' (allowed: {listed(sorted(allowed), LONGEST_LIST)})"
            if name is None
            else unknown_name(kind, str(name), allowed)
        )
        raise _name_error(message)

    def tag(value: object) -> str:
        name = value["name"] if isinstance(value, Mapping) else getattr(value, "name", "")
        return "module:object" if ":" in str(name) else str(name)

    members = [Annotated[section, Tag(name)] for name, section in registry.items()]
    if own is not None:
        members.append(Annotated[own, Tag("module:object")])
    return Annotated[
        Union[tuple(members)],  # noqa: UP007  (built from the registry, so that one entry is enough)
        Discriminator(tag),
        BeforeValidator(as_mapping),
        _ChoiceSchema(registry, known, own),
    ]


@dataclass(frozen=True, eq=False)
class _ChoiceSchema:
    """The JSON schema of a choice: one of its names, or a mapping with a name and its options."""

    registry: Mapping[str, type[Section]]
    aliases: Mapping[str, str]
    own: type[Section] | None

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        own_name = {"type": "string", "pattern": "^[^:]+:[^:]+$"}
        choices: list[dict[str, Any]] = [{"enum": sorted([*self.registry, *self.aliases])}]
        if self.own is not None:
            choices.append(own_name)
        for name, section in self.registry.items():
            also = sorted(alias for alias, meant in self.aliases.items() if meant == name)
            choices.append(self._mapping(section, {"enum": [name, *also]}, handler))
        if self.own is not None:
            choices.append(self._mapping(self.own, own_name, handler))
        return {"anyOf": choices}

    def _mapping(
        self, section: type[Section], name: dict[str, Any], handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        fields = dict(handler.resolve_ref_schema(handler(section.__pydantic_core_schema__)))
        fields["properties"] = {**fields.get("properties", {}), "name": name}
        return {**fields, "required": sorted({"name", *fields.get("required", [])})}


def _name_error(message: str) -> PydanticCustomError:
    kind: LiteralString = "unknown_name"
    return PydanticCustomError(kind, "{message}", {"message": message})
