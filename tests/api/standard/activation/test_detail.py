"""`/pa/v3/activation/detail`: standard-rest-api.md 7.3."""

import pytest

from powerauth.engine.applications import applications
from powerauth.models import Token
from powerauth.phone.phone import Phone
from powerauth.phone.state import Token as PhoneToken
from powerauth.protocol.v3.encryption import Scope
from powerauth.protocol.v3.headers import ENCRYPTION_HEADER, SIGNATURE_HEADER, TOKEN_HEADER
from powerauth.protocol.v3.signature import SignatureType
from tests.api.answers import outcome
from tests.api.standard.detail import GENERIC, PATH, send
from tests.api.standard.wire import (
    NO_ENCRYPTION,
    PB,
    PK,
    UNAUTHENTICATED,
    P,
    attempts,
    post_signed,
    sealed,
    to_bytes,
)
from tests.api.standard.words import sealed_members
from tests.bank import PIN, VERSIONS, Bank


@pytest.mark.main_path
@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("factors", [PK, PB])
def test_detail(bank: Bank, version: str, factors: SignatureType) -> None:
    phone = bank.phone("alice", version=version)
    token = phone.create_token(factors, PIN)
    own = {"activationId": phone.activation_id, "activationName": "Phone"}
    path = phone.path_of("activation/detail")
    answer, plaintext = phone.encrypted_post(path, {}, encryptor=GENERIC, token=token)
    assert answer.status == 200
    assert plaintext is not None
    assert to_bytes({"status": "OK", "responseObject": own}).replace(b" ", b"") == plaintext
    assert set(answer.json) == sealed_members(version)
    assert attempts(phone) == (1, 0)
    assert Token.objects.get().last_used_at is not None


@pytest.mark.parametrize("plaintext", [b"", b"not JSON", b"[]", b"\xff"])
def test_content_is_ignored(alice: Phone, plaintext: bytes) -> None:
    token = alice.create_token(PK, PIN)
    assert send(alice, alice.token_header(token), plaintext=plaintext).status == 200


def test_token_of_one_factor(alice: Phone) -> None:
    token = alice.create_token(P)
    assert outcome(send(alice, alice.token_header(token))) == UNAUTHENTICATED


def test_signature_instead_of_a_token(alice: Phone) -> None:
    answer = post_signed(
        alice, PATH, sealed(alice, GENERIC).to_json(), resource_id="/pa/activation/detail"
    )
    assert outcome(answer) == UNAUTHENTICATED
    assert attempts(alice) == (0, 0)


def test_no_token(alice: Phone) -> None:
    assert outcome(send(alice, None)) == UNAUTHENTICATED


def test_reference_defect_broken_encryption_answers_success(alice: Phone) -> None:
    """The reference server answered 200 with an empty body."""
    token = alice.create_token(PK, PIN)
    for body in (b"", b"{}", b"not JSON", to_bytes({"mac": 1})):
        headers = {
            ENCRYPTION_HEADER: alice.encryption_header(Scope.ACTIVATION).format(),
            TOKEN_HEADER: alice.token_header(token),
        }
        assert outcome(alice.server.post(PATH, body, headers)) == NO_ENCRYPTION
    answer = alice.server.post(PATH, b"{}", {TOKEN_HEADER: alice.token_header(token)})
    assert outcome(answer) == NO_ENCRYPTION


def test_envelope_of_another_activation_than_the_token(
    bank: Bank, alice: Phone, bob: Phone
) -> None:
    second = bank.phone("alice")
    token = alice.create_token(PK, PIN)
    for other in (bob, second):
        answer = send(alice, alice.token_header(token), encrypted_by=other)
        assert outcome(answer) == NO_ENCRYPTION


def test_token_is_checked_before_the_envelope(alice: Phone) -> None:
    forged = PhoneToken(token_id=alice.activation_id, secret=bytes(16), factors=PK.value)
    headers = {TOKEN_HEADER: alice.token_header(forged)}
    assert outcome(alice.server.post(PATH, b"", headers)) == UNAUTHENTICATED


def test_signature_and_token_together_disagree(alice: Phone, bob: Phone) -> None:
    """A signature header feeds the decryption; it has to agree with the encryption header."""
    token = alice.create_token(PK, PIN)
    body = to_bytes(sealed(alice, GENERIC).to_json())
    headers = {
        ENCRYPTION_HEADER: alice.encryption_header(Scope.ACTIVATION).format(),
        TOKEN_HEADER: alice.token_header(token),
        SIGNATURE_HEADER: bob.sign("POST", "/pa/activation/detail", b"{}", factors=P),
    }
    assert outcome(alice.server.post(PATH, body, headers)) == NO_ENCRYPTION


def test_unsupported_version(bank: Bank, alice: Phone) -> None:
    token = alice.create_token(PK, PIN)
    alice.temporary_key(Scope.ACTIVATION)
    applications.set_supported(bank.application.id, "default", supported=False)
    assert outcome(send(alice, alice.token_header(token))) == NO_ENCRYPTION
