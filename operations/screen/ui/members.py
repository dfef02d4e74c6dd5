"""Members of screens as a template happened to write them, read as apps need them."""

from collections.abc import Container, Mapping
from typing import Any

from operations.screen.amounts import parse_number
from operations.screen.placeholders import scalar_text
from operations.screen.ui.shapes import FreeMembers

Members = dict[str, object]

DEFAULT_COUNTDOWN_S = 5
MAX_COUNTDOWN_S = 2**31 - 1  # apps read a 32-bit integer


def text(members: Mapping[str, object], name: str) -> str:
    """Read a text member; blank text counts as none."""
    found = scalar_text(members.get(name)) or ""
    return found if found.strip() else ""


def word(members: Mapping[str, object], name: str, known: Container[str]) -> str:
    """Read a member that is one of some words, in any case; empty if it is none of them."""
    found = text(members, name).upper()
    return found if found in known else ""


def flag(value: object) -> bool | None:
    """Read true or false; None for anything else."""
    # A placeholder within quotes makes text of it.
    return {"true": True, "false": False}.get((scalar_text(value) or "").lower())


def seconds(value: object) -> int:
    """Read a number of seconds; the default for anything that is none."""
    number = parse_number(scalar_text(value) or "")
    if number is None:
        return DEFAULT_COUNTDOWN_S
    return min(max(int(number), 0), MAX_COUNTDOWN_S)


def rest(members: Members, known: type[Any]) -> FreeMembers:
    """Pass on the members that a type does not have, without null."""
    # What the bank wrote has no type but that of JSON.
    free: Any = others(members, known.__annotations__)
    free_members: FreeMembers = free
    return free_members


def others(members: Members, known: Container[str]) -> Members:
    """Give the members that are not known, without null."""
    return without_null({name: value for name, value in members.items() if name not in known})


def without_null(members: Members) -> Members:
    """Leave out members and items that are null, at any depth."""
    return {name: _without_null(item) for name, item in members.items() if item is not None}


def _without_null(value: object) -> object:
    if isinstance(value, dict):
        return without_null(value)
    if isinstance(value, list):
        return [_without_null(item) for item in value if item is not None]
    return value
