"""`/pa/v3/recovery/confirm`, which is always refused: standard-rest-api.md 7.11."""

from typing import Any

import pytest

from powerauth.phone.phone import Phone
from powerauth.protocol.v3.encryption import Encryptor
from powerauth.protocol.v3.signature import SignatureType
from tests.api.answers import Outcome, outcome
from tests.api.standard.wire import (
    PB,
    PKB,
    UNAUTHENTICATED,
    WRONG_PIN,
    P,
    attempts,
    post_signed,
    sealed,
)
from tests.bank import VERSIONS_OF_3, Bank

PATH = "/pa/v3/recovery/confirm"


def confirm(phone: Phone, **sign: Any) -> Outcome:
    plaintext = b'{"recoveryCode":"VVVVV-VVVVV-VVVVV-VTFVA"}'
    members = sealed(phone, Encryptor.CONFIRM_RECOVERY_CODE, plaintext).to_json()
    return outcome(post_signed(phone, PATH, members, resource_id="/pa/recovery/confirm", **sign))


@pytest.mark.parametrize("version", VERSIONS_OF_3)
def test_valid_request(bank: Bank, version: str) -> None:
    phone = bank.phone("alice", version=version)
    assert confirm(phone) == UNAUTHENTICATED
    assert attempts(phone) == (1, 0)


def test_wrong_pin(alice: Phone) -> None:
    assert confirm(alice, pin=WRONG_PIN) == UNAUTHENTICATED
    assert attempts(alice) == (0, 1)


@pytest.mark.parametrize("factors", [P, PB, PKB])
def test_other_factors(alice: Phone, factors: SignatureType) -> None:
    assert confirm(alice, factors=factors) == UNAUTHENTICATED
    assert attempts(alice) == (0, 0)
