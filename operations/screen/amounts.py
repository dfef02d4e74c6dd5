"""Amounts of money as apps show them: localized texts, and a number that survives JSON.

Everything is computed in `Decimal`; a binary float would change what the user approves.
"""

import re
from copy import copy
from dataclasses import dataclass
from decimal import ROUND_DOWN, Context, Decimal, localcontext

from babel import Locale
from babel.numbers import NumberPattern, get_currency_symbol

from operations.bounded_cache import bounded_cache
from operations.screen.currencies import is_known, minor_units
from operations.screen.locales import RequestLocale, number_locale

MAX_LENGTH = 256  # characters of an amount; longer text is not a number
MAX_EXPONENT = 100  # "1e999999999" must not fill the memory
MAX_FRACTION_DIGITS = 18
NO_BREAK_SPACE = "\u00a0"

_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE](?P<exponent>[+-]?[0-9]+))?")
_SMALLEST_STEP = Decimal(1).scaleb(-MAX_FRACTION_DIGITS)
# Wide enough for every text that the limits above admit, so that only the wanted rounding happens.
_ARITHMETIC = Context(prec=2 * (MAX_LENGTH + MAX_EXPONENT), rounding=ROUND_DOWN)


@dataclass(frozen=True, slots=True, kw_only=True)
class FormattedAmount:
    """An amount in its currency, for one locale; `currency` is the one that was given.

    `amount` is None when the parameter is not a number. Otherwise ``format(amount, "f")`` is the
    JSON literal: at least one fraction digit and the minor units of the currency, no exponent.
    """

    amount: Decimal | None
    currency: str
    amount_formatted: str
    currency_formatted: str
    value_formatted: str


def format_amount(amount: str, currency: str, locale: RequestLocale | str) -> FormattedAmount:
    """Format the operation parameters `amount` and `currency` for `locale`.

    An amount that is not a number is shown as it is, before the raw currency code and an ordinary
    space.

    Source: mobile-token-api.md 6.
    """
    return _formatted(amount, currency, locale if isinstance(locale, str) else locale.tag)


@bounded_cache(entries=2048, characters=96)
def _formatted(amount: str, currency: str, tag: str) -> FormattedAmount:
    form = _form(currency, tag)
    number = parse_number(amount)
    if number is None:
        return FormattedAmount(
            amount=None,
            currency=currency,
            amount_formatted=amount,
            currency_formatted=form.symbol,
            value_formatted=f"{amount} {currency}",
        )
    return FormattedAmount(
        amount=pad_fraction(number, currency),
        currency=currency,
        amount_formatted=form.plain(number),
        currency_formatted=form.symbol,
        value_formatted=form.value(number),
    )


def parse_number(text: str) -> Decimal | None:
    """Read a decimal number; None for anything else.

    A number is an optional sign, digits with at most one point, and an optional exponent. Zero has
    no sign.

    Source: mobile-token-api.md 6.4.
    """
    # The length comes first: it bounds the pattern match and the digits of the exponent.
    if len(text) > MAX_LENGTH:
        return None
    match = _NUMBER.fullmatch(text)
    if match is None or abs(int(match["exponent"] or 0)) > MAX_EXPONENT:
        return None
    number = Decimal(text)
    return number if number else number.copy_abs()


def pad_fraction(number: Decimal, currency: str) -> Decimal:
    """Give `number` the fraction digits that its JSON literal needs.

    Digits are added, never removed. Apps cast the literal to a floating-point number, and an
    integer literal fails their whole response.

    Source: mobile-token-api.md 1.5.
    """
    given = len(format(number, "f").partition(".")[2])
    digits = max(given, minor_units(currency), 1)
    return number.quantize(Decimal(1).scaleb(-digits), context=_ARITHMETIC)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Form:
    """How a locale writes amounts in one currency; `money` is None for an unknown currency."""

    cldr: Locale
    currency: str
    symbol: str
    digits: NumberPattern
    money: NumberPattern | None

    def plain(self, number: Decimal) -> str:
        return self._apply(self.digits, number)

    def value(self, number: Decimal) -> str:
        if self.money is None:
            return self.plain(number) + NO_BREAK_SPACE + self.currency
        return self._apply(self.money, number)

    def _apply(self, pattern: NumberPattern, number: Decimal) -> str:
        # Patterns have a precision of their own, which is not ours.
        with localcontext(_ARITHMETIC):
            shown = number.quantize(_SMALLEST_STEP)
            # Without this, an amount that is cut down to nothing would read "-0.00".
            shown = shown if shown else shown.copy_abs()
            return str(
                pattern.apply(shown, self.cldr, currency=self.currency, currency_digits=False)
            )


@bounded_cache(entries=256, characters=64)
def _form(currency: str, tag: str) -> _Form:
    cldr = number_locale(tag)
    known = is_known(currency)
    return _Form(
        cldr=cldr,
        currency=currency,
        symbol=get_currency_symbol(currency, cldr) if known else currency,
        digits=_with_minor_units(cldr.decimal_formats[None], currency),
        money=_with_minor_units(cldr.currency_formats["standard"], currency) if known else None,
    )


def _with_minor_units(pattern: NumberPattern, currency: str) -> NumberPattern:
    # The patterns of a locale are shared by the whole process.
    pattern = copy(pattern)
    pattern.frac_prec = (minor_units(currency), MAX_FRACTION_DIGITS)
    return pattern
