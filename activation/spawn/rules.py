"""Allow rules, as values: which application may ask for which other one.

The system checks read this module, so it needs no table.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from activation.spawn.values import ID_LENGTH

_TEXTS = ("source", "requested", "destination")
_MEMBERS = frozenset({*_TEXTS, "flags"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One allow rule; `name` says in the audit record where it comes from."""

    name: str
    source: str
    requested: str
    destination: str
    required_flags: frozenset[str] = frozenset()
    flags_to_add: tuple[str, ...] = ()


def is_flag_list(value: object) -> bool:
    """Tell whether a JSON value is a list of activation flags."""
    return isinstance(value, list) and all(isinstance(flag, str) and flag for flag in value)


def of_setting(entries: object) -> tuple[Rule, ...]:
    """Give the rules of the setting, a list of `{source, requested, destination, flags}`.

    Raises:
        ImproperlyConfigured: anything else; `flags` may be absent. An unknown member is refused,
            because a misspelled `flags` would admit everybody.
    """
    if not isinstance(entries, list):
        raise ImproperlyConfigured("not a list")
    return tuple(_of_entry(number, entry) for number, entry in enumerate(entries, start=1))


def _of_entry(number: int, entry: object) -> Rule:
    if not isinstance(entry, Mapping):
        raise ImproperlyConfigured(f"rule {number} is not an object")
    unknown = sorted(str(name) for name in entry if name not in _MEMBERS)
    if unknown:
        raise ImproperlyConfigured(f"rule {number} has an unknown member {unknown[0]!r}")
    source, requested, destination = (_text(number, entry, name) for name in _TEXTS)
    flags = entry.get("flags", [])
    if not is_flag_list(flags):
        raise ImproperlyConfigured(f"'flags' of rule {number} is not a list of texts")
    return Rule(
        name=f"setting {number}",
        source=source,
        requested=requested,
        destination=destination,
        required_flags=frozenset(flags),
    )


def _text(number: int, entry: Mapping[Any, Any], name: str) -> str:
    value = entry.get(name)
    if not isinstance(value, str) or not value.strip() or len(value) > ID_LENGTH:
        raise ImproperlyConfigured(f"{name!r} of rule {number} is not a text")
    return value
