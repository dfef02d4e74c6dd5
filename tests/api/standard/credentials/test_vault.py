"""`/pa/v3/vault/unlock`: standard-rest-api.md 7.9, protocol.md 10.2."""

from typing import Any

import pytest
from django.utils import timezone
from pytest_django import Settings

from powerauth.engine.activations import lifecycle
from powerauth.engine.applications import applications
from powerauth.engine.signatures import key_pairs
from powerauth.models import Activation, ActivationState, SignatureAudit, TemporaryKey, UniqueValue
from powerauth.phone.phone import Phone
from powerauth.protocol.encoding import b64
from powerauth.protocol.v3.encryption import Encryptor, Scope
from powerauth.protocol.v3.headers import ENCRYPTION_HEADER
from powerauth.protocol.v3.signature import SignatureType
from tests.api.answers import Outcome, outcome
from tests.api.standard.wire import (
    NO_VAULT,
    PB,
    PK,
    PKB,
    UNAUTHENTICATED,
    WRONG_PIN,
    B,
    K,
    P,
    attempts,
    audited,
    flipped,
    post_signed,
    sealed,
    shift_clock,
    to_bytes,
)
from tests.api.standard.words import other_encryptors, request_members, words
from tests.bank import PIN, VERSIONS, Bank

PATH = "/pa/v3/vault/unlock"
RESOURCE_ID = "/pa/vault/unlock"


# Protocol 3 has one key, and ignores which one is asked for.
WISH = b'{"keyIdentifier":"KEK_DEVICE_PRIVATE","reason":"ADD_BIOMETRY"}'


def unlock(phone: Phone, plaintext: bytes = WISH, **sign: Any) -> Outcome:
    return post(phone, sealed(phone, Encryptor.VAULT_UNLOCK, plaintext).to_json(), **sign)


def post(phone: Phone, members: object, **sign: Any) -> Outcome:
    path = phone.path_of("vault/unlock")
    return outcome(post_signed(phone, path, members, resource_id=RESOURCE_ID, **sign))


@pytest.mark.main_path
@pytest.mark.parametrize("version", VERSIONS)
def test_unlocked_key_signs_for_the_device(bank: Bank, version: str) -> None:
    phone = bank.phone("alice", version=version)
    signature = phone.sign_with_device_key(b"contract", PIN)
    assert key_pairs.verify(phone.activation_id, b"contract", signature)
    assert not key_pairs.verify(phone.activation_id, b"other", signature)
    assert attempts(phone) == (1, 0)
    audit = audited()
    assert audit.additional_info == {"VAULT_UNLOCKED_REASON": "SIGN_WITH_DEVICE_PRIVATE_KEY"}
    assert phone.unlock_vault(PIN) == phone.unlock_vault(PIN)


@pytest.mark.parametrize(
    ("plaintext", "reason"),
    [
        (b"{}", "NOT_SPECIFIED"),
        (b'{"reason":null}', "NOT_SPECIFIED"),
        (b'{"reason":"ADD_BIOMETRY","new":1}', "ADD_BIOMETRY"),
        (b'{"reason":"abc"}', "abc"),
        (b'{"reason":"A.b-c_1"}', "A.b-c_1"),
        (to_bytes({"reason": "x" * 255}), "x" * 255),
    ],
)
def test_reason_is_audited(alice: Phone, plaintext: bytes, reason: str) -> None:
    assert unlock(alice, plaintext)[0] == 200
    assert SignatureAudit.objects.get().additional_info == {"VAULT_UNLOCKED_REASON": reason}


@pytest.mark.parametrize(
    "reason", ["", "ab", "x" * 256, "with blank", "line\n", "ABC\n", "řeč", 1, True, ["x"], {}]
)
def test_malformed_reason_is_not_verified(alice: Phone, reason: object) -> None:
    assert unlock(alice, to_bytes({"reason": reason})) == NO_VAULT
    assert unlock(alice, to_bytes({"reason": reason}), pin=WRONG_PIN) == NO_VAULT
    assert attempts(alice) == (0, 0)
    assert not SignatureAudit.objects.exists()


@pytest.mark.parametrize("plaintext", [b"", b"not JSON", b"\xff", b"[]", b"null", b"1"])
def test_content_that_is_no_object_is_not_verified(alice: Phone, plaintext: bytes) -> None:
    assert unlock(alice, plaintext) == UNAUTHENTICATED
    assert attempts(alice) == (0, 0)
    assert not SignatureAudit.objects.exists()


