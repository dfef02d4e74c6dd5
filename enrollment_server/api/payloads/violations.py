"""Which members of a request broke which rules, as DRF's serializers tell it. Pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

# Clients choose the names within maps; what is no plain name is not repeated to anybody.
_PLAIN_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
_WHOLE_OBJECT = "non_field_errors"


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Violation:
    """A member that broke a rule.

    Args:
        member: its path on the wire, such as `authentication.httpBasic.enabled` or
            `applications[0]`; empty for the request object as a whole.
        rule: what its value has to be.
        code: the kind of the violation, as the field names it.
    """

    member: str
    rule: str
    code: str


def violations_of(detail: Any) -> list[Violation]:
    """Give what a ValidationError tells, sorted by member.

    Args:
        detail: its `detail`: an error, a list of errors, or a map of these by member.
    """
    return sorted(_found("", detail))


def _found(path: str, detail: Any) -> Iterator[Violation]:
    if isinstance(detail, Mapping):
        for name, inner in detail.items():
            yield from _found(path if name == _WHOLE_OBJECT else joined(path, name), inner)
    elif isinstance(detail, Sequence) and not isinstance(detail, str):
        for inner in detail:
            yield from _found(path, inner)
    else:
        yield Violation(member=path, rule=str(detail), code=str(getattr(detail, "code", "")))


def joined(path: str, name: object) -> str:
    """Give the path of a value in a list or a map; a name that is no plain one is a star."""
    if isinstance(name, int):
        return f"{path}[{name}]"
    text = str(name) if _PLAIN_NAME.fullmatch(str(name)) else "*"
    return f"{path}.{text}" if path else text
