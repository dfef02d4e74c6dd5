"""`token/*` and `vault/unlock` of `/rest/v4`: protocol-4.md 26, 28 and 34.3."""

import json
import secrets
from datetime import timedelta
from typing import Any

import pytest
import requests
from django.utils import timezone

from powerauth.engine.encryption.encryption import milliseconds_of
from powerauth.models import Activation, ActivationState, SignatureAudit, Token
from powerauth.phone.phone import Phone
from powerauth.protocol.encoding import b64, b64d
from powerauth.protocol.encryptors import Encryptor
from powerauth.protocol.signed_request import (
    SignatureType,
    normalize_request,
    signature_data,
)
from powerauth.protocol.v4.authentication_code import compute_code, next_counter
from powerauth.protocol.v4.token import compute_digest
from powerauth.protocol.v4.vault import VaultKey
from tests.api.integration import back_end
from tests.api.integration.phone_calls import digest
from tests.api.integration.v4.calls import (
    SEALED_ANSWER,
    UNKNOWN_ID,
    complaint,
    ok,
    opened,
    refused,
    sealed,
)
from tests.bank import VERSIONS_OF_3, Bank
from tests.engine.generations_four.phone import PK, PKB, Phone4

CREATE, VALIDATE, UNLOCK = "token/create", "token/validate", "vault/unlock"
DEVICE_KEY = {"keyIdentifier": "KEK_DEVICE_PRIVATE", "reason": "SIGN_WITH_DEVICE_PRIVATE_KEY"}


def creating(phone: Phone4, kind: SignatureType = PK) -> tuple[dict[str, Any], Any]:
    members, made = sealed(phone, {}, Encryptor.CREATE_TOKEN)
    of_phone = {"activationId": phone.activation_id, "authenticationCodeType": kind.name}
    return {**members, **of_phone}, made


def created(http: requests.Session, phone: Phone4) -> dict[str, str]:
    members, made = creating(phone)
    answer = ok(http, CREATE, **members)
    assert set(answer) == SEALED_ANSWER
    token: dict[str, str] = opened(made, answer)
    return token


def using(token: dict[str, str], *, minutes_off: int = 0, **changes: Any) -> dict[str, Any]:
    nonce = secrets.token_bytes(16)
    timestamp = milliseconds_of(timezone.now() + timedelta(minutes=minutes_off))
    secret = b64d(token["tokenSecret"])
    members = {
        "tokenId": token["tokenId"],
        "tokenDigest": b64(compute_digest(secret=secret, nonce=nonce, timestamp=timestamp)),
        "nonce": b64(nonce),
        "protocolVersion": "4.0",
        "timestamp": timestamp,
    }
    return {**members, **changes}


def test_a_token(http: requests.Session, each_phone: Phone4) -> None:
    token = created(http, each_phone)
    assert len(b64d(token["tokenSecret"])) == 32
    members = using(token)
    assert ok(http, VALIDATE, **members) == {
        "tokenValid": True,
        "activationId": each_phone.activation_id,
        "activationStatus": "ACTIVE",
        "blockedReason": None,
        "userId": "alice",
        "applicationId": each_phone.application.id,
        "authenticationCodeType": "POSSESSION_KNOWLEDGE",
        "applicationRoles": [],
        "activationFlags": [],
    }
    assert complaint(http, VALIDATE, **members).startswith("nonce - ")
    removed = {"tokenId": token["tokenId"], "activationId": each_phone.activation_id}
    assert ok(http, "token/remove", **removed) == {"removed": True}
    assert ok(http, VALIDATE, **using(token)) == {
        **dict.fromkeys(("activationId", "activationStatus", "blockedReason", "userId")),
        **dict.fromkeys(("applicationId", "authenticationCodeType")),
        "tokenValid": False,
        "applicationRoles": [],
        "activationFlags": [],
    }


