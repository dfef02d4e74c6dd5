"""Templates that are JSON with placeholders: read once, and filled for each operation.

What a bank writes is nearly always JSON itself but for placeholders in the place of values, so its
structure is known before there is any value. Whatever is not is expanded as text and read each
time: `_expanded_as_text` says what every result has to be.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from operations.bounded_cache import bounded_cache
from operations.screen.amounts import parse_number
from operations.screen.placeholders import (
    PLACEHOLDER,
    BrokenTemplate,
    Pieces,
    Placeholder,
    expand,
    fill,
    parse_json,
    pieces,
    placeholder,
    unescaped,
)

# A whole JSON string, or a placeholder that stands outside of one. Possessive: no backtracking on
# hostile text.
_JSON_PIECE = re.compile(rf'"(?:[^"\\]+|\\.)*+"?|{PLACEHOLDER.pattern}', re.DOTALL)
_JSON_SCALAR = re.compile(r"true|false|null|-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
# A word that JSON readers know as a value and nowhere else, though JSON does not have it.
_HOLE = "NaN"

Parameters = Mapping[str, str | None]


def expand_json(template: str, parameters: Parameters) -> object:
    """Replace the placeholders of a JSON text by parameter values, and parse it.

    Inside of quotes, a value is text. Outside, a value that is a JSON scalar (number, true, false,
    null) is taken as such and any other one becomes a string, as does a placeholder that stays
    unresolved. A default outside of quotes belongs to the template and may be any JSON.

    Returns: what `parse_json` returns, nobody else's.

    Raises:
        BrokenTemplate: the result is not JSON.

    Source: mobile-token-api.md 5.3.
    """
    structure = _structure(template)
    if structure is not None:
        try:
            return _filled(structure.root, parameters)
        except UnicodeEncodeError:
            # Half a character; only the text of the whole tells whether the other half is there.
            pass
    return _expanded_as_text(template, parameters)


@dataclass(frozen=True, slots=True)
class _Quoted:
    """A string with placeholders."""

    pieces: Pieces

    def value(self, parameters: Parameters) -> object:
        text = fill(self.pieces, parameters)
        text.encode()
        return text


@dataclass(frozen=True, slots=True)
class _Bare:
    """A placeholder in the place of a value, and what stands there without one."""

    name: str
    otherwise: object

    def value(self, parameters: Parameters) -> object:
        text = parameters.get(self.name)
        if text is None:
            return self.otherwise
        text.encode()
        return parse_json(text) if _is_scalar(text) else text


@dataclass(frozen=True, slots=True)
class _Structure:
    """Parsed JSON with a `_Quoted` or a `_Bare` in each hole; never handed out, only copied."""

    root: object


@bounded_cache(entries=512, characters=8192)
def _structure(template: str) -> _Structure | None:
    """Read a template whose placeholders stand in the place of values; None for any other."""
    holes: list[_Quoted | _Bare] = []
    try:
        text = _JSON_PIECE.sub(lambda match: _with_hole(match, holes), template)
        missing = iter(holes)
        root = parse_json(text, constant=lambda word: _next(word, missing))
    except ValueError:
        return None
    return _Structure(root)


def _with_hole(match: re.Match[str], holes: list[_Quoted | _Bare]) -> str:
    written = match[0]
    if written.startswith('"'):
        if "${" not in written:
            return written
        holes.append(_Quoted(pieces(str(parse_json(written)))))
    elif found := placeholder(match):
        holes.append(_Bare(found.name, _without_value(found)))
    else:
        raise ValueError("no JSON outside of quotes")
    return _HOLE


def _without_value(found: Placeholder) -> object:
    try:
        value = found.written if found.default is None else parse_json(found.default)
    except BrokenTemplate:
        value = found.default
    if isinstance(value, dict | list):
        raise ValueError("structure that depends on a parameter")
    if isinstance(value, str):
        value.encode()
    return value


def _next(word: str, holes: Iterator[_Quoted | _Bare]) -> _Quoted | _Bare:
    hole = next(holes, None)
    if hole is None or word != _HOLE:
        raise ValueError("a word of the template itself")
    return hole


def _filled(value: object, parameters: Parameters) -> object:
    if isinstance(value, dict):
        return {name: _filled(item, parameters) for name, item in value.items()}
    if isinstance(value, list):
        return [_filled(item, parameters) for item in value]
    return value.value(parameters) if isinstance(value, _Quoted | _Bare) else value


def _expanded_as_text(template: str, parameters: Parameters) -> object:
    return parse_json(_JSON_PIECE.sub(lambda match: _expand_piece(match, parameters), template))


def _expand_piece(match: re.Match[str], parameters: Parameters) -> str:
    written = match[0]
    if written.startswith('"'):
        if "${" not in written:
            return written
        return json.dumps(expand(str(parse_json(written)), parameters))
    found = placeholder(match)
    if found is None:
        return unescaped(match)
    value = parameters.get(found.name)
    if value is not None:
        return value if _is_scalar(value) else json.dumps(value)
    if found.default is None:
        return json.dumps(written)
    return found.default if _is_json(found.default) else json.dumps(found.default)


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
