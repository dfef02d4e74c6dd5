"""`activation/prepare`: integration-api.md 7.2, protocol.md 4.3 and 4.4."""

from datetime import timedelta
from typing import Any

import pytest
import requests
from django.utils import timezone

from powerauth.engine.applications import applications
from powerauth.models import Activation, ActivationState
from powerauth.phone.phone import Phone
from powerauth.phone.requests.answers import json_object
from powerauth.protocol.encoding import b64, b64d
from powerauth.protocol.keys import derive_activation_keys, generate_key_pair, master_secret
from powerauth.protocol.v3.encryption import Encryptor, Envelope
from powerauth.protocol.v3.signature import SignatureType, compute_signature, signature_data
from powerauth.protocol.versions import traits_of
from tests.api.integration.back_end import ok, refused
from tests.api.integration.phone_calls import sealed
from tests.api.standard.wire import to_bytes
from tests.bank import VERSIONS_OF_3, Bank

PATH = "activation/prepare"
PAIR = generate_key_pair()


def preparing(
    phone: Phone, code: str, payload: bytes | None = None, **device: object
) -> tuple[dict[str, Any], Envelope]:
    """Give the members of a key exchange, and what opens the answer."""
    layer = {"devicePublicKey": b64(PAIR.public_key), "activationName": "Mine", **device}
    plaintext = to_bytes(layer) if payload is None else payload
    members, envelope = sealed(phone, Encryptor.ACTIVATION_LAYER_2, plaintext)
    return {**members, "activationCode": code}, envelope


def row_of(bank: Bank, code: str) -> Activation:
    return bank.application.activations.get(activation_code=code)


@pytest.mark.parametrize("version", VERSIONS_OF_3)
@pytest.mark.parametrize(
    ("phase", "state"), [("ON_COMMIT", "PENDING_COMMIT"), ("ON_KEY_EXCHANGE", "ACTIVE")]
)
def test_keys_are_exchanged(
    http: requests.Session, bank: Bank, version: str, phase: str, state: str
) -> None:
    phone = bank.blank_phone(version=version)
    code = bank.code("alice", commit_phase=phase)
    members, envelope = preparing(
        phone, code, platform="iOS", deviceInfo="iPhone", extras="x", externalId="ext"
    )
    answer = ok(http, PATH, **members, generateRecoveryCodes=True)
    row = row_of(bank, code)
    response = {name: answer.pop(name) for name in ("encryptedData", "mac", "nonce", "timestamp")}
    assert answer == {
        "activationId": str(row.id),
        "userId": "alice",
        "applicationId": bank.application.id,
        "activationStatus": state,
    }
    assert (row.name, row.platform, row.device_info) == ("Mine", "ios", "iPhone")
    assert (row.extras, row.external_id, row.version) == ("x", "ext", 3)
    assert [it.state for it in row.history.order_by("id")] == [1, ActivationState[state]]
    inside: Any = json_object(phone.open_answer(response, envelope))
    assert inside["activationId"] == str(row.id)
    if state == "PENDING_COMMIT":
        ok(http, "activation/commit", activationId=str(row.id))
    assert is_signed_right(http, phone, inside)


def is_signed_right(http: requests.Session, phone: Phone, inside: Any) -> bool:
    """Sign with the keys that the device derives."""
    secret = master_secret(PAIR.private_key, b64d(inside["serverPublicKey"]))
    kind = SignatureType.POSSESSION_KNOWLEDGE
    signature = compute_signature(
        signature_data(b"POST&x&y&z", phone.application_secret),
        keys=derive_activation_keys(secret),
        signature_type=kind,
        ctr=b64d(inside["ctrData"], size=16),
        fmt=traits_of(phone.version).signature_format,
    )
    answer = ok(
        http,
        "signature/verify",
        activationId=inside["activationId"],
        applicationKey=phone.application_key,
        data="POST&x&y&z",
        signature=signature,
        signatureType=kind.name,
        signatureVersion=phone.version,
    )
    return bool(answer["signatureValid"])


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("activationCode", None),
        ("applicationKey", None),
        ("protocolVersion", None),
        ("protocolVersion", "3.2"),
        ("encryptedData", None),
        ("mac", "AAAA"),
        ("nonce", "!"),
        ("timestamp", None),
        ("temporaryKeyId", None),
        ("ephemeralPublicKey", b64(bytes(5))),
    ],
)
def test_malformed_envelope(http: requests.Session, bank: Bank, member: str, value: object) -> None:
    members, _ = preparing(bank.blank_phone(), bank.code("alice"))
    assert refused(http, PATH, **{**members, member: value}) == "ERR0024"


