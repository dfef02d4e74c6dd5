"""`encryptor` and `keystore/*`: protocol-4.md 21, 22, 34.2 and 34.3.

A caller decrypts and encrypts with what it got, and never knows the application secret.
"""

from datetime import timedelta
from typing import Any

import pytest
import requests
from django.utils import timezone

from powerauth.models import Activation, ActivationState, TemporaryKey, UniqueValue
from powerauth.phone.phone import Phone
from powerauth.protocol.encoding import b64d
from powerauth.protocol.encryptors import Encryptor, Scope
from powerauth.protocol.v4.encrypted_messages import EncryptedRequest
from powerauth.protocol.v4.encryption import DerivedContext, open_request
from powerauth.protocol.v4.suites import available_suites
from tests.api.integration import back_end
from tests.api.integration.cryptography.test_decryptor import key_request
from tests.api.integration.v4.calls import UNKNOWN_ID, complaint, ok, refused, sealed
from tests.bank import Bank
from tests.engine.generations_four.phone import Phone4, Sealed, configure, new_phone

APPLICATION, ACTIVATION = Encryptor.APPLICATION_GENERIC, Encryptor.ACTIVATION_GENERIC
BOTH = pytest.mark.parametrize("encryptor", [APPLICATION, ACTIVATION], ids=lambda one: one.name)


def asking(phone: Phone4, encryptor: Encryptor, **options: Any) -> tuple[dict[str, Any], Sealed]:
    """Give what the back end asks with, and the request of the phone."""
    members, made = sealed(phone, {"question": "?"}, encryptor, **options)
    del members["encryptedData"]
    if encryptor.scope is Scope.ACTIVATION:
        members["activationId"] = phone.activation_id
    return members, made


@BOTH
def test_the_caller_reads_and_answers(
    http: requests.Session, each_phone: Phone4, encryptor: Encryptor
) -> None:
    members, made = asking(each_phone, encryptor)
    answer = ok(http, "encryptor", **members)
    assert set(answer) == {"secretKey", "sharedInfo2"}
    assert b64d(answer["secretKey"]) == each_phone.temporary[encryptor.scope][1]
    context = DerivedContext(
        encryptor=encryptor,
        application_key=members["applicationKey"],
        activation_id=members.get("activationId"),
        shared_info2=b64d(answer["sharedInfo2"], size=32),
    )
    request = EncryptedRequest.parse(made.call.request.to_json())
    plaintext, envelope = open_request(request, context=context, key=b64d(answer["secretKey"]))
    assert plaintext == b'{"question": "?"}'
    assert made.answer(envelope.seal_response(b'{"answer": "!"}', timestamp=1)) == {"answer": "!"}
    assert refused(http, "encryptor", **members) == "ERR0024"


def test_a_state_that_the_caller_allows(http: requests.Session, phone: Phone4) -> None:
    """Trap 24: the phone of a removed activation learns that it was removed."""
    for state in ("BLOCKED", "PENDING_COMMIT", "REMOVED"):
        Activation.objects.update(state=ActivationState[state])
        for allowed in (None, [], ["ACTIVE"]):
            members, _ = asking(phone, ACTIVATION)
            assert refused(http, "encryptor", **members, allowedStates=allowed) == "ERR0008"
        members, _ = asking(phone, ACTIVATION)
        assert ok(http, "encryptor", **members, allowedStates=["ACTIVE", state])["secretKey"]
    members, _ = asking(phone, ACTIVATION)
    assert refused(http, "encryptor", **members, allowedStates=["BLOCKED"]) == "ERR0008"