@pytest.mark.parametrize(
    "change",
    [
        {"tokenDigest": b64(bytes(32))},
        {"tokenDigest": ""},
        {"nonce": b64(bytes(16))},
        {"nonce": b64(bytes(15))},
        {"nonce": ""},
        {"tokenId": UNKNOWN_ID},
        {"tokenId": "x"},
        {"protocolVersion": "3.3"},
    ],
    ids=str,
)
def test_what_is_no_use_of_a_token(
    http: requests.Session, phone: Phone4, change: dict[str, Any]
) -> None:
    token = created(http, phone)
    assert not ok(http, VALIDATE, **using(token, **change))["tokenValid"]
    assert ok(http, VALIDATE, **using(token))["tokenValid"]


@pytest.mark.parametrize(("minutes", "code"), [(-6, "ERR0030"), (6, "ERR0044")])
def test_a_use_of_another_time(
    http: requests.Session, phone: Phone4, minutes: int, code: str
) -> None:
    assert refused(http, VALIDATE, **using(created(http, phone), minutes_off=minutes)) == code


@pytest.mark.parametrize("version", VERSIONS_OF_3)
def test_a_token_of_protocol_3_by_its_version(
    http: requests.Session, bank: Bank, version: str
) -> None:
    phone = bank.phone("alice", version=version)
    answer = ok(http, VALIDATE, **digest(phone))
    assert (answer["tokenValid"], answer["authenticationCodeType"]) == (True, "POSSESSION")


def test_a_token_of_protocol_4_is_none_of_the_other_tree(
    http: requests.Session, phone: Phone4
) -> None:
    assert back_end.refused(http, VALIDATE, **using(created(http, phone))) == "ERR0024"
    members, _ = creating(phone)
    members["signatureType"] = members.pop("authenticationCodeType")
    assert back_end.refused(http, CREATE, **members) == "ERR0024"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"activationId": None}, "ERR0024"),
        ({"activationId": UNKNOWN_ID}, "ERR0009"),
        ({"applicationKey": "unknown"}, "ERR0015"),
        ({"authenticationCodeType": None}, "ERR0024"),
        ({"authenticationCodeType": "POSSESSION_KNOWLEDGE_BIOMETRY"}, "ERR0024"),
        ({"authenticationCodeType": "x"}, "ERROR_HTTP_REQUEST"),
        ({"protocolVersion": "3.3"}, "ERR0024"),
        ({"temporaryKeyId": UNKNOWN_ID}, "ERR0045"),
        ({"encryptedData": b64(bytes(40))}, "ERR0024"),
    ],
    ids=str,
)
def test_a_token_that_is_not_created(
    http: requests.Session, phone: Phone4, change: dict[str, Any], code: str
) -> None:
    assert refused(http, CREATE, **{**creating(phone)[0], **change}) == code
    assert not Token.objects.exists()


def test_a_refusal_names_the_member_as_it_is_called_here(
    http: requests.Session, phone: Phone4
) -> None:
    said = complaint(http, CREATE, **creating(phone, PKB)[0])
    assert said.startswith("authenticationCodeType - must be one of POSSESSION")


@pytest.mark.parametrize("state", ["BLOCKED", "REMOVED", "PENDING_COMMIT"])
def test_only_an_active_activation(http: requests.Session, phone: Phone4, state: str) -> None:
    token = created(http, phone)
    members, _ = creating(phone)
    Activation.objects.update(state=ActivationState[state])
    assert refused(http, CREATE, **members) == "ERR0008"
    assert not ok(http, VALIDATE, **using(token))["tokenValid"]


# --- Vault ------------------------------------------------------------------------------------


def unlocking(
    phone: Phone4, wish: object = DEVICE_KEY, kind: SignatureType = PK, **replaced: bytes
) -> tuple[dict[str, Any], Any]:
    """Give the members of `vault/unlock`, whose code covers the encrypted body."""
    made = phone.seal(wish, Encryptor.VAULT_UNLOCK)
    request = made.call.request.to_json()
    base = normalize_request(
        "POST", "/pa/vault/unlock", b64(bytes(16)), json.dumps(request).encode()
    )
    known = {
        "possession": phone.keys.possession,
        "knowledge": phone.keys.knowledge,
        "biometry": phone.keys.biometry,
        **replaced,
    }
    data = signature_data(base, phone.version.application_secret)
    code = compute_code(data, keys=[known[each] for each in kind.factors], ctr=phone.ctr)
    phone.ctr = next_counter(phone.ctr)
    members = {
        **request,
        "activationId": phone.activation_id,
        "applicationKey": phone.version.application_key,
        "requestData": base.decode(),
        "authenticationCode": code,
        "authenticationCodeType": kind.name,
        "authenticationVersion": "4.0",
    }
    return members, made


