import base64
import hmac
import json
from dataclasses import replace
from itertools import islice
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from powerauth.protocol.encoding import b64, b64url
from powerauth.protocol.errors import MacMismatch, MalformedJwt, MalformedKey, ProtocolError
from powerauth.protocol.v4.key_agreement import jws, temporary_key
from powerauth.protocol.v4.key_agreement.shared_secret import Offer, encapsulate
from powerauth.protocol.v4.key_agreement.temporary_key import TemporaryKey, TemporaryKeyRequest
from powerauth.protocol.v4.keys import ActivationKeys, application_temporary_key
from powerauth.protocol.v4.primitives.signing import ECDSA_P384, MLDSA_65
from powerauth.protocol.v4.suites import EC_P384, EC_P384_ML_L3, SUITES, Suite, suite_of
from tests.protocol import vectors
from tests.protocol.fuzzing import bounded, flipped_text, json_values
from tests.protocol.randomness import FixedRandom
from tests.protocol.v4.test_shared_secret import offer_of
from tests.protocol.vectors import Case, decode

EACH_SUITE = pytest.mark.parametrize("suite", SUITES, ids=lambda suite: suite.name)
KEY = bytes(range(32))
APPLICATION_KEY = b64(bytes(range(16)))
ACTIVATION_ID = "7a24c6e9-48e9-43c2-ab4a-aed6270e924d"
KEY_ID = "1221cd15-9092-4779-a157-04dc229a63f7"
TIME = 1_760_000_000_123


def request_of(suite: Suite, activation_id: str | None = None) -> TemporaryKeyRequest:
    return TemporaryKeyRequest(
        application_key=APPLICATION_KEY,
        activation_id=activation_id,
        challenge="challenge",
        shared_secret=Offer.generate(suite, FixedRandom(suite.name)).request,
    )


def answer_to(request: TemporaryKeyRequest) -> TemporaryKey:
    return TemporaryKey(
        key_id=KEY_ID,
        application_key=request.application_key,
        activation_id=request.activation_id,
        challenge=request.challenge,
        shared_secret=encapsulate(request.shared_secret)[0],
        issued_at_ms=TIME,
        expires_at_ms=TIME + 300_000,
    )


Keys = list[tuple[Any, bytes]]


def key_pairs(suite: Suite, label: str = "signer") -> tuple[Keys, Keys]:
    """Give the private and the public keys of a suite's signers."""
    pairs = [(each, each.generate_key_pair(FixedRandom(label))) for each in suite.signing]
    return (
        [(each, pair.private_key) for each, pair in pairs],
        [(each, pair.public_key) for each, pair in pairs],
    )


def recoded(text: str, **changes: object) -> str:
    return json.dumps(json.loads(text) | changes)


def part(value: object) -> str:
    return b64url(json.dumps(value).encode())


@vectors.each("v4/temporary-key-v4.json")
def test_exchange(case: Case) -> None:
    suite = suite_of(case["suite"])
    if case["activationSecret"] is None:
        key = application_temporary_key(case["applicationSecret"])
    else:
        key = ActivationKeys(case.binary("activationSecret")).temporary_key
    assert key == case.binary("macKey")
    offer = offer_of(suite, case["clientPrivateKeys"])
    for jwt in case["requestJwt"].values():
        request = temporary_key.verify_request(jwt, key)
        assert request == TemporaryKeyRequest.parse_unverified(jwt)
        assert request.shared_secret == offer.request
        assert request.challenge == case["challenge"]
        assert request.activation_id == case["activationId"]
        assert request.application_key == case["applicationKey"]
    publics = [decode(public) for public in case["serverPublicKeys"].values()]
    verifiers = list(zip(suite.signing, publics, strict=True))
    answer = temporary_key.verify_response(case["responseJwt"], verifiers)
    assert (answer.key_id, answer.challenge) == (case["temporaryKeyId"], case["challenge"])
    assert answer.activation_id == case["activationId"]
    assert offer.accept(answer.shared_secret) == case.binary("temporaryKey")


@vectors.each("v4/temporary-key-v4.json")
def test_requests_are_written_as_the_reference_does(case: Case) -> None:
    request = TemporaryKeyRequest.parse_unverified(case["requestJwt"]["HS384"])
    jwt = temporary_key.sign_request(request, key=case.binary("macKey"))
    assert temporary_key.verify_request(jwt, case.binary("macKey")) == request
    assert jwt.partition(".")[0] == case["requestJwt"]["HS384"].partition(".")[0]


