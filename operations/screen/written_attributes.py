"""Attributes that a template wrote out as apps read them, made safe for every app."""

from collections.abc import Mapping

from operations.screen.amounts import pad_fraction, parse_number
from operations.screen.attribute_definitions import AMOUNT_CURRENCIES, PARTY_REQUIRED
from operations.screen.attributes import is_true, level_of
from operations.screen.placeholders import scalar_text


def clean_attribute(attribute: object) -> dict[str, object] | None:
    """Make an attribute that a template wrote out in response form safe for every app.

    Members that an app cannot take are left out, texts and numbers get the JSON type that apps
    expect. What the bank puts in besides stays, so this is no `Attribute`.

    Returns: None if it is not an object with a `type`.

    Source: mobile-token-api.md 1.3, 1.5, 7.5.
    """
    if not isinstance(attribute, Mapping) or not isinstance(attribute.get("type"), str):
        return None
    cleaned: dict[str, object] = {
        "type": attribute["type"],
        "id": scalar_text(attribute.get("id")) or "",
        "label": scalar_text(attribute.get("label")) or "",
    }
    for name in attribute:
        if name not in cleaned and (member := _clean_member(name, attribute)) is not None:
            cleaned[name] = member
    if attribute["type"] == "PARTY_INFO" and "partyInfo" not in cleaned:
        return None
    return cleaned


def _clean_member(name: str, attribute: Mapping[str, object]) -> object | None:
    value = attribute[name]
    if name == "partyInfo":
        return _clean_party(value)
    text = scalar_text(value)
    if text is None:
        return None
    if name in AMOUNT_CURRENCIES:
        number = parse_number(text)
        currency = scalar_text(attribute.get(AMOUNT_CURRENCIES[name])) or ""
        return None if number is None else pad_fraction(number, currency)
    if name == "level":
        return level_of(text)
    return is_true(text) if name == "dynamic" else text


def _clean_party(value: object) -> dict[str, str] | None:
    if not isinstance(value, Mapping):
        return None
    texts = {name: scalar_text(item) for name, item in value.items()}
    party = {name: text for name, text in texts.items() if text is not None}
    return party if party.keys() >= set(PARTY_REQUIRED) else None
