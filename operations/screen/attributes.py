"""Attributes of an operation: what the screen of an app lists under its message."""

import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TypedDict

from operations.screen.amounts import FormattedAmount, format_amount
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

ALERT_TYPES: Mapping[str, AlertType] = {
    "SUCCESS": "SUCCESS",
    "INFO": "INFO",
    "WARNING": "WARNING",
    "ERROR": "ERROR",
}
PARTY_REQUIRED = ("logoUrl", "name", "description")  # the app drops or crashes without these
AMOUNT_CURRENCIES = {
    "amount": "currency",
    "sourceAmount": "sourceCurrency",
    "targetAmount": "targetCurrency",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fields:
    """What `params` of one type may name; without the required ones, an app is shown nothing."""

    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()

    def __contains__(self, name: object) -> bool:
        return name in self.required or name in self.optional


FIELDS: Mapping[str, Fields] = {
    "AMOUNT": Fields(required=("amount", "currency")),
    "AMOUNT_CONVERSION": Fields(
        required=("sourceAmount", "sourceCurrency", "targetAmount", "targetCurrency"),
        optional=("dynamic",),
    ),
    "KEY_VALUE": Fields(required=("value",)),
    "NOTE": Fields(required=("note",)),
    "HEADING": Fields(optional=("level",)),
    "ALERT": Fields(optional=("type", "title", "message")),
    "IMAGE": Fields(required=("thumbnailUrl",), optional=("originalUrl",)),
    "PARTY_INFO": Fields(required=PARTY_REQUIRED, optional=("websiteUrl",)),
}
"""Every type that apps know: mobile-token-api.md 5.2."""

_LEVEL = re.compile(r"[+-]?[0-9]{1,9}")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Definition:
    """One entry of a template's `attributes`, next to the parameters of an operation."""

    id: str
    label: str
    params: Mapping[str, object]
    parameters: Mapping[str, str | None]
    locale: RequestLocale | str

    def value(self, field: str) -> str | None:
        """Look up the operation parameter that `params` names for `field`."""
        name = self.params.get(field)
        return self.parameters.get(name) if isinstance(name, str) else None

    def money(self, amount_field: str, currency_field: str) -> FormattedAmount | None:
        """Format an amount; None without it, or without its currency."""
        amount, currency = self.value(amount_field), self.value(currency_field)
        if amount is None or currency is None:
            return None
        return format_amount(amount, currency, self.locale)

    def named_values(self) -> str:
        """Join the values of all parameters that `params` names, in its order."""
        values = [self.value(field) for field in self.params]
        return " ".join(value for value in values if value)


# Members that may be left out in the midst of others.
class _Amount(TypedDict, total=False):
    amount: Decimal


class _SourceAmount(TypedDict, total=False):
    sourceAmount: Decimal


class _TargetAmount(TypedDict, total=False):
    targetAmount: Decimal


class _Title(TypedDict, total=False):
    title: str


def build_attribute(
    definition: object, parameters: Mapping[str, str | None], locale: RequestLocale | str
) -> Attribute | None:
    """Build the attribute that `definition` describes; None when it has to be left out.

    Args:
        definition: one entry of the template's `attributes`: `id`, `type`, `text`, `params`. Wrong
            types inside of it count as absent; an entry that is no object is left out.
        parameters: parameters of the operation.
        locale: number format of amounts.

    Returns: JSON members in their order, numbers as `Decimal`; `type`, `id` and `label` are always
        there.

    Source: mobile-token-api.md 5.2. There, a type that nobody knows is left out unless it names a
    `value`. A mistyped `AMOUNT` would then be approved unseen; what it names is shown as text.
    """
    if not isinstance(definition, Mapping):
        logger.warning("attribute definition is not an object")
        return None
    kind = definition.get("type")
    params = definition.get("params")
    entry = _Definition(
        id=_text_or_empty(definition.get("id")),
        label=_text_or_empty(definition.get("text")),
        params=params if isinstance(params, Mapping) else {},
        parameters=parameters,
        locale=locale,
    )
    name = kind if isinstance(kind, str) else ""
    build = _BUILDERS.get(name)
    if build is None:
        logger.warning("unknown attribute type: id=%r type=%r", entry.id, kind)
        build = _key_value
    attribute: Attribute | None = build(entry)
    if attribute is None and _is_miswritten(name, entry.params):
        logger.error("miswritten attribute shown as text: id=%r type=%r", entry.id, kind)
        attribute = _as_text(entry)
    if attribute is None:
        logger.info("attribute without a value left out: id=%r type=%r", entry.id, kind)
    return attribute


def _is_miswritten(kind: str, params: Mapping[str, object]) -> bool:
    fields = FIELDS.get(kind)
    return fields is None or any(name not in fields for name in params)


def _amount(entry: _Definition) -> AmountAttribute | None:
    money = entry.money("amount", "currency")
    if money is None:
        return None
    number: _Amount = {} if money.amount is None else {"amount": money.amount}
    return {
        "type": "AMOUNT",
        "id": entry.id,
        "label": entry.label,
        **number,
        "currency": money.currency,
        "amountFormatted": money.amount_formatted,
        "currencyFormatted": money.currency_formatted,
        "valueFormatted": money.value_formatted,
    }


def _amount_conversion(entry: _Definition) -> AmountConversionAttribute | None:
    source = entry.money("sourceAmount", "sourceCurrency")
    target = entry.money("targetAmount", "targetCurrency")
    if source is None or target is None:
        return None
    from_number: _SourceAmount = {} if source.amount is None else {"sourceAmount": source.amount}
    to_number: _TargetAmount = {} if target.amount is None else {"targetAmount": target.amount}
    return {
        "type": "AMOUNT_CONVERSION",
        "id": entry.id,
        "label": entry.label,
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


def _key_value(entry: _Definition) -> KeyValueAttribute | None:
    value = entry.value("value")
    return None if value is None else _shown_as_text(entry, value)


def _as_text(entry: _Definition) -> KeyValueAttribute | None:
    value = entry.named_values()
    return _shown_as_text(entry, value) if value else None


def _shown_as_text(entry: _Definition, value: str) -> KeyValueAttribute:
    return {"type": "KEY_VALUE", "id": entry.id, "label": entry.label, "value": value}


def _note(entry: _Definition) -> NoteAttribute | None:
    note = entry.value("note")
    if note is None:
        return None
    return {"type": "NOTE", "id": entry.id, "label": entry.label, "note": note}


def _heading(entry: _Definition) -> HeadingAttribute:
    level = level_of(entry.value("level") or "")
    return {"type": "HEADING", "id": entry.id, "label": entry.label, "level": level}


def _alert(entry: _Definition) -> AlertAttribute:
    title = entry.value("title")
    titled: _Title = {} if title is None else {"title": title}
    return {
        "type": "ALERT",
        "alertType": ALERT_TYPES.get((entry.value("type") or "").upper(), "INFO"),
        "id": entry.id,
        "label": entry.label,
        **titled,
        "message": entry.value("message") or "",
    }


def _image(entry: _Definition) -> ImageAttribute | None:
    thumbnail, original = entry.value("thumbnailUrl"), entry.value("originalUrl")
    if thumbnail is None:
        return None
    image: ImageAttribute = {
        "type": "IMAGE",
        "id": entry.id,
        "label": entry.label,
        "thumbnailUrl": thumbnail,
    }
    if original is not None:
        image["originalUrl"] = original
    return image


def _party_info(entry: _Definition) -> PartyInfoAttribute | None:
    logo, name, description = (entry.value(field) for field in PARTY_REQUIRED)
    if logo is None or name is None or description is None:
        return None
    party: PartyInfo = {"logoUrl": logo, "name": name, "description": description}
    website = entry.value("websiteUrl")
    if website is not None:
        party["websiteUrl"] = website
    return {"type": "PARTY_INFO", "id": entry.id, "label": entry.label, "partyInfo": party}


_BUILDERS: dict[str, Callable[[_Definition], Attribute | None]] = {
    "AMOUNT": _amount,
    "AMOUNT_CONVERSION": _amount_conversion,
    "KEY_VALUE": _key_value,
    "NOTE": _note,
    "HEADING": _heading,
    "ALERT": _alert,
    "IMAGE": _image,
    "PARTY_INFO": _party_info,
}


def _text_or_empty(value: object) -> str:
    return value if isinstance(value, str) else ""


def level_of(text: str) -> int:
    """Read the level of a heading; 0 for anything but a small whole number."""
    return int(text) if _LEVEL.fullmatch(text) else 0


def is_true(text: str) -> bool:
    """Read a switch."""
    return text.lower() == "true"
