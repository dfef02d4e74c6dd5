"""Schemas of requests, read from the serializers that check them."""

from collections.abc import Callable
from typing import Any

from rest_framework import serializers

from enrollment_server.api.payloads.fields import (
    Anything,
    Members,
    Switch,
    Text,
    TextMembers,
    WholeNumber,
)
from enrollment_server.openapi import shapes
from enrollment_server.openapi.shapes import Schema
from powerauth.integration.inputs import fields as wire

Field = Any


def schema_of(serializer: type[serializers.BaseSerializer[Any]]) -> Schema:
    """Describe what a serializer reads.

    Raises:
        TypeError: a member of a kind that nothing here describes.
    """
    instance: Any = serializer()
    required: dict[str, Schema] = {}
    optional: dict[str, Schema] = {}
    for name, field in instance.fields.items():
        schema = _schema_of_field(field)
        needed = _is_needed(field)
        if needed:
            schema = shapes.not_null(schema)
        if field.help_text:
            schema["description"] = field.help_text
        (required if field.required or needed else optional)[name] = schema
    # What is sent, not refused, and not read: members that apps know each other by.
    optional.update(
        (name, {"description": said}) for name, said in getattr(serializer, "hints", {}).items()
    )
    return shapes.members(required, optional)


def query_parameters(serializer: type[serializers.BaseSerializer[Any]]) -> list[Schema]:
    """Describe the query parameters that a serializer reads; only needed ones must be there."""
    instance: Any = serializer()
    found = []
    for name, field in instance.fields.items():
        schema = shapes.not_null(_schema_of_field(field))
        parameter = {"name": name, "in": "query", "schema": schema}
        if _is_needed(field):
            parameter["required"] = True
        if schema["type"] == "array":
            parameter.update(style="form", explode=False)
        found.append(parameter)
    return found


def _is_needed(field: Field) -> bool:
    """Tell whether a member must be there, though the serializer admits that it is not."""
    return getattr(field, "needed", False)


def _schema_of_field(field: Field) -> Schema:
    for kind, describe in _KINDS.items():
        if isinstance(field, kind):
            schema = dict(describe(field))
            return shapes.nullable(schema) if field.allow_null else schema
    raise TypeError(f"nothing describes {type(field).__name__}")


def _text(field: Field) -> Schema:
    schema = shapes.text()
    if not field.allow_blank:
        schema["minLength"] = 1
    if field.max_length is not None:
        schema["maxLength"] = field.max_length
    return schema


def _time(field: Field) -> Schema:
    return shapes.any_of(
        shapes.text("ISO-8601 with an offset.", example="2024-10-24T07:25:28.123+00:00"),
        shapes.whole("Milliseconds since 1970."),
    )


def _duration(field: Field) -> Schema:
    return shapes.any_of(
        shapes.text("ISO-8601, days at most.", example="PT2S"), shapes.decimal("Seconds.")
    )


# The first kind that fits describes a field: special kinds stand before general ones.
_KINDS: dict[type[Field], Callable[[Field], Schema]] = {
    serializers.Serializer: lambda field: schema_of(type(field)),
    serializers.ChoiceField: lambda field: shapes.one_of(*field.choices),
    Anything: lambda field: shapes.ANYTHING,
    TextMembers: lambda field: {
        **shapes.dictionary(shapes.nullable(shapes.text())),
        **({} if field.allow_empty else {"minProperties": 1}),
    },
    Members: lambda field: shapes.members(),
    Text: _text,
    WholeNumber: lambda field: shapes.whole(minimum=0, default=0),
    Switch: lambda field: {**shapes.flag(), "default": False},
    wire.Text: lambda field: shapes.text(),
    wire.Number: lambda field: shapes.whole(),
    wire.Flag: lambda field: shapes.flag(),
    wire.FlexibleDateTime: _time,
    wire.Duration: _duration,
    wire.EnumField: lambda field: shapes.one_of(*field.members),
    wire.Binary: lambda field: shapes.binary(),
    wire.ListOf: lambda field: shapes.items(_element(field)),
    wire.TextMap: lambda field: shapes.dictionary(shapes.text()),
    wire.AnyMap: lambda field: shapes.members(),
    wire.AnyValue: lambda field: shapes.ANYTHING,
}


def _element(field: Field) -> Schema:
    # A null within a list is refused, though a single value may be null.
    return shapes.not_null(_schema_of_field(field.element))
