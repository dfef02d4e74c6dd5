"""`POST /api/activation/code` as it works: mobile-token-api.md 9."""

import pytest
from pytest_django import Settings

from activation.models import SpawnAudit, SpawnOutcome, SpawnRule
from powerauth.engine.applications import application_config, master_keys
from powerauth.engine.applications.config_values import ALGORITHMS
from powerauth.models import ActivationState, OtpValidation
from powerauth.phone.errors import PhoneFailure
from powerauth.phone.phone import Phone
from powerauth.protocol.activation_code import verify_activation_code
from powerauth.protocol.v3.encryption import Encryptor, Scope
from powerauth.protocol.v3.signature import SignatureType
from powerauth.protocol.v4.application_keys import verify_qr_signature
from tests.api.activation.calls import (
    ORDER,
    OTP,
    PATH,
    REQUESTED,
    Send,
    audit,
    encrypted,
    opened,
    plain,
    spawned,
)
from tests.api.answers import outcome
from tests.api.mobile_answers import UNAUTHENTICATED
from tests.api.standard.wire import PB, PK, attempts
from tests.api.standard.words import sealed_members
from tests.bank import PIN, VERSIONS, Bank

# The sample request of the API's document, byte for byte.
SAMPLE = b"""{
  "requestObject": {
    "applicationId": "other-app",
    "otp": "12345678"
  }
}"""


def expected_of(answer: bytes, bank: Bank) -> bytes:
    """Give the whole expected answer around the signature, which is random."""
    row = spawned(bank.application)
    head = (
        f'{{"status":"OK","responseObject":{{"activationId":"{row.id}",'
        f'"activationCode":"{row.activation_code}","activationSignature":"'
    ).encode()
    signature = answer.removeprefix(head).removesuffix(b'"}}')
    master_key = bank.blank_phone().config.master_public_key
    assert verify_activation_code(master_key, row.activation_code, signature.decode())
    return head + signature + b'"}}'


@pytest.mark.main_path
@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("factors", [PK, PB])
def test_encrypted(
    bank: Bank, other_bank: Bank, rule: SpawnRule, version: str, factors: SignatureType
) -> None:
    phone = bank.phone("alice", version=version)
    answer, plaintext = opened(phone, SAMPLE, factors=factors)
    assert plaintext is not None
    assert plaintext == expected_of(plaintext, other_bank)
    assert (answer.status, set(answer.json)) == (200, sealed_members(version))
    assert answer.headers["Content-Type"] == "application/json"
    assert attempts(phone) == (1, 0)


@pytest.mark.main_path
@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("factors", [PK, PB])
def test_plain(
    bank: Bank, other_bank: Bank, rule: SpawnRule, version: str, factors: SignatureType
) -> None:
    phone = bank.phone("alice", version=version)
    answer = plain(phone, SAMPLE, factors=factors)
    assert answer.status == 200
    assert answer.content == expected_of(answer.content, other_bank)
    assert answer.headers["Content-Type"] == "application/json"
    assert attempts(phone) == (1, 0)


@pytest.mark.embedded
@pytest.mark.parametrize("send", [plain, encrypted])
def test_what_is_stored(
    alice: Phone, bank: Bank, other_bank: Bank, rule: SpawnRule, send: Send
) -> None:
    send(alice)
    row = spawned(other_bank.application)
    assert (row.user_id, row.state, row.flags) == ("alice", ActivationState.CREATED, [])
    assert row.otp_validation == OtpValidation.ON_KEY_EXCHANGE
    assert OTP not in row.otp_hash
    assert (str(row.parent_activation_id), row.transfer_type) == (alice.activation_id, "SPAWN")
    record = audit()
    assert (record.outcome, record.reason) == (SpawnOutcome.CREATED, "")
    assert record.rule == f"row {rule.pk}"
    assert (record.user_id, record.requested_id) == ("alice", REQUESTED)
    assert record.source_application_id == bank.application.id
    assert record.source_activation_id == alice.activation_id
    assert record.destination_application_id == other_bank.application.id
    assert record.destination_activation_id == str(row.id)
    assert record.created_at == row.created_at


@pytest.mark.embedded
@pytest.mark.parametrize(
    ("allowed", "is_of_4"), [(["EC_P384"], True), (["EC_P256", "EC_P384"], False)]
)
def test_the_signature_is_one_that_the_other_app_can_verify(
    alice: Phone, other_bank: Bank, rule: SpawnRule, allowed: list[str], is_of_4: bool
) -> None:
    application_config.store(other_bank.application.id, ALGORITHMS, allowed)
    spawned_code = alice.spawn(REQUESTED, OTP, pin=PIN)
    keys = master_keys.public_keys(other_bank.application.id)
    assert verify_qr_signature(keys, spawned_code.code, spawned_code.signature)
    is_of_3 = verify_activation_code(keys["ECDSA_P256"], spawned_code.code, spawned_code.signature)
    assert is_of_3 is not is_of_4