@vectors.each("v4/extra-v4.json: worked_example")
def test_requests_of_the_worked_example(case: Case) -> None:
    keys = ActivationKeys(case.binary("activationSecret"))
    application = application_temporary_key(case["applicationSecret"])
    assert application == case.binary("macGetAppTempKey")
    for jwt, key in (
        (case["requestJwtApplication"], application),
        (case["requestJwtActivation"], keys.temporary_key),
    ):
        request = temporary_key.verify_request(jwt, key)
        assert encapsulate(request.shared_secret, (EC_P384,))
        with pytest.raises(MacMismatch):
            temporary_key.verify_request(jwt, KEY)


@vectors.each("v4/extra-v4.json: temporary_key_request")
def test_request_of_the_reference_server(case: Case) -> None:
    # Its members inside are older; form and MAC are those of the release.
    signed, _, signature = case["jwt"].rpartition(".")
    expected = b64url(hmac.digest(case.binary("macKey"), signed.encode(), "sha256"))
    assert signature == expected


@vectors.each("v4/extra-v4.json: temporary_key_response")
def test_response_of_the_reference_server(case: Case) -> None:
    verifiers = [(ECDSA_P384, case.binary("ecdsaPublicKey"))]
    if '"protected"' in case["value"].partition('"protected"')[2]:
        verifiers.append((MLDSA_65, case.binary("mlDsa65PublicKey")))
    claims = jws.verify(case["value"], verifiers)
    assert claims.number("exp_ms") > claims.number("iat_ms")
    assert claims.key_id()


@EACH_SUITE
@pytest.mark.parametrize("activation_id", [None, ACTIVATION_ID])
def test_round_trip(suite: Suite, activation_id: str | None) -> None:
    request = request_of(suite, activation_id)
    jwt = temporary_key.sign_request(request, key=KEY, issued_at_ms=TIME)
    assert temporary_key.verify_request(jwt, KEY) == request
    privates, publics = key_pairs(suite)
    answer = answer_to(request)
    text = temporary_key.sign_response(answer, privates)
    assert temporary_key.verify_response(text, publics) == answer


@EACH_SUITE
def test_trap_28_sizes_of_the_exchange(suite: Suite) -> None:
    request = request_of(suite)
    jwt = temporary_key.sign_request(request, key=KEY)
    privates, _ = key_pairs(suite)
    text = temporary_key.sign_response(answer_to(request), privates)
    up, down = {"EC_P384": (600, 1100), "EC_P384_ML_L3": (2800, 7600)}.get(
        suite.name, (3400, 10_300)
    )
    assert 0.6 * up < len(jwt) < 1.2 * up
    assert 0.6 * down < len(text) < 1.2 * down


def test_trap_5_key_of_32_bytes_signs_with_hs384() -> None:
    jwt = temporary_key.sign_request(request_of(EC_P384), key=KEY)
    signed, _, signature = jwt.rpartition(".")
    assert json.loads(base64.b64decode(jwt.partition(".")[0] + "==")) == {"alg": "HS384"}
    assert signature == b64url(hmac.digest(KEY, signed.encode(), "sha384"))


@pytest.mark.parametrize(
    ("header", "digest"),
    [
        ({"alg": "HS512"}, "sha512"),
        ({"alg": "none"}, "sha384"),
        ({"alg": "ES384"}, "sha384"),
        ({"alg": ["HS384"]}, "sha384"),
        ({"alg": "HS384", "crit": ["exp"]}, "sha384"),
        ({"alg": "HS384"}, "sha256"),
        ({"alg": "HS256"}, "sha384"),
        ({}, "sha384"),
    ],
)
def test_refuse_other_algorithms(header: dict[str, object], digest: str) -> None:
    jwt = temporary_key.sign_request(request_of(EC_P384), key=KEY)
    signed = f"{part(header)}.{jwt.split('.')[1]}"
    with pytest.raises(ProtocolError):
        temporary_key.verify_request(
            f"{signed}.{b64url(hmac.digest(KEY, signed.encode(), digest))}", KEY
        )


