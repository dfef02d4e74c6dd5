"""Operations approved without a network by phones of generation 4: protocol-4.md 31."""

from datetime import datetime

import pytest
from django.utils import timezone

from operations.models import Operation
from operations.offline import offline, targets
from operations.offline.targets import Target
from powerauth.engine.applications import master_keys
from powerauth.engine.generations import choice
from powerauth.models import MasterKeyPair, SignatureAudit
from powerauth.protocol.signed_request import SignatureType, signature_data
from powerauth.protocol.v3.offline import OFFLINE_SECRET, offline_base, offline_body
from powerauth.protocol.v4.authentication_code import compute_code
from powerauth.protocol.v4.offline import OfflinePayload, parse_payload
from powerauth.protocol.v4.primitives.signing import ECDSA_P384
from powerauth.protocol.versions import SignatureFormat
from tests.bank import Bank
from tests.engine.generations_four.phone import PB, PK, Phone4


def _scanned(
    phone: Phone4, operation: Operation, target: Target, *, at: datetime
) -> OfflinePayload:
    """Give the text that a phone has scanned and found to be the bank's."""
    made = offline.create(str(operation.pk), target, language="en", at=at)
    payload = parse_payload(made.offline_data)
    master = master_keys.public_key(phone.application.id, ECDSA_P384)
    assert payload.verify(keys=phone.keys, master_public_key=master)
    return payload


def _typed(
    phone: Phone4, payload: OfflinePayload, operation: Operation, kind: SignatureType
) -> str:
    base = offline_base(payload.nonce_b64, offline_body(str(operation.pk), operation.data))
    known = {name: getattr(phone.keys, name) for name in ("possession", "knowledge", "biometry")}
    return compute_code(
        signature_data(base, OFFLINE_SECRET),
        keys=[known[factor] for factor in kind.factors],
        ctr=phone.ctr,
        fmt=SignatureFormat.DECIMAL,
    )


def _approve(phone: Phone4, operation: Operation, code: str, *, at: datetime) -> bool:
    made = offline.approve(
        str(operation.pk),
        activation_id=phone.activation_id,
        code=code,
        additional_data=None,
        at=at,
    )
    operation.refresh_from_db()
    return made.verdict.valid


def test_by_a_code_for_one_phone(bank: Bank, each_phone: Phone4) -> None:
    """Trap 23: key digit 2, and a MAC in the place of a signature."""
    at, operation = timezone.now(), bank.operation("alice")
    target = Target(activation_id=each_phone.activation_id)
    payload = _scanned(each_phone, operation, target, at=at)
    assert (payload.key_id, len(payload.signature)) == ("2", 32)
    assert not _approve(each_phone, operation, "0" * 16, at=at)
    assert (operation.failure_count, each_phone.row.failed_attempts) == (1, 1)
    assert _approve(each_phone, operation, _typed(each_phone, payload, operation, PK), at=at)
    assert operation.status == "APPROVED"
    assert operation.additional_data["authFactor"] == "possession_knowledge"
    assert operation.additional_data["protocolGeneration"] == 4
    assert list(SignatureAudit.objects.order_by("id").values_list("generation", "valid")) == [
        (4, False),
        (4, True),
    ]


def test_by_a_code_for_everybody(bank: Bank, phone: Phone4) -> None:
    """Trap 23: what key digit 0 means depends on the generation of the app."""
    at, operation = timezone.now(), bank.operation("alice")
    audience = Target(application_id=bank.application.id, generation=choice.GENERATIONS[4])
    assert targets.audiences(operation)[1] == audience
    payload = _scanned(phone, operation, audience, at=at)
    assert payload.key_id == "0"
    assert _approve(phone, operation, _typed(phone, payload, operation, PK), at=at)
    assert operation.status == "APPROVED"


@pytest.mark.parametrize("enabled", [True, False])
def test_biometry_suffices_where_it_is_enabled(bank: Bank, phone: Phone4, enabled: bool) -> None:
    at, operation = timezone.now(), bank.operation("alice")
    row = phone.row
    row.biometry_enabled = enabled
    row.save(update_fields=["biometry_enabled"])
    target = Target(activation_id=phone.activation_id)
    payload = _scanned(phone, operation, target, at=at)
    code = _typed(phone, payload, operation, PB)
    assert _approve(phone, operation, code, at=at) is enabled
    assert phone.row.failed_attempts == (0 if enabled else 1)
    # An operation that does not admit biometry does not look at it.
    strict = bank.operation("alice", signature_types=["POSSESSION_KNOWLEDGE"])
    payload = _scanned(phone, strict, target, at=at)
    assert not _approve(phone, strict, _typed(phone, payload, strict, PB), at=at)


def test_everybody_is_offered_where_the_application_has_the_key(bank: Bank) -> None:
    operation = bank.operation("alice")
    MasterKeyPair.objects.filter(algorithm=ECDSA_P384.name).delete()
    assert [each.generation.number for each in targets.audiences(operation)] == [3]
    master_keys.complete(bank.application)
    assert [each.generation.number for each in targets.audiences(operation)] == [3, 4]
    operation.proximity_seed = b"seed"
    assert targets.audiences(operation) == []