def test_each_order_makes_an_activation(alice: Phone, other_bank: Bank, rule: SpawnRule) -> None:
    codes = {alice.spawn(REQUESTED, OTP, pin=PIN, encrypted=form).code for form in (True, False)}
    assert len(codes) == 2
    assert other_bank.application.activations.count() == 2
    assert SpawnAudit.objects.count() == 2


@pytest.mark.main_path
@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("form", [True, False])
def test_the_new_phone_activates(
    bank: Bank, other_bank: Bank, rule: SpawnRule, version: str, form: bool
) -> None:
    old, new = bank.phone("alice", version=version), other_bank.blank_phone(version=version)
    ticket = old.spawn(REQUESTED, OTP, pin=PIN, encrypted=form)
    new.activate(ticket.qr_text, pin="7777", otp=OTP)
    assert new.activation_id == ticket.activation_id
    assert new.status().state == ActivationState.ACTIVE
    assert new.validate_signature(pin="7777").ok
    with pytest.raises(PhoneFailure):
        other_bank.blank_phone().activate(ticket.qr_text, pin=PIN, otp=OTP)


@pytest.mark.parametrize("otp", [None, "", "12345679", "1234567"])
def test_the_new_phone_needs_the_otp(
    alice: Phone, other_bank: Bank, rule: SpawnRule, otp: str | None
) -> None:
    ticket = alice.spawn(REQUESTED, OTP, pin=PIN)
    with pytest.raises(PhoneFailure):
        other_bank.blank_phone().activate(ticket.qr_text, pin=PIN, otp=otp)
    assert spawned(other_bank.application).state == ActivationState.CREATED


def test_wrong_otps_remove_the_new_activation(
    alice: Phone, other_bank: Bank, rule: SpawnRule
) -> None:
    ticket = alice.spawn(REQUESTED, OTP, pin=PIN)
    for otp in [*["00000000"] * 5, OTP]:
        with pytest.raises(PhoneFailure):
            other_bank.blank_phone().activate(ticket.code, pin=PIN, otp=otp)
    row = spawned(other_bank.application)
    assert (row.state, row.failed_attempts) == (ActivationState.REMOVED, 5)


def test_the_code_is_for_the_other_application_only(
    alice: Phone, bank: Bank, rule: SpawnRule
) -> None:
    ticket = alice.spawn(REQUESTED, OTP, pin=PIN)
    with pytest.raises(PhoneFailure):
        bank.blank_phone().activate(ticket.code, pin=PIN, otp=OTP)


def test_the_same_application_may_be_the_destination(alice: Phone, bank: Bank) -> None:
    SpawnRule.objects.create(
        source_application_id=bank.application.id,
        requested_id=REQUESTED,
        destination_application_id=bank.application.id,
    )
    ticket = alice.spawn(REQUESTED, OTP, pin=PIN)
    second = bank.blank_phone()
    second.activate(ticket.qr_text, pin=PIN, otp=OTP)
    assert second.activation_id != alice.activation_id
    assert second.validate_signature(pin=PIN).ok


def test_the_context_path(alice: Phone, other_bank: Bank, rule: SpawnRule) -> None:
    alice.server.base_url += "/enrollment-server"
    assert alice.spawn(REQUESTED, OTP, pin=PIN).activation_id
    assert spawned(other_bank.application).user_id == "alice"


@pytest.mark.parametrize(
    "body",
    [
        {"requestObject": {**ORDER["requestObject"], "more": [None]}, "other": 1},
        b'\n {"requestObject":{"otp":"12345678","applicationId":"other-app"}} \n',
        b'{"requestObject":{"applicationId":"other\\u002dapp","otp":"\\u003112345678"}}',
    ],
)
@pytest.mark.parametrize("send", [plain, encrypted])
def test_bodies_of_other_shapes(alice: Phone, rule: SpawnRule, send: Send, body: object) -> None:
    assert send(alice, body).status == 200


def test_encryption_may_be_required(
    alice: Phone, other_bank: Bank, rule: SpawnRule, settings: Settings
) -> None:
    settings.ACTIVATION_SPAWN_REQUIRE_ENCRYPTION = True
    assert alice.spawn(REQUESTED, OTP, pin=PIN).activation_id
    assert spawned(other_bank.application).user_id == "alice"


def test_sdk_sends_only_the_signature_header(alice: Phone, rule: SpawnRule) -> None:
    header = alice.encryption_header(Scope.ACTIVATION)
    answer = encrypted(alice, headers={"X-PowerAuth-Encryption": header.format()})
    assert answer.status == 200
    assert encrypted(alice).status == 200


def test_media_type_with_a_charset(alice: Phone, rule: SpawnRule) -> None:
    headers = {"Content-Type": "application/json; charset=utf-8"}
    assert plain(alice, headers=headers).status == 200
    assert encrypted(alice, headers=headers).status == 200


def test_without_a_signature_a_good_envelope_is_nothing(alice: Phone, rule: SpawnRule) -> None:
    answer, _ = alice.encrypted_post(PATH, ORDER, encryptor=Encryptor.ACTIVATION_GENERIC)
    assert outcome(answer) == UNAUTHENTICATED
