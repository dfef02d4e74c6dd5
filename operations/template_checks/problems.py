"""One problem of a template, and what its author may have meant."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from django.utils.translation import gettext as _

_ALIKE = 0.75  # of difflib; one wrong letter in four passes


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """What is wrong with a member of a template; `text` names the place inside of it."""

    member: str
    text: str


def closest(name: str, known: Iterable[str]) -> str | None:
    """Give the known name that is most like `name`, whatever the case; None if none is."""
    by_case = {other.lower(): other for other in sorted(known)}
    found = get_close_matches(name.lower(), by_case, n=1, cutoff=_ALIKE)
    return by_case[found[0]] if found else None


def did_you_mean(text: str, name: str, known: Iterable[str]) -> str:
    """Add to a problem what `name` may have been meant to be."""
    other = closest(name, known)
    if other is None:
        return text
    return _("{problem}; did you mean '{name}'?").format(problem=text, name=other)


def unknown_members(members: Mapping[str, object], known: Collection[str]) -> Iterator[str]:
    """Tell of each member that nothing reads."""
    for name in members:
        if name not in known:
            yield did_you_mean(_("unknown member '{name}'").format(name=name), name, known)


def misspelled_members(members: Mapping[str, object], known: Collection[str]) -> Iterator[str]:
    """Tell of each member that looks like one that is not there, where others are passed on."""
    for name in members:
        if name not in known and closest(name, set(known) - set(members)):
            yield did_you_mean(_("unknown member '{name}'").format(name=name), name, known)


def at(place: str, problems: Iterator[str]) -> Iterator[str]:
    """Put the place before each problem."""
    return (f"{place}: {problem}" for problem in problems)


def is_open(value: object) -> bool:
    """Tell whether only an operation decides about a value."""
    return isinstance(value, str) and "${" in value
