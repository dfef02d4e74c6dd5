"""`token/*`: integration-api.md 9.3 and 19."""

from datetime import timedelta
from typing import Any

import pytest
import requests
from django.utils import timezone
from pytest_django import Settings

from powerauth.engine.activations import flags
from powerauth.engine.applications import applications
from powerauth.models import Activation, ActivationState, Token
from powerauth.phone.phone import Phone
from powerauth.phone.requests.answers import json_object
from powerauth.phone.state import Token as PhoneToken
from powerauth.protocol.encoding import b64, b64d
from powerauth.protocol.v3.encryption import Encryptor
from powerauth.protocol.v3.signature import SignatureType
from tests.api.integration.back_end import ok, refused
from tests.api.integration.phone_calls import attempts, digest, sealed
from tests.bank import VERSIONS_OF_3, Bank

CREATE = "token/create"
VALIDATE = "token/validate"
HOUR_MS = 3_600_000
UNKNOWN: dict[str, Any] = {
    "tokenValid": False,
    "activationId": None,
    "activationStatus": None,
    "blockedReason": None,
    "userId": None,
    "applicationId": None,
    "signatureType": None,
    "applicationRoles": [],
    "activationFlags": [],
}


def creating(phone: Phone, kind: str = "POSSESSION") -> dict[str, Any]:
    members, _ = sealed(phone, Encryptor.CREATE_TOKEN)
    return {**members, "activationId": phone.activation_id, "signatureType": kind}


def expected(phone: Phone, bank: Bank, **changes: object) -> dict[str, Any]:
    return {
        "tokenValid": True,
        "activationId": phone.activation_id,
        "activationStatus": "ACTIVE",
        "blockedReason": None,
        "userId": "alice",
        "applicationId": bank.application.id,
        "signatureType": "POSSESSION",
        "applicationRoles": [],
        "activationFlags": [],
        **changes,
    }


@pytest.mark.parametrize("version", VERSIONS_OF_3)
@pytest.mark.parametrize("kind", ["POSSESSION", "POSSESSION_KNOWLEDGE", "POSSESSION_BIOMETRY"])
def test_created_used_and_removed(
    http: requests.Session, bank: Bank, version: str, kind: str
) -> None:
    phone = bank.phone("alice", version=version)
    members, envelope = sealed(phone, Encryptor.CREATE_TOKEN)
    answer = ok(http, CREATE, **members, activationId=phone.activation_id, signatureType=kind)
    assert set(answer) == {"encryptedData", "mac", "nonce", "timestamp"}
    token = json_object(phone.open_answer(answer, envelope))
    phone.token = PhoneToken(
        token_id=str(token["tokenId"]),
        secret=b64d(str(token["tokenSecret"])),
        factors=kind.lower(),
    )
    assert Token.objects.get().signature_type == kind.lower()
    assert ok(http, VALIDATE, **digest(phone)) == expected(phone, bank, signatureType=kind)
    remove = {"tokenId": phone.token.token_id, "activationId": phone.activation_id}
    assert ok(http, "token/remove", **remove) == {"removed": True}
    assert ok(http, "token/remove", **remove) == {"removed": False}
    assert ok(http, VALIDATE, **digest(phone)) == UNKNOWN


def test_roles_and_flags(http: requests.Session, bank: Bank, alice: Phone) -> None:
    bank.application.roles = ["ROLE"]
    bank.application.save()
    flags.add(alice.activation_id, ["FLAG"])
    answer = ok(http, VALIDATE, **digest(alice))
    assert answer == expected(alice, bank, applicationRoles=["ROLE"], activationFlags=["FLAG"])


@pytest.mark.parametrize(
    "member",
    [
        "activationId",
        "applicationKey",
        "signatureType",
        "protocolVersion",
        "ephemeralPublicKey",
        "encryptedData",
        "mac",
        "nonce",
        "timestamp",
        "temporaryKeyId",
    ],
)
def test_create_without_member(http: requests.Session, alice: Phone, member: str) -> None:
    assert refused(http, CREATE, **{**creating(alice), member: None}) == "ERR0024"
    assert not Token.objects.exists()


@pytest.mark.parametrize("kind", ["KNOWLEDGE", "BIOMETRY", "POSSESSION_KNOWLEDGE_BIOMETRY"])
def test_factors_that_make_no_token(http: requests.Session, alice: Phone, kind: str) -> None:
    assert refused(http, CREATE, **creating(alice, kind)) == "ERR0024"


def test_create_refusals(http: requests.Session, bank: Bank, alice: Phone) -> None:
    members = creating(alice)
    assert refused(http, CREATE, **{**members, "activationId": "unknown"}) == "ERR0009"
    assert refused(http, CREATE, **{**members, "applicationKey": "unknown"}) == "ERR0015"
    no_key = {**members, "temporaryKeyId": alice.activation_id}
    assert refused(http, CREATE, **no_key) == "ERR0045"
    assert refused(http, CREATE, **{**members, "mac": b64(bytes(32))}) == "ERR0018"
    assert refused(http, CREATE, **{**members, "protocolVersion": "4.0"}) == "ERR0024"
    ok(http, CREATE, **members)
    assert refused(http, CREATE, **members) == "ERR0024"
    applications.set_supported(bank.application.id, "default", supported=False)
    assert refused(http, CREATE, **creating(alice)) == "ERR0015"
    ok(http, "activation/block", activationId=alice.activation_id)
    assert refused(http, CREATE, **members) == "ERR0008"
    assert Token.objects.count() == 1


