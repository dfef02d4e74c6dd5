"""Schemas of answers, read from the types that their functions return.

drf-spectacular reads type hints as well, but writes every type anew where it is used, and drops
what an annotation says of a member.
"""

import types
from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import (
    Annotated,
    Any,
    Literal,
    NotRequired,
    Union,
    get_args,
    get_origin,
    get_type_hints,
    is_typeddict,
)

from enrollment_server.api.contract.shapes import Shape
from enrollment_server.openapi import json_schema
from enrollment_server.openapi.json_schema import Schema

_SCALARS: dict[object, Schema] = {
    str: json_schema.text(),
    bool: json_schema.flag(),
    int: json_schema.whole(),
    float: json_schema.decimal(),
    Decimal: json_schema.decimal(),
    datetime: json_schema.text(),
    Any: json_schema.ANYTHING,
    object: json_schema.ANYTHING,
}


class Schemas:
    """The named schemas of a document, collected while types are described.

    Args:
        known: schemas that types may name, though none describes them.
    """

    def __init__(self, known: Mapping[str, Schema]) -> None:
        self.found = dict(known)
        self._meant: dict[str, object] = {}

    def of(self, hint: Any) -> Schema:
        """Describe a type.

        Raises:
            TypeError: nothing here describes it, or two types have the same name.
        """
        if hint in _SCALARS:
            return dict(_SCALARS[hint])
        if is_typeddict(hint):
            return self._named(hint.__name__, hint, lambda: self._members(hint))
        origin, arguments = get_origin(hint), get_args(hint)
        if origin is Annotated:
            return self._annotated(arguments[0], arguments[1:])
        if origin is Literal:
            return json_schema.one_of(*arguments)
        if origin is list:
            return json_schema.items(self.of(arguments[0]))
        if origin in {dict, Mapping}:
            return json_schema.dictionary(self.of(arguments[1]))
        if origin in {Union, types.UnionType}:
            return self._union(arguments)
        raise TypeError(f"nothing describes {hint!r}")

    def _union(self, options: tuple[Any, ...]) -> Schema:
        described = [self.of(option) for option in options if option is not type(None)]
        schema = described[0] if len(described) == 1 else json_schema.any_of(*described)
        return json_schema.nullable(schema) if type(None) in options else schema

    def _annotated(self, hint: Any, notes: tuple[Any, ...]) -> Schema:
        schema, name = self.of(hint), ""
        for note in notes:
            if isinstance(note, Shape):
                name = note.name or name
                schema = {**schema, **note.keywords}
                if note.description:
                    schema = _described(schema, note.description)
        return self._named(name, (hint, notes), lambda: schema) if name else schema

    def _members(self, hint: Any) -> Schema:
        hints = get_type_hints(hint, include_extras=True)
        required = {name: self.of(hints[name]) for name in hints if name in hint.__required_keys__}
        optional = {name: self.of(_present(hints[name])) for name in hints if name not in required}
        return json_schema.members(required, optional, _first_line(hint))

    def _named(self, name: str, meaning: object, describe: Callable[[], Schema]) -> Schema:
        if self._meant.setdefault(name, meaning) != meaning:
            raise TypeError(f"two types are named {name}")
        if name not in self.found:
            self.found[name] = {}  # while it is described: a type may have itself within
            self.found[name] = describe()
        return json_schema.ref(name)


def _present(hint: Any) -> Any:
    return get_args(hint)[0] if get_origin(hint) is NotRequired else hint


def _described(schema: Schema, description: str) -> Schema:
    # OpenAPI 3.0 ignores what stands beside a reference.
    if "$ref" in schema:
        return {"allOf": [schema], "description": description}
    return {**schema, "description": description}


def _first_line(hint: Any) -> str:
    """Give the first line of a docstring without the place in a specification that it cites."""
    line = (hint.__doc__ or "").strip().split("\n", 1)[0]
    head, cited, _ = line.rpartition(": ")
    return f"{head}." if cited and ".md" in line else line