@pytest.mark.parametrize("key", VaultKey)
def test_every_key_of_the_vault(http: requests.Session, each_phone: Phone4, key: VaultKey) -> None:
    members, made = unlocking(each_phone, {**DEVICE_KEY, "keyIdentifier": key.value})
    answer = ok(http, UNLOCK, **members)
    assert set(answer) == {"authenticationValid", *SEALED_ANSWER}
    assert answer["authenticationValid"]
    assert opened(made, answer) == {"vaultEncryptionKey": b64(key.of(each_phone.keys))}
    [attempt] = ok(http, "audit/list", userId="alice")["items"]
    assert attempt["additionalInfo"] == [
        {"key": "VAULT_UNLOCKED_REASON", "value": DEVICE_KEY["reason"]}
    ]


def test_a_wrong_code_gets_no_key(http: requests.Session, phone: Phone4) -> None:
    members, made = unlocking(phone, knowledge=bytes(32))
    answer = ok(http, UNLOCK, **members)
    assert not answer["authenticationValid"]
    assert opened(made, answer) == {"vaultEncryptionKey": None}
    assert phone.row.failed_attempts == 1


def test_what_has_no_vault(http: requests.Session, phone: Phone4, alice: Phone) -> None:
    nothing = {"authenticationValid": False, "encryptedData": None, "timestamp": None}
    for other in (UNKNOWN_ID,):
        members, _ = unlocking(phone)
        assert ok(http, UNLOCK, **{**members, "activationId": other}) == nothing
    members, _ = unlocking(phone)
    assert refused(http, UNLOCK, **{**members, "activationId": alice.activation_id}) == "ERR0018"
    Activation.objects.update(state=ActivationState.BLOCKED)
    assert ok(http, UNLOCK, **unlocking(phone)[0]) == nothing
    assert not SignatureAudit.objects.filter(valid=True).exists()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"requestData": None}, "ERR0024"),
        ({"authenticationCode": None}, "ERR0024"),
        ({"authenticationVersion": "3.3"}, "ERR0024"),
        ({"authenticationVersion": None}, "ERR0024"),
        ({"authenticationCodeType": "POSSESSION"}, "ERR0012"),
        ({"authenticationCodeType": "POSSESSION_KNOWLEDGE_BIOMETRY"}, "ERR0012"),
        ({"temporaryKeyId": UNKNOWN_ID}, "ERR0045"),
        ({"nonce": None}, "ERR0024"),
    ],
    ids=str,
)
def test_a_vault_stays_locked(
    http: requests.Session, phone: Phone4, change: dict[str, Any], code: str
) -> None:
    assert refused(http, UNLOCK, **{**unlocking(phone)[0], **change}) == code
    assert (phone.row.counter, phone.row.failed_attempts) == (0, 0)


def test_a_wish_that_is_none(http: requests.Session, phone: Phone4) -> None:
    wish = {**DEVICE_KEY, "keyIdentifier": "kek_device_private"}
    assert refused(http, UNLOCK, **unlocking(phone, wish)[0]) == "ERR0011"
    wish = {**DEVICE_KEY, "reason": "a b"}
    assert refused(http, UNLOCK, **unlocking(phone, wish)[0]) == "ERR0011"


def test_the_vault_of_the_other_tree(http: requests.Session, phone: Phone4) -> None:
    members, _ = unlocking(phone)
    for here, there in (
        ("requestData", "signedData"),
        ("authenticationCode", "signature"),
        ("authenticationCodeType", "signatureType"),
        ("authenticationVersion", "signatureVersion"),
    ):
        members[there] = members.pop(here)
    assert back_end.refused(http, UNLOCK, **members) == "ERR0024"