def test_request_of_another_encryptor(http: requests.Session, alice: Phone) -> None:
    members, _ = sealed(alice, Encryptor.VAULT_UNLOCK)
    given = {**members, "activationId": alice.activation_id, "signatureType": "POSSESSION"}
    assert refused(http, CREATE, **given) == "ERR0018"


@pytest.mark.parametrize(
    "member", ["tokenId", "tokenDigest", "nonce", "protocolVersion", "timestamp"]
)
def test_validate_without_member(http: requests.Session, alice: Phone, member: str) -> None:
    assert refused(http, VALIDATE, **{**digest(alice), member: None}) == "ERR0024"


@pytest.mark.parametrize(
    ("shift", "code"),
    [
        (-3 * HOUR_MS, "ERR0030"),
        (-2 * HOUR_MS - 5_000, "ERR0030"),
        (HOUR_MS, "ERR0044"),
        (HOUR_MS // 2 + 5_000, "ERR0044"),
        (2**62, "ERR0044"),
    ],
)
def test_time_is_checked_first(http: requests.Session, alice: Phone, shift: int, code: str) -> None:
    given = {**digest(alice), "timestamp": alice.time_ms() + shift, "tokenId": "unknown"}
    assert refused(http, VALIDATE, **given) == code


@pytest.mark.parametrize("shift", [-2 * HOUR_MS + 5_000, HOUR_MS // 2 - 5_000])
def test_time_in_range(http: requests.Session, alice: Phone, shift: int) -> None:
    members = digest(alice, timestamp=alice.time_ms() + shift)
    assert ok(http, VALIDATE, **members)["tokenValid"] is True


@pytest.mark.parametrize("token_id", ["", "x", "00000000-0000-0000-0000-000000000000"])
def test_unknown_token(http: requests.Session, alice: Phone, token_id: str) -> None:
    assert ok(http, VALIDATE, **{**digest(alice), "tokenId": token_id}) == UNKNOWN


@pytest.mark.parametrize("state", ["CREATED", "PENDING_COMMIT", "BLOCKED", "REMOVED"])
def test_state_is_told_before_replay(
    http: requests.Session, bank: Bank, alice: Phone, state: str
) -> None:
    members = digest(alice)
    ok(http, VALIDATE, **members)
    Activation.objects.update(state=ActivationState[state], blocked_reason="LOST")
    answer = ok(http, VALIDATE, **members)
    reason = "LOST" if state == "BLOCKED" else None
    assert answer == expected(
        alice, bank, tokenValid=False, activationStatus=state, blockedReason=reason
    )


@pytest.mark.parametrize("version", VERSIONS_OF_3)
def test_nonce_twice(http: requests.Session, bank: Bank, version: str) -> None:
    phone = bank.phone("alice", version=version)
    members = digest(phone)
    assert ok(http, VALIDATE, **members)["tokenValid"] is True
    assert refused(http, VALIDATE, **members) == "ERR0024"
    assert refused(http, VALIDATE, **{**members, "tokenDigest": b64(bytes(32))}) == "ERR0024"
    upper = {**members, "tokenId": members["tokenId"].upper()}
    assert refused(http, VALIDATE, **upper) == "ERR0024"


def test_wrong_digest_has_no_effect(http: requests.Session, bank: Bank, alice: Phone) -> None:
    members = digest(alice)
    before = attempts(alice)
    used = timezone.now() - timedelta(days=1)
    Activation.objects.update(last_used_at=used)
    for wrong in (b64(bytes(32)), b64(b"short"), ""):
        answer = ok(http, VALIDATE, **{**members, "tokenDigest": wrong})
        assert answer == expected(alice, bank, tokenValid=False)
    assert ok(http, VALIDATE, **members)["tokenValid"] is True
    assert attempts(alice) == before
    assert bank.activation(alice).last_used_at == used


def test_version_belongs_to_the_digest(
    http: requests.Session, alice: Phone, settings: Settings
) -> None:
    members = digest(alice)
    answer = ok(http, VALIDATE, **{**members, "protocolVersion": "3.2"})
    assert answer["tokenValid"] is False
    assert refused(http, VALIDATE, **{**members, "protocolVersion": "2.1"}) == "ERR0024"
    assert refused(http, VALIDATE, **{**members, "nonce": "!"}) == "ERR0024"


def test_token_of_somebody_else_is_not_removed(
    http: requests.Session, alice: Phone, bob: Phone
) -> None:
    token_id = alice.create_token(SignatureType.POSSESSION).token_id
    other = {"tokenId": token_id, "activationId": bob.activation_id}
    assert ok(http, "token/remove", **other) == {"removed": False}
    assert ok(http, "token/remove", tokenId="x", activationId="y") == {"removed": False}
    assert refused(http, "token/remove", tokenId=token_id) == "ERR0024"
    assert refused(http, "token/remove", activationId=alice.activation_id) == "ERR0024"
    assert Token.objects.count() == 1
