import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from operations.screen.locales import RequestLocale, number_locale, parse_accept_language


@pytest.mark.parametrize(
    ("header", "tag", "language"),
    [
        ("cs", "cs", "cs"),
        ("en-US", "en-US", "en"),
        ("DE-ch", "de-CH", "de"),
        ("de_CH", "de-CH", "de"),
        ("zh-hant-tw", "zh-Hant-TW", "zh"),
        ("es-419", "es-419", "es"),
        ("en-US-POSIX", "en-US", "en"),
        ("de-CH-u-nu-latn", "de-CH", "de"),
        ("de-1996", "de", "de"),
        ("cs-CZ,cs;q=0.9,en;q=0.8", "cs-CZ", "cs"),
        ("en;q=0.5, sk;q=0.9, cs;q=0.7", "sk", "sk"),
        ("sk;q=0.7, cs;q=0.7", "sk", "sk"),
        ("en ; Q = 0.1 , cs ; q=.2", "cs", "cs"),
        ("fr;level=1;q=0.3, de;q=0.2", "fr", "fr"),
        ("en;q=0, cs;q=0.001", "cs", "cs"),
        ("en;q=high, cs;q=0.2", "cs", "cs"),
        ("en;q=1.1, en;q=-1, en;q=1e9, cs;q=0.2", "cs", "cs"),
        ("čeština, x, c$, cs;q=0.2", "cs", "cs"),
        ("cs, *;q=0.5", "cs", "cs"),
    ],
)
def test_best_entry(header: str, tag: str, language: str) -> None:
    assert parse_accept_language(header) == RequestLocale(tag=tag, language=language)


@pytest.mark.parametrize(
    "header", [None, "", "  ", ",,;;,", "*", "*;q=0.8, cs;q=0.5", "cs;q=0", "cs;q=x", "1", "../x"]
)
def test_default(header: str | None) -> None:
    assert parse_accept_language(header).tag == "en"
    assert parse_accept_language(header, "de-CH").tag == "de-CH"


def test_unusable_default() -> None:
    assert parse_accept_language(None, "?!").tag == "en"


def test_long_header_is_cut_after_a_whole_entry() -> None:
    header = "en;q=0.1," + "cs;q=0.2," * 200
    assert parse_accept_language(header + "sk").tag == "cs"
    cut_inside_of_a_tag = "en;q=0.1, " + " " * 988 + "de-CH"
    assert parse_accept_language(cut_inside_of_a_tag).tag == "en"


@pytest.mark.parametrize("piece", [",", ";", "a-", "a,", "-", "q=", "en;q=0." + "0" * 50])
def test_hostile_header_is_cheap(piece: str) -> None:
    start = time.perf_counter()
    assert parse_accept_language(piece * 1_000_000).tag == "en"
    assert time.perf_counter() - start < 0.5


@settings(deadline=None)
@given(st.text(alphabet="aeCZ01*-_,;=q. \t\x00é") | st.text())
def test_never_fails(header: str) -> None:
    locale = parse_accept_language(header)
    assert locale.tag.split("-")[0] == locale.language == locale.language.lower()
    number_locale(locale.tag)


@pytest.mark.parametrize(
    ("tag", "identifier"),
    [
        ("en", "en"),
        ("en-US", "en_US"),
        ("de_ch", "de_CH"),
        ("cs-XX", "cs"),
        ("sr-Latn-XX", "sr_Latn"),
        ("zh-TW", "zh_Hant_TW"),
        ("jp", "root"),
        ("xx-US", "root"),
        ("und", "root"),
        ("und-US", "root"),
        ("", "root"),
        ("../../etc", "root"),
    ],
)
def test_number_locale(tag: str, identifier: str) -> None:
    assert str(number_locale(tag)) == identifier
