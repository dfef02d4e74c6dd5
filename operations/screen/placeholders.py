"""Placeholders of operation templates: ``${name}``, ``${name:-default}`` and the escape ``$${``.

Templates are written by the bank, values come with an operation and may repeat what a stranger
typed. Hence one pass only (a value is never expanded again), and in JSON a value never becomes
anything but one scalar.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from operations.screen.amounts import parse_number

MAX_JSON_DEPTH = 32  # levels; real templates have six

_PLACEHOLDER = re.compile(r"\$\$\{|\$\{(?P<reference>[^}]*)(?P<end>\}?)")
# A whole JSON string, or a placeholder that stands outside of one. Possessive: no backtracking on
# hostile text.
_JSON_PIECE = re.compile(rf'"(?:[^"\\]+|\\.)*+"?|{_PLACEHOLDER.pattern}', re.DOTALL)
_JSON_SCALAR = re.compile(r"true|false|null|-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """One placeholder of a template: the parameter that it names."""

    name: str
    has_default: bool


class BrokenTemplate(ValueError):
    """A template whose JSON cannot be used; its operation is left out of lists."""


def expand(template: str, parameters: Mapping[str, str | None]) -> str:
    """Replace the placeholders of plain text by parameter values.

    An unknown parameter, or one without a value, leaves its default or the placeholder itself.
    Names are exact.

    Source: mobile-token-api.md 5.3.
    """
    return _PLACEHOLDER.sub(lambda match: _expand_text(match, parameters), template)


def references(template: str) -> Iterator[Reference]:
    """Give the placeholders of a template, also of its JSON, in their order."""
    for match in _PLACEHOLDER.finditer(template):
        if match["end"]:
            name, has_default, _default = match["reference"].partition(":-")
            yield Reference(name=name, has_default=bool(has_default))


def expand_json(template: str, parameters: Mapping[str, str | None]) -> object:
    """Replace the placeholders of a JSON text by parameter values, and parse it.

    Inside of quotes, a value is text. Outside, a value that is a JSON scalar (number, true, false,
    null) is taken as such and any other one becomes a string, as does a placeholder that stays
    unresolved. A default outside of quotes belongs to the template and may be any JSON.

    Returns: what `parse_json` returns.

    Raises:
        BrokenTemplate: the result is not JSON.

    Source: mobile-token-api.md 5.3.
    """
    return parse_json(_JSON_PIECE.sub(lambda match: _expand_piece(match, parameters), template))


def parse_json(text: str) -> object:
    """Parse the JSON of a template; numbers with a fraction or an exponent become `Decimal`.

    Raises:
        BrokenTemplate: not JSON, nested too deep, numbers out of bounds, text that UTF-8 cannot
            carry.
    """
    try:
        value: object = json.loads(
            text, parse_int=_parse_int, parse_float=_parse_decimal, parse_constant=_parse_decimal
        )
        _check(value)
    except RecursionError as error:
        raise BrokenTemplate(_("template is nested too deep")) from error
    except ValueError as error:
        raise BrokenTemplate(
            format_lazy(_("template is not usable JSON: {problem}"), problem=str(error))
        ) from error
    return value


def scalar_text(value: object) -> str | None:
    """Write a parsed JSON scalar as text; None for null, objects and arrays."""
    match value:
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case Decimal():
            return format(value, "f")
        case _:
            return None


def _expand_text(match: re.Match[str], parameters: Mapping[str, str | None]) -> str:
    if not match["end"]:
        return _unescape(match)
    name, has_default, default = match["reference"].partition(":-")
    value = parameters.get(name)
    if value is not None:
        return value
    return default if has_default else match[0]


def _expand_piece(match: re.Match[str], parameters: Mapping[str, str | None]) -> str:
    piece = match[0]
    if piece.startswith('"'):
        if "${" not in piece:
            return piece
        return json.dumps(expand(str(parse_json(piece)), parameters))
    if not match["end"]:
        return _unescape(match)
    name, has_default, default = match["reference"].partition(":-")
    value = parameters.get(name)
    if value is not None:
        return value if _is_scalar(value) else json.dumps(value)
    if not has_default:
        return json.dumps(piece)
    return default if _is_json(default) else json.dumps(default)


def _unescape(match: re.Match[str]) -> str:
    # Either the escape, or a placeholder that is never closed.
    return "${" if match["reference"] is None else match[0]


def _is_scalar(value: str) -> bool:
    if not _JSON_SCALAR.fullmatch(value):
        return False
    return value in ("true", "false", "null") or parse_number(value) is not None


def _is_json(text: str) -> bool:
    try:
        parse_json(text)
    except BrokenTemplate:
        return False
    return True


def _parse_decimal(text: str) -> Decimal:
    number = parse_number(text)
    if number is None:
        raise ValueError("number out of bounds")
    return number


def _parse_int(text: str) -> int:
    return int(_parse_decimal(text))


def _check(value: object) -> None:
    """Refuse what would fail only when a response is written: deep nesting, lone surrogates."""
    level = [value]
    for _level in range(MAX_JSON_DEPTH):
        for item in level:
            if isinstance(item, str):
                item.encode()
        level = [child for item in level for child in _children(item)]
        if not level:
            return
    raise ValueError("nested too deep")


def _children(item: object) -> list[object]:
    if isinstance(item, dict):
        return [*item.keys(), *item.values()]
    return item if isinstance(item, list) else []
