"""Placeholders of operation templates: ``${name}``, ``${name:-default}`` and the escape ``$${``.

Templates are written by the bank, values come with an operation and may repeat what a stranger
typed. Hence one pass only (a value is never expanded again), and in JSON a value never becomes
anything but one scalar.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from operations.bounded_cache import bounded_cache
from operations.screen.amounts import parse_number

MAX_JSON_DEPTH = 32  # levels; real templates have six

PLACEHOLDER = re.compile(r"\$\$\{|\$\{(?P<reference>[^}]*)(?P<end>\}?)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Placeholder:
    """One placeholder of a template: the parameter that it names, and how it is written there."""

    name: str
    default: str | None
    written: str

    @property
    def has_default(self) -> bool:
        """Tell whether the template says what stands there without a value."""
        return self.default is not None

    @property
    def otherwise(self) -> str:
        """Give what stands there without a value."""
        return self.written if self.default is None else self.default


Pieces = tuple[str | Placeholder, ...]


class BrokenTemplate(ValueError):
    """A template whose JSON cannot be used; its operation is left out of lists."""


def expand(template: str, parameters: Mapping[str, str | None]) -> str:
    """Replace the placeholders of plain text by parameter values.

    An unknown parameter, or one without a value, leaves its default or the placeholder itself.
    Names are exact.

    Source: mobile-token-api.md 5.3.
    """
    return fill(pieces(template), parameters) if "${" in template else template


def fill(template: Pieces, parameters: Mapping[str, str | None]) -> str:
    """Put the values of parameters into a template that is split already; see `expand`."""
    written = []
    for piece in template:
        if isinstance(piece, Placeholder):
            value = parameters.get(piece.name)
            written.append(piece.otherwise if value is None else value)
        else:
            written.append(piece)
    return "".join(written)


@bounded_cache(entries=1024, characters=4096)
def pieces(template: str) -> Pieces:
    """Split plain text at its placeholders; escapes become what they stand for."""
    found: list[str | Placeholder] = []
    start = 0
    for match in PLACEHOLDER.finditer(template):
        found += [template[start : match.start()], placeholder(match) or unescaped(match)]
        start = match.end()
    return (*found, template[start:])


def placeholder(match: re.Match[str]) -> Placeholder | None:
    """Read what `PLACEHOLDER` found; None for an escape, and for what is never closed."""
    if not match["end"]:
        return None
    name, has_default, default = match["reference"].partition(":-")
    return Placeholder(name=name, default=default if has_default else None, written=match[0])


def unescaped(match: re.Match[str]) -> str:
    """Write what `PLACEHOLDER` found where it is no placeholder."""
    return "${" if match["reference"] is None else match[0]


def references(template: str) -> Iterator[Placeholder]:
    """Give the placeholders of a template, also of its JSON, in their order."""
    return filter(None, map(placeholder, PLACEHOLDER.finditer(template)))


def parse_json(text: str, *, constant: Callable[[str], object] | None = None) -> object:
    """Parse the JSON of a template; numbers with a fraction or an exponent become `Decimal`.

    Args:
        constant: gives what stands for a word that JSON does not have, such as NaN; without it,
            such words are refused.

    Raises:
        BrokenTemplate: not JSON, nested too deep, numbers out of bounds, text that UTF-8 cannot
            carry.
    """
    try:
        value: object = json.loads(
            text,
            parse_int=_parse_int,
            parse_float=_parse_decimal,
            parse_constant=constant or _parse_decimal,
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
