"""What a template says of an attribute: its type, and which parameters of the operation fill it."""

from collections.abc import Mapping
from dataclasses import dataclass

from operations.screen.amounts import FormattedAmount, format_amount
from operations.screen.locales import RequestLocale

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """One entry of a template's `attributes`.

    Args:
        kind: its type; empty if that is no text.
        written_kind: its type as the log shows it, whatever the template has there.
        names: the parameter of each field, as `params` says.
        miswritten: whether `params` has a field that the type does not have.
    """

    id: str
    label: str
    kind: str
    written_kind: str
    names: Mapping[str, str]
    miswritten: bool


def read_definition(entry: object) -> Definition | None:
    """Read one entry of a template's `attributes`; None if it is no object.

    Wrong types inside of it count as absent.
    """
    if not isinstance(entry, Mapping):
        return None
    kind, params = entry.get("type"), entry.get("params")
    fields: Mapping[str, object] = params if isinstance(params, Mapping) else {}
    known = FIELDS.get(kind) if isinstance(kind, str) else None
    return Definition(
        id=_text_or_empty(entry.get("id")),
        label=_text_or_empty(entry.get("text")),
        kind=_text_or_empty(kind),
        written_kind=repr(kind),
        names={field: name for field, name in fields.items() if isinstance(name, str)},
        miswritten=known is None or any(field not in known for field in fields),
    )


@dataclass(slots=True)
class Entry:
    """A definition next to the parameters of an operation."""

    definition: Definition
    parameters: Mapping[str, str | None]
    locale: RequestLocale | str

    def value(self, field: str) -> str | None:
        """Look up the operation parameter that `params` names for `field`."""
        name = self.definition.names.get(field)
        return None if name is None else self.parameters.get(name)

    def money(self, amount_field: str, currency_field: str) -> FormattedAmount | None:
        """Format an amount; None without it, or without its currency."""
        amount, currency = self.value(amount_field), self.value(currency_field)
        if amount is None or currency is None:
            return None
        return format_amount(amount, currency, self.locale)

    def named_values(self) -> str:
        """Join the values of all parameters that `params` names, in its order."""
        values = [self.parameters.get(name) for name in self.definition.names.values()]
        return " ".join(value for value in values if value)


def _text_or_empty(value: object) -> str:
    return value if isinstance(value, str) else ""