def test_an_activation_without_keys(http: requests.Session, bank: Bank, phone: Phone4) -> None:
    bank.code("bob")
    created = Activation.objects.get(user_id="bob")
    members, _ = asking(phone, ACTIVATION)
    members["activationId"] = str(created.id)
    assert refused(http, "encryptor", **members, allowedStates=ActivationState.names) == "ERR0018"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"activationId": UNKNOWN_ID}, "ERR0009"),
        ({"applicationKey": "unknown"}, "ERR0015"),
        ({"temporaryKeyId": UNKNOWN_ID}, "ERR0045"),
        ({"temporaryKeyId": "x"}, "ERR0018"),
        ({"nonce": "AAAA"}, "ERR0018"),
        ({"protocolVersion": "3.3"}, "ERR0018"),
        ({"protocolVersion": "4.1"}, "ERR0018"),
        ({"timestamp": 0}, "ERR0024"),
        ({"timestamp": 2**62}, "ERR0024"),
        ({"timestamp": -1}, "ERR0018"),
        ({"nonce": None}, "ERR0024"),
        ({"timestamp": None}, "ERR0024"),
        ({"temporaryKeyId": None}, "ERR0024"),
        ({"applicationKey": None}, "ERR0024"),
    ],
    ids=str,
)
def test_what_no_request_has(
    http: requests.Session, phone: Phone4, change: dict[str, Any], code: str
) -> None:
    members, _ = asking(phone, ACTIVATION)
    assert refused(http, "encryptor", **{**members, **change}) == code


def test_keys_of_another_scope(http: requests.Session, phone: Phone4) -> None:
    members, _ = asking(phone, ACTIVATION)
    del members["activationId"]
    assert refused(http, "encryptor", **members) == "ERR0045"
    members, _ = asking(phone, APPLICATION)
    assert refused(http, "encryptor", **members, activationId=phone.activation_id) == "ERR0045"


@pytest.mark.parametrize("minutes", [-6, 6])
def test_a_request_of_another_time(http: requests.Session, phone: Phone4, minutes: int) -> None:
    members, _ = asking(phone, ACTIVATION, at=timezone.now() + timedelta(minutes=minutes))
    before = UniqueValue.objects.count()
    said = complaint(http, "encryptor", **members)
    assert said.startswith("timestamp - must be of now")
    assert UniqueValue.objects.count() == before


def test_an_activation_of_protocol_3(http: requests.Session, phone: Phone4, alice: Phone) -> None:
    members, _ = asking(phone, ACTIVATION)
    members["activationId"] = alice.activation_id
    assert refused(http, "encryptor", **members) == "ERR0018"


@pytest.mark.parametrize("scope", Scope, ids=lambda one: one.name)
def test_a_temporary_key(http: requests.Session, each_phone: Phone4, scope: Scope) -> None:
    jwt, offer = each_phone.key_request(scope)
    told = each_phone.verified(scope, ok(http, "keystore/create", jwt=jwt)["jwt"])
    each_phone.temporary[scope] = (told.key_id, offer.accept(told.shared_secret))
    encryptor = ACTIVATION if scope is Scope.ACTIVATION else APPLICATION
    assert ok(http, "encryptor", **asking(each_phone, encryptor)[0])["secretKey"]
    removed = ok(http, "keystore/remove", id=told.key_id)
    assert removed == {"id": told.key_id, "removed": True}
    assert not TemporaryKey.objects.filter(id=told.key_id).exists()
    assert refused(http, "encryptor", **asking(each_phone, encryptor)[0]) == "ERR0045"


def test_each_tree_makes_keys_of_its_own_generation(
    http: requests.Session, phone: Phone4, alice: Phone
) -> None:
    of_4, _ = phone.key_request(Scope.ACTIVATION)
    of_3 = key_request(alice, Scope.ACTIVATION)
    said = "must be a request that its application or activation has signed"
    assert complaint(http, "keystore/create", jwt=of_3) == f"jwt - {said}"
    assert back_end.refused(http, "keystore/create", jwt=of_4) == "ERR0024"
    assert ok(http, "keystore/create", jwt=of_4)["jwt"]
    assert back_end.ok(http, "keystore/create", jwt=of_3)["jwt"]


def test_a_suite_that_the_application_does_not_allow(http: requests.Session, bank: Bank) -> None:
    suites = available_suites()
    configure(bank.application, "cryptography_algorithms_supported", [suites[0].name])
    phone = new_phone(bank.application, suites[-1])
    jwt, _ = phone.key_request(Scope.APPLICATION)
    assert refused(http, "keystore/create", jwt=jwt) in {"ERR0024", "ERR0046"}


@pytest.mark.parametrize("jwt", ["", "a.b.c", "x" * 9000, "é"])
def test_what_is_no_jwt(http: requests.Session, db: None, jwt: str) -> None:
    assert refused(http, "keystore/create", jwt=jwt) == "ERR0024"
