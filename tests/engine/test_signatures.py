"""Verification of signatures without HTTP, and its audit: protocol.md 7.6, integration-api.md 8."""

import pytest
from django.utils import timezone

from powerauth.engine.signatures import signatures
from powerauth.models import SignatureAudit
from powerauth.phone.phone import Phone
from powerauth.protocol.v3.signature import SignatureType, normalize_request
from powerauth.values import SignedRequest
from tests.bank import PIN, Bank

PK = SignatureType.POSSESSION_KNOWLEDGE
IDS = ("/operation/list", "/other/list")


def request_of(phone: Phone, signed_id: str, *, pin: str = PIN) -> SignedRequest:
    header = phone.signature_header("POST", signed_id, b"{}", factors=PK, pin=pin)
    return SignedRequest(
        activation_id=header.activation_id,
        application_key=header.application_key,
        signature=header.signature,
        signature_type=header.signature_type,
        version=header.version,
        bases=[normalize_request("POST", it, header.nonce, b"{}") for it in IDS],
    )


@pytest.mark.parametrize("index", [0, 1])
def test_any_of_several_resource_ids(bank: Bank, alice: Phone, index: int) -> None:
    request = request_of(alice, IDS[index])
    assert signatures.verify_online(request, at=timezone.now()).valid
    assert bytes(SignatureAudit.objects.get().data) == request.bases[index]
    assert bank.activation(alice).counter == 1


def test_several_resource_ids_are_one_attempt(bank: Bank, alice: Phone) -> None:
    verdict = signatures.verify_online(request_of(alice, "/none"), at=timezone.now())
    assert (verdict.valid, verdict.remaining_attempts, verdict.complete) == (False, 4, True)
    assert bank.activation(alice).failed_attempts == 1
    assert SignatureAudit.objects.count() == 1


def test_audit_keeps_no_application_secret(alice: Phone) -> None:
    signatures.verify_online(request_of(alice, IDS[0]), at=timezone.now())
    row = SignatureAudit.objects.get()
    assert alice.application_secret.encode() not in bytes(row.data)
    assert alice.application_secret not in str(row.additional_info)


def test_audit_shows_the_activation_before_the_attempt(bank: Bank, alice: Phone) -> None:
    at = timezone.now()
    before = bytes(bank.activation(alice).ctr_data)
    request = request_of(alice, IDS[0])
    signatures.verify_online(request, at=at)
    row = SignatureAudit.objects.get()
    assert (row.activation_counter, bytes(row.activation_ctr_data)) == (0, before)
    assert (row.signature, row.created_at) == (request.signature, at)
    assert (row.application_id, row.version) == (bank.application.id, 3)


def test_facts_after_the_attempt(alice: Phone) -> None:
    verdict = signatures.verify_online(request_of(alice, IDS[0]), at=timezone.now())
    facts = verdict.activation
    assert (facts.activation_id, facts.user_id) == (alice.activation_id, "alice")
    assert (facts.state, verdict.remaining_attempts) == ("ACTIVE", 5)
    for left in (4, 3, 2, 1, 0):
        wrong = request_of(alice, IDS[0], pin="9999")
        verdict = signatures.verify_online(wrong, at=timezone.now())
        assert (verdict.remaining_attempts, verdict.complete) == (left, True)
    assert verdict.activation.state == "BLOCKED"
    assert verdict.activation.blocked_reason == "MAX_FAILED_ATTEMPTS"
