"""Signatures that give no activation code: mobile-token-api.md 2 and 9.1."""

import json
from collections.abc import Callable
from dataclasses import replace

import pytest
from django.utils import timezone
from pytest_django import Settings

from powerauth.engine.activations import lifecycle
from powerauth.models import ApplicationVersion
from powerauth.phone.phone import Phone
from powerauth.protocol.v3.encryption import Scope
from powerauth.protocol.v3.headers import SIGNATURE_HEADER, TOKEN_HEADER
from powerauth.protocol.v3.signature import SignatureType
from powerauth.protocol.versions import TRAITS
from tests.api.activation.calls import (
    ORDER,
    PATH,
    RESOURCE_ID,
    Send,
    encrypted,
    nothing_happened,
    plain,
    sealed_order,
)
from tests.api.answers import outcome, refusal
from tests.api.mobile_answers import NO_ENCRYPTION, UNAUTHENTICATED
from tests.api.standard.wire import PKB, WRONG_PIN, B, K, P, attempts, to_bytes
from tests.bank import PIN, Bank, take_user_away

both = pytest.mark.parametrize("send", [plain, encrypted])
pytestmark = pytest.mark.usefixtures("rule")


@both
@pytest.mark.parametrize("factors", [P, K, B, PKB])
def test_wrong_factors_are_refused_before_anything_is_counted(
    alice: Phone, other_bank: Bank, send: Send, factors: SignatureType
) -> None:
    assert outcome(send(alice, factors=factors)) == UNAUTHENTICATED
    assert attempts(alice) == (0, 0)
    assert nothing_happened(other_bank.application)


@both
def test_wrong_pin(alice: Phone, other_bank: Bank, send: Send) -> None:
    assert outcome(send(alice, pin=WRONG_PIN)) == UNAUTHENTICATED
    assert attempts(alice) == (0, 1)
    assert nothing_happened(other_bank.application)


@pytest.mark.parametrize("body", [to_bytes(ORDER), to_bytes({"encryptedData": "AAAA"}), b"", b"{"])
@pytest.mark.parametrize("value", [None, "", "PowerAuth", "PowerAuth pa_version=3.3", "Basic YTpi"])
def test_missing_and_malformed_header(
    alice: Phone, other_bank: Bank, body: bytes, value: str | None
) -> None:
    headers = {} if value is None else {SIGNATURE_HEADER: value}
    assert outcome(alice.server.post(PATH, body, headers)) == UNAUTHENTICATED
    assert nothing_happened(other_bank.application)


@both
def test_a_token_is_not_enough(alice: Phone, other_bank: Bank, send: Send) -> None:
    token = alice.create_token("possession_knowledge", PIN)
    headers = {TOKEN_HEADER: alice.token_header(token)}
    assert outcome(alice.server.post(PATH, to_bytes(ORDER), headers)) == UNAUTHENTICATED
    assert outcome(send(alice, pin=WRONG_PIN, headers=headers)) == UNAUTHENTICATED
    assert nothing_happened(other_bank.application)


def test_signature_of_somebody_else(alice: Phone, bob: Phone, other_bank: Bank) -> None:
    body = to_bytes(ORDER)
    header = bob.signature_header("POST", RESOURCE_ID, body, pin=PIN)
    stolen = replace(header, activation_id=alice.activation_id).format()
    answer = alice.server.post(PATH, body, {SIGNATURE_HEADER: stolen})
    assert outcome(answer) == UNAUTHENTICATED
    assert (attempts(alice), attempts(bob)) == ((0, 1), (0, 0))
    assert nothing_happened(other_bank.application)


def test_signature_over_the_envelope_instead_of_the_plaintext(
    alice: Phone, other_bank: Bank
) -> None:
    body = to_bytes(sealed_order(alice))
    value = alice.sign("POST", RESOURCE_ID, body, pin=PIN)
    answer = alice.server.post(PATH, body, {SIGNATURE_HEADER: value})
    assert outcome(answer) == UNAUTHENTICATED
    assert attempts(alice) == (0, 1)
    assert nothing_happened(other_bank.application)


