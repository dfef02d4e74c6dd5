"""`/pa/v3/activation/create`: standard-rest-api.md 7.1, protocol.md 4."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import Settings

from enrollment_server.api.payloads.json import dump_json
from powerauth.engine.activations import lifecycle
from powerauth.engine.applications import applications
from powerauth.models import (
    Activation,
    ActivationHistory,
    ActivationState,
    CommitPhase,
)
from powerauth.protocol.v3.encryption import Encryptor, Scope
from powerauth.protocol.v3.headers import ENCRYPTION_HEADER
from powerauth.protocol.versions import TRAITS
from tests.api.answers import OK, outcome
from tests.api.standard.activation.creating import PATH, layer_1, post, refused
from tests.api.standard.wire import (
    NO_ACTIVATION,
    NO_TEMPORARY_KEY,
    attempts,
    post_encrypted,
    sealed,
    to_bytes,
)
from tests.bank import PIN, VERSIONS, Bank


@pytest.mark.embedded
@pytest.mark.main_path
@pytest.mark.parametrize("version", VERSIONS)
def test_activation_by_code(bank: Bank, version: str) -> None:
    phone = bank.blank_phone(version=version)
    result = phone.activate(
        bank.code("alice"),
        pin=PIN,
        name="Alice's phone",
        platform="iOS",
        device_info="iPhone12,3",
        extras="free text",
        custom_attributes={"branch": "Praha", "n": [1, 2.5, None, {"x": True}]},
    )
    row = bank.activation(phone)
    generation = TRAITS[version].generation
    assert (row.state, row.version) == (ActivationState.PENDING_COMMIT, generation)
    assert attempts(phone) == (0, 0)
    assert (row.name, row.extras) == ("Alice's phone", "free text")
    assert (row.platform, row.device_info) == ("ios", "iPhone12,3")
    kept = json.loads(dump_json(row.custom_attributes))
    assert kept == {"branch": "Praha", "n": [1, 2.5, None, {"x": True}]}
    assert result.custom_attributes == kept
    assert set(result.layer_1) == {"activationData", "customAttributes", "userInfo"}
    keys = {3: {"serverPublicKey"}, 4: {"sharedSecretResponse", "serverPublicKeys"}}
    assert set(result.layer_2) == {"activationId", "ctrData"} | keys[generation]
    assert phone.status().state == ActivationState.PENDING_COMMIT
    lifecycle.commit(phone.activation_id, at=timezone.now())
    assert phone.status().state == ActivationState.ACTIVE
    assert outcome(phone.validate_signature(pin=PIN)) == OK
    changes = ActivationHistory.objects.exclude(event_reason="ACTIVATION_CONFIRMED")
    assert list(changes.order_by("id").values_list("state", flat=True)) == [1, 2, 3]


def test_members_that_may_be_missing(bank: Bank) -> None:
    phone = bank.blank_phone()
    result = phone.exchange_keys({"code": bank.code("alice")}, pin=PIN)
    row = bank.activation(phone)
    assert (row.name, row.extras, row.device_info, row.external_id) == ("", "", "", "")
    assert (row.platform, row.custom_attributes) == ("unknown", {})
    assert result.custom_attributes == {}


@pytest.mark.parametrize("provider", ["minimal", "MINIMAL"])
def test_minimal_user_info(bank: Bank, settings: Settings, provider: str) -> None:
    settings.USER_INFO_PROVIDER = provider
    info = bank.blank_phone().activate(bank.code("alice"), pin=PIN).user_info
    assert info is not None
    assert set(info) == {"sub", "jti", "iat"}
    assert info["sub"] == "alice"


@pytest.mark.parametrize("provider", ["", "none"])
def test_no_user_info(bank: Bank, settings: Settings, provider: str) -> None:
    settings.USER_INFO_PROVIDER = provider
    assert "userInfo" not in bank.blank_phone().activate(bank.code("alice"), pin=PIN).layer_1


def test_key_exchange_that_commits(bank: Bank) -> None:
    phone = bank.phone("alice", commit=False, commit_phase=CommitPhase.ON_KEY_EXCHANGE)
    assert bank.activation(phone).state == ActivationState.ACTIVE
    assert outcome(phone.validate_signature(pin=PIN)) == OK


def test_unknown_code(bank: Bank, other_bank: Bank) -> None:
    phone = bank.blank_phone()
    for code in (other_bank.code("alice"), "AAAAA-AAAAA-AAAAA-AAAAA", "x", "' OR 1=1 --"):
        assert outcome(post(phone, layer_1(phone, code))) == NO_ACTIVATION
    assert Activation.objects.get().state == ActivationState.CREATED


def test_expired_code(bank: Bank) -> None:
    code = bank.code("alice", expires_at=timezone.now() - timedelta(milliseconds=1))
    assert refused(bank.blank_phone(), code) == NO_ACTIVATION
    assert Activation.objects.get().state == ActivationState.REMOVED
    assert ActivationHistory.objects.all()[0].state == ActivationState.REMOVED


def test_code_twice(bank: Bank) -> None:
    code = bank.code("alice")
    bank.blank_phone().activate(code, pin=PIN)
    device_key = bytes(Activation.objects.get().device_public_key)
    assert refused(bank.blank_phone(), code) == NO_ACTIVATION
    assert bytes(Activation.objects.get().device_public_key) == device_key


@pytest.mark.parametrize("version", VERSIONS)
def test_unsupported_version_of_the_application(bank: Bank, version: str) -> None:
    code = bank.code("alice")
    applications.set_supported(bank.application.id, "default", supported=False)
    expected = NO_TEMPORARY_KEY if TRAITS[version].temporary_key else NO_ACTIVATION
    assert refused(bank.blank_phone(version=version), code) == expected
    assert Activation.objects.get().state == ActivationState.CREATED


@pytest.mark.parametrize("version", ["3.0", "3.1", "3.2"])
def test_keys_of_another_application(bank: Bank, other_bank: Bank, version: str) -> None:
    phone, other = (owner.blank_phone(version=version) for owner in (bank, other_bank))
    headers = {ENCRYPTION_HEADER: phone.encryption_header(Scope.APPLICATION).format()}
    encryptor = Encryptor.APPLICATION_GENERIC
    request = sealed(other, encryptor, to_bytes(layer_1(other, bank.code("alice")))).to_json()
    answer = post_encrypted(phone, PATH, request, encryptor, headers)
    assert outcome(answer) == NO_ACTIVATION
