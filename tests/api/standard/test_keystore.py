"""`/pa/v3/keystore/create`: standard-rest-api.md 7.13, protocol.md 6."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from powerauth.engine.activations import lifecycle
from powerauth.engine.applications import applications
from powerauth.models import Activation, ActivationState, TemporaryKey
from powerauth.phone.phone import Phone
from powerauth.phone.requests.transport import Answer
from powerauth.protocol.encoding import b64d, b64url, b64url_decode
from powerauth.protocol.v3.encryption import Encryptor, Scope
from powerauth.protocol.v3.temporary_key import (
    TemporaryKeyRequest,
    request_secret,
    sign_request,
    verify_response,
)
from tests.api.answers import outcome
from tests.api.standard.wire import (
    NO_ENCRYPTION,
    NO_TEMPORARY_KEY,
    UNAUTHENTICATED,
    flipped,
    post_encrypted,
    sealed,
)
from tests.bank import PIN, Bank

PATH = "/pa/v3/keystore/create"
CHALLENGE = "Y2hhbGxlbmdlIGlzIHJhbmRvbQ=="


def ask(phone: Phone, payload: object) -> Answer:
    return phone.plain_post(PATH, payload)


def claims(phone: Phone, *, scope: Scope = Scope.ACTIVATION) -> TemporaryKeyRequest:
    own = phone.activation_id if scope is Scope.ACTIVATION else None
    return TemporaryKeyRequest(
        application_key=phone.application_key, activation_id=own, challenge=CHALLENGE
    )


def jwt_of(phone: Phone, asked: TemporaryKeyRequest) -> str:
    own = phone.enrolment_3.transport_key if asked.activation_id is not None else None
    return sign_request(asked, secret=request_secret(phone.application_secret, own))


def claims_of(jwt: str) -> tuple[dict[str, Any], dict[str, Any]]:
    header, payload, _ = jwt.split(".")
    return json.loads(b64url_decode(header)), json.loads(b64url_decode(payload))


@pytest.mark.main_path
@pytest.mark.parametrize("scope", Scope)
def test_key_of_each_scope(alice: Phone, scope: Scope) -> None:
    TemporaryKey.objects.all().delete()
    answer = ask(alice, {"jwt": jwt_of(alice, claims(alice, scope=scope))})
    assert (answer.status, list(answer.payload)) == (200, ["jwt"])
    in_activation = scope is Scope.ACTIVATION
    signer = alice.enrolment_3.server_public_key
    key = verify_response(
        answer.payload["jwt"], signer if in_activation else alice.config.master_public_key
    )
    row = TemporaryKey.objects.get()
    header, body = claims_of(answer.payload["jwt"])
    assert header == {"typ": "JWT", "alg": "ES256"}
    assert (key.key_id, key.challenge) == (str(row.id), CHALLENGE)
    assert len(b64d(body["publicKey"])) == 65
    assert ("activationId" in body) is in_activation
    assert str(row.activation_id or "") == (alice.activation_id if in_activation else "")
    assert body["exp_ms"] - body["iat_ms"] == 300_000
    assert (body["exp"], body["iat"]) == (body["exp_ms"] // 1000, body["iat_ms"] // 1000)


def test_blocked_activation_still_gets_a_key(alice: Phone) -> None:
    lifecycle.block(alice.activation_id, at=timezone.now())
    assert ask(alice, {"jwt": jwt_of(alice, claims(alice))}).status == 200


@pytest.mark.parametrize(
    "state", [ActivationState.CREATED, ActivationState.PENDING_COMMIT, ActivationState.REMOVED]
)
def test_no_key_in_other_states(alice: Phone, state: ActivationState) -> None:
    Activation.objects.update(state=state)
    answer = ask(alice, {"jwt": jwt_of(alice, claims(alice))})
    assert outcome(answer) == NO_TEMPORARY_KEY


@pytest.mark.parametrize(
    "payload",
    [
        None,
        {},
        [],
        "text",
        {"jwt": None},
        {"jwt": ""},
        {"jwt": 1},
        {"jwt": "a.b.c"},
        {"jwt": ".."},
        {"jwt": "x" * 100_000},
        {"jwt": "\u017elu\u0165ou\u010dk\u00fd.k\u016f\u0148.\u010d"},
        {"other": "x"},
    ],
)
def test_malformed_request(alice: Phone, payload: object) -> None:
    assert outcome(ask(alice, payload)) == NO_TEMPORARY_KEY


def test_empty_body(alice: Phone) -> None:
    assert outcome(alice.plain_post(PATH, b"")) == NO_TEMPORARY_KEY


def test_wrong_keys(alice: Phone, bob: Phone, mallory: Phone) -> None:
    TemporaryKey.objects.all().delete()
    own = claims(alice)
    answers = [
        ask(alice, {"jwt": jwt_of(bob, own)}),
        ask(alice, {"jwt": jwt_of(mallory, claims(alice, scope=Scope.APPLICATION))}),
        ask(alice, {"jwt": jwt_of(alice, replace(own, activation_id=mallory.activation_id))}),
        ask(alice, {"jwt": jwt_of(alice, replace(own, application_key="A" * 22 + "=="))}),
    ]
    assert [outcome(answer) for answer in answers] == [NO_TEMPORARY_KEY] * 4
    assert not TemporaryKey.objects.exists()


def test_activation_of_another_application(alice: Phone, mallory: Phone) -> None:
    """Mallory signs for her own activation, with the key and secret of Alice's application."""
    mallory.config = alice.config
    assert outcome(ask(mallory, {"jwt": jwt_of(mallory, claims(mallory))})) == NO_TEMPORARY_KEY