@pytest.mark.parametrize("factors", [P, K, B, PB, PKB])
def test_other_factors(alice: Phone, factors: SignatureType) -> None:
    assert unlock(alice, factors=factors) == NO_VAULT
    assert attempts(alice) == (0, 0)
    assert not SignatureAudit.objects.exists()


@pytest.mark.parametrize(("factors", "status"), [(PK, 200), (PB, 200), (P, 400), (PKB, 400)])
def test_biometry_where_the_bank_allows_it(
    alice: Phone, settings: Settings, factors: SignatureType, status: int
) -> None:
    settings.POWERAUTH_VAULT_BIOMETRY_ENABLED = True
    assert unlock(alice, factors=factors)[0] == status


@pytest.mark.parametrize("version", VERSIONS)
def test_wrong_pin_counts_once(bank: Bank, version: str) -> None:
    phone = bank.phone("alice", version=version)
    assert unlock(phone, pin=WRONG_PIN) == words(version).no_code
    assert attempts(phone) == (0, 1)
    audit = audited()
    assert (audit.valid, audit.note) == (False, "signature_does_not_match")
    assert audit.additional_info == {"VAULT_UNLOCKED_REASON": "ADD_BIOMETRY"}


def test_five_wrong_pins_block(bank: Bank, alice: Phone) -> None:
    for _ in range(5):
        assert unlock(alice, pin=WRONG_PIN) == UNAUTHENTICATED
    assert bank.activation(alice).state == ActivationState.BLOCKED


@pytest.mark.parametrize("version", ["3.2", "3.3", "4.0"])
def test_envelope_twice(bank: Bank, version: str) -> None:
    phone = bank.phone("alice", version=version)
    members = sealed(phone, Encryptor.VAULT_UNLOCK, WISH).to_json()
    assert post(phone, members)[0] == 200
    assert post(phone, members) == NO_VAULT
    assert attempts(phone) == (1, 0)


def test_request_twice_in_a_version_without_replay_check(bank: Bank) -> None:
    phone = bank.phone("alice", version="3.1")
    body = to_bytes(sealed(phone, Encryptor.VAULT_UNLOCK).to_json())
    value = phone.sign("POST", RESOURCE_ID, body, factors=PK, pin=PIN)
    headers = {"X-PowerAuth-Authorization": value}
    assert phone.server.post(PATH, body, headers).status == 200
    assert outcome(phone.server.post(PATH, body, headers)) == UNAUTHENTICATED
    assert attempts(phone) == (1, 1)


@pytest.mark.parametrize(("version", "encryptor"), other_encryptors(Encryptor.VAULT_UNLOCK))
def test_other_encryptors(bank: Bank, version: str, encryptor: Encryptor) -> None:
    phone = bank.phone("alice", version=version)
    assert post(phone, sealed(phone, encryptor).to_json()) == NO_VAULT
    assert attempts(phone) == (0, 0)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("member", ["nonce", "timestamp", "temporaryKeyId"])
def test_parameter_of_the_version(bank: Bank, version: str, member: str) -> None:
    """One that is missing is answered like a missing signature, one too many is not."""
    phone = bank.phone("alice", version=version)
    members = sealed(phone, Encryptor.VAULT_UNLOCK).to_json()
    needed = member in request_members(version)
    extra = {"nonce": b64(bytes(16)), "timestamp": 1_700_000_000_000}
    members[member] = None if needed else extra.get(member, phone.activation_id)
    assert post(phone, members) == (words(version).no_code if needed else NO_VAULT)
    assert attempts(phone) == (0, 0)


@pytest.mark.parametrize("member", ["ephemeralPublicKey", "encryptedData", "mac"])
@pytest.mark.parametrize("value", [None, "", "!", 1, b64(bytes(5)), b64(bytes(65))])
def test_malformed_member(alice: Phone, member: str, value: object) -> None:
    members = sealed(alice, Encryptor.VAULT_UNLOCK).to_json() | {member: value}
    assert post(alice, members) == NO_VAULT
    assert attempts(alice) == (0, 0)


@pytest.mark.parametrize("member", ["timestamp", "nonce", "temporaryKeyId"])
@pytest.mark.parametrize("value", ["", "!", [], True, 1.5, -1, "2023-01-01"])
def test_malformed_parameter(alice: Phone, member: str, value: object) -> None:
    members = sealed(alice, Encryptor.VAULT_UNLOCK).to_json() | {member: value}
    assert post(alice, members) == NO_VAULT
    assert attempts(alice) == (0, 0)


