"""Offline signatures and the texts of QR codes: protocol.md 11, integration-api.md 8.3."""

from datetime import UTC, datetime

import pytest
from django.utils import timezone

from powerauth.engine.activations import lifecycle
from powerauth.engine.applications import master_keys
from powerauth.engine.signatures import offline
from powerauth.engine.signatures.offline import ProximityCheck
from powerauth.errors import EngineRefusal, ErrorCode
from powerauth.models import ActivationState, SignatureAudit
from powerauth.phone.phone import Phone
from powerauth.protocol.encoding import b64
from powerauth.protocol.v3.offline import (
    build_offline_data,
    offline_base,
    offline_body,
    parse_payload,
)
from powerauth.protocol.v3.signature import SignatureType
from powerauth.values import SignatureVerdict
from tests.bank import Bank
from tests.offline import typed

PK = SignatureType.POSSESSION_KNOWLEDGE
PB = SignatureType.POSSESSION_BIOMETRY
NONCE = b64(bytes(range(16)))
DATA = "A1*A100CZK*ICZ1"
BASE = offline_base(NONCE, offline_body("op-1", DATA))
SEED = b64(b"seed of sixteen!")
NOW = datetime(2030, 1, 1, tzinfo=UTC)


def verify(phone: Phone, text: str, **options: object) -> SignatureVerdict:
    arguments: dict[str, object] = {"at": NOW, **options}
    return offline.verify(phone.activation_id, BASE, text, **arguments)  # type: ignore[arg-type]


@pytest.mark.parametrize("steps", range(20))
def test_every_step_of_the_window(bank: Bank, alice: Phone, steps: int) -> None:
    alice.advance(steps)
    verdict = verify(alice, typed(alice, BASE))
    assert (verdict.valid, verdict.signature_type, verdict.remaining_attempts) == (True, PK, 5)
    assert bank.activation(alice).counter == steps + 1


def test_beyond_the_window(bank: Bank, alice: Phone) -> None:
    alice.advance(20)
    verdict = verify(alice, typed(alice, BASE))
    assert (verdict.valid, verdict.remaining_attempts) == (False, 4)
    assert (bank.activation(alice).counter, bank.activation(alice).failed_attempts) == (0, 1)


@pytest.mark.parametrize("steps", [0, 19])
@pytest.mark.parametrize("allowed", [True, False])
def test_biometry_only_where_it_is_allowed(
    bank: Bank, alice: Phone, steps: int, allowed: bool
) -> None:
    alice.advance(steps)
    verdict = verify(alice, typed(alice, BASE, kind=PB), allow_biometry=allowed)
    assert verdict.valid is allowed
    assert verdict.signature_type is (PB if allowed else PK)
    audit = SignatureAudit.objects.get()
    assert (audit.valid, audit.signature_type) == (allowed, (PB if allowed else PK).value)
    assert bytes(audit.data) == BASE


def test_failure_with_biometry_allowed_counts_once(bank: Bank, alice: Phone) -> None:
    assert not verify(alice, "00000000-00000000", allow_biometry=True).valid
    assert bank.activation(alice).failed_attempts == 1
    audit = SignatureAudit.objects.get()
    assert (audit.signature_type, audit.additional_info) == (PK.value, {"BIOMETRY_ALLOWED": "TRUE"})


@pytest.mark.parametrize("digits", [4, 5, 6, 7, 8])
def test_length_of_a_component(alice: Phone, digits: int) -> None:
    text = typed(alice, BASE, digits=digits)
    assert verify(alice, text, component_length=digits).valid


@pytest.mark.parametrize("digits", [-1, 3, 9])
def test_length_out_of_range(alice: Phone, digits: int) -> None:
    with pytest.raises(EngineRefusal) as refusal:
        verify(alice, "12345678-12345678", component_length=digits)
    assert refusal.value.code is ErrorCode.INVALID_REQUEST


@pytest.mark.parametrize(
    "text",
    ["", "12345678", "1234567-12345678", "12345678-12345678-12345678", "x" * 17, "\uff11" * 17],
)
def test_text_that_is_no_signature_is_not_counted(bank: Bank, alice: Phone, text: str) -> None:
    with pytest.raises(EngineRefusal) as refusal:
        verify(alice, text)
    assert refusal.value.code is ErrorCode.INVALID_REQUEST
    assert bank.activation(alice).failed_attempts == 0


def test_once(bank: Bank, alice: Phone) -> None:
    text = typed(alice, BASE)
    assert [verify(alice, text).valid for _ in range(2)] == [True, False]
    assert bank.activation(alice).failed_attempts == 1


def test_other_data(alice: Phone) -> None:
    other = offline_base(NONCE, offline_body("op-1", "A1*A900CZK*ICZ1"))
    assert not verify(alice, typed(alice, other)).valid


def test_five_failures_block(bank: Bank, alice: Phone) -> None:
    for left in (4, 3, 2, 1, 0):
        assert verify(alice, "00000000-00000000").remaining_attempts == left
    assert bank.activation(alice).state == ActivationState.BLOCKED
    verdict = verify(alice, typed(alice, BASE))
    assert (verdict.valid, verdict.complete, verdict.activation.state) == (False, False, "BLOCKED")


