from decimal import Decimal, localcontext

import pytest
from babel.localedata import locale_identifiers
from hypothesis import given, settings
from hypothesis import strategies as st

from operations.screen.amounts import format_amount, pad_fraction, parse_number
from operations.screen.currencies import is_known, minor_units
from operations.screen.locales import RequestLocale, number_locale

LONG = "0.567567567567567567"

# amount, currency, locale, amount formatted, currency formatted, value formatted
EXPECTED = [
    ("1710.9817", "CZK", "en", "1,710.9817", "CZK", "CZK1,710.9817"),
    ("1710.9817", "CZK", "cs", "1\u00a0710,9817", "Kč", "1\u00a0710,9817\u00a0Kč"),
    ("1710.9867", "CZK", "en", "1,710.9867", "CZK", "CZK1,710.9867"),
    ("1710.9867", "CZK", "cs", "1\u00a0710,9867", "Kč", "1\u00a0710,9867\u00a0Kč"),
    ("1710", "CZK", "cs", "1\u00a0710,00", "Kč", "1\u00a0710,00\u00a0Kč"),
    ("1710", "USD", "en", "1,710.00", "$", "$1,710.00"),
    ("1710", "USD", "cs", "1\u00a0710,00", "US$", "1\u00a0710,00\u00a0US$"),
    ("1710.1", "CZK", "cs", "1\u00a0710,10", "Kč", "1\u00a0710,10\u00a0Kč"),
    ("1710.1", "USD", "en", "1,710.10", "$", "$1,710.10"),
    ("1710.1", "EUR", "cs", "1\u00a0710,10", "€", "1\u00a0710,10\u00a0€"),
    ("1710.1", "EUR", "en", "1,710.10", "€", "€1,710.10"),
    ("1710", "JPY", "jp", "1,710", "JP¥", "JP¥\u00a01,710"),
    ("1710", "JPY", "en", "1,710", "¥", "¥1,710"),
    ("1710", "JPY", "cs", "1\u00a0710", "JP¥", "1\u00a0710\u00a0JP¥"),
    ("1", "BTC", "en", "1", "BTC", "1\u00a0BTC"),
    ("1.1", "BTC", "en", "1.1", "BTC", "1.1\u00a0BTC"),
    ("0.123456789", "BTC", "en", "0.123456789", "BTC", "0.123456789\u00a0BTC"),
    ("0.567567567567567567567", "BTC", "en", LONG, "BTC", LONG + "\u00a0BTC"),
    ("1", "...", "en", "1", "...", "1\u00a0..."),
    ("13.7", "EUR", "en", "13.70", "€", "€13.70"),
    ("1.26", "ETH", "en", "1.26", "ETH", "1.26\u00a0ETH"),
    ("1710.98", "USD", "en", "1,710.98", "$", "$1,710.98"),
    ("not a number", "CZK", "en", "not a number", "CZK", "not a number CZK"),
    ("source not a number", "EUR", "en", "source not a number", "€", "source not a number EUR"),
    ("2199.40", "CZK", "en", "2,199.40", "CZK", "CZK2,199.40"),
    ("2199.40", "CZK", "en-GB", "2,199.40", "CZK", "CZK2,199.40"),
    ("2199.40", "CZK", "cs", "2\u00a0199,40", "Kč", "2\u00a0199,40\u00a0Kč"),
    ("2199.40", "CZK", "de", "2.199,40", "CZK", "2.199,40\u00a0CZK"),
    ("2199.40", "CZK", "sk", "2\u00a0199,40", "CZK", "2\u00a0199,40\u00a0CZK"),
    ("2199.40", "CZK", "fr", "2\u202f199,40", "CZK", "2\u202f199,40\u00a0CZK"),
    ("-5", "EUR", "en", "-5.00", "€", "-€5.00"),
    ("-5", "EUR", "cs", "-5,00", "€", "-5,00\u00a0€"),
    ("1.5", "KWD", "en", "1.500", "KWD", "KWD1.500"),
    ("1000000", "HUF", "en", "1,000,000.00", "HUF", "HUF1,000,000.00"),
    ("1000000", "HUF", "hu", "1\u00a0000\u00a0000,00", "Ft", "1\u00a0000\u00a0000,00\u00a0Ft"),
    ("1.5", "GBP", "cs", "1,50", "£", "1,50\u00a0£"),
    ("1500.5", "EUR", "de-CH", "1\u2019500.50", "EUR", "EUR\u00a01\u2019500.50"),
]
CURRENCIES = [
    ("UYU", "en", "UYU"),
    ("UYU", "cs", "UYU"),
    ("CAD", "cs", "CA$"),
    ("CAD", "ca", "CAD"),
    ("CAD", "en", "CA$"),
    ("NZD", "en", "NZ$"),
    ("NZD", "cs", "NZ$"),
    ("BTC", "cs", "BTC"),
]
# Regions without number rules of their own; XX exists nowhere.
REGIONS = {
    "ca": ("ca-ES", "ca-XX"),
    "cs": ("cs-CZ", "cs_CZ", "cs-XX"),
    "de": ("de-DE", "de-XX"),
    "en": ("en-US", "en_us", "en-US-POSIX", "en-XX"),
    "fr": ("fr-FR", "fr-XX"),
    "hu": ("hu-HU", "hu-XX"),
    "jp": ("jp-JP", "jp-XX"),
    "sk": ("sk-SK", "sk-XX"),
}


