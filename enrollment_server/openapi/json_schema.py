"""Words to write JSON schemas with, as OpenAPI 3.0 understands them."""

from collections.abc import Mapping
from typing import Any

Schema = dict[str, Any]

_PREFIX = "#/components/schemas/"
ANYTHING: Schema = {}


def text(description: str = "", **keywords: Any) -> Schema:
    """Describe a JSON string."""
    return _described({"type": "string", **keywords}, description)


def binary(description: str = "") -> Schema:
    """Describe bytes as Base64."""
    return text(description, format="byte")


def whole(description: str = "", **keywords: Any) -> Schema:
    """Describe a JSON number without a fraction, of 64 bits."""
    return _described({"type": "integer", "format": "int64", **keywords}, description)


def decimal(description: str = "") -> Schema:
    """Describe a JSON number that may have a fraction."""
    return _described({"type": "number"}, description)


def flag() -> Schema:
    """Describe a JSON boolean."""
    return {"type": "boolean"}


def one_of(*values: str) -> Schema:
    """Describe a text that is one of a few."""
    return {"type": "string", "enum": list(values)}


def items(schema: Schema) -> Schema:
    """Describe a JSON array of values of one kind."""
    return {"type": "array", "items": schema}


def members(
    required: Mapping[str, Schema] | None = None,
    optional: Mapping[str, Schema] | None = None,
    description: str = "",
) -> Schema:
    """Describe a JSON object by its members; others may stand beside them."""
    schema: Schema = {"type": "object"}
    if required:
        schema["required"] = list(required)
    properties = {**(required or {}), **(optional or {})}
    if properties:
        schema["properties"] = properties
    return _described(schema, description)


def dictionary(values: Schema) -> Schema:
    """Describe a JSON object with free names."""
    return {"type": "object", "additionalProperties": values}


def nullable(schema: Schema) -> Schema:
    """Admit null besides."""
    # OpenAPI 3.0 has the word only beside a type.
    if schema == ANYTHING:
        return {}
    if "anyOf" in schema:
        return {**schema, "anyOf": [nullable(option) for option in schema["anyOf"]]}
    if "$ref" in schema:
        return {"allOf": [schema], "nullable": True}
    if "enum" in schema:
        return {**schema, "enum": [*schema["enum"], None], "nullable": True}
    return {**schema, "nullable": True}


def not_null(schema: Schema) -> Schema:
    """Undo `nullable`."""
    rest = {name: value for name, value in schema.items() if name != "nullable"}
    if "anyOf" in rest:
        rest["anyOf"] = [not_null(option) for option in rest["anyOf"]]
    if "enum" in rest:
        rest["enum"] = [value for value in rest["enum"] if value is not None]
    return rest


def any_of(*schemas: Schema) -> Schema:
    """Admit a value that fits at least one of the schemas."""
    return {"anyOf": list(schemas)}


def ref(name: str) -> Schema:
    """Refer to a schema of the document by its name."""
    return {"$ref": _PREFIX + name}


def names_in(value: object) -> set[str]:
    """Collect the names that a part of a document refers to."""
    match value:
        case {"$ref": str(target)}:
            return {target.removeprefix(_PREFIX)} if target.startswith(_PREFIX) else set()
        case dict():
            return set().union(*(names_in(item) for item in value.values()))
        case list():
            return set().union(*(names_in(item) for item in value))
        case _:
            return set()


def _described(schema: Schema, description: str) -> Schema:
    return {**schema, "description": description} if description else schema
