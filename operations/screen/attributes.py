"""Attributes of an operation: what the screen of an app lists under its message."""

import logging
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import TypedDict, get_args

from operations.screen.attribute_definitions import (
    PARTY_REQUIRED,
    Definition,
    Entry,
)
from operations.screen.attribute_types import (
    AlertAttribute,
    AlertType,
    AmountAttribute,
    AmountConversionAttribute,
    Attribute,
    HeadingAttribute,
    ImageAttribute,
    KeyValueAttribute,
    NoteAttribute,
    PartyInfo,
    PartyInfoAttribute,
)
from operations.screen.locales import RequestLocale

logger = logging.getLogger("operations.screen.form_data")

ALERT_TYPES: Mapping[str, AlertType] = {kind: kind for kind in get_args(AlertType)}
_LEVEL = re.compile(r"[+-]?[0-9]{1,9}")


# Members that may be left out in the midst of others.
class _Amount(TypedDict, total=False):
    amount: Decimal


class _SourceAmount(TypedDict, total=False):
    sourceAmount: Decimal


class _TargetAmount(TypedDict, total=False):
    targetAmount: Decimal


class _Title(TypedDict, total=False):
    title: str


def attribute_of(
    definition: Definition | None,
    parameters: Mapping[str, str | None],
    locale: RequestLocale | str,
) -> Attribute | None:
    """Build the attribute that `definition` describes; None when it has to be left out.

    Args:
        definition: None for an entry that is no object, which is left out.
        parameters: parameters of the operation.
        locale: number format of amounts.

    Returns: JSON members in their order, numbers as `Decimal`; `type`, `id` and `label` are always
        there.

    Source: mobile-token-api.md 5.2. There, a type that nobody knows is left out unless it names a
    `value`. A mistyped `AMOUNT` would then be approved unseen; what it names is shown as text.
    """
    if definition is None:
        logger.warning("attribute definition is not an object")
        return None
    entry = Entry(definition, parameters, locale)
    place = definition.id, definition.written_kind
    build = _BUILDERS.get(definition.kind)
    if build is None:
        logger.warning("unknown attribute type: id=%r type=%s", *place)
        build = _key_value
    attribute: Attribute | None = build(entry)
    if attribute is None and definition.miswritten:
        logger.error("miswritten attribute shown as text: id=%r type=%s", *place)
        attribute = _as_text(entry)
    if attribute is None:
        logger.info("attribute without a value left out: id=%r type=%s", *place)
    return attribute


def _amount(entry: Entry) -> AmountAttribute | None:
    money = entry.money("amount", "currency")
    if money is None:
        return None
    number: _Amount = {} if money.amount is None else {"amount": money.amount}
    return {
        "type": "AMOUNT",
        "id": entry.definition.id,
        "label": entry.definition.label,
        **number,
        "currency": money.currency,
        "amountFormatted": money.amount_formatted,
        "currencyFormatted": money.currency_formatted,
        "valueFormatted": money.value_formatted,
    }


def _amount_conversion(entry: Entry) -> AmountConversionAttribute | None:
    source = entry.money("sourceAmount", "sourceCurrency")
    target = entry.money("targetAmount", "targetCurrency")
    if source is None or target is None:
        return None
    from_number: _SourceAmount = {} if source.amount is None else {"sourceAmount": source.amount}
    to_number: _TargetAmount = {} if target.amount is None else {"targetAmount": target.amount}
    return {
        "type": "AMOUNT_CONVERSION",
        "id": entry.definition.id,
        "label": entry.definition.label,
        "dynamic": is_true(entry.value("dynamic") or ""),
        **from_number,
        "sourceCurrency": source.currency,
        "sourceAmountFormatted": source.amount_formatted,
        "sourceCurrencyFormatted": source.currency_formatted,
        "sourceValueFormatted": source.value_formatted,
        **to_number,
        "targetCurrency": target.currency,
        "targetAmountFormatted": target.amount_formatted,
        "targetCurrencyFormatted": target.currency_formatted,
        "targetValueFormatted": target.value_formatted,
    }


def _key_value(entry: Entry) -> KeyValueAttribute | None:
    value = entry.value("value")
    return None if value is None else _shown_as_text(entry, value)


def _as_text(entry: Entry) -> KeyValueAttribute | None:
    value = entry.named_values()
    return _shown_as_text(entry, value) if value else None


def _shown_as_text(entry: Entry, value: str) -> KeyValueAttribute:
    return {
        "type": "KEY_VALUE",
        "id": entry.definition.id,
        "label": entry.definition.label,
        "value": value,
    }


def _note(entry: Entry) -> NoteAttribute | None:
    note = entry.value("note")
    if note is None:
        return None
    return {
        "type": "NOTE",
        "id": entry.definition.id,
        "label": entry.definition.label,
        "note": note,
    }


def _heading(entry: Entry) -> HeadingAttribute:
    level = level_of(entry.value("level") or "")
    return {
        "type": "HEADING",
        "id": entry.definition.id,
        "label": entry.definition.label,
        "level": level,
    }


def _alert(entry: Entry) -> AlertAttribute:
    title = entry.value("title")
    titled: _Title = {} if title is None else {"title": title}
    return {
        "type": "ALERT",
        "alertType": ALERT_TYPES.get((entry.value("type") or "").upper(), "INFO"),
        "id": entry.definition.id,
        "label": entry.definition.label,
        **titled,
        "message": entry.value("message") or "",
    }


def _image(entry: Entry) -> ImageAttribute | None:
    thumbnail, original = entry.value("thumbnailUrl"), entry.value("originalUrl")
    if thumbnail is None:
        return None
    image: ImageAttribute = {
        "type": "IMAGE",
        "id": entry.definition.id,
        "label": entry.definition.label,
        "thumbnailUrl": thumbnail,
    }
    if original is not None:
        image["originalUrl"] = original
    return image


def _party_info(entry: Entry) -> PartyInfoAttribute | None:
    logo, name, description = (entry.value(field) for field in PARTY_REQUIRED)
    if logo is None or name is None or description is None:
        return None
    party: PartyInfo = {"logoUrl": logo, "name": name, "description": description}
    website = entry.value("websiteUrl")
    if website is not None:
        party["websiteUrl"] = website
    return {
        "type": "PARTY_INFO",
        "id": entry.definition.id,
        "label": entry.definition.label,
        "partyInfo": party,
    }


_BUILDERS: dict[str, Callable[[Entry], Attribute | None]] = {
    "AMOUNT": _amount,
    "AMOUNT_CONVERSION": _amount_conversion,
    "KEY_VALUE": _key_value,
    "NOTE": _note,
    "HEADING": _heading,
    "ALERT": _alert,
    "IMAGE": _image,
    "PARTY_INFO": _party_info,
}


def level_of(text: str) -> int:
    """Read the level of a heading; 0 for anything but a small whole number."""
    return int(text) if _LEVEL.fullmatch(text) else 0


def is_true(text: str) -> bool:
    """Read a switch."""
    return text.lower() == "true"
