"""`/pa/v4/keystore/create`: protocol-4.md 22."""

import json

import pytest

from powerauth.models import Activation, ActivationState, MasterKeyPair, TemporaryKey
from powerauth.phone.phone import Phone
from powerauth.protocol.encoding import b64url_decode
from powerauth.protocol.encryptors import Scope
from powerauth.protocol.v3.temporary_key import TemporaryKeyRequest, request_secret, sign_request
from powerauth.protocol.v4.suites import EC_P384, SUITES
from tests.api.answers import outcome
from tests.api.standard.v4.phone import WirePhone, wire_phone
from tests.api.standard.v4.wire import NO_TEMPORARY_KEY
from tests.bank import Bank

EACH_SCOPE = pytest.mark.parametrize("scope", Scope)


@pytest.mark.main_path
@EACH_SCOPE
def test_key_of_each_scope(each_phone: WirePhone, scope: Scope) -> None:
    jwt, offer = each_phone.key_request(scope)
    answer = each_phone.asked(jwt)
    assert (answer.status, list(answer.payload)) == (200, ["jwt"])
    told = each_phone.verified(scope, answer.payload["jwt"])
    assert TemporaryKey.objects.get(pk=told.key_id).algorithm == each_phone.suite.name
    assert len(offer.accept(told.shared_secret)) == 32
    written = json.loads(answer.payload["jwt"])
    heads = [json.loads(b64url_decode(each["protected"])) for each in written["signatures"]]
    assert [head["alg"] for head in heads] == [each.label for each in each_phone.suite.signing]
    claims = json.loads(b64url_decode(written["payload"]))
    in_activation = scope is Scope.ACTIVATION
    assert claims.get("activationId") == (each_phone.activation_id if in_activation else None)
    assert (claims["exp_ms"] - claims["iat_ms"], claims["challenge"]) == (300_000, "challenge")


def test_trap_28_the_largest_exchange_is_served(each_phone: WirePhone) -> None:
    jwt, _ = each_phone.key_request(Scope.ACTIVATION)
    answer = each_phone.asked(jwt)
    assert answer.status == 200
    up, down = {"EC_P384": (600, 1000), "EC_P384_ML_L3": (2800, 7400)}.get(
        each_phone.suite.name, (3400, 10_000)
    )
    assert up / 1.3 < len(jwt) < up * 1.3
    assert down / 1.3 < len(answer.content) < down * 1.3


@pytest.mark.parametrize("size", [8193, 100_000])
def test_trap_28_an_excessive_request_is_refused_before_it_is_parsed(
    phone: WirePhone, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    def parsed(*args: object) -> None:
        raise AssertionError("an excessive request was parsed")

    monkeypatch.setattr("powerauth.protocol.jwt.decode_part", parsed)
    assert outcome(phone.asked("A" * size)) == NO_TEMPORARY_KEY


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'{"requestObject":null}',
        b'{"requestObject":[]}',
        b'{"requestObject":{}}',
        b'{"requestObject":{"jwt":null}}',
        b'{"requestObject":{"jwt":1}}',
        b'{"requestObject":{"jwt":"a.b.c"}}',
        '{"requestObject":{"jwt":"\u017elu\u0165.k\u016f\u0148.\u010d"}}'.encode(),
    ],
)
def test_malformed_requests(phone: WirePhone, body: bytes) -> None:
    assert outcome(phone.post("/keystore/create", body)) == NO_TEMPORARY_KEY


@EACH_SCOPE
def test_another_suite(each_phone: WirePhone, scope: Scope) -> None:
    """Trap 26 in activation scope; an application allows all of them."""
    for suite in SUITES:
        answer = each_phone.asked(each_phone.key_request(scope, suite)[0])
        allowed = scope is Scope.APPLICATION or suite is each_phone.suite
        assert answer.ok is allowed
        if not allowed:
            assert outcome(answer) == NO_TEMPORARY_KEY


def test_keys_of_somebody_else(phone: WirePhone, other_phone: WirePhone) -> None:
    before = TemporaryKey.objects.count()
    own = phone.secret
    phone.secret = other_phone.secret
    assert outcome(phone.asked(phone.key_request(Scope.ACTIVATION)[0])) == NO_TEMPORARY_KEY
    phone.secret, phone.activation_id = own, other_phone.activation_id
    assert outcome(phone.asked(phone.key_request(Scope.ACTIVATION)[0])) == NO_TEMPORARY_KEY
    assert TemporaryKey.objects.count() == before


def test_trap_24_every_state_but_created_gets_a_key(phone: WirePhone) -> None:
    for state in ActivationState:
        Activation.objects.update(state=state)
        answer = phone.asked(phone.key_request(Scope.ACTIVATION)[0])
        assert answer.ok is (state is not ActivationState.CREATED), state


def test_an_unknown_activation(phone: WirePhone) -> None:
    phone.activation_id = "00000000-0000-4000-8000-000000000000"
    assert outcome(phone.asked(phone.key_request(Scope.ACTIVATION)[0])) == NO_TEMPORARY_KEY


def test_an_application_without_master_keys(bank: Bank) -> None:
    phone = wire_phone(bank.application, EC_P384)
    MasterKeyPair.objects.filter(algorithm="ECDSA_P384").delete()
    assert outcome(phone.asked(phone.key_request(Scope.APPLICATION)[0])) == NO_TEMPORARY_KEY


@EACH_SCOPE
def test_each_generation_asks_at_its_own_path(phone: WirePhone, alice: Phone, scope: Scope) -> None:
    jwt, _ = phone.key_request(scope)
    asked = {"requestObject": {"jwt": jwt}}
    assert outcome(alice.plain_post("/pa/v3/keystore/create", asked)) == NO_TEMPORARY_KEY
    in_activation = scope is Scope.ACTIVATION
    claims = TemporaryKeyRequest(
        application_key=alice.application_key,
        activation_id=alice.activation_id if in_activation else None,
        challenge="challenge",
    )
    transport = alice.enrolment_3.transport_key if in_activation else None
    secret = request_secret(alice.application_secret, transport)
    of_3 = sign_request(claims, secret=secret)
    assert outcome(phone.asked(of_3)) == NO_TEMPORARY_KEY
    assert alice.plain_post("/pa/v3/keystore/create", {"jwt": of_3}).ok
