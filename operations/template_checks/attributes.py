"""The attributes of a form template: types, fields and ids. Source: mobile-token-api.md 5.2."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from operations.screen.attribute_definitions import FIELDS, Fields
from operations.template_checks.problems import did_you_mean, unknown_members

MEMBERS = ("id", "type", "text", "params")


def attribute_problems(definitions: list[dict[str, Any]]) -> Iterator[str]:
    """Tell what is wrong with definitions of sound JSON types, each problem with its place."""
    first: dict[str, int] = {}
    for number, definition in enumerate(definitions, start=1):
        place = place_of(number, definition)
        for problem in _of(definition):
            yield f"{place}: {problem}"
        if first.setdefault(definition["id"], number) != number:
            problem = _("repeats the id of attribute {number}")
            yield f"{place}: {problem.format(number=first[definition['id']])}"


def place_of(number: int, definition: Mapping[str, Any]) -> str:
    """Name an attribute for whoever has to find it."""
    return _("attribute {number} ({id})").format(number=number, id=definition.get("id"))


def _of(definition: Mapping[str, Any]) -> Iterator[str]:
    yield from unknown_members(definition, MEMBERS)
    kind = definition["type"]
    fields = FIELDS.get(kind)
    if fields is None:
        yield did_you_mean(_("unknown type '{name}'").format(name=kind), kind, FIELDS)
    else:
        yield from _fields(kind, fields, definition.get("params") or {})


def _fields(kind: str, fields: Fields, params: Mapping[str, str | None]) -> Iterator[str]:
    known = (*fields.required, *fields.optional)
    for name in params:
        if name not in fields:
            text = _("{type} has no field '{name}'").format(type=kind, name=name)
            yield did_you_mean(text, name, known)
    for name in fields.required:
        if not params.get(name):
            yield _("{type} needs a parameter for '{name}'").format(type=kind, name=name)
