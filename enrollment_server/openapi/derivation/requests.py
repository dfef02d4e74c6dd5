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
from enrollment_server.openapi import json_schema
from enrollment_server.openapi.json_schema import Schema
from powerauth.integration.inputs import fields as wire
from powerauth.integration.inputs import times
from powerauth.integration.inputs.base import ObjectOf

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
            schema = json_schema.not_null(schema)
        if field.help_text:
            schema["description"] = field.help_text
        (required if field.required or needed else optional)[name] = schema
    # What is sent, not refused, and not read: members that apps know each other by.
    optional.update(
        (name, {"description": said}) for name, said in getattr(serializer, "hints", {}).items()
    )
    return json_schema.members(required, optional)


def query_parameters(serializer: type[serializers.BaseSerializer[Any]]) -> list[Schema]:
    """Describe the query parameters that a serializer reads; only needed ones must be there."""
    instance: Any = serializer()
    found = []
    for name, field in instance.fields.items():
        schema = json_schema.not_null(_schema_of_field(field))
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
            return json_schema.nullable(schema) if field.allow_null else schema
    raise TypeError(f"nothing describes {type(field).__name__}")


def _text(field: Field) -> Schema:
    schema = json_schema.text()
    if not field.allow_blank:
        schema["minLength"] = 1
    if field.max_length is not None:
        schema["maxLength"] = field.max_length
    return schema


def _time(field: Field) -> Schema:
    return json_schema.any_of(
        json_schema.text("ISO-8601 with an offset.", example="2024-10-24T07:25:28.123+00:00"),
        json_schema.whole("Milliseconds since 1970."),
    )


def _duration(field: Field) -> Schema:
    return json_schema.any_of(
        json_schema.text("ISO-8601, days at most.", example="PT2S"), json_schema.decimal("Seconds.")
    )


# The first kind that fits describes a field: special kinds stand before general ones.
_KINDS: dict[type[Field], Callable[[Field], Schema]] = {
    serializers.Serializer: lambda field: schema_of(type(field)),
    serializers.ChoiceField: lambda field: json_schema.one_of(*field.choices),
    Anything: lambda field: json_schema.ANYTHING,
    TextMembers: lambda field: {
        **json_schema.dictionary(json_schema.nullable(json_schema.text())),
        **({} if field.allow_empty else {"minProperties": 1}),
    },
    Members: lambda field: json_schema.members(),
    Text: _text,
    WholeNumber: lambda field: json_schema.whole(minimum=0, default=0),
    Switch: lambda field: {**json_schema.flag(), "default": False},
    wire.Text: lambda field: json_schema.text(),
    wire.Number: lambda field: json_schema.whole(),
    wire.Flag: lambda field: json_schema.flag(),
    times.FlexibleDateTime: _time,
    times.Duration: _duration,
    wire.EnumField: lambda field: json_schema.one_of(*field.members),
    wire.Binary: lambda field: json_schema.binary(),
    wire.ListOf: lambda field: json_schema.items(_element(field)),
    wire.TextMap: lambda field: json_schema.dictionary(json_schema.text()),
    ObjectOf: lambda field: schema_of(field.kind),
    wire.AnyMap: lambda field: json_schema.members(),
    wire.AnyValue: lambda field: json_schema.ANYTHING,
}


def _element(field: Field) -> Schema:
    # A null within a list is refused, though a single value may be null.
    return json_schema.not_null(_schema_of_field(field.element))
