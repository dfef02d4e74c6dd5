"""A server that serves protocol 4 alone: protocol-4.md 34.1, ERR0047 below `/rest/v4`."""

from typing import Any

import pytest
import requests
from pytest_django.fixtures import Settings

from powerauth.models import Activation, SignatureAudit
from powerauth.phone.phone import Phone
from powerauth.protocol.encoding import b64
from tests.api.integration.phone_calls import digest
from tests.api.integration.v4.calls import ok, proof, refused
from tests.api.integration.v4.test_codes import of_3
from tests.api.integration.v4.test_offline import DATA
from tests.bank import PIN
from tests.engine.generations_four.phone import Phone4


def calls_of(phone: Phone) -> dict[str, dict[str, Any]]:
    """Give a sound call for a phone of protocol 3 to each method that serves such phones."""
    by_id = {"activationId": phone.activation_id}
    offline = {"data": "POST&QQ==&QQ==&QQ==", "authenticationCode": "00000000-00000000"}
    der = b64(phone.sign_with_device_key(b"data", PIN))
    signed = {"data": b64(b"data"), "signature": der, "signatureType": "ECDSA"}
    return {
        "auth/verify": of_3(phone),
        "auth/offline/verify": {**by_id, **offline},
        "token/validate": digest(phone),
        "dsa/verify": {**by_id, **signed},
        "jwt/verify": {**by_id, "signedData": "{}"},
    }


@pytest.fixture
def only_4(settings: Settings, alice: Phone) -> dict[str, dict[str, Any]]:
    calls = calls_of(alice)
    settings.POWERAUTH_MINIMUM_PROTOCOL_VERSION = "4.0"
    return calls


def test_phones_of_protocol_3_are_refused_and_nothing_is_counted(
    http: requests.Session, alice: Phone, only_4: dict[str, dict[str, Any]]
) -> None:
    attempts = SignatureAudit.objects.count()
    before = Activation.objects.values_list("counter", "failed_attempts").get()
    for path, members in only_4.items():
        assert refused(http, path, **members) == "ERR0047", path
    assert Activation.objects.values_list("counter", "failed_attempts").get() == before
    assert SignatureAudit.objects.count() == attempts


def test_phones_of_protocol_4_go_on(
    http: requests.Session, phone: Phone4, only_4: dict[str, dict[str, Any]]
) -> None:
    assert ok(http, "auth/verify", **proof(phone.signed()))["authenticationValid"]
    by_id = {"activationId": phone.activation_id}
    assert ok(http, "auth/offline/personalized/create", **by_id, data=DATA)["offlineData"]
    assert ok(http, "dsa/sign", **by_id, data=b64(b"data"))["signatureEcdsa"]
