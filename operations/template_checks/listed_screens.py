"""The list of screens before the approval: mobile-token-api.md 7.4."""

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any, TypeGuard

from django.utils.translation import gettext as _

from operations.screen.amounts import parse_number
from operations.screen.placeholders import scalar_text
from operations.screen.ui.default_texts import WITH_DEFAULT_TEXTS
from operations.screen.ui.shapes import (
    ACTIONS,
    APPROVE_TYPES,
    AXES,
    DECLINE_TYPES,
    ELEMENT_TYPES,
    PRE_APPROVAL_TYPES,
    STYLES,
    ApproveControl,
    DeclineControl,
    ListedScreen,
    ScreenControls,
    ScreenElement,
)
from operations.template_checks.problems import at, did_you_mean, is_open, misspelled_members

# Nobody reads more before a payment, and every phone gets all of them with every list.
MAX_SCREENS = 10
MAX_ELEMENTS = 30  # of a screen
MAX_TEXT_LENGTH = 4000  # characters

Members = Mapping[str, Any]
Check = Callable[[Members], Iterator[str]]


def listed_screen_problems(screens: object) -> Iterator[str]:
    """Tell what is wrong with the value of `preApprovalScreens`, each problem with its place."""
    if not _is_list_of_objects(screens):
        yield _("has to be a list of JSON objects")
        return
    if len(screens) > MAX_SCREENS:
        yield _("has more than {number} screens").format(number=MAX_SCREENS)
        return
    for number, screen in enumerate(screens, start=1):
        yield from at(str(number), _screen(screen))
    yield from _repeated(screens)


def _screen(screen: Members) -> Iterator[str]:
    yield from misspelled_members(screen, ListedScreen.__annotations__)
    yield from _word(screen, "type", PRE_APPROVAL_TYPES, needed=True)
    yield from _flag(screen, "backButton")
    yield from _texts(screen, "id", "image", "heading", "message")
    elements = screen.get("elements")
    if str(screen.get("type")).upper() not in WITH_DEFAULT_TEXTS and not elements:
        yield from _says_something(screen)
    yield from _elements(elements)
    if screen.get("controls") is not None:
        yield from at("controls", _object(screen["controls"], _controls))


def _says_something(screen: Members) -> Iterator[str]:
    if not any((scalar_text(screen.get(name)) or "").strip() for name in ("heading", "message")):
        yield _("needs a text 'heading' or 'message', or elements")


def _elements(elements: object) -> Iterator[str]:
    if elements is None:
        return
    if not _is_list_of_objects(elements):
        yield _("'{name}' has to be a list of JSON objects").format(name="elements")
    elif len(elements) > MAX_ELEMENTS:
        yield _("has more than {number} elements").format(number=MAX_ELEMENTS)
    else:
        for number, element in enumerate(elements, start=1):
            yield from at(_("element {number}").format(number=number), _element(element))
        yield from _repeated(elements)


def _element(element: Members) -> Iterator[str]:
    yield from misspelled_members(element, ScreenElement.__annotations__)
    yield from _word(element, "type", ELEMENT_TYPES, needed=True)
    yield from _word(element, "style", STYLES)
    button = str(element.get("type")).upper() == "BUTTON"
    yield from _word(element, "action", ACTIONS, needed=button)
    yield from _texts(element, "id", "text", "icon", "href")
    if not (scalar_text(element.get("text")) or "").strip():
        yield _("needs a text '{name}'").format(name="text")
    if not isinstance(element.get("actionSettings"), dict | None):
        yield _("'{name}' has to be a JSON object").format(name="actionSettings")


def _controls(controls: Members) -> Iterator[str]:
    yield from misspelled_members(controls, ScreenControls.__annotations__)
    yield from _flag(controls, "flip")
    yield from _word(controls, "axis", AXES)
    for name, check in (("decline", _decline), ("approve", _approve)):
        if controls.get(name) is not None:
            yield from at(name, _object(controls[name], check))


def _decline(control: Members) -> Iterator[str]:
    yield from misspelled_members(control, DeclineControl.__annotations__)
    yield from _word(control, "type", DECLINE_TYPES, needed=True)
    yield from _texts(control, "text")


def _approve(control: Members) -> Iterator[str]:
    yield from misspelled_members(control, ApproveControl.__annotations__)
    yield from _word(control, "type", APPROVE_TYPES, needed=True)
    yield from _texts(control, "text")
    counter = control.get("counter")
    number = parse_number(scalar_text(counter) or "")
    if counter is not None and not is_open(counter) and (number is None or number < 0):
        yield _("'{name}' has to be a number of seconds").format(name="counter")


def _object(value: object, check: Check) -> Iterator[str]:
    if isinstance(value, dict):
        yield from check(value)
    else:
        yield _("has to be a JSON object")


def _is_list_of_objects(value: object) -> TypeGuard[list[dict[str, Any]]]:
    return isinstance(value, list) and all(isinstance(one, dict) for one in value)


def _word(
    members: Members, name: str, known: Collection[str], *, needed: bool = False
) -> Iterator[str]:
    written = scalar_text(members.get(name)) or ""
    if is_open(written) or written.upper() in known or not (needed or members.get(name)):
        return
    problem = _("unknown {member} '{name}'").format(member=name, name=written)
    yield did_you_mean(problem, written, known)


def _flag(members: Members, name: str) -> Iterator[str]:
    value = members.get(name)
    if value is None or is_open(value):
        return
    if (scalar_text(value) or "").lower() not in ("true", "false"):
        yield _("'{name}' has to be true or false").format(name=name)


def _texts(members: Members, *names: str) -> Iterator[str]:
    for name in names:
        value = members.get(name)
        if value is not None and (shown := scalar_text(value)) is None:
            yield _("'{name}' has to be a text").format(name=name)
        elif value is not None and len(shown or "") > MAX_TEXT_LENGTH:
            yield _("'{name}' is longer than {number} characters").format(
                name=name, number=MAX_TEXT_LENGTH
            )


def _repeated(members: list[dict[str, Any]]) -> Iterator[str]:
    """Tell of identifiers that would be reported back for two things."""
    seen = set()
    for one in members:
        name = scalar_text(one.get("id"))
        if name and name in seen:
            yield _("'{id}' is the 'id' of two").format(id=name)
        seen.add(name)