@pytest.mark.parametrize("name", ["encrypted_data", "mac", "nonce"])
def test_flipped_bit(alice: Phone, name: str) -> None:
    request = sealed(alice, Encryptor.VAULT_UNLOCK)
    member = {"encrypted_data": "encryptedData"}.get(name, name)
    members = request.to_json() | {member: b64(flipped(getattr(request, name)))}
    UniqueValue.objects.all().delete()
    assert post(alice, members) == NO_VAULT
    assert not UniqueValue.objects.exists()


@pytest.mark.parametrize("state", [1, 2, 4, 5])
def test_only_active_activations(alice: Phone, state: int) -> None:
    members = sealed(alice, Encryptor.VAULT_UNLOCK).to_json()
    Activation.objects.update(state=state)
    assert post(alice, members) == UNAUTHENTICATED
    assert attempts(alice) == (0, 0)


def test_wrong_factor_is_refused_before_the_state(alice: Phone) -> None:
    members = sealed(alice, Encryptor.VAULT_UNLOCK).to_json()
    lifecycle.block(alice.activation_id, at=timezone.now())
    assert post(alice, members, factors=P) == NO_VAULT
    assert post(alice, members) == UNAUTHENTICATED


def test_unsupported_and_foreign_application(bank: Bank, alice: Phone, mallory: Phone) -> None:
    members = sealed(alice, Encryptor.VAULT_UNLOCK).to_json()
    own = alice.config
    alice.config = mallory.config
    assert post(alice, members) == UNAUTHENTICATED
    alice.config = own
    applications.set_supported(bank.application.id, "default", supported=False)
    assert post(alice, members) == UNAUTHENTICATED
    assert attempts(alice) == (0, 0)


def test_expired_temporary_key(alice: Phone) -> None:
    members = sealed(alice, Encryptor.VAULT_UNLOCK).to_json()
    TemporaryKey.objects.update(expires_at=timezone.now())
    assert post(alice, members) == NO_VAULT


@pytest.mark.parametrize("version", ["3.2", "3.3"])
@pytest.mark.parametrize(
    ("shift", "status"), [(-7_190_000, 200), (-7_210_000, 400), (50_000, 200), (70_000, 400)]
)
def test_time_of_the_envelope(bank: Bank, version: str, shift: int, status: int) -> None:
    phone = bank.phone("alice", version=version)
    if version == "3.3":
        phone.temporary_key(Scope.ACTIVATION)
    shift_clock(phone, shift)
    assert unlock(phone)[0] == status


def test_envelope_of_somebody_else(alice: Phone, bob: Phone) -> None:
    members = sealed(bob, Encryptor.VAULT_UNLOCK).to_json()
    assert post(alice, members) == NO_VAULT
    assert (attempts(alice), attempts(bob)) == ((0, 0), (0, 0))


def test_headers_that_disagree(alice: Phone, bob: Phone) -> None:
    value = bob.encryption_header(Scope.ACTIVATION).format()
    assert unlock(alice, headers={ENCRYPTION_HEADER: value}) == UNAUTHENTICATED
    assert unlock(alice, headers={ENCRYPTION_HEADER: "PowerAuth"}) == UNAUTHENTICATED
    own = alice.encryption_header(Scope.ACTIVATION).format()
    assert unlock(alice, headers={ENCRYPTION_HEADER: own})[0] == 200


def test_malformed_header(alice: Phone) -> None:
    body = to_bytes(sealed(alice, Encryptor.VAULT_UNLOCK).to_json())
    for value in ("", "PowerAuth", 'PowerAuth pa_version="2.0"'):
        answer = alice.server.post(PATH, body, {"X-PowerAuth-Authorization": value})
        assert outcome(answer) == UNAUTHENTICATED


@pytest.mark.parametrize("body", [b"", b"not JSON", b"[]", b"null"])
def test_body_that_is_no_envelope(bank: Bank, alice: Phone, body: bytes) -> None:
    assert post(alice, body) == UNAUTHENTICATED
    oldest = bank.phone("carol", version="3.0")
    assert post(oldest, body) == NO_VAULT


def test_minimum_version(bank: Bank, settings: Settings) -> None:
    phone = bank.phone("alice", version="3.1")
    settings.POWERAUTH_MINIMUM_PROTOCOL_VERSION = "3.2"
    assert unlock(phone) == UNAUTHENTICATED
    assert attempts(phone) == (0, 0)