def test_hs256_is_accepted_with_the_same_key() -> None:
    request = request_of(EC_P384)
    jwt = temporary_key.sign_request(request, key=KEY)
    signed = f"{part({'alg': 'HS256', 'typ': 'JWT'})}.{jwt.split('.')[1]}"
    jwt = f"{signed}.{b64url(hmac.digest(KEY, signed.encode(), 'sha256'))}"
    assert temporary_key.verify_request(jwt, KEY) == request


@pytest.mark.parametrize(
    "change",
    [
        {"applicationKey": None},
        {"applicationKey": b64(bytes(15))},
        {"activationId": "x"},
        {"activationId": 4},
        {"challenge": ""},
        {"challenge": "x" * 513},
        {"challenge": None},
        {"sharedSecretRequest": None},
        {"sharedSecretRequest": "x"},
        {"sharedSecretRequest": {"algorithm": "EC_P384"}},
        {"sharedSecretRequest": {"algorithm": "EC_P384", "ecdhe": "AAAA"}},
    ],
)
def test_refuse_malformed_claims(change: dict[str, object]) -> None:
    claims: dict[str, object] = {
        "applicationKey": APPLICATION_KEY,
        "challenge": "challenge",
        "sharedSecretRequest": request_of(EC_P384).shared_secret.to_json(),
    }
    for content, is_whole in ((claims, True), (claims | change, False)):
        signed = f"{part({'alg': 'HS384'})}.{part(content)}"
        jwt = f"{signed}.{b64url(hmac.digest(KEY, signed.encode(), 'sha384'))}"
        if is_whole:
            assert temporary_key.verify_request(jwt, KEY).challenge == "challenge"
            continue
        with pytest.raises(ProtocolError):
            temporary_key.verify_request(jwt, KEY)
        with pytest.raises(ProtocolError):
            TemporaryKeyRequest.parse_unverified(jwt)


def test_no_changed_request_verifies() -> None:
    jwt = temporary_key.sign_request(request_of(EC_P384), key=KEY)
    for changed in flipped_text(jwt):
        with pytest.raises(ProtocolError):
            temporary_key.verify_request(changed, KEY)
    with pytest.raises(MacMismatch):
        temporary_key.verify_request(jwt, bytes(32))


@pytest.mark.parametrize("text", ["", "..", "a.b", "a.b.c.d", "." * 9000, "A" * 8193])
def test_refuse_what_is_no_jwt(text: str) -> None:
    with pytest.raises(MalformedJwt):
        temporary_key.verify_request(text, KEY)


def test_trap_6_each_signature_covers_its_own_header() -> None:
    privates, publics = key_pairs(EC_P384_ML_L3)
    text = jws.sign({"a": 1}, privates)
    content = json.loads(text)
    first, second = content["signatures"]
    assert first["protected"] == b64url(b'{"alg":"ES384"}')
    for entry, (algorithm, public_key) in zip((first, second), publics, strict=True):
        signed = f"{entry['protected']}.{content['payload']}".encode()
        signature = base64.urlsafe_b64decode(entry["signature"] + "==")
        assert algorithm.verify_jws(public_key, signed, signature)
    swapped = [
        {"protected": first["protected"], "signature": second["signature"]},
        {"protected": second["protected"], "signature": first["signature"]},
    ]
    with pytest.raises(MacMismatch):
        jws.verify(recoded(text, signatures=swapped), publics)
    assert jws.verify(recoded(text, signatures=[second, first]), publics).members == {"a": 1}


def test_every_signature_of_the_suite_is_needed() -> None:
    privates, publics = key_pairs(EC_P384_ML_L3)
    text = jws.sign({"a": 1}, privates)
    first, second = json.loads(text)["signatures"]
    for signatures in ([], [first], [second], [first, first], [first, second, second]):
        with pytest.raises(MalformedJwt):
            jws.verify(recoded(text, signatures=signatures), publics)
    with pytest.raises(MalformedJwt):
        jws.verify(text, publics[:1])
    strange = [second, first | {"protected": part({"alg": "ES384", "crit": ["x"]})}]
    with pytest.raises(MalformedJwt):
        jws.verify(recoded(text, signatures=strange), publics)


