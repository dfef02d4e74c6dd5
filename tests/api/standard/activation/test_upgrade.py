"""`/pa/v3/upgrade/*`, which has nothing to migrate: standard-rest-api.md 7.10."""

from typing import Any

import pytest
from django.utils import timezone

from powerauth.engine.activations import lifecycle
from powerauth.models import SignatureAudit
from powerauth.phone.phone import Phone
from powerauth.protocol.v3.encryption import Encryptor
from powerauth.protocol.v3.headers import SIGNATURE_HEADER
from powerauth.protocol.v3.signature import SignatureType
from tests.api.answers import Outcome, outcome
from tests.api.standard.wire import (
    NO_UPGRADE,
    PB,
    PK,
    PKB,
    UNAUTHENTICATED,
    P,
    attempts,
    post_encrypted,
    post_signed,
    sealed,
)
from tests.bank import VERSIONS_OF_3, Bank

START = "/pa/v3/upgrade/start"
COMMIT = "/pa/v3/upgrade/commit"
UPGRADE = Encryptor.UPGRADE


@pytest.mark.parametrize("version", VERSIONS_OF_3)
def test_start_of_an_activation_of_version_3(bank: Bank, version: str) -> None:
    phone = bank.phone("alice", version=version)
    answer = post_encrypted(phone, START, sealed(phone, UPGRADE).to_json(), UPGRADE)
    assert outcome(answer) == NO_UPGRADE
    assert attempts(phone) == (0, 0)


@pytest.mark.parametrize("version", VERSIONS_OF_3)
@pytest.mark.parametrize("encryptor", [it for it in Encryptor if it is not UPGRADE])
def test_start_with_another_encryptor(bank: Bank, version: str, encryptor: Encryptor) -> None:
    phone = bank.phone("alice", version=version)
    request = sealed(phone, encryptor).to_json()
    assert outcome(post_encrypted(phone, START, request, encryptor)) == NO_UPGRADE


@pytest.mark.parametrize(
    ("version", "member"),
    [("3.1", "nonce"), ("3.2", "nonce"), ("3.2", "timestamp"), ("3.3", "temporaryKeyId")],
)
def test_start_without_a_parameter(bank: Bank, version: str, member: str) -> None:
    phone = bank.phone("alice", version=version)
    request = sealed(phone, UPGRADE).to_json()
    del request[member]
    assert outcome(post_encrypted(phone, START, request, UPGRADE)) == UNAUTHENTICATED


def test_start_without_a_header_and_of_a_blocked_activation(alice: Phone) -> None:
    request = sealed(alice, UPGRADE).to_json()
    assert outcome(post_encrypted(alice, START, request, UPGRADE, {})) == NO_UPGRADE
    lifecycle.block(alice.activation_id, at=timezone.now())
    assert outcome(post_encrypted(alice, START, request, UPGRADE)) == NO_UPGRADE


def commit(phone: Phone, body: bytes = b"{}", **sign: Any) -> Outcome:
    sign = {"factors": P, **sign}
    return outcome(post_signed(phone, COMMIT, body, resource_id="/pa/upgrade/commit", **sign))


@pytest.mark.parametrize("version", VERSIONS_OF_3)
def test_commit_of_an_activation_of_version_3(bank: Bank, version: str) -> None:
    phone = bank.phone("alice", version=version)
    assert commit(phone) == NO_UPGRADE
    assert attempts(phone) == (1, 0)
    assert SignatureAudit.objects.get().valid


@pytest.mark.parametrize("factors", [PK, PB, PKB])
def test_commit_with_other_factors(alice: Phone, factors: SignatureType) -> None:
    assert commit(alice, factors=factors) == UNAUTHENTICATED
    assert attempts(alice) == (0, 0)


def test_commit_without_a_body(alice: Phone) -> None:
    assert commit(alice, b"") == UNAUTHENTICATED
    assert attempts(alice) == (0, 0)


@pytest.mark.parametrize("body", [b"not JSON", b"\xff", b"[]"])
def test_commit_with_any_body(alice: Phone, body: bytes) -> None:
    assert commit(alice, body) == NO_UPGRADE


def test_commit_with_a_malformed_header(alice: Phone) -> None:
    for value in ("", "PowerAuth", "Bearer x"):
        answer = alice.server.post(COMMIT, b"{}", {SIGNATURE_HEADER: value})
        assert outcome(answer) == NO_UPGRADE


def test_commit_with_a_wrong_signature(alice: Phone) -> None:
    value = alice.sign("POST", "/pa/upgrade/commit", b"other", factors=P)
    answer = alice.server.post(COMMIT, b"{}", {SIGNATURE_HEADER: value})
    assert outcome(answer) == UNAUTHENTICATED


def test_commit_of_a_blocked_activation(alice: Phone) -> None:
    lifecycle.block(alice.activation_id, at=timezone.now())
    assert commit(alice) == UNAUTHENTICATED
