"""Hashes of one-time passwords: protocol.md 1.7, 4.6."""

import pytest

from powerauth.engine.activations import otp
from tests.protocol.vectors import Case, each


@each("extra.json: argon2")
def test_published_hashes(case: Case) -> None:
    assert otp.matches(case["password"], case["hash"]) is case["valid"]


@each("extra.json: argon2_generated")
def test_hashes_of_other_servers(case: Case) -> None:
    assert otp.matches(case["password"], case["hash"])
    assert not otp.matches(case["password"] + " ", case["hash"])


def test_own_hashes_are_salted_and_open() -> None:
    first, second = otp.hash_otp("12345"), otp.hash_otp("12345")
    assert first != second
    assert first.startswith("$argon2i$v=19$m=32768,t=3,p=16$")
    assert otp.matches("12345", first)
    assert not otp.matches("12346", first)


@pytest.mark.parametrize("stored", ["", "x", "$argon2i$", "$argon2i$v=19$m=8,t=1,p=1$AAAA$AAAA"])
def test_hash_that_is_none_matches_nothing(stored: str) -> None:
    assert otp.matches("12345", stored) is False