@EACH_SUITE
def test_foreign_signers_do_not_verify(suite: Suite) -> None:
    privates, publics = key_pairs(suite)
    _, others = key_pairs(suite, "another signer")
    text = jws.sign({"a": 1}, privates)
    for index in range(len(publics)):
        mixed = [*publics[:index], others[index], *publics[index + 1 :]]
        with pytest.raises(MacMismatch):
            jws.verify(text, mixed)
        broken = [*publics[:index], (publics[index][0], b"\0"), *publics[index + 1 :]]
        with pytest.raises(MalformedKey):
            jws.verify(text, broken)
    with pytest.raises(MacMismatch):
        jws.verify(recoded(text, payload=part({"a": 2})), publics)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "4",
        "{}",
        "{" * 30_000,
        " " * 32_769,
        '{"payload":"e30"}',
        '{"payload":"e30","signatures":{}}',
        '{"payload":"e30","signatures":[4]}',
        '{"payload":"e30","signatures":[{"protected":"e30"}]}',
        '{"payload":"e30","signatures":[{"protected":"e30","signature":4}]}',
        '{"payload":"e30","signatures":[{"protected":"e30","signature":"AAAA"}]}',
        '{"payload":4,"signatures":[]}',
        '{"payload":"\\u010d","signatures":[]}',
        '{"signatures":[]}',
    ],
)
def test_refuse_malformed_responses(text: str) -> None:
    _, publics = key_pairs(EC_P384)
    with pytest.raises(MalformedJwt):
        jws.verify(text, publics)


def test_sizes_are_limited_before_anything_is_parsed() -> None:
    privates, publics = key_pairs(EC_P384)
    text = jws.sign({"a": 1}, privates)
    whole = text + " " * (32_768 - len(text))
    assert jws.verify(whole, publics).members == {"a": 1}
    with pytest.raises(MalformedJwt):
        jws.verify(whole + " ", publics)
    request = replace(request_of(EC_P384), challenge="x")
    claims: dict[str, object] = {
        "applicationKey": request.application_key,
        "challenge": request.challenge,
        "sharedSecretRequest": request.shared_secret.to_json(),
    }
    for filling, is_read in ((5000, True), (6000, False)):
        signed = f"{part({'alg': 'HS384'})}.{part(claims | {'filling': 'x' * filling})}"
        jwt = f"{signed}.{b64url(hmac.digest(KEY, signed.encode(), 'sha384'))}"
        assert (len(jwt) <= 8192) is is_read
        if is_read:
            assert temporary_key.verify_request(jwt, KEY) == request
            continue
        with pytest.raises(MalformedJwt):
            temporary_key.verify_request(jwt, KEY)


def test_refuse_signature_that_is_no_base64url() -> None:
    privates, publics = key_pairs(EC_P384)
    text = jws.sign({"a": 1}, privates)
    (entry,) = json.loads(text)["signatures"]
    with pytest.raises(MalformedJwt):
        jws.verify(recoded(text, signatures=[entry | {"signature": "+/=="}]), publics)


@pytest.mark.parametrize("name", ["sub", "sharedSecretResponse", "iat_ms", "exp_ms", "challenge"])
def test_refuse_response_without_a_claim(name: str) -> None:
    privates, publics = key_pairs(EC_P384)
    text = temporary_key.sign_response(answer_to(request_of(EC_P384)), privates)
    claims = jws.verify(text, publics).members
    values: tuple[object, ...] = (None, {}, [])
    for value in values:
        with pytest.raises(ProtocolError):
            temporary_key.verify_response(jws.sign(claims | {name: value}, privates), publics)


def test_no_changed_response_verifies() -> None:
    privates, publics = key_pairs(EC_P384)
    answer = answer_to(request_of(EC_P384))
    text = temporary_key.sign_response(answer, privates)
    # The step is prime to the eight bits of a character: over the text, each of them is flipped.
    for changed in islice(flipped_text(text), 0, None, 13):
        with pytest.raises(ProtocolError):
            temporary_key.verify_response(changed, publics)
    other = temporary_key.sign_response(replace(answer, challenge="other"), privates)
    assert temporary_key.verify_response(other, publics) != answer


@given(json_values.map(json.dumps) | st.text(max_size=80))
@bounded
def test_anything_is_refused(text: str) -> None:
    _, publics = key_pairs(EC_P384)
    with pytest.raises(ProtocolError):
        temporary_key.verify_response(text, publics)
    with pytest.raises(ProtocolError):
        temporary_key.verify_request(text, KEY)