def _check(row: tuple[str, str, str, str, str, str], locale: str) -> None:
    shown = format_amount(row[0], row[1], locale)
    assert (shown.amount_formatted, shown.currency_formatted, shown.value_formatted) == row[3:]


@pytest.mark.parametrize("row", EXPECTED, ids=lambda row: "-".join(row[:3]))
def test_expected_value(row: tuple[str, str, str, str, str, str]) -> None:
    _check(row, row[2])


@pytest.mark.parametrize("row", EXPECTED, ids=lambda row: "-".join(row[:3]))
def test_expected_value_in_a_region(row: tuple[str, str, str, str, str, str]) -> None:
    for locale in REGIONS.get(row[2], ()):
        _check(row, locale)


@pytest.mark.parametrize(("currency", "locale", "symbol"), CURRENCIES)
def test_currency_symbol(currency: str, locale: str, symbol: str) -> None:
    for tag in (locale, *REGIONS[locale]):
        assert format_amount("1", currency, tag).currency_formatted == symbol


def test_region_keeps_the_currency_of_the_operation() -> None:
    assert format_amount("13.7", "EUR", "en-GB").value_formatted == "€13.70"
    assert format_amount("13.7", "EUR", "en-US").value_formatted == "€13.70"


def test_request_locale_formats_like_its_tag() -> None:
    locale = RequestLocale(tag="de-CH", language="de")
    assert format_amount("1500.5", "CZK", locale) == format_amount("1500.5", "CZK", "de-CH")


def test_lower_case_code_is_unknown() -> None:
    shown = format_amount("1710", "czk", "cs")
    assert shown.value_formatted == "1\u00a0710\u00a0czk"
    assert shown.currency_formatted == "czk"


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        ("2.999999999999999999999", "2.999999999999999999"),
        ("-2.999999999999999999999", "-2.999999999999999999"),
        ("-0.0000000000000000001", "0"),
        ("-0", "0"),
    ],
)
def test_rounds_toward_zero(amount: str, shown: str) -> None:
    assert format_amount(amount, "BTC", "en").amount_formatted == shown


def test_context_of_the_caller_does_not_matter() -> None:
    with localcontext() as context:
        context.prec = 3
        shown = format_amount("123456789012345678901234567890.123456", "USD", "en")
    assert shown.amount_formatted == "123,456,789,012,345,678,901,234,567,890.123456"
    assert shown.amount == Decimal("123456789012345678901234567890.123456")


def test_patterns_of_the_library_stay_as_they_are() -> None:
    pattern = number_locale("en").currency_formats["standard"]
    before = pattern.frac_prec
    format_amount("1", "KWD", "en")
    assert pattern.frac_prec == before


