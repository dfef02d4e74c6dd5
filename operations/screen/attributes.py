"""Attributes of an operation: what the screen of an app lists under its message.

An attribute is a flat JSON object with `type` first, since apps choose a parser by a type that
they have already read. No null and no array ever stands in one: some apps fail the whole response
on the first and hang on the second.
"""

import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from operations.screen.amounts import format_amount, pad_fraction, parse_number
from operations.screen.locales import RequestLocale
from operations.screen.placeholders import scalar_text

logger = logging.getLogger("operations.screen.form_data")

Attribute = dict[str, object]

ALERT_TYPES = frozenset({"SUCCESS", "INFO", "WARNING", "ERROR"})
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

    def present(self, *fields: str) -> dict[str, object]:
        """Collect the fields that have a value."""
        values = {field: self.value(field) for field in fields}
        return {field: value for field, value in values.items() if value is not None}

    def named_values(self) -> str:
        """Join the values of all parameters that `params` names, in its order."""
        values = [self.value(field) for field in self.params]
        return " ".join(value for value in values if value)

    def attribute(self, kind: str, members: Mapping[str, object]) -> Attribute:
        return {"type": kind, "id": self.id, "label": self.label, **members}


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
    attribute = build(entry)
    if attribute is None and _is_miswritten(name, entry.params):
        logger.error("miswritten attribute shown as text: id=%r type=%r", entry.id, kind)
        attribute = _as_text(entry)
    if attribute is None:
        logger.info("attribute without a value left out: id=%r type=%r", entry.id, kind)
    return attribute


def _is_miswritten(kind: str, params: Mapping[str, object]) -> bool:
    fields = FIELDS.get(kind)
    return fields is None or any(name not in fields for name in params)


def clean_attribute(attribute: object) -> Attribute | None:
    """Make an attribute that a template wrote out in response form safe for every app.

    Members that an app cannot take are left out, texts and numbers get the JSON type that apps
    expect.

    Returns: None if it is not an object with a `type`.

    Source: mobile-token-api.md 1.3, 1.5, 7.5.
    """
    if not isinstance(attribute, Mapping) or not isinstance(attribute.get("type"), str):
        return None
    cleaned: Attribute = {
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


def _amount(entry: _Definition) -> Attribute | None:
    members = _amount_members(entry, "amount", "currency")
    return entry.attribute("AMOUNT", members) if members else None


def _amount_conversion(entry: _Definition) -> Attribute | None:
    source = _amount_members(entry, "sourceAmount", "sourceCurrency", prefix="source")
    target = _amount_members(entry, "targetAmount", "targetCurrency", prefix="target")
    if source is None or target is None:
        return None
    dynamic = {"dynamic": _is_true(entry.value("dynamic") or "")}
    return entry.attribute("AMOUNT_CONVERSION", dynamic | source | target)


def _key_value(entry: _Definition) -> Attribute | None:
    members = entry.present("value")
    return entry.attribute("KEY_VALUE", members) if members else None


def _as_text(entry: _Definition) -> Attribute | None:
    value = entry.named_values()
    return entry.attribute("KEY_VALUE", {"value": value}) if value else None


def _note(entry: _Definition) -> Attribute | None:
    members = entry.present("note")
    return entry.attribute("NOTE", members) if members else None


def _heading(entry: _Definition) -> Attribute | None:
    return entry.attribute("HEADING", {"level": _level(entry.value("level") or "")})


def _alert(entry: _Definition) -> Attribute | None:
    kind = (entry.value("type") or "").upper()
    return {
        "type": "ALERT",
        "alertType": kind if kind in ALERT_TYPES else "INFO",
        "id": entry.id,
        "label": entry.label,
        **entry.present("title"),
        "message": entry.value("message") or "",
    }


def _image(entry: _Definition) -> Attribute | None:
    members = entry.present("thumbnailUrl", "originalUrl")
    return entry.attribute("IMAGE", members) if "thumbnailUrl" in members else None


def _party_info(entry: _Definition) -> Attribute | None:
    party = entry.present(*PARTY_REQUIRED, "websiteUrl")
    if not party.keys() >= set(PARTY_REQUIRED):
        return None
    return entry.attribute("PARTY_INFO", {"partyInfo": party})


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


def _amount_members(
    entry: _Definition, amount_field: str, currency_field: str, *, prefix: str = ""
) -> dict[str, object] | None:
    amount, currency = entry.value(amount_field), entry.value(currency_field)
    if amount is None or currency is None:
        return None
    formatted = format_amount(amount, currency, entry.locale)
    number = {} if formatted.amount is None else {amount_field: formatted.amount}
    texts = {
        "amountFormatted": formatted.amount_formatted,
        "currencyFormatted": formatted.currency_formatted,
        "valueFormatted": formatted.value_formatted,
    }
    return {
        **number,
        currency_field: currency,
        **{_prefixed(prefix, name): text for name, text in texts.items()},
    }


def _prefixed(prefix: str, name: str) -> str:
    return prefix + name[0].upper() + name[1:] if prefix else name


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
        return _level(text)
    return _is_true(text) if name == "dynamic" else text


def _clean_party(value: object) -> dict[str, str] | None:
    if not isinstance(value, Mapping):
        return None
    texts = {name: scalar_text(item) for name, item in value.items()}
    party = {name: text for name, text in texts.items() if text is not None}
    return party if party.keys() >= set(PARTY_REQUIRED) else None


def _text_or_empty(value: object) -> str:
    return value if isinstance(value, str) else ""


def _level(text: str) -> int:
    return int(text) if _LEVEL.fullmatch(text) else 0


def _is_true(text: str) -> bool:
    return text.lower() == "true"
