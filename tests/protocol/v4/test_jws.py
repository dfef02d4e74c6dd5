"""JWS by the algorithms of a suite: protocol-4.md 22.3, 34.3 and 39.1."""

import json

import pytest

from powerauth.protocol.encoding import b64url, b64url_decode
from powerauth.protocol.errors import MacMismatch, MalformedJwt
from powerauth.protocol.v4.key_agreement import jws
from powerauth.protocol.v4.primitives.signing import ECDSA_P256, ECDSA_P384, SigningAlgorithm
from powerauth.protocol.v4.suites import Suite, available_suites

PAYLOAD = b"\x00 any bytes"
PAIRS = {
    algorithm.name: algorithm.generate_key_pair()
    for algorithm in {ECDSA_P256, *(each for suite in available_suites() for each in suite.signing)}
}
Keys = list[tuple[SigningAlgorithm, bytes]]


@pytest.fixture(params=available_suites(), ids=lambda suite: suite.name)
def suite(request: pytest.FixtureRequest) -> Suite:
    made: Suite = request.param
    return made


def private(*algorithms: SigningAlgorithm) -> Keys:
    return [(each, PAIRS[each.name].private_key) for each in algorithms]


def public(*algorithms: SigningAlgorithm) -> Keys:
    return [(each, PAIRS[each.name].public_key) for each in algorithms]


def test_every_signature_is_over_its_own_header(suite: Suite) -> None:
    """Trap 6."""
    text = jws.sign_payload(PAYLOAD, private(*suite.signing))
    assert jws.verify_payload(text, public(*suite.signing)) == PAYLOAD
    content = json.loads(text)
    assert len({entry["protected"] for entry in content["signatures"]}) == len(suite.signing)
    for entry, algorithm in zip(content["signatures"], suite.signing, strict=True):
        signed = f"{entry['protected']}.{content['payload']}".encode()
        signature = b64url_decode(entry["signature"])
        assert algorithm.verify_jws(PAIRS[algorithm.name].public_key, signed, signature)


def test_a_signature_less_or_more_is_refused(suite: Suite) -> None:
    fewer = jws.sign_payload(PAYLOAD, private(*suite.signing[:-1]))
    more = jws.sign_payload(PAYLOAD, private(*suite.signing, ECDSA_P256))
    for text in (fewer, more):
        with pytest.raises(MalformedJwt):
            jws.verify_payload(text, public(*suite.signing))


def test_without_keys_nothing_is_valid() -> None:
    with pytest.raises(MalformedJwt):
        jws.verify_payload('{"payload":"","signatures":[]}', [])
    with pytest.raises(MalformedJwt):
        jws.verify_compact(jws.sign_compact(PAYLOAD, private(ECDSA_P384)[0]), [])


def test_compact_by_each_algorithm(suite: Suite) -> None:
    for signer in private(*suite.signing):
        text = jws.sign_compact(PAYLOAD, signer)
        assert jws.verify_compact(text, public(*suite.signing)) == PAYLOAD
        head = json.loads(b64url_decode(text.split(".", 1)[0]))
        assert head == {"alg": signer[0].label}


def test_compact_es384_is_r_and_s() -> None:
    """Trap 7: raw `R || S`, 96 bytes."""
    text = jws.sign_compact(PAYLOAD, private(ECDSA_P384)[0])
    assert len(b64url_decode(text.rsplit(".", 1)[1])) == 96


@pytest.mark.parametrize(
    ("change", "error"),
    [
        (lambda head, body, tail: f"{head}.{b64url(b'other')}.{tail}", MacMismatch),
        (lambda head, body, tail: f"{head}.{body}.{b64url(bytes(96))}", MacMismatch),
        (lambda head, body, tail: f"{head}.{body}.", MacMismatch),
        (lambda head, body, tail: f"{head}.{body}.!", MalformedJwt),
        (lambda head, body, tail: f"{head}.{body}", MalformedJwt),
        (lambda head, body, tail: f"{head}.{body}.{tail}.", MalformedJwt),
        (lambda head, body, tail: f"é{head}.{body}.{tail}", MalformedJwt),
        (lambda head, body, tail: f"{head}.{body}.{tail}" + "A" * jws.MAX_LENGTH, MalformedJwt),
        (lambda head, body, tail: f"{b64url(b'{}')}.{body}.{tail}", MalformedJwt),
        (lambda head, body, tail: f"{_head(alg='none')}.{body}.", MalformedJwt),
        (lambda head, body, tail: f"{_head(alg='ES256')}.{body}.{tail}", MalformedJwt),
        (lambda head, body, tail: f"{_head(alg='ES384', crit=[])}.{body}.{tail}", MalformedJwt),
    ],
)
def test_another_compact_text_is_refused(change: object, error: type[Exception]) -> None:
    assert callable(change)
    text = change(*jws.sign_compact(PAYLOAD, private(ECDSA_P384)[0]).split("."))
    with pytest.raises(error):
        jws.verify_compact(text, public(ECDSA_P384))


def _head(**members: object) -> str:
    return b64url(json.dumps(members).encode())
