"""`/pa/v3/token/create` and `token/remove`: standard-rest-api.md 7.6, 7.7, protocol.md 8."""

from typing import Any

import pytest
from django.utils import timezone

from powerauth.engine.activations import lifecycle
from powerauth.engine.applications import applications
from powerauth.models import Activation, ActivationState, Token, UniqueValue
from powerauth.phone.phone import Phone
from powerauth.phone.state import Token as PhoneToken
from powerauth.protocol.encoding import b64
from powerauth.protocol.v3.encryption import Encryptor, Scope
from powerauth.protocol.v3.headers import ENCRYPTION_HEADER
from powerauth.protocol.v3.signature import SignatureType
from tests.api.answers import MALFORMED, WRONG_MEDIA_TYPE, Outcome, outcome
from tests.api.standard.wire import (
    PB,
    PK,
    PKB,
    UNAUTHENTICATED,
    WRONG_PIN,
    B,
    K,
    P,
    attempts,
    flipped,
    post_signed,
    sealed,
)
from tests.api.standard.words import other_encryptors, words
from tests.bank import PIN, VERSIONS, VERSIONS_OF_3, Bank

CREATE = "/pa/v3/token/create"
REMOVE = "/pa/v3/token/remove"


def create(phone: Phone, members: object = ..., **sign: Any) -> Outcome:
    whole = sealed(phone, Encryptor.CREATE_TOKEN).to_json() if members is ... else members
    path = phone.path_of("token/create")
    return outcome(post_signed(phone, path, whole, resource_id="/pa/token/create", **sign))


def remove(phone: Phone, payload: object, **sign: Any) -> Outcome:
    body = {"requestObject": payload}
    path = phone.path_of("token/remove")
    return outcome(post_signed(phone, path, body, resource_id="/pa/token/remove", **sign))


def removed(token_id: str) -> Outcome:
    return 200, {"status": "OK", "responseObject": {"tokenId": token_id}}


@pytest.mark.main_path
@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("factors", [P, PK, PB])
def test_token_of_each_type(bank: Bank, version: str, factors: SignatureType) -> None:
    phone = bank.phone("alice", version=version)
    token = phone.create_token(factors, PIN)
    row = Token.objects.get()
    assert (str(row.id), str(row.activation_id)) == (token.token_id, phone.activation_id)
    assert (row.signature_type, row.last_used_at) == (factors.value, None)
    assert len(token.secret) == words(version).token_secret
    assert attempts(phone) == (1, 0)


@pytest.mark.parametrize("factors", [PKB, K, B])
def test_reference_defect_three_factors_consume_the_counter(
    alice: Phone, factors: SignatureType
) -> None:
    """The reference server verified a three-factor signature, then failed."""
    assert create(alice, factors=factors) == UNAUTHENTICATED
    assert attempts(alice) == (0, 0)
    assert not Token.objects.exists()


def test_wrong_pin(alice: Phone) -> None:
    assert create(alice, pin=WRONG_PIN) == UNAUTHENTICATED
    assert attempts(alice) == (0, 1)
    assert not Token.objects.exists()


def test_request_twice(alice: Phone) -> None:
    members = sealed(alice, Encryptor.CREATE_TOKEN).to_json()
    assert create(alice, members)[0] == 200
    assert create(alice, members) == UNAUTHENTICATED
    assert attempts(alice) == (2, 0)
    assert Token.objects.count() == 1


@pytest.mark.parametrize(("version", "encryptor"), other_encryptors(Encryptor.CREATE_TOKEN))
def test_other_encryptors(bank: Bank, version: str, encryptor: Encryptor) -> None:
    phone = bank.phone("alice", version=version)
    assert create(phone, sealed(phone, encryptor).to_json()) == words(version).no_code
    assert attempts(phone) == (1, 0)
    assert not Token.objects.exists()


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    "member", ["ephemeralPublicKey", "encryptedData", "mac", "nonce", "timestamp", "temporaryKeyId"]
)
def test_members_that_the_version_wants(bank: Bank, version: str, member: str) -> None:
    phone = bank.phone("alice", version=version)
    members = sealed(phone, Encryptor.CREATE_TOKEN).to_json()
    if member in members:
        del members[member]
    else:
        forbidden = {"nonce": b64(bytes(16)), "timestamp": 1_700_000_000_000}
        members[member] = forbidden.get(member, "12345678-1234-4234-8234-123456789012")
    assert create(phone, members) == words(version).no_code
    assert not Token.objects.exists()


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b"null", b"not JSON", b"\xff", b'{"mac":1}'])
def test_body_that_is_no_envelope(alice: Phone, body: bytes) -> None:
    assert create(alice, body) == UNAUTHENTICATED


@pytest.mark.parametrize("name", ["encrypted_data", "mac", "nonce", "ephemeral_public_key"])
def test_flipped_bit(alice: Phone, name: str) -> None:
    request = sealed(alice, Encryptor.CREATE_TOKEN)
    first, *others = name.split("_")
    member = first + "".join(part.title() for part in others)
    members = request.to_json() | {member: b64(flipped(getattr(request, name), -1))}
    known = UniqueValue.objects.count()
    assert create(alice, members) == UNAUTHENTICATED
    assert UniqueValue.objects.count() == known


