"""`/pa/v3/user/info`: standard-rest-api.md 7.12 and 8."""

import time
import uuid
from datetime import UTC, datetime

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone
from pytest_django import Settings

from powerauth.engine.activations import lifecycle
from powerauth.engine.applications import applications
from powerauth.models import Activation, UniqueValue
from powerauth.phone.phone import Phone
from powerauth.protocol.encoding import b64
from powerauth.protocol.v3.encryption import Encryptor, Scope
from powerauth.protocol.v3.headers import ENCRYPTION_HEADER
from powerauth.standard.errors import UserInfoRefused
from powerauth.standard.user_info import claims_of
from powerauth.user_info import get_provider
from powerauth.values import ActivationFacts
from tests.api.answers import outcome
from tests.api.standard.wire import (
    NO_ENCRYPTION,
    attempts,
    flipped,
    post_encrypted,
    sealed,
    shift_clock,
)
from tests.api.standard.words import other_encryptors
from tests.bank import VERSIONS, Bank

PATH = "/pa/v3/user/info"
GENERIC = Encryptor.ACTIVATION_GENERIC


@pytest.mark.main_path
@pytest.mark.parametrize("version", VERSIONS)
def test_minimal_claims(bank: Bank, version: str) -> None:
    phone = bank.phone("alice", version=version)
    first, second = phone.user_info(), phone.user_info()
    assert set(first) == {"sub", "jti", "iat"}
    assert first["sub"] == "alice"
    assert abs(first["iat"] - time.time()) < 10
    assert uuid.UUID(first["jti"]) != uuid.UUID(second["jti"])
    assert attempts(phone) == (0, 0)


@pytest.mark.parametrize("provider", ["", "none", " NONE "])
def test_no_provider(alice: Phone, settings: Settings, provider: str) -> None:
    settings.USER_INFO_PROVIDER = provider
    assert alice.user_info() == {}


def test_unknown_provider(settings: Settings) -> None:
    settings.USER_INFO_PROVIDER = "ldap"
    with pytest.raises(ImproperlyConfigured):
        get_provider()


@pytest.mark.parametrize("plaintext", [b"", b"{}", b"not JSON", b"\xff"])
def test_content_is_ignored(alice: Phone, plaintext: bytes) -> None:
    request = sealed(alice, GENERIC, plaintext).to_json()
    assert post_encrypted(alice, PATH, request, GENERIC).status == 200


@pytest.mark.parametrize("state", [1, 2, 4, 5])
def test_only_active_activations(alice: Phone, state: int) -> None:
    request = sealed(alice, GENERIC).to_json()
    Activation.objects.update(state=state)
    assert outcome(post_encrypted(alice, PATH, request, GENERIC)) == NO_ENCRYPTION


@pytest.mark.parametrize("state", ["BLOCKED", "REMOVED"])
def test_second_look_at_the_state(state: str) -> None:
    facts = ActivationFacts(activation_id="a1", state=state, user_id="alice")
    with pytest.raises(UserInfoRefused) as refusal:
        claims_of(facts, at=datetime.now(UTC))
    assert refusal.value.code == "ERR_USER_INFO"
    assert refusal.value.message == f"Invalid activation status: {state}, for activation: a1"


@pytest.mark.parametrize(("version", "encryptor"), other_encryptors(GENERIC))
def test_other_encryptors(bank: Bank, version: str, encryptor: Encryptor) -> None:
    phone = bank.phone("alice", version=version)
    request = sealed(phone, encryptor).to_json()
    path = phone.path_of("user/info")
    for header in (GENERIC, encryptor):
        assert outcome(post_encrypted(phone, path, request, header)) == NO_ENCRYPTION


@pytest.mark.parametrize("version", ["3.2", "3.3", "4.0"])
def test_twice(bank: Bank, version: str) -> None:
    phone = bank.phone("alice", version=version)
    path, request = phone.path_of("user/info"), sealed(phone, GENERIC).to_json()
    assert post_encrypted(phone, path, request, GENERIC).status == 200
    assert outcome(post_encrypted(phone, path, request, GENERIC)) == NO_ENCRYPTION


def test_twice_with_the_activation_in_another_letter_case(bank: Bank) -> None:
    """Associated data binds the id as it is spelled, so another spelling breaks the MAC."""
    phone = bank.phone("alice", version="3.2")
    request = sealed(phone, GENERIC).to_json()
    assert post_encrypted(phone, PATH, request, GENERIC).status == 200
    value = phone.encryption_header(Scope.ACTIVATION).format()
    upper = value.replace(phone.activation_id, phone.activation_id.upper())
    headers = {ENCRYPTION_HEADER: upper}
    answer = post_encrypted(phone, PATH, request, GENERIC, headers)
    assert outcome(answer) == NO_ENCRYPTION


