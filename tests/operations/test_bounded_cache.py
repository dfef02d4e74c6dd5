"""What is kept is bounded, whoever sends it."""

import importlib
import pkgutil
from collections.abc import Iterator
from functools import _lru_cache_wrapper
from typing import Any

import pytest

import operations.screen
from operations.bounded_cache import bounded_cache
from operations.decisions import selection
from operations.screen.amounts import format_amount
from operations.screen.json_templates import expand_json
from operations.screen.locales import number_locale, parse_accept_language
from operations.screen.placeholders import expand


class _Counted:
    """A function that says how often it was called."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, ...]] = []

    def __call__(self, *texts: str) -> str:
        self.asked.append(texts)
        if "" in texts:
            raise ValueError
        return "+".join(texts)


def _all_caches() -> Iterator[tuple[str, "_lru_cache_wrapper[Any]"]]:
    names = [module.name for module in pkgutil.iter_modules(operations.screen.__path__)]
    modules = [importlib.import_module(f"operations.screen.{name}") for name in names]
    for module in (*modules, selection):
        for name, member in vars(module).items():
            kept = getattr(member, "__wrapped__", None)
            for cache in (member, kept):
                if isinstance(cache, _lru_cache_wrapper):
                    yield f"{module.__name__}.{name}", cache


def _sizes() -> dict[str, int]:
    return {name: cache.cache_info().currsize for name, cache in _all_caches()}


def test_a_result_is_kept() -> None:
    counted = _Counted()
    cached = bounded_cache(entries=2, characters=10)(counted)
    assert cached("a", "b") == cached("a", "b") == "a+b"
    assert counted.asked == [("a", "b")]


def test_the_oldest_goes_first() -> None:
    counted = _Counted()
    cached = bounded_cache(entries=2, characters=10)(counted)
    for text in ("a", "b", "c", "b", "a"):
        assert cached(text) == text
    assert counted.asked == [("a",), ("b",), ("c",), ("a",)]


def test_what_is_long_altogether_is_not_kept() -> None:
    counted = _Counted()
    cached = bounded_cache(entries=2, characters=10)(counted)
    for _ in range(2):
        assert cached("12345", "12345") == "12345+12345"
        assert cached("12345", "123456") == "12345+123456"
    assert [len("".join(texts)) for texts in counted.asked] == [10, 11, 11]


def test_an_error_is_not_kept() -> None:
    counted = _Counted()
    cached = bounded_cache(entries=2, characters=10)(counted)
    for _ in range(2):
        with pytest.raises(ValueError):
            cached("")
    assert counted.asked == [("",), ("",)]


def test_every_cache_of_the_screen_is_bounded() -> None:
    caches = dict(_all_caches())
    assert {name.rpartition(".")[2] for name in caches} >= {
        "_catalogues", "_definitions", "_form", "_formatted", "_preferred", "_structure", "_texts",
        "number_locale", "pieces",
    }  # fmt: skip
    assert all(cache.cache_info().maxsize for cache in caches.values())


def test_nothing_long_is_kept_of_what_anybody_sends() -> None:
    before = _sizes()
    parse_accept_language("cs," + "x" * 300)
    parse_accept_language("cs", default="en-" + "x" * 300)
    format_amount("1" * 200, "CZK", "cs")
    format_amount("1", "C" * 200, "cs")
    number_locale("cs-" + "x" * 300)
    expand("${a}" + "x" * 5000, {})
    expand_json('"${a}' + "x" * 10_000 + '"', {})
    after = _sizes()
    # The known currency of the long amount is kept, and the locale of both.
    assert {name for name in after if after[name] != before[name]} <= {
        "operations.screen.amounts._form",
        "operations.screen.amounts.number_locale",
        "operations.screen.locales.number_locale",
    }
    assert after["operations.screen.amounts._form"] <= before["operations.screen.amounts._form"] + 1