@pytest.mark.parametrize("part", [0, 1, 2])
def test_flipped_part(alice: Phone, part: int) -> None:
    parts = jwt_of(alice, claims(alice)).split(".")
    parts[part] = b64url(flipped(b64url_decode(parts[part]), 5))
    assert outcome(ask(alice, {"jwt": ".".join(parts)})) == NO_TEMPORARY_KEY


@pytest.mark.parametrize("algorithm", ["none", "HS512", "ES256", "hs256"])
def test_other_algorithm(alice: Phone, algorithm: str) -> None:
    _, body, signature = jwt_of(alice, claims(alice)).split(".")
    header = b64url(json.dumps({"alg": algorithm, "typ": "JWT"}).encode())
    for text in (f"{header}.{body}.{signature}", f"{header}.{body}."):
        assert outcome(ask(alice, {"jwt": text})) == NO_TEMPORARY_KEY


def test_unsupported_version(bank: Bank, alice: Phone) -> None:
    applications.set_supported(bank.application.id, "default", supported=False)
    for scope in Scope:
        answer = ask(alice, {"jwt": jwt_of(alice, claims(alice, scope=scope))})
        assert outcome(answer) == NO_TEMPORARY_KEY


def test_key_serves_until_it_expires(alice: Phone) -> None:
    assert alice.user_info()["sub"] == "alice"
    assert alice.user_info()["sub"] == "alice"
    assert TemporaryKey.objects.filter(activation_id=alice.activation_id).count() == 1
    TemporaryKey.objects.update(expires_at=timezone.now() - timedelta(milliseconds=1))
    envelope = sealed(alice, Encryptor.ACTIVATION_GENERIC).to_json()
    answer = post_encrypted(alice, "/pa/v3/user/info", envelope, Encryptor.ACTIVATION_GENERIC)
    assert outcome(answer) == NO_ENCRYPTION


def test_key_of_somebody_else(alice: Phone, bob: Phone) -> None:
    bob.temporary_keys[Scope.ACTIVATION] = alice.temporary_key(Scope.ACTIVATION)
    envelope = sealed(bob, Encryptor.ACTIVATION_GENERIC).to_json()
    answer = post_encrypted(bob, "/pa/v3/user/info", envelope, Encryptor.ACTIVATION_GENERIC)
    assert outcome(answer) == NO_ENCRYPTION


def test_key_of_the_other_scope(alice: Phone) -> None:
    alice.temporary_keys[Scope.ACTIVATION] = alice.temporary_key(Scope.APPLICATION)
    envelope = sealed(alice, Encryptor.ACTIVATION_GENERIC).to_json()
    answer = post_encrypted(alice, "/pa/v3/user/info", envelope, Encryptor.ACTIVATION_GENERIC)
    assert outcome(answer) == NO_ENCRYPTION


def test_removal_takes_the_keys_along(alice: Phone) -> None:
    activation_id = alice.activation_id
    alice.temporary_key(Scope.ACTIVATION)
    alice.remove(PIN)
    assert not TemporaryKey.objects.filter(activation_id=activation_id).exists()


def test_signed_endpoint_with_an_expired_key(alice: Phone) -> None:
    alice.temporary_key(Scope.ACTIVATION)
    TemporaryKey.objects.all().delete()
    request = sealed(alice, Encryptor.CREATE_TOKEN).to_json()
    body = json.dumps(request).encode()
    answer = alice.signed_post(
        "/pa/v3/token/create", body, resource_id="/pa/token/create", factors="possession"
    )
    assert outcome(answer) == UNAUTHENTICATED
