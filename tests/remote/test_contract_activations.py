"""The contract of a PowerAuth Server, embedded or remote: activations, signatures, encryption."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from activation.models import SpawnRule
from powerauth.engine.activations import lifecycle
from powerauth.engine.applications import application_config, master_keys
from powerauth.models import ActivationState
from powerauth.phone.errors import PhoneFailure
from powerauth.phone.phone import Phone
from powerauth.protocol.curves import P384
from powerauth.protocol.encoding import b64d
from powerauth.protocol.v3.encryption import Encryptor
from powerauth.protocol.v4.primitives.signing import ECDSA_P384
from tests.api.answers import OK, outcome
from tests.api.standard import hooks
from tests.api.standard.wire import (
    NO_ACTIVATION,
    NO_ENCRYPTION,
    PK,
    UNAUTHENTICATED,
    flipped,
    post_encrypted,
    sealed,
)
from tests.bank import PIN, VERSIONS, VERSIONS_OF_3, Bank

pytestmark = pytest.mark.usefixtures("engine")
HOOKS = "tests.api.standard.hooks"
USER_INFO = "/pa/v3/user/info"
GENERIC = Encryptor.ACTIVATION_GENERIC


@pytest.mark.main_path
@pytest.mark.parametrize("version", VERSIONS)
def test_life_of_an_activation(bank: Bank, version: str) -> None:
    phone = bank.phone("alice", version=version)
    assert phone.status().state == ActivationState.ACTIVE
    assert outcome(phone.validate_signature(body=b"anything", pin=PIN)) == OK
    token = phone.create_token(PK, PIN)
    assert phone.detail(token)["activationName"] == "Phone"
    assert phone.rename("New name", pin=PIN)["activationName"] == "New name"
    assert phone.detail(token)["activationName"] == "New name"
    assert len(phone.unlock_vault(PIN)) == (16 if version in VERSIONS_OF_3 else 32)
    assert phone.user_info()["sub"] == "alice"
    row = bank.activation(phone)
    phone.remove(PIN)
    row.refresh_from_db()
    assert row.state == ActivationState.REMOVED


def test_factors_of_a_phone_of_protocol_4(bank: Bank) -> None:
    phone = bank.phone("alice", version="4.0", commit=False)
    assert not bank.activation(phone).confirmation_pending
    assert phone.status().state == ActivationState.PENDING_COMMIT
    lifecycle.commit(phone.activation_id, at=timezone.now())
    phone.change_pin(PIN, "7777")
    assert outcome(phone.validate_signature(pin=PIN)) != OK
    assert outcome(phone.validate_signature(pin="7777")) == OK
    phone.remove_biometry()
    assert not phone.status().biometry_enabled
    phone.add_biometry("7777")
    assert phone.status().biometry_enabled
    assert outcome(phone.validate_signature(factors="possession_biometry")) == OK
    lifecycle.block(phone.activation_id, at=timezone.now())
    assert phone.status().state == ActivationState.BLOCKED
    phone.server_status()


def test_wrong_pins_block_and_are_counted_once_each(bank: Bank, alice: Phone) -> None:
    for failed in range(1, 5):
        assert outcome(alice.validate_signature(pin="9999")) == UNAUTHENTICATED
        assert bank.activation(alice).failed_attempts == failed
    assert outcome(alice.validate_signature(pin=PIN)) == OK
    assert bank.activation(alice).failed_attempts == 0
    for _ in range(5):
        alice.validate_signature(pin="9999")
    assert bank.activation(alice).state == ActivationState.BLOCKED
    assert alice.status().state == ActivationState.BLOCKED
    lifecycle.unblock(alice.activation_id, at=timezone.now())
    assert outcome(alice.validate_signature(pin=PIN)) == OK


def test_signature_counts_once_whatever_an_endpoint_does_with_it(bank: Bank, alice: Phone) -> None:
    before = bank.activation(alice).counter
    alice.rename("Other", pin=PIN)
    assert bank.activation(alice).counter == before + 1
    alice.create_token(PK, PIN)
    assert bank.activation(alice).counter == before + 2
    alice.unlock_vault(PIN)
    assert bank.activation(alice).counter == before + 3


def test_wrong_pin_unlocks_no_vault_and_counts_once(bank: Bank, alice: Phone) -> None:
    with pytest.raises(PhoneFailure) as failure:
        alice.unlock_vault("9999")
    assert outcome(failure.value.answer) == UNAUTHENTICATED
    assert bank.activation(alice).failed_attempts == 1


def test_removed_token_is_worth_nothing(alice: Phone) -> None:
    token = alice.create_token(PK, PIN)
    alice.remove_token(token, pin=PIN)
    with pytest.raises(PhoneFailure) as failure:
        alice.detail(token)
    assert outcome(failure.value.answer) == UNAUTHENTICATED


def test_encrypted_request_is_good_once(alice: Phone) -> None:
    request = sealed(alice, GENERIC).to_json()
    assert post_encrypted(alice, USER_INFO, request, GENERIC).ok
    assert outcome(post_encrypted(alice, USER_INFO, request, GENERIC)) == NO_ENCRYPTION


def test_changed_ciphertext_is_refused(alice: Phone) -> None:
    request = sealed(alice, GENERIC)
    changed = replace(request, encrypted_data=flipped(request.encrypted_data)).to_json()
    assert outcome(post_encrypted(alice, USER_INFO, changed, GENERIC)) == NO_ENCRYPTION


def test_unknown_activation_has_a_status_that_nobody_can_tell(alice: Phone) -> None:
    shapes = set()
    for activation_id in (alice.activation_id, "5ff1b1ed-a3cc-45a3-8ab0-ed60950312b6"):
        asked = {"activationId": activation_id, "challenge": "MDEyMzQ1Njc4OWFiY2RlZg=="}
        answer = alice.plain_post("/pa/v3/activation/status", asked).payload
        shapes.add(tuple((name, len(value)) for name, value in sorted(answer.items())))
    assert len(shapes) == 1


@pytest.mark.parametrize("challenge", ["", "c2hvcnQ="])
def test_challenge_of_another_size(alice: Phone, challenge: str) -> None:
    asked = {"activationId": alice.activation_id, "challenge": challenge}
    assert outcome(alice.plain_post("/pa/v3/activation/status", asked)) == NO_ACTIVATION


def test_hook_decides_about_a_phone_with_a_password(bank: Bank, settings: Settings) -> None:
    settings.ACTIVATION_PROVIDER_HOOK = f"{HOOKS}.ByPassword"
    hooks.forget()
    phone = bank.blank_phone()
    attributes = {"username": "alice", "password": hooks.PASSWORD}
    result = phone.activate_directly(attributes, pin=PIN)
    row = bank.activation(phone)
    assert (row.state, row.user_id, row.max_failed_attempts) == (ActivationState.ACTIVE, "alice", 3)
    assert sorted(row.flags) == ["BY-DIRECT", "NEW"]
    assert row.expires_at - row.created_at <= timedelta(minutes=1)
    assert result.custom_attributes is not None
    assert result.custom_attributes["state"] == "PENDING_COMMIT"
    ((_, facts),) = hooks.committed
    assert (facts.state, sorted(facts.flags)) == ("ACTIVE", ["BY-DIRECT", "NEW"])


def test_unknown_code_activates_nobody(bank: Bank) -> None:
    with pytest.raises(PhoneFailure) as failure:
        bank.blank_phone().activate("AAAAA-AAAAA-AAAAA-AAAAA", pin=PIN)
    assert outcome(failure.value.answer) == NO_ACTIVATION


def test_otp_of_a_spawned_activation(
    bank: Bank, other_bank: Bank, alice: Phone, settings: Settings
) -> None:
    settings.ACTIVATION_SPAWN_ENABLED = True
    SpawnRule.objects.create(
        source_application_id=bank.application.id,
        requested_id="other",
        destination_application_id=other_bank.application.id,
        flags_to_add=["SPAWNED"],
    )
    spawned = alice.spawn("other", "12345678", pin=PIN)
    second = other_bank.blank_phone()
    second.activate(spawned.code, pin=PIN, otp="12345678")
    row = other_bank.activation(second)
    assert (row.state, row.user_id, row.flags) == (ActivationState.ACTIVE, "alice", ["SPAWNED"])
    assert (str(row.parent_activation_id), row.transfer_type) == (alice.activation_id, "SPAWN")


def test_spawned_activation_of_an_application_without_protocol_3(
    bank: Bank, other_bank: Bank, settings: Settings
) -> None:
    application_config.store(
        other_bank.application.id, "cryptography_algorithms_supported", ["EC_P384"]
    )
    settings.ACTIVATION_SPAWN_ENABLED = True
    SpawnRule.objects.create(
        source_application_id=bank.application.id,
        requested_id="other",
        destination_application_id=other_bank.application.id,
    )
    first = bank.phone("alice", version="4.0")
    spawned = first.spawn("other", "12345678", pin=PIN)
    public = master_keys.public_key(other_bank.application.id, ECDSA_P384)
    assert P384.verify(public, spawned.code.encode(), b64d(spawned.signature))
    second = other_bank.blank_phone(version="4.0", suite="EC_P384")
    second.activate(spawned.qr_text, pin=PIN, otp="12345678")
    assert outcome(second.validate_signature(pin=PIN)) == OK