@pytest.mark.parametrize(
    ("amount", "currency", "literal"),
    [
        ("2199.40", "CZK", "2199.40"),
        ("100", "CZK", "100.00"),
        ("1710", "JPY", "1710.0"),
        ("1.5", "KWD", "1.500"),
        ("1", "BTC", "1.0"),
        ("1", "CLF", "1.0000"),
        ("13.70000", "EUR", "13.70000"),
        ("+5", "EUR", "5.00"),
        ("-5", "EUR", "-5.00"),
        (".5", "EUR", "0.50"),
        ("5.", "EUR", "5.00"),
        ("1e3", "EUR", "1000.00"),
        ("1E-3", "EUR", "0.001"),
        ("0.00000001", "BTC", "0.00000001"),
        ("-0", "EUR", "0.00"),
        ("1e100", "XXX", "1" + "0" * 100 + ".0"),
        ("9" * 256, "BTC", "9" * 256 + ".0"),
    ],
)
def test_json_literal(amount: str, currency: str, literal: str) -> None:
    number = format_amount(amount, currency, "cs").amount
    assert number is not None
    assert format(number, "f") == literal


@pytest.mark.parametrize(
    "amount",
    [
        *("", " ", "1 000", " 1", "1 ", "1\n", "1,000.00", "1,5", "NaN", "Infinity", "-Infinity"),
        *("sNaN", "0x10", "1_000", "--1", "+-1", "1.2.3", ".", "+", "e3", "1e", "1e1.5", "1e101"),
        *("1e-101", "1e999999999", "1e" + "9" * 200, "9" * 257, "\u0661\u0662", "\uff11"),
    ],
)
def test_not_a_number(amount: str) -> None:
    shown = format_amount(amount, "CZK", "cs")
    assert shown.amount is None
    assert shown.amount_formatted == amount
    assert shown.currency_formatted == "Kč"
    assert shown.value_formatted == f"{amount} CZK"


@pytest.mark.parametrize(
    ("code", "units"),
    [
        *(("JPY", 0), ("KRW", 0), ("CZK", 2), ("EUR", 2), ("KWD", 3), ("TND", 3), ("CLF", 4)),
        *(("AFN", 2), ("RSD", 2), ("LBP", 2), ("MGA", 2), ("IQD", 3)),
        *(("XAU", 0), ("XDR", 0), ("XXX", 0), ("ITL", 0), ("DEM", 2), ("CSK", 2)),
    ],
)
def test_known_currency(code: str, units: int) -> None:
    assert is_known(code)
    assert minor_units(code) == units


@pytest.mark.parametrize("code", ["BTC", "ETH", "czk", "", "...", "CZK "])
def test_unknown_currency(code: str) -> None:
    assert not is_known(code)
    assert minor_units(code) == 0


def test_every_locale_formats_every_digit() -> None:
    for identifier in locale_identifiers():
        shown = format_amount("-1234567.891", "CZK", identifier)
        for text in (shown.amount_formatted, shown.value_formatted):
            assert "".join(filter(str.isdecimal, text)) == "1234567891", identifier


NUMBERS = st.from_regex(r"[+-]?[0-9]{1,30}(\.[0-9]{0,30})?([eE][+-]?[0-9]{1,2})?", fullmatch=True)


@settings(deadline=None)
@given(NUMBERS, st.sampled_from(["CZK", "JPY", "KWD", "BTC", ""]))
def test_json_literal_is_exact(amount: str, currency: str) -> None:
    number = parse_number(amount)
    assert number is not None
    literal = format(pad_fraction(number, currency), "f")
    whole, _, fraction = literal.partition(".")
    assert whole.removeprefix("-").isdecimal()
    assert len(fraction) >= max(1, minor_units(currency))
    assert Decimal(literal) == Decimal(amount)


@settings(deadline=None)
@given(st.text(), st.text(), st.text())
def test_never_fails(amount: str, currency: str, locale: str) -> None:
    shown = format_amount(amount, currency, locale)
    assert shown.amount is not None or shown.amount_formatted == amount
