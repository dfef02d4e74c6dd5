"""The `ui` object of an operation: screens and hints that an app shows around the approval.

Some apps fail the whole response on one incomplete screen, so a screen is completed or left out
here, never sent as a template happened to write it.
"""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy

from operations.screen.json_templates import expand_json
from operations.screen.locales import RequestLocale
from operations.screen.placeholders import BrokenTemplate, scalar_text
from operations.screen.ui.default_texts import QR_SCAN, default_texts
from operations.screen.ui.listed_screens import listed_screens
from operations.screen.ui.members import Members, flag, others, rest, seconds, text
from operations.screen.ui.shapes import (
    POST_APPROVAL_TYPES,
    PRE_APPROVAL_TYPES,
    PostApprovalScreen,
    PreApprovalScreen,
    UiExtensions,
)
from operations.screen.written_attributes import clean_attribute


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
        heading, message = default_texts("WARNING", locale)
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
    if (flip := flag(content.get("flipButtons"))) is not None:
        ui["flipButtons"] = flip
    if (block := flag(content.get("blockApprovalOnCall"))) is not None:
        ui["blockApprovalOnCall"] = block
    if before := _pre_approval_screen(content.get("preApprovalScreen"), locale):
        ui["preApprovalScreen"] = before
    if screens := listed_screens(content.get("preApprovalScreens"), locale):
        ui["preApprovalScreens"] = screens
    if after := _post_approval_screen(content.get("postApprovalScreen")):
        ui["postApprovalScreen"] = after
    if isinstance(templates := content.get("templates"), dict):
        ui["templates"] = templates
    return {**ui, **rest(content, UiExtensions)}


def _pre_approval_screen(screen: object, locale: RequestLocale) -> PreApprovalScreen | None:
    if not isinstance(screen, dict):
        return None
    kind = text(screen, "type").upper()
    heading, message = text(screen, "heading"), text(screen, "message")
    if not (heading and message):
        default_heading, default_message = default_texts(kind, locale)
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
        known["items"] = [item for item in map(scalar_text, items) if item is not None]
    if screen.get("approvalType") == "SLIDER":
        known["approvalType"] = "SLIDER"
    return {**known, **rest(screen, PreApprovalScreen)}


def _post_approval_screen(screen: object) -> PostApprovalScreen | None:
    if not isinstance(screen, dict):
        return None
    kind = text(screen, "type").upper()
    if kind not in POST_APPROVAL_TYPES:
        return None
    payload = screen.get("payload")
    cleaned = _payload(kind, payload if isinstance(payload, dict) else {})
    if cleaned is None:
        return None
    known: PostApprovalScreen = {
        "type": kind,
        "heading": text(screen, "heading"),
        "message": text(screen, "message"),
        "payload": cleaned,
    }
    return {**known, **rest(screen, PostApprovalScreen)}


def _payload(kind: str, payload: Members) -> Members | None:
    known: Members = {}
    if kind == "REVIEW":
        attributes = payload.get("attributes")
        entries = attributes if isinstance(attributes, list) else []
        cleaned = [clean_attribute(entry) for entry in entries]
        known = {"attributes": [attribute for attribute in cleaned if attribute is not None]}
    elif kind == "MERCHANT_REDIRECT":
        url = text(payload, "redirectUrl")
        if not url:
            return None
        known = {
            "redirectText": text(payload, "redirectText"),
            "redirectUrl": url,
            "countdown": seconds(payload.get("countdown")),
        }
    return known | others(payload, known)


def _remove_scans(ui: UiExtensions) -> None:
    if "preApprovalScreen" in ui and ui["preApprovalScreen"]["type"] == QR_SCAN:
        del ui["preApprovalScreen"]
    if "preApprovalScreens" in ui:
        screens = [screen for screen in ui["preApprovalScreens"] if screen["type"] != QR_SCAN]
        ui["preApprovalScreens"] = screens
        if not screens:
            del ui["preApprovalScreens"]