@pytest.mark.parametrize("resource_id", ["/activation/code", "/api/activation/code/", "/x"])
def test_other_resource_ids(alice: Phone, other_bank: Bank, resource_id: str) -> None:
    answer = alice.signed_post(PATH, ORDER, resource_id=resource_id, pin=PIN)
    assert outcome(answer) == UNAUTHENTICATED
    assert nothing_happened(other_bank.application)


@pytest.mark.parametrize("version", ["3.0", "3.1"])
def test_the_same_encrypted_request_twice(bank: Bank, other_bank: Bank, version: str) -> None:
    repeated(bank.phone("alice", version=version), UNAUTHENTICATED)
    assert other_bank.application.activations.count() == 1


@pytest.mark.parametrize("version", ["3.2", "3.3", "4.0"])
def test_the_same_encrypted_request_twice_is_not_even_opened(
    bank: Bank, other_bank: Bank, version: str
) -> None:
    phone = bank.phone("alice", version=version)
    repeated(phone, NO_ENCRYPTION)
    assert other_bank.application.activations.count() == 1
    assert attempts(phone) == (1, 0)


def repeated(phone: Phone, expected: object) -> None:
    """Send one encrypted request twice."""
    body = to_bytes(sealed_order(phone))
    value = phone.sign("POST", RESOURCE_ID, json.dumps(ORDER).encode(), pin=PIN)
    first = phone.server.post(PATH, body, {SIGNATURE_HEADER: value})
    second = phone.server.post(PATH, body, {SIGNATURE_HEADER: value})
    assert (first.status, outcome(second)) == (200, expected)


def test_the_same_plain_request_twice(alice: Phone, other_bank: Bank) -> None:
    body = to_bytes(ORDER)
    headers = {SIGNATURE_HEADER: alice.sign("POST", RESOURCE_ID, body, pin=PIN)}
    assert alice.server.post(PATH, body, headers).status == 200
    assert outcome(alice.server.post(PATH, body, headers)) == UNAUTHENTICATED
    assert other_bank.application.activations.count() == 1


def block(phone: Phone) -> None:
    lifecycle.block(phone.activation_id, at=timezone.now())


def remove(phone: Phone) -> None:
    lifecycle.remove(phone.activation_id, at=timezone.now())


def forget_version(phone: Phone) -> None:
    ApplicationVersion.objects.filter(application_key=phone.application_key).update(supported=False)


@both
@pytest.mark.parametrize("version", ["3.1", "3.3", "4.0"])
@pytest.mark.parametrize("end", [block, remove, forget_version])
def test_an_activation_that_cannot_sign_any_more(
    bank: Bank, other_bank: Bank, send: Send, version: str, end: Callable[[Phone], None]
) -> None:
    phone = bank.phone("alice", version=version)
    if TRAITS[version].temporary_key:
        phone.temporary_key(Scope.ACTIVATION)
    end(phone)
    assert outcome(send(phone)) == UNAUTHENTICATED
    assert nothing_happened(other_bank.application)


@both
def test_an_activation_without_a_user(alice: Phone, other_bank: Bank, send: Send) -> None:
    take_user_away(alice)
    expected = refusal(400, "INVALID_ACTIVATION", "Activation is not valid")
    assert outcome(send(alice)) == expected
    assert nothing_happened(other_bank.application)


@both
def test_old_versions_that_the_bank_refuses(
    bank: Bank, other_bank: Bank, settings: Settings, send: Send
) -> None:
    phone = bank.phone("alice", version="3.0")
    settings.POWERAUTH_MINIMUM_PROTOCOL_VERSION = "3.1"
    assert outcome(send(phone)) == UNAUTHENTICATED
    assert nothing_happened(other_bank.application)
