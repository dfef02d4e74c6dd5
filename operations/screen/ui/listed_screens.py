"""The list of screens before the approval, of release line 2.x: mobile-token-api.md 7.4.

Enumerations of apps are strict, so a word that no app knows is left out, and with it whatever
means nothing without it. A screen is never left out for that: it has to stop the user.
"""

from operations.screen.locales import RequestLocale
from operations.screen.ui.default_texts import default_texts
from operations.screen.ui.members import Members, flag, rest, seconds, text, without_null, word
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


def listed_screens(screens: object, locale: RequestLocale) -> list[ListedScreen]:
    """Complete the screens of a template; those that say nothing at all are left out.

    Args:
        screens: what the template has; anything but a list is none.
    """
    if not isinstance(screens, list):
        return []
    given = [screen for screen in screens if isinstance(screen, dict)]
    completed = [_screen(screen, str(number), locale) for number, screen in enumerate(given, 1)]
    return [screen for screen in completed if screen is not None]


def _screen(screen: Members, number: str, locale: RequestLocale) -> ListedScreen | None:
    kind = text(screen, "type").upper()
    heading, message = text(screen, "heading"), text(screen, "message")
    elements = _elements(screen.get("elements"))
    if not (heading or message or elements):
        heading, message = default_texts(kind, locale)
        if not heading:
            return None
    known: ListedScreen = {
        "id": text(screen, "id") or number,
        # A screen of a type that no app knows must still stop the user.
        "type": kind if kind in PRE_APPROVAL_TYPES else "WARNING",
        "heading": heading,
        "message": message,
    }
    if (back := flag(screen.get("backButton"))) is not None:
        known["backButton"] = back
    if image := text(screen, "image"):
        known["image"] = image
    if elements:
        known["elements"] = elements
    if controls := _controls(screen.get("controls")):
        known["controls"] = controls
    return {**known, **rest(screen, ListedScreen)}


def _elements(elements: object) -> list[ScreenElement]:
    if not isinstance(elements, list):
        return []
    given = [element for element in elements if isinstance(element, dict)]
    completed = [_element(element, str(number)) for number, element in enumerate(given, 1)]
    return [element for element in completed if element is not None]


def _element(element: Members, number: str) -> ScreenElement | None:
    kind, shown = word(element, "type", ELEMENT_TYPES), text(element, "text")
    action = word(element, "action", ACTIONS)
    if not kind or not shown or (kind == "BUTTON" and not action):
        return None
    known: ScreenElement = {"id": text(element, "id") or number, "type": kind, "text": shown}
    if style := word(element, "style", STYLES):
        known["style"] = style
    if icon := text(element, "icon"):
        known["icon"] = icon
    if action:
        known["action"] = action
    if href := text(element, "href"):
        known["href"] = href
    if isinstance(settings := element.get("actionSettings"), dict):
        known["actionSettings"] = without_null(settings)
    return {**known, **rest(element, ScreenElement)}


def _controls(controls: object) -> ScreenControls:
    known: ScreenControls = {}
    if not isinstance(controls, dict):
        return known
    if (flip := flag(controls.get("flip"))) is not None:
        known["flip"] = flip
    if axis := word(controls, "axis", AXES):
        known["axis"] = axis
    if decline := _decline(controls.get("decline")):
        known["decline"] = decline
    if approve := _approve(controls.get("approve")):
        known["approve"] = approve
    return {**known, **rest(controls, ScreenControls)}


def _decline(control: object) -> DeclineControl | None:
    if not isinstance(control, dict) or not (kind := word(control, "type", DECLINE_TYPES)):
        return None
    known: DeclineControl = {"type": kind}
    if shown := text(control, "text"):
        known["text"] = shown
    return {**known, **rest(control, DeclineControl)}


def _approve(control: object) -> ApproveControl | None:
    if not isinstance(control, dict) or not (kind := word(control, "type", APPROVE_TYPES)):
        return None
    known: ApproveControl = {"type": kind}
    if shown := text(control, "text"):
        known["text"] = shown
    if control.get("counter") is not None:
        known["counter"] = seconds(control["counter"])
    return {**known, **rest(control, ApproveControl)}