def test_signature_does_not_cover_another_body(alice: Phone) -> None:
    first, second = (sealed(alice, Encryptor.CREATE_TOKEN).to_json() for _ in range(2))
    value = alice.sign("POST", "/pa/token/create", str(first).encode(), factors=P)
    answer = alice.server.post(CREATE, str(second).encode(), {"X-PowerAuth-Authorization": value})
    assert outcome(answer) == UNAUTHENTICATED
    assert attempts(alice) == (0, 0)


def test_envelope_of_somebody_else(alice: Phone, bob: Phone) -> None:
    """Bob signs what Alice has encrypted."""
    members = sealed(alice, Encryptor.CREATE_TOKEN).to_json()
    assert create(bob, members) == UNAUTHENTICATED
    assert not Token.objects.exists()


def test_encryption_header_that_agrees(alice: Phone) -> None:
    own = {ENCRYPTION_HEADER: alice.encryption_header(Scope.ACTIVATION).format()}
    assert create(alice, headers=own)[0] == 200


def test_encryption_header_that_disagrees(alice: Phone, bob: Phone, mallory: Phone) -> None:
    others = [
        bob.encryption_header(Scope.ACTIVATION).format(),
        mallory.encryption_header(Scope.ACTIVATION).format(),
        alice.encryption_header(Scope.APPLICATION).format(),
        alice.encryption_header(Scope.ACTIVATION).format().replace("3.3", "3.2"),
        "PowerAuth",
    ]
    for value in others:
        assert create(alice, headers={ENCRYPTION_HEADER: value}) == UNAUTHENTICATED
    assert not Token.objects.exists()


@pytest.mark.parametrize("state", [2, 4, 5])
def test_only_active_activations_get_tokens(alice: Phone, state: int) -> None:
    members = sealed(alice, Encryptor.CREATE_TOKEN).to_json()
    Activation.objects.update(state=state)
    assert create(alice, members) == UNAUTHENTICATED
    assert not Token.objects.exists()


def test_unsupported_version(bank: Bank, alice: Phone) -> None:
    members = sealed(alice, Encryptor.CREATE_TOKEN).to_json()
    applications.set_supported(bank.application.id, "default", supported=False)
    assert create(alice, members) == UNAUTHENTICATED
    assert not Token.objects.exists()


@pytest.mark.parametrize(
    ("version", "factors"),
    [
        (version, factors)
        for version in VERSIONS
        for factors in (P, PK, PB, *([PKB] if version in VERSIONS_OF_3 else []))
    ],
)
def test_removal(bank: Bank, version: str, factors: SignatureType) -> None:
    phone = bank.phone("alice", version=version)
    token_id = phone.create_token().token_id
    assert remove(phone, {"tokenId": token_id}, factors=factors) == removed(token_id)
    assert not Token.objects.exists()
    assert remove(phone, {"tokenId": token_id}, factors=factors) == removed(token_id)


def test_removal_of_foreign_and_unknown_tokens_looks_alike(
    alice: Phone, bob: Phone, mallory: Phone
) -> None:
    ids = [phone.create_token().token_id for phone in (bob, mallory)]
    for token_id in [*ids, "12345678-1234-4234-8234-123456789012", "x", ""]:
        assert remove(alice, {"tokenId": token_id}) == removed(token_id)
    assert Token.objects.count() == 2


def test_removal_in_upper_case(alice: Phone) -> None:
    token_id = alice.create_token().token_id.upper()
    assert remove(alice, {"tokenId": token_id}) == removed(token_id)
    assert not Token.objects.exists()


@pytest.mark.parametrize(
    "payload", [None, {}, [], "x", {"tokenId": None}, {"tokenId": {}}, {"tokenId": ["x"]}]
)
def test_removal_of_nothing(alice: Phone, payload: object) -> None:
    assert remove(alice, payload) == UNAUTHENTICATED
    assert attempts(alice) == (1, 0)


def test_removal_in_malformed_bodies(alice: Phone) -> None:
    for body in (b"{", b"[]", b"\xff", b"null"):
        answer = post_signed(alice, REMOVE, body, resource_id="/pa/token/remove")
        assert outcome(answer) == MALFORMED
    empty = post_signed(alice, REMOVE, b"", resource_id="/pa/token/remove")
    assert outcome(empty) == UNAUTHENTICATED
    text = {"Content-Type": "text/plain"}
    answer = post_signed(alice, REMOVE, b"{}", resource_id="/pa/token/remove", headers=text)
    assert outcome(answer) == WRONG_MEDIA_TYPE


def test_removal_with_a_wrong_pin_removes_nothing(alice: Phone) -> None:
    token_id = alice.create_token().token_id
    assert remove(alice, {"tokenId": token_id}, pin=WRONG_PIN) == UNAUTHENTICATED
    assert Token.objects.count() == 1
    assert attempts(alice) == (1, 1)


def test_removal_of_the_activation_makes_tokens_useless(bank: Bank, alice: Phone) -> None:
    token = alice.create_token(PK, PIN)
    lifecycle.remove(alice.activation_id, at=timezone.now())
    assert bank.activation(alice).state == ActivationState.REMOVED
    answer = alice.token_post("/pa/v3/activation/detail", b"{}", token=token)
    assert outcome(answer) == UNAUTHENTICATED


def test_made_up_token(alice: Phone) -> None:
    token = PhoneToken(
        token_id="12345678-1234-4234-8234-123456789012", secret=bytes(16), factors="possession"
    )
    answer = alice.token_post("/pa/v3/activation/detail", b"{}", token=token)
    assert outcome(answer) == UNAUTHENTICATED