@pytest.mark.parametrize("version", ["3.0", "3.1"])
def test_versions_without_replay_check_can_repeat(bank: Bank, version: str) -> None:
    phone = bank.phone("alice", version=version)
    request = sealed(phone, GENERIC).to_json()
    for _ in range(2):
        assert post_encrypted(phone, PATH, request, GENERIC).status == 200
    assert not UniqueValue.objects.exists()


@pytest.mark.parametrize("version", ["3.2", "3.3"])
@pytest.mark.parametrize(
    ("shift", "status"),
    [(-7_190_000, 200), (-7_210_000, 400), (50_000, 200), (70_000, 400), (-(10**12), 400)],
)
def test_reference_defect_old_requests_are_accepted(
    bank: Bank, version: str, shift: int, status: int
) -> None:
    """The reference server limited the future only, and forgot requests after a minute."""
    phone = bank.phone("alice", version=version)
    if version == "3.3":
        phone.temporary_key(Scope.ACTIVATION)
    UniqueValue.objects.all().delete()
    shift_clock(phone, shift)
    request = phone.seal(b"{}", GENERIC)[0]
    answer = post_encrypted(phone, PATH, request.to_json(), GENERIC)
    assert answer.status == status
    if status == 200:
        assert request.timestamp is not None
        horizon = UniqueValue.objects.get().expires_at
        assert horizon.timestamp() * 1000 >= request.timestamp + 7_200_000


@pytest.mark.parametrize("timestamp", [0, 2**63 - 1, 253_402_300_800_000])
def test_time_out_of_the_calendar(bank: Bank, timestamp: int) -> None:
    phone = bank.phone("alice", version="3.2")
    request = sealed(phone, GENERIC).to_json() | {"timestamp": timestamp}
    assert outcome(post_encrypted(phone, PATH, request, GENERIC)) == NO_ENCRYPTION


@pytest.mark.embedded
@pytest.mark.parametrize("name", ["encrypted_data", "mac", "nonce"])
def test_reference_defect_garbage_fills_the_replay_memory(alice: Phone, name: str) -> None:
    """The reference server remembered requests before it checked their MAC."""
    request = sealed(alice, GENERIC)
    member = {"encrypted_data": "encryptedData"}.get(name, name)
    members = request.to_json() | {member: b64(flipped(getattr(request, name)))}
    UniqueValue.objects.all().delete()
    assert outcome(post_encrypted(alice, PATH, members, GENERIC)) == NO_ENCRYPTION
    assert not UniqueValue.objects.exists()
    assert post_encrypted(alice, PATH, request.to_json(), GENERIC).status == 200


def test_somebody_else(alice: Phone, bob: Phone) -> None:
    headers = {ENCRYPTION_HEADER: alice.encryption_header(Scope.ACTIVATION).format()}
    request = sealed(bob, GENERIC).to_json()
    assert outcome(post_encrypted(bob, PATH, request, GENERIC, headers)) == NO_ENCRYPTION


def test_application_of_another_bank(alice: Phone, mallory: Phone) -> None:
    own = alice.config
    alice.temporary_key(Scope.ACTIVATION)
    alice.config = mallory.config
    request = sealed(alice, GENERIC).to_json()
    assert outcome(post_encrypted(alice, PATH, request, GENERIC)) == NO_ENCRYPTION
    alice.config = own
    assert alice.user_info()["sub"] == "alice"


def test_unsupported_version(bank: Bank, alice: Phone) -> None:
    request = sealed(alice, GENERIC).to_json()
    applications.set_supported(bank.application.id, "default", supported=False)
    assert outcome(post_encrypted(alice, PATH, request, GENERIC)) == NO_ENCRYPTION


def test_blocked_and_unblocked(alice: Phone) -> None:
    lifecycle.block(alice.activation_id, at=timezone.now())
    request = sealed(alice, GENERIC).to_json()
    assert outcome(post_encrypted(alice, PATH, request, GENERIC)) == NO_ENCRYPTION
    lifecycle.unblock(alice.activation_id, at=timezone.now())
    assert alice.user_info()["sub"] == "alice"


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b"null", b"not JSON", b"\xff"])
def test_body_that_is_no_envelope(alice: Phone, body: bytes) -> None:
    assert outcome(post_encrypted(alice, PATH, body, GENERIC)) == NO_ENCRYPTION


def test_minimum_version(bank: Bank, settings: Settings) -> None:
    phone = bank.phone("alice", version="3.1")
    settings.POWERAUTH_MINIMUM_PROTOCOL_VERSION = "3.2"
    request = sealed(phone, GENERIC).to_json()
    assert outcome(post_encrypted(phone, PATH, request, GENERIC)) == NO_ENCRYPTION
    phone.version = "3.2"
    assert phone.user_info()["sub"] == "alice"
