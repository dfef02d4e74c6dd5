"""Between start and confirmation, everything is of protocol 3: protocol-4.md 30.1."""

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from powerauth.engine.activations import activation_events, expiry, lifecycle
from powerauth.engine.factors import biometry, confirmation
from powerauth.engine.signatures import offline, signatures
from powerauth.engine.upgrades import confirmation as upgrade
from powerauth.errors import ErrorCode
from powerauth.models import ActivationState
from powerauth.protocol.signed_request import SignatureType
from powerauth.protocol.v3.offline import offline_base, offline_body
from tests.bank import PIN, Bank
from tests.engine.test_offline import DATA, NONCE
from tests.engine.upgrades.moving import Moving
from tests.engine.upgrades.test_start import refusal
from tests.offline import typed

LIST = "/api/auth/token/app/operation/list"


def test_an_operation_is_approved(phone: Moving, bank: Bank) -> None:
    phone.start()
    operation = bank.operation("alice")
    assert phone.old.approve(str(operation.id), operation.data, pin=PIN).ok
    operation.refresh_from_db()
    assert operation.status == "APPROVED"


def test_tokens_are_made_and_used(phone: Moving) -> None:
    kept = phone.old.create_token()
    phone.start()
    made = phone.old.create_token()
    for token in (kept, made):
        assert phone.old.token_post(LIST, {}, token=token).ok
    assert phone.confirm().valid
    for token in (kept, made):
        assert phone.old.token_post(LIST, {}, token=token).status == 401


def test_the_vault_opens(phone: Moving) -> None:
    before = phone.old.unlock_vault(pin=PIN)
    phone.start()
    assert phone.old.unlock_vault(pin=PIN) == before


def test_a_code_is_typed(phone: Moving) -> None:
    phone.start()
    base = offline_base(NONCE, offline_body("op-1", DATA))
    code = typed(phone.old, base)
    verdict = offline.verify(phone.old.activation_id, base, code, at=timezone.now())
    assert verdict.valid


def test_a_qr_code_is_of_protocol_3_until_the_confirmation(phone: Moving) -> None:
    def digit() -> str:
        made = offline.personalized(phone.old.activation_id, DATA, at=timezone.now())
        return made.offline_data.splitlines()[-1][0]

    phone.start()
    assert digit() == "1"
    assert phone.confirm().valid
    assert digit() == "2"


def test_factors_of_protocol_4_do_not_change(phone: Moving) -> None:
    phone.start()
    activation_id, now = phone.old.activation_id, timezone.now()
    before = bytes(phone.row.biometry_key)
    assert refusal(lambda: biometry.remove(activation_id, at=now)) is ErrorCode.ACTIVATION_STATE

    def confirm() -> object:
        return confirmation.confirm(activation_id, enable_biometry=False, at=now)

    assert refusal(confirm) is ErrorCode.ACTIVATION_STATE
    assert (bytes(phone.row.biometry_key), phone.row.biometry_enabled) == (before, True)


def test_the_confirmation_of_an_activation_is_none_of_an_upgrade(phone: Moving) -> None:
    phone.start()
    verdict = phone.confirm(SignatureType.POSSESSION_KNOWLEDGE, resource="/pa/activation/confirm")
    assert not verdict.valid
    assert phone.row.protocol_generation == 3


def test_back_ends_are_told_nothing_of_keys(phone: Moving) -> None:
    before = activation_events.payload(phone.row)
    phone.start()
    assert activation_events.payload(phone.row) == before
    assert phone.confirm().valid
    assert activation_events.payload(phone.row) == before


def test_time_changes_nothing(phone: Moving) -> None:
    phone.start()
    kept = bytes(phone.row.activation_secret)
    expiry.expire(at=timezone.now() + timedelta(days=3650))
    call_command("prune", stdout=StringIO())
    assert (phone.row.state, bytes(phone.row.activation_secret)) == (ActivationState.ACTIVE, kept)
    assert phone.confirm().valid


def test_a_removed_activation_keeps_its_protocol(phone: Moving) -> None:
    phone.start()
    lifecycle.remove(phone.old.activation_id, at=timezone.now())
    assert phone.old.status().state == ActivationState.REMOVED
    assert not phone.confirm().valid
    assert phone.row.protocol_generation == 3


@pytest.mark.parametrize("admitted", [[], [ActivationState.PENDING_COMMIT]], ids=["none", "other"])
def test_the_states_that_a_caller_admits_bind_the_confirmation(
    phone: Moving, admitted: list[Any]
) -> None:
    phone.start()
    code = phone.code()
    assert upgrade.is_meant(phone.row, code)
    verdict = signatures.verify_online(code, at=timezone.now(), admitted=admitted)
    assert not verdict.valid
    assert phone.row.protocol_generation == 3
    assert phone.confirm().valid
