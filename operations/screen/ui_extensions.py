"""The `ui` object of an operation: screens and hints that an app shows around the approval.

Some apps fail the whole response on one incomplete screen, so a screen is completed or left out
here, never sent as a template happened to write it.
"""

from collections.abc import Container, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from operations.screen.amounts import parse_number
from operations.screen.json_templates import expand_json
from operations.screen.locales import RequestLocale
from operations.screen.placeholders import BrokenTemplate, scalar_text
from operations.screen.translation import catalogue_of
from operations.screen.ui_types import (
    POST_APPROVAL_TYPES,
    PRE_APPROVAL_TYPES,
    FreeMembers,
    PostApprovalScreen,
    PreApprovalScreen,
    UiExtensions,
)
from operations.screen.written_attributes import clean_attribute

Members = dict[str, object]

QR_SCAN = "QR_SCAN"
WITH_DEFAULT_TEXTS = frozenset({"WARNING", QR_SCAN})
DEFAULT_COUNTDOWN_S = 5
MAX_COUNTDOWN_S = 2**31 - 1  # apps read a 32-bit integer


def build_ui(
    template_ui: str | None,
    *,
    risk_flags: str | None,
    parameters: Mapping[str, str | None],
    proximity_available: bool,
    locale: RequestLocale,
) -> UiExtensions | None:
    """Build the `ui` object of an operation; None when there is nothing to say.

    Args:
        template_ui: JSON object of the template; unless blank, it overrides the risk flags.
        risk_flags: letters `X` (flip the buttons), `C` (no approval during a call), `F` (fraud
            warning).
        parameters: parameters of the operation.
        proximity_available: whether the app can present a proximity OTP; without it, no screen
            asks for a scan.
        locale: of default texts.

    Returns: members in their order, without null except inside of `templates`.

    Raises:
        BrokenTemplate: the template is not a JSON object.

    Source: mobile-token-api.md 7.
    """
    if template_ui and template_ui.strip():
        ui = _of_template(template_ui, parameters, locale)
    else:
        ui = _of_risk_flags(risk_flags or "", locale)
    if not proximity_available:
        _remove_scans(ui)
    return ui or None


def _of_risk_flags(flags: str, locale: RequestLocale) -> UiExtensions:
    ui: UiExtensions = {}
    if "X" in flags:
        ui["flipButtons"] = True
    if "C" in flags:
        ui["blockApprovalOnCall"] = True
    if "F" in flags:
        heading, message = _default_texts("WARNING", locale)
        ui["preApprovalScreen"] = {
            "type": "WARNING",
            "heading": heading,
            "message": message,
            "items": [],
            "approvalType": "SLIDER",
        }
    return ui


def _of_template(
    template_ui: str, parameters: Mapping[str, str | None], locale: RequestLocale
) -> UiExtensions:
    content = expand_json(template_ui, parameters)
    if not isinstance(content, dict | None):
        raise BrokenTemplate(gettext_lazy("the user interface has to be a JSON object"))
    content = content or {}
    ui: UiExtensions = {}
    if (flip := _flag(content.get("flipButtons"))) is not None:
        ui["flipButtons"] = flip
    if (block := _flag(content.get("blockApprovalOnCall"))) is not None:
        ui["blockApprovalOnCall"] = block
    if before := _pre_approval_screen(content.get("preApprovalScreen"), locale):
        ui["preApprovalScreen"] = before
    if screens := _pre_approval_screens(content.get("preApprovalScreens")):
        ui["preApprovalScreens"] = screens
    if after := _post_approval_screen(content.get("postApprovalScreen")):
        ui["postApprovalScreen"] = after
    if isinstance(templates := content.get("templates"), dict):
        ui["templates"] = templates
    return {**ui, **_rest(content, UiExtensions)}


def _pre_approval_screen(screen: object, locale: RequestLocale) -> PreApprovalScreen | None:
    if not isinstance(screen, dict):
        return None
    kind = _text(screen, "type").upper()
    heading, message = _text(screen, "heading"), _text(screen, "message")
    if not (heading and message):
        default_heading, default_message = _default_texts(kind, locale)
        if not (heading or message or default_heading):
            return None
        heading, message = heading or default_heading, message or default_message
    known: PreApprovalScreen = {
        # A screen of a type that no app knows must still stop the user.
        "type": kind if kind in PRE_APPROVAL_TYPES else "WARNING",
        "heading": heading,
        "message": message,
    }
    if isinstance(items := screen.get("items"), list):
        known["items"] = [text for text in map(scalar_text, items) if text is not None]
    if screen.get("approvalType") == "SLIDER":
        known["approvalType"] = "SLIDER"
    return {**known, **_rest(screen, PreApprovalScreen)}


