"""`/rest/v3` names versions 3.0 to 3.3 only: protocol-4.md 34.2."""

from typing import Any

import pytest
import requests

from powerauth.models import Activation, UniqueValue
from powerauth.phone.phone import Phone
from powerauth.protocol.encoding import b64
from powerauth.protocol.encryptors import Encryptor, Scope
from powerauth.protocol.v4.suites import EC_P384
from tests.api.integration.activations.test_prepare import preparing
from tests.api.integration.back_end import refused
from tests.api.integration.cryptography.test_decryptor import asking
from tests.api.integration.cryptography.test_tokens import creating
from tests.api.integration.cryptography.test_vault import unlocking
from tests.api.integration.phone_calls import digest, signed
from tests.api.standard.v4.phone import WirePhone, wire_phone
from tests.bank import Bank


def attempts_of(bank: Bank, alice: Phone) -> dict[str, dict[str, Any]]:
    """Give a request to each method that names a version."""
    return {
        "activation/prepare": preparing(bank.blank_phone(), bank.code("bob"))[0],
        "ecies/decryptor": asking(alice, Encryptor.ACTIVATION_GENERIC)[0],
        "signature/verify": signed(alice),
        "token/create": creating(alice),
        "token/validate": digest(alice),
        "vault/unlock": unlocking(alice)[0],
    }


def costs(phone: Phone) -> tuple[int, int, int]:
    row = Activation.objects.get(id=phone.activation_id)
    return row.counter, row.failed_attempts, row.free_failures


@pytest.mark.parametrize("version", ["4.0", "4.1"])
def test_another_version_costs_nothing(
    http: requests.Session, bank: Bank, alice: Phone, version: str
) -> None:
    attempts = attempts_of(bank, alice)
    done = costs(alice)
    for path, members in attempts.items():
        [name] = {"protocolVersion", "signatureVersion"} & members.keys()
        before = UniqueValue.objects.count()
        code = refused(http, path, **{**members, name: version})
        assert code == ("ERR0018" if path == "ecies/decryptor" else "ERR0024"), path
        assert UniqueValue.objects.count() == before
    assert costs(alice) == done


@pytest.fixture
def phone(bank: Bank) -> WirePhone:
    phone = wire_phone(bank.application, EC_P384)
    phone.activate(phone.begin())
    return phone


@pytest.mark.parametrize("ephemeral", ["", b64(bytes(33))])
def test_no_keys_of_protocol_4(http: requests.Session, phone: WirePhone, ephemeral: str) -> None:
    sealed = phone.seal({}, Encryptor.ACTIVATION_GENERIC).call.request
    members = {
        "activationId": phone.activation_id,
        "applicationKey": phone.version.application_key,
        "temporaryKeyId": sealed.temporary_key_id,
        "ephemeralPublicKey": ephemeral,
        "nonce": b64(sealed.nonce or b""),
        "timestamp": sealed.timestamp,
        "protocolVersion": "4.0",
    }
    assert refused(http, "ecies/decryptor", **members) == "ERR0018"


def test_no_temporary_key_of_protocol_4(http: requests.Session, phone: WirePhone) -> None:
    for scope in Scope:
        jwt, _ = phone.key_request(scope)
        assert refused(http, "keystore/create", jwt=jwt) == "ERR0024"
