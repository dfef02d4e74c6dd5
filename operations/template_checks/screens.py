"""The user interface of a form template: screens and addresses. Source: mobile-token-api.md 7."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from operations.screen.amounts import parse_number
from operations.screen.attribute_definitions import AMOUNT_CURRENCIES, FIELDS
from operations.screen.currencies import is_known
from operations.screen.placeholders import scalar_text
from operations.screen.ui.default_texts import WITH_DEFAULT_TEXTS
from operations.screen.ui.shapes import POST_APPROVAL_TYPES, PRE_APPROVAL_TYPES
from operations.template_checks.listed_screens import listed_screen_problems
from operations.template_checks.problems import at, did_you_mean, is_open, misspelled_members
from operations.template_checks.urls import UrlRules, url_problem

_URLS = ("logoUrl", "websiteUrl", "thumbnailUrl", "originalUrl", "redirectUrl", "href")
_FORMATTED = ("amountFormatted", "currencyFormatted", "valueFormatted")
_OF_AN_ATTRIBUTE = {
    "AMOUNT": _FORMATTED,
    "AMOUNT_CONVERSION": tuple(
        f"{side}{name[0].upper()}{name[1:]}" for side in ("source", "target") for name in _FORMATTED
    ),
    "ALERT": ("alertType",),
    "PARTY_INFO": ("partyInfo",),
}

Members = Mapping[str, Any]


def screen_problems(ui: Members, rules: UrlRules) -> Iterator[str]:
    """Tell what is wrong with a `ui` object, each problem with its place.

    Args:
        ui: where placeholders without a default stand as they are.
    """
    yield from misspelled_members(ui, _CHECKS)
    for name, check in _CHECKS.items():
        if ui.get(name) is not None:
            yield from at(name, check(ui[name]))
    shown = {name: value for name, value in ui.items() if name != "templates"}
    yield from _addresses(shown, rules, place="")


def _flag(value: object) -> Iterator[str]:
    if not is_open(value) and (scalar_text(value) or "").lower() not in ("true", "false"):
        yield _("has to be true or false")


def _pre_approval(screen: object) -> Iterator[str]:
    if not isinstance(screen, dict):
        yield _("has to be a JSON object")
        return
    yield from misspelled_members(screen, ("type", "heading", "message", "items", "approvalType"))
    yield from _kind(screen, PRE_APPROVAL_TYPES)
    if str(screen.get("type")).upper() not in WITH_DEFAULT_TEXTS:
        yield from _needs(screen, "heading", "message")
    if screen.get("approvalType") not in (None, "SLIDER"):
        yield _("'approvalType' can only be SLIDER")
    if not isinstance(screen.get("items", []), list | None):
        yield _("'items' has to be a list of texts")


def _post_approval(screen: object) -> Iterator[str]:
    if not isinstance(screen, dict):
        yield _("has to be a JSON object")
        return
    yield from misspelled_members(screen, ("type", "heading", "message", "payload"))
    yield from _kind(screen, POST_APPROVAL_TYPES)
    payload = screen.get("payload")
    if not isinstance(payload, dict | None):
        yield _("'payload' has to be a JSON object")
        return
    kind = str(screen.get("type")).upper()
    yield from at("payload", _PAYLOADS.get(kind, _nothing)(payload or {}))


def _nothing(value: object) -> Iterator[str]:
    yield from ()


def _redirect(payload: Members) -> Iterator[str]:
    yield from misspelled_members(payload, ("redirectText", "redirectUrl", "countdown"))
    yield from _needs(payload, "redirectUrl")
    countdown = payload.get("countdown")
    number = parse_number(scalar_text(countdown) or "")
    if countdown is not None and not is_open(countdown) and (number is None or number < 0):
        yield _("'countdown' has to be a number of seconds")


def _review(payload: Members) -> Iterator[str]:
    attributes = payload.get("attributes")
    if not isinstance(attributes, list) or not all(isinstance(one, dict) for one in attributes):
        yield _("'attributes' has to be a list of JSON objects")
        return
    for number, attribute in enumerate(attributes, start=1):
        place = _("attribute {number} ({id})").format(number=number, id=attribute.get("id"))
        yield from at(place, _written_out(attribute))


def _written_out(attribute: Members) -> Iterator[str]:
    """Check an attribute in the form that apps read."""
    yield from _kind(attribute, FIELDS)
    kind = str(attribute.get("type"))
    fields = FIELDS.get(kind)
    if fields is not None:
        known = (*fields.required, *fields.optional, *_OF_AN_ATTRIBUTE.get(kind, ()))
        yield from misspelled_members(attribute, ("type", "id", "label", *known))
    for amount, currency in AMOUNT_CURRENCIES.items():
        yield from _amount(attribute.get(amount), attribute.get(currency))


def _amount(amount: object, currency: object) -> Iterator[str]:
    text = scalar_text(amount)
    if text is not None and not is_open(text) and parse_number(text) is None:
        yield _("'{text}' is no amount").format(text=text)
    code = scalar_text(currency)
    if code is not None and not is_open(code) and not is_known(code):
        yield _("'{code}' is no currency of ISO 4217").format(code=code)


def _kind(members: Members, known: Mapping[str, Any] | frozenset[str]) -> Iterator[str]:
    kind = scalar_text(members.get("type")) or ""
    if not is_open(kind) and kind.upper() not in known:
        yield did_you_mean(_("unknown type '{name}'").format(name=kind), kind, known)


def _needs(members: Members, *names: str) -> Iterator[str]:
    for name in names:
        if not (scalar_text(members.get(name)) or "").strip():
            yield _("needs a text '{name}'").format(name=name)


def _addresses(value: object, rules: UrlRules, *, place: str) -> Iterator[str]:
    if isinstance(value, list):
        for number, item in enumerate(value, start=1):
            yield from _addresses(item, rules, place=f"{place}.{number}")
    elif isinstance(value, dict):
        # An element of a screen may also call or write to somebody.
        contact = value.get("action") in ("MAIL", "PHONE")
        for name, item in value.items():
            inside = f"{place}.{name}".lstrip(".")
            if name in _URLS and isinstance(item, str) and item.strip() and not contact:
                problem = url_problem(item, rules)
                if problem:
                    yield f"{inside}: {problem}"
            else:
                yield from _addresses(item, rules, place=inside)


_PAYLOADS: Mapping[str, Callable[[Members], Iterator[str]]] = {
    "MERCHANT_REDIRECT": _redirect,
    "REVIEW": _review,
}
_CHECKS: Mapping[str, Callable[[object], Iterator[str]]] = {
    "flipButtons": _flag,
    "blockApprovalOnCall": _flag,
    "preApprovalScreen": _pre_approval,
    "preApprovalScreens": listed_screen_problems,
    "postApprovalScreen": _post_approval,
    "templates": _nothing,
}
