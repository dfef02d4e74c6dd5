"""Recovery over HTTP, which is switched off: integration-api.md 7.4 and 10."""

import pytest
import requests

from powerauth.engine.applications import applications
from powerauth.models import Activation, ActivationHistory
from powerauth.phone.phone import Phone
from tests.api.integration.back_end import ok, refused
from tests.bank import Bank

pytestmark = pytest.mark.django_db

NIL = "00000000-0000-4000-8000-000000000000"
OFF = {
    "activationRecoveryEnabled": False,
    "recoveryPostcardEnabled": False,
    "allowMultipleRecoveryCodes": False,
}
KEY = "BEEOwljSgItBIAnzr3f7K36s+KKoUzC8LE+K+7Dy0X6iAkcPXAjLP1KKPxdqyM/iihHAcW5x/WzJPCbtytcJo2w="
ENVELOPE = {
    "temporaryKeyId": NIL,
    "ephemeralPublicKey": KEY,
    "encryptedData": "AA==",
    "mac": "AA==",
    "nonce": "AA==",
    "timestamp": 1729754728123,
    "protocolVersion": "3.3",
}


@pytest.mark.main_path
@pytest.mark.parametrize(
    "members",
    [
        {},
        OFF,
        {**OFF, "remotePostcardPublicKey": KEY},
        {"remotePostcardPublicKey": ""},
        dict.fromkeys(OFF),
    ],
)
def test_a_configuration_that_enables_nothing(
    http: requests.Session, members: dict[str, object]
) -> None:
    applications.create("a")

    assert ok(http, "recovery/config/update", applicationId="a", **members) == {"updated": True}
    assert ok(http, "recovery/config/detail", applicationId="a") == {
        "applicationId": "a",
        **OFF,
        "postcardPublicKey": None,
        "remotePostcardPublicKey": None,
    }


@pytest.mark.parametrize("switch", OFF)
def test_nothing_can_be_enabled(http: requests.Session, switch: str) -> None:
    applications.create("a")
    members = {"applicationId": "a", **OFF, switch: True}

    assert refused(http, "recovery/config/update", **members) == "ERR0024"
    assert not ok(http, "recovery/config/detail", applicationId="a")[switch]


@pytest.mark.parametrize("method", ["detail", "update"])
@pytest.mark.parametrize("application_id", [None, "", "b"])
def test_configuration_of_no_application(
    http: requests.Session, method: str, application_id: str | None
) -> None:
    applications.create("a")
    members = {"applicationId": application_id, **OFF}

    assert refused(http, f"recovery/config/{method}", **members) == "ERR0024"


@pytest.mark.parametrize(
    "changed", [{}, {"pukCount": 0}, {"pukCount": 101}, {"userId": None}, {"applicationId": "b"}]
)
def test_no_postcards(http: requests.Session, changed: dict[str, object]) -> None:
    applications.create("a")
    members = {"applicationId": "a", "userId": "alice", "pukCount": 10, **changed}

    assert refused(http, "recovery/create", **members) == "ERR0024"


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({}, "ERR0024"),
        ({"activationId": None}, "ERR0024"),
        ({"activationId": NIL, "applicationKey": None}, "ERR0024"),
        ({"activationId": NIL}, "ERR0009"),
        ({"activationId": "", "mac": "?"}, "ERR0009"),
        ({"mac": "?"}, "ERR0024"),
        ({"mac": [1]}, "ERROR_HTTP_REQUEST"),
    ],
)
def test_no_code_is_confirmed(
    http: requests.Session, alice: Phone, changed: dict[str, object], code: str
) -> None:
    members = {
        "activationId": alice.activation_id,
        "applicationKey": "w4+hAeogFLTZjcSjPwbG2g==",
        **ENVELOPE,
        **changed,
    }
    before = ActivationHistory.objects.count()

    assert refused(http, "recovery/confirm", **members) == code
    assert ActivationHistory.objects.count() == before


@pytest.mark.main_path
@pytest.mark.parametrize(
    "members",
    [
        {"userId": "alice"},
        {"activationId": NIL},
        {"userId": "alice", "applicationId": "a"},
        {"userId": "alice", "recoveryCodeStatus": "ACTIVE", "recoveryPukStatus": "VALID"},
    ],
)
def test_no_code_is_found(http: requests.Session, members: dict[str, object]) -> None:
    applications.create("a")

    assert ok(http, "recovery/lookup", **members) == {"recoveryCodes": []}


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({}, "ERR0024"),
        ({"applicationId": "a"}, "ERR0024"),
        ({"userId": "alice", "applicationId": "b"}, "ERR0024"),
        ({"userId": "alice", "recoveryCodeStatus": "active"}, "ERROR_HTTP_REQUEST"),
        ({"userId": "alice", "recoveryPukStatus": "ACTIVE"}, "ERROR_HTTP_REQUEST"),
    ],
)
def test_lookup_refused(http: requests.Session, members: dict[str, object], code: str) -> None:
    applications.create("a")

    assert refused(http, "recovery/lookup", **members) == code


def test_no_code_is_revoked(http: requests.Session) -> None:
    for ids in ([0], [1, 2**62]):
        assert ok(http, "recovery/revoke", recoveryCodeIds=ids) == {"revoked": False}


@pytest.mark.parametrize(
    ("ids", "code"),
    [
        (None, "ERR0024"),
        ([], "ERR0024"),
        ([1, -1], "ERR0024"),
        ([1, None], "ERR0024"),
        (["one"], "ERROR_HTTP_REQUEST"),
    ],
)
def test_revoke_refused(http: requests.Session, ids: list[object] | None, code: str) -> None:
    assert refused(http, "recovery/revoke", recoveryCodeIds=ids) == code


@pytest.mark.parametrize("changed", [{}, {"puk": None}, {"generateRecoveryCodes": False}])
def test_no_activation_by_a_code(
    http: requests.Session, bank: Bank, changed: dict[str, object]
) -> None:
    version = bank.application.versions.get()
    members = {
        "recoveryCode": "AAAAA-BBBBB-CCCCC-DDDDD",
        "puk": "1234567890",
        "applicationKey": version.application_key,
        **ENVELOPE,
        **changed,
    }

    assert refused(http, "activation/recovery/create", **members) == "ERR0024"
    assert not Activation.objects.exists()


def test_an_integrators_set_up(http: requests.Session) -> None:
    """integration-api.md 19, last line."""
    ok(http, "application/create", applicationId="PA_Tests")
    detail = ok(http, "application/detail", applicationId="PA_Tests")
    assert [one["applicationVersionId"] for one in detail["versions"]] == ["default"]
    ok(http, "recovery/config/update", applicationId="PA_Tests", remotePostcardPublicKey=KEY)
    types = ["POSSESSION", "KNOWLEDGE", "BIOMETRY"]
    types += [f"POSSESSION_{one}" for one in ("KNOWLEDGE", "BIOMETRY", "KNOWLEDGE_BIOMETRY")]
    template = {
        "templateName": "login",
        "operationType": "login",
        "dataTemplate": "A2",
        "signatureType": types,
        "maxFailureCount": 5,
        "expiration": 300,
    }
    assert template.items() <= ok(http, "operation/template/create", **template).items()
