"""Both ways to compute a MAC, and when the faster one is not taken."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from Crypto.Hash import keccak
from Crypto.Util import _raw_api

from powerauth.protocol.v4.primitives import one_call
from powerauth.protocol.v4.primitives.kmac import Customization, by_class, kmac
from tests.protocol import vectors
from tests.protocol.vectors import Case

Call = Callable[..., int]
LIBRARY: Any = keccak._raw_keccak_lib


def broken(call: Call) -> Any:
    return SimpleNamespace(keccak_oneshot=call)


def silent(message: bytes, length: int, result: Any, *rest: int) -> int:
    return 0


def refusing(*args: Any) -> int:
    return 1


def of_fewer_parameters(message: bytes, length: int) -> int:
    return 0


def right_for_short_messages_only(message: bytes, length: int, *rest: Any) -> int:
    return LIBRARY.keccak_oneshot(message, min(length, 300), *rest)  # type: ignore[no-any-return]


@vectors.each("v4/extra-v4.json: kmac256")
def test_the_class_computes_the_vectors_too(case: Case) -> None:
    output = case.hex("outputHex")
    key, data = case.hex("keyHex"), case.hex("dataHex")
    assert by_class(key, data, case["custom"], len(output)) == output


@pytest.mark.parametrize("custom", ["", *Customization, "x" * 200])
def test_both_ways_agree(custom: str) -> None:
    for size in (0, 1, 16, 31, 32, 130, 131, 132, 133, 136, 137, 300):
        data = bytes(size)
        assert kmac(data, data, custom, 32) == by_class(data, data, custom, 32)
        assert kmac(data, b"data", custom, size + 1) == by_class(data, b"data", custom, size + 1)


def test_the_one_call_is_taken_where_the_library_has_it() -> None:
    assert hasattr(LIBRARY, "keccak_oneshot")
    assert one_call.find(LIBRARY, _raw_api.backend, by_class) is not by_class


@pytest.mark.parametrize("library", [None, SimpleNamespace()], ids=["no library", "no call"])
def test_the_class_serves_where_the_call_is_missing(library: Any) -> None:
    assert one_call.find(library, "cffi", by_class) is by_class


def test_the_class_serves_where_nothing_checks_parameters() -> None:
    assert one_call.find(LIBRARY, "ctypes", by_class) is by_class


@pytest.mark.parametrize(
    "call",
    [silent, refusing, of_fewer_parameters, right_for_short_messages_only],
    ids=lambda call: call.__name__,
)
def test_the_class_serves_where_the_call_does_something_else(call: Call) -> None:
    assert one_call.find(broken(call), "cffi", by_class) is by_class