def test_unknown_activation(bank: Bank) -> None:
    verdict = offline.verify("x", BASE, "00000000-00000000", at=NOW)
    assert (verdict.valid, verdict.activation.state) == (False, "REMOVED")


def check(past_steps: int = 2, step_s: int = 30, seed: str = SEED) -> ProximityCheck:
    return ProximityCheck(seed=seed, step_s=step_s, past_steps=past_steps)


@pytest.mark.parametrize(("steps_ago", "valid"), [(0, True), (1, True), (2, True), (3, False)])
def test_proximity_codes_of_the_past(bank: Bank, alice: Phone, steps_ago: int, valid: bool) -> None:
    code = check().code(NOW, steps_ago=steps_ago)
    signed = offline_base(NONCE, offline_body("op-1", DATA, code))
    alice.advance(3)
    assert verify(alice, typed(alice, signed), proximity=check()).valid is valid
    assert bank.activation(alice).failed_attempts == (0 if valid else 1)


def test_proximity_of_the_future_and_of_none(bank: Bank, alice: Phone) -> None:
    future = offline_base(NONCE, offline_body("op-1", DATA, check().code(NOW, steps_ago=-1)))
    assert not verify(alice, typed(alice, future), proximity=check()).valid
    assert not verify(alice, typed(alice, BASE), proximity=check()).valid
    assert bank.activation(alice).failed_attempts == 2


def test_proximity_failure_counts_once(bank: Bank, alice: Phone) -> None:
    wrong = "00000000-00000000"
    verify(alice, wrong, proximity=check(past_steps=10), allow_biometry=True)
    assert bank.activation(alice).failed_attempts == 1
    assert SignatureAudit.objects.count() == 1


def test_proximity_with_biometry_audits_what_was_signed(alice: Phone) -> None:
    signed = offline_base(NONCE, offline_body("op-1", DATA, check().code(NOW, steps_ago=1)))
    text = typed(alice, signed, kind=PB)
    assert verify(alice, text, proximity=check(), allow_biometry=True).signature_type is PB
    assert bytes(SignatureAudit.objects.get().data) == signed


@pytest.mark.parametrize(
    "proximity", [check(step_s=0), check(past_steps=-1), check(past_steps=61), check(seed="!")]
)
def test_malformed_proximity_check(bank: Bank, alice: Phone, proximity: ProximityCheck) -> None:
    with pytest.raises(EngineRefusal) as refusal:
        verify(alice, "00000000-00000000", proximity=proximity)
    assert refusal.value.code is ErrorCode.INVALID_REQUEST
    assert bank.activation(alice).failed_attempts == 0


def test_personalized_text(alice: Phone) -> None:
    data = build_offline_data("op-1", "Payment", "Two\nlines", DATA, "B")
    made = offline.personalized(alice.activation_id, data, proximity=check(), at=NOW)
    scanned = parse_payload(made.offline_data)
    assert (scanned.operation_id, scanned.message) == ("op-1", "Two\nlines")
    assert (scanned.nonce_b64, scanned.totp) == (made.nonce, check().code(NOW))
    assert scanned.key_id == "1"
    assert scanned.verify(alice.enrolment_3.server_public_key)
    assert not scanned.verify(alice.config.master_public_key)


def test_text_for_everybody(bank: Bank, alice: Phone) -> None:
    data = build_offline_data("op-1", "Login", "Hello", DATA, "")
    scanned = parse_payload(offline.non_personalized(bank.application.id, data).offline_data)
    assert (scanned.key_id, scanned.totp) == ("0", None)
    assert scanned.verify(master_keys.public_key(bank.application.id))


def test_own_nonce(alice: Phone) -> None:
    made = offline.personalized(alice.activation_id, "x", nonce=NONCE, at=NOW)
    assert made.nonce == NONCE
    assert f"\n{NONCE}\n1" in made.offline_data
    with pytest.raises(EngineRefusal) as refusal:
        offline.personalized(alice.activation_id, "x", nonce="AAAA", at=NOW)
    assert refusal.value.code is ErrorCode.INVALID_REQUEST


def test_no_text_for_what_is_not_active(bank: Bank, alice: Phone) -> None:
    lifecycle.block(alice.activation_id, at=timezone.now())
    with pytest.raises(EngineRefusal) as refusal:
        offline.personalized(alice.activation_id, "x", at=NOW)
    assert refusal.value.code is ErrorCode.ACTIVATION_STATE
    with pytest.raises(EngineRefusal) as refusal:
        offline.personalized("x", "x", at=NOW)
    assert refusal.value.code is ErrorCode.ACTIVATION_NOT_FOUND
    with pytest.raises(EngineRefusal) as refusal:
        offline.non_personalized("nobody", "x")
    assert refusal.value.code is ErrorCode.APPLICATION_NOT_FOUND
