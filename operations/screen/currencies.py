"""What is known about a currency code: whether it exists and how many minor units it has.

ISO 4217 answers for the codes in force. CLDR (through Babel) adds the historic codes, which the
published ISO table no longer lists. Locales and formatting do not belong here.
"""

from babel.numbers import get_currency_precision, list_currencies
from iso4217 import Currency

# A currency without minor units (metals, XXX) has no exponent in the ISO table.
_ISO_MINOR_UNITS = {currency.code: currency.exponent or 0 for currency in Currency}
_HISTORIC_CODES = frozenset(list_currencies()) - _ISO_MINOR_UNITS.keys()


def is_known(code: str) -> bool:
    """Tell whether `code` is a currency, in force or historic; codes are upper case only.

    Source: mobile-token-api.md 6.1.
    """
    return code in _ISO_MINOR_UNITS or code in _HISTORIC_CODES


def minor_units(code: str) -> int:
    """Count the fraction digits that an amount in `code` shows at least; 0 for an unknown code.

    ISO 4217 comes before CLDR, which says 0 where the everyday use of a country has dropped the
    minor unit (AFN, IQD, LBP, MGA, RSD). CLDR decides for historic codes only.

    Source: mobile-token-api.md 6.1.
    """
    if code in _HISTORIC_CODES:
        return get_currency_precision(code)
    return _ISO_MINOR_UNITS.get(code, 0)
