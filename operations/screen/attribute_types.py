"""Attributes as apps read them: mobile-token-api.md 5.2.

An attribute is a flat JSON object with `type` first, since apps choose a parser by a type that
they have already read. No null and no array ever stands in one: some apps fail the whole response
on the first and hang on the second.
"""

from decimal import Decimal
from typing import Annotated, Literal, NotRequired, TypedDict

from enrollment_server.api.contract.shapes import Shape

AlertType = Literal["SUCCESS", "INFO", "WARNING", "ERROR"]

_Number = Annotated[Decimal, Shape("Left out if the operation's amount is no number.")]
_Currency = Annotated[str, Shape("As the operation has it.")]
_AmountFormatted = Annotated[str, Shape("In the language of the request.")]
_CurrencyFormatted = Annotated[str, Shape("Symbol in the language of the request.")]
_ValueFormatted = Annotated[str, Shape("Amount with currency.")]


class AmountAttribute(TypedDict):
    """An amount of money."""

    type: Literal["AMOUNT"]
    id: str
    label: str
    amount: NotRequired[_Number]
    currency: _Currency
    amountFormatted: _AmountFormatted
    currencyFormatted: _CurrencyFormatted
    valueFormatted: _ValueFormatted


class AmountConversionAttribute(TypedDict):
    """An amount, and what it becomes in another currency."""

    type: Literal["AMOUNT_CONVERSION"]
    id: str
    label: str
    dynamic: Annotated[bool, Shape("The rate may still change.")]
    sourceAmount: NotRequired[_Number]
    sourceCurrency: _Currency
    sourceAmountFormatted: _AmountFormatted
    sourceCurrencyFormatted: _CurrencyFormatted
    sourceValueFormatted: _ValueFormatted
    targetAmount: NotRequired[_Number]
    targetCurrency: _Currency
    targetAmountFormatted: _AmountFormatted
    targetCurrencyFormatted: _CurrencyFormatted
    targetValueFormatted: _ValueFormatted


class KeyValueAttribute(TypedDict):
    """A short text with its label."""

    type: Literal["KEY_VALUE"]
    id: str
    label: str
    value: str


class NoteAttribute(TypedDict):
    """A long text with its label."""

    type: Literal["NOTE"]
    id: str
    label: str
    note: Annotated[str, Shape("May have several lines.")]


class HeadingAttribute(TypedDict):
    """A heading over the attributes that follow."""

    type: Literal["HEADING"]
    id: str
    label: str
    level: int


class AlertAttribute(TypedDict):
    """A message that stands out."""

    type: Literal["ALERT"]
    alertType: AlertType
    id: str
    label: str
    title: NotRequired[str]
    message: str


class ImageAttribute(TypedDict):
    """A picture, small and maybe large."""

    type: Literal["IMAGE"]
    id: str
    label: str
    thumbnailUrl: str
    originalUrl: NotRequired[str]


class PartyInfo(TypedDict):
    """Who the other party is."""

    logoUrl: str
    name: str
    description: str
    websiteUrl: NotRequired[str]


class PartyInfoAttribute(TypedDict):
    """The other party."""

    type: Literal["PARTY_INFO"]
    id: str
    label: str
    partyInfo: PartyInfo


Attribute = Annotated[
    AmountAttribute
    | AmountConversionAttribute
    | KeyValueAttribute
    | NoteAttribute
    | HeadingAttribute
    | AlertAttribute
    | ImageAttribute
    | PartyInfoAttribute,
    Shape(
        "`type` is always the first member. Apps skip types that they do not know.",
        name="Attribute",
    ),
]