def _pre_approval_screens(screens: object) -> list[Members]:
    if not isinstance(screens, list):
        return []
    return [_members_without_null(screen) for screen in screens if isinstance(screen, dict)]


def _post_approval_screen(screen: object) -> PostApprovalScreen | None:
    if not isinstance(screen, dict):
        return None
    kind = _text(screen, "type").upper()
    if kind not in POST_APPROVAL_TYPES:
        return None
    payload = screen.get("payload")
    cleaned = _payload(kind, payload if isinstance(payload, dict) else {})
    if cleaned is None:
        return None
    known: PostApprovalScreen = {
        "type": kind,
        "heading": _text(screen, "heading"),
        "message": _text(screen, "message"),
        "payload": cleaned,
    }
    return {**known, **_rest(screen, PostApprovalScreen)}


def _payload(kind: str, payload: Members) -> Members | None:
    known: Members = {}
    if kind == "REVIEW":
        attributes = payload.get("attributes")
        entries = attributes if isinstance(attributes, list) else []
        cleaned = [clean_attribute(entry) for entry in entries]
        known = {"attributes": [attribute for attribute in cleaned if attribute is not None]}
    elif kind == "MERCHANT_REDIRECT":
        url = _text(payload, "redirectUrl")
        if not url:
            return None
        known = {
            "redirectText": _text(payload, "redirectText"),
            "redirectUrl": url,
            "countdown": _seconds(payload.get("countdown")),
        }
    return known | _others(payload, known)


def _flag(value: object) -> bool | None:
    # A placeholder within quotes makes text of it.
    return {"true": True, "false": False}.get((scalar_text(value) or "").lower())


def _remove_scans(ui: UiExtensions) -> None:
    if "preApprovalScreen" in ui and _is_scan(ui["preApprovalScreen"]):
        del ui["preApprovalScreen"]
    if "preApprovalScreens" in ui:
        ui["preApprovalScreens"] = [
            screen for screen in ui["preApprovalScreens"] if not _is_scan(screen)
        ]
        if not ui["preApprovalScreens"]:
            del ui["preApprovalScreens"]


def _is_scan(screen: Mapping[str, object]) -> bool:
    return _text(screen, "type").upper() == QR_SCAN


def _default_texts(kind: str, locale: RequestLocale) -> tuple[str, str]:
    """Choose heading and message for a screen that has none; empty if it says nothing."""
    if kind not in WITH_DEFAULT_TEXTS:
        return "", ""
    with override(catalogue_of(locale)):
        if kind == QR_SCAN:
            return _("Scan the QR code"), _(
                "Scan the QR code on the screen where you started this operation."
            )
        return _("Beware of fraud"), _(
            "This operation shows signs of a fraud. Continue only if you started it yourself."
        )


def _seconds(value: object) -> int:
    number = parse_number(scalar_text(value) or "")
    if number is None:
        return DEFAULT_COUNTDOWN_S
    return min(max(int(number), 0), MAX_COUNTDOWN_S)


def _text(members: Mapping[str, object], name: str) -> str:
    """Read a text member; blank text counts as none."""
    text = scalar_text(members.get(name)) or ""
    return text if text.strip() else ""


def _rest(members: Members, known: type[Any]) -> FreeMembers:
    """Pass on the members that a type does not have."""
    # What the bank wrote has no type but that of JSON.
    rest: Any = _others(members, known.__annotations__)
    free: FreeMembers = rest
    return free


def _others(members: Members, known: Container[str]) -> Members:
    others = {name: value for name, value in members.items() if name not in known}
    return _members_without_null(others)


def _members_without_null(members: Members) -> Members:
    return {name: _without_null(item) for name, item in members.items() if item is not None}


def _without_null(value: object) -> object:
    if isinstance(value, dict):
        return _members_without_null(value)
    if isinstance(value, list):
        return [_without_null(item) for item in value if item is not None]
    return value