def test_order_of_checks(http: requests.Session, bank: Bank, other_bank: Bank) -> None:
    phone = bank.blank_phone()
    code = bank.code("alice")
    members, _ = preparing(phone, "unknown", b"no JSON")
    late = {**members, "timestamp": 0}
    assert refused(http, PATH, **{**late, "applicationKey": "x"}) == "ERR0007"
    assert refused(http, PATH, **late) == "ERR0024"
    other_key = {**members, "temporaryKeyId": "4d5a1b1e-3f4f-4bc1-9d69-2a0a6a0b7f11"}
    assert refused(http, PATH, **other_key) == "ERR0045"
    assert refused(http, PATH, **{**members, "mac": b64(bytes(32))}) == "ERR0018"
    assert refused(http, PATH, **members) == "ERR0011"
    assert refused(http, PATH, **members) == "ERR0024"
    assert refused(http, PATH, **preparing(phone, "unknown", b"{}")[0]) == "ERR0024"
    assert refused(http, PATH, **preparing(phone, "unknown")[0]) == "ERR0009"
    foreign = other_bank.code("alice")
    assert refused(http, PATH, **preparing(phone, foreign)[0]) == "ERR0009"
    applications.set_supported(bank.application.id, "default", supported=False)
    assert refused(http, PATH, **preparing_with(members, code)) == "ERR0007"
    assert row_of(bank, code).state == ActivationState.CREATED


def preparing_with(members: dict[str, Any], code: str) -> dict[str, Any]:
    return {**members, "activationCode": code}


def test_code_once(http: requests.Session, bank: Bank) -> None:
    phone, code = bank.blank_phone(), bank.code("alice")
    ok(http, PATH, **preparing(phone, code)[0])
    assert refused(http, PATH, **preparing(phone, code)[0]) == "ERR0009"


def test_expired_code(http: requests.Session, bank: Bank) -> None:
    phone, code = bank.blank_phone(), bank.code("alice")
    Activation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert refused(http, PATH, **preparing(phone, code)[0]) == "ERR0009"
    assert row_of(bank, code).state == ActivationState.REMOVED


def test_wrong_otp_is_counted(http: requests.Session, bank: Bank) -> None:
    phone = bank.blank_phone()
    code = bank.code("alice", otp="12345678", commit_phase="ON_KEY_EXCHANGE")
    assert refused(http, PATH, **preparing(phone, code)[0]) == "ERR0031"
    for failed in range(1, 6):
        members, _ = preparing(phone, code, activationOtp="00000000")
        assert refused(http, PATH, **members) == "ERR0031"
        assert row_of(bank, code).failed_attempts == failed
    assert row_of(bank, code).state == ActivationState.REMOVED


def test_reference_defect_unexpected_otp(http: requests.Session, bank: Bank) -> None:
    phone, code = bank.blank_phone(), bank.code("alice")
    members, _ = preparing(phone, code, activationOtp="12345678")
    assert refused(http, PATH, **members) == "ERR0031"
    assert row_of(bank, code).state == ActivationState.CREATED


def test_key_that_is_no_point_removes(http: requests.Session, bank: Bank) -> None:
    phone, code = bank.blank_phone(), bank.code("alice")
    members, _ = preparing(phone, code, devicePublicKey=b64(b"\x04" + bytes(64)))
    assert refused(http, PATH, **members) == "ERR0009"
    row = row_of(bank, code)
    assert row.state == ActivationState.REMOVED
    assert row.history.filter(state=ActivationState.REMOVED).count() == 1
