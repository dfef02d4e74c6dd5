"""The phone of the project against the server, in every suite of protocol 4.0."""

import pytest

from powerauth.phone.phone import Phone
from powerauth.protocol.signed_request import SignatureType
from powerauth.protocol.v4.suites import available_suites
from tests.bank import PIN, Bank

SUITES = [suite.name for suite in available_suites()]


@pytest.fixture(params=SUITES)
def phone(bank: Bank, request: pytest.FixtureRequest) -> Phone:
    """An active phone of each suite."""
    return bank.phone("alice", version="4.0", suite=request.param)


def test_codes(phone: Phone, bank: Bank) -> None:
    for kind in (SignatureType.POSSESSION, SignatureType.POSSESSION_KNOWLEDGE):
        assert phone.validate_signature(factors=kind, pin=PIN).ok
    assert phone.validate_signature("GET", b"", "b=1&a=2", pin=PIN).ok
    assert phone.validate_signature(pin="9999").status == 401
    row = bank.activation(phone)
    assert (row.algorithm, row.protocol_generation) == (phone.suite.name, 4)
