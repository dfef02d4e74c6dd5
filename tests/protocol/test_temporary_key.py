import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from powerauth.protocol.encoding import b64, b64url, b64url_decode
from powerauth.protocol.errors import MacMismatch, MalformedEncoding, MalformedJwt, ProtocolError
from powerauth.protocol.keys import der_to_jose, generate_key_pair, key_pair_of, sign
from powerauth.protocol.primitives import hmac_sha256
from powerauth.protocol.v3 import temporary_key
from powerauth.protocol.v3.temporary_key import TemporaryKey, TemporaryKeyRequest
from tests.protocol import vectors
from tests.protocol.fuzzing import bounded, flipped_text, json_values
from tests.protocol.randomness import FixedRandom
from tests.protocol.vectors import Case

SECRET = bytes(range(16))
SIGNER = generate_key_pair(FixedRandom("signer"))
REQUEST = TemporaryKeyRequest(
    application_key="fzVyJXGRHOlft4hti2PTZw==",
    activation_id="CF2E9A48-9085-4AA3-8F85-FFAFD2380609",
    challenge="PiCLbcr3e4giVBDvgjcRwiwF",
)
KEY = TemporaryKey(
    key_id="04f555cd-6be6-4825-850f-621140d828ef",
    application_key=REQUEST.application_key,
    activation_id=REQUEST.activation_id,
    challenge=REQUEST.challenge,
    public_key=generate_key_pair(FixedRandom("temporary")).public_key,
    issued_at_ms=1_730_000_000_123,
    expires_at_ms=1_730_000_300_123,
)
REQUEST_CLAIMS: dict[str, Any] = {
    "applicationKey": REQUEST.application_key,
    "activationId": REQUEST.activation_id,
    "challenge": REQUEST.challenge,
}


def _encode(part: object) -> str:
    return b64url(part if isinstance(part, bytes) else json.dumps(part).encode())


def _hs256(claims: object, header: object = None) -> str:
    signed = f"{_encode({'alg': 'HS256'} if header is None else header)}.{_encode(claims)}"
    return f"{signed}.{b64url(hmac_sha256(key=SECRET, data=signed.encode()))}"


def _es256(claims: object) -> str:
    signed = f"{_encode({'alg': 'ES256'})}.{_encode(claims)}"
    return f"{signed}.{b64url(der_to_jose(sign(SIGNER.private_key, signed.encode())))}"


@vectors.each("extra.json: temporary_key_jwt")
def test_exchange(case: Case) -> None:
    transport_key = case.optional_binary("transportKey")
    secret = temporary_key.request_secret(case["applicationSecret"], transport_key)
    assert secret == case.binary("hmacKey")
    request = temporary_key.verify_request(case["requestJwt"], secret)
    assert request == TemporaryKeyRequest.parse_unverified(case["requestJwt"])
    assert request.application_key == case["applicationKey"]
    assert request.activation_id == case["activationId"]
    assert request.challenge == case["challenge"]
    key = temporary_key.verify_response(
        case["responseJwt"], case.binary("responseSigningPublicKey")
    )
    assert key.key_id == case["temporaryKeyId"]
    assert key.public_key == case.binary("temporaryPublicKey")
    assert key_pair_of(case.binary("temporaryPrivateKey")).public_key == key.public_key
    assert (key.application_key, key.activation_id) == (
        case["applicationKey"],
        case["activationId"],
    )
    assert key.challenge == case["challenge"]
    _check_own_response(case, key)


def _check_own_response(case: Case, key: TemporaryKey) -> None:
    own = temporary_key.sign_response(key, SIGNER.private_key)
    expected_header, expected_claims, _ = case["responseJwt"].split(".")
    header, claims, _ = own.split(".")
    assert json.loads(b64url_decode(header)) == json.loads(b64url_decode(expected_header))
    assert json.loads(b64url_decode(claims)) == json.loads(b64url_decode(expected_claims))
    assert temporary_key.verify_response(own, SIGNER.public_key) == key


@pytest.mark.parametrize("activation_id", [REQUEST.activation_id, None])
@pytest.mark.parametrize("issued_at_ms", [None, 1_730_000_000_999])
def test_request_round_trip(activation_id: str | None, issued_at_ms: int | None) -> None:
    request = replace(REQUEST, activation_id=activation_id)
    jwt = temporary_key.sign_request(request, secret=SECRET, issued_at_ms=issued_at_ms)
    claims = json.loads(b64url_decode(jwt.split(".")[1]))
    assert claims.get("iat") == (None if issued_at_ms is None else 1_730_000_000)
    assert ("activationId" in claims) is (activation_id is not None)
    assert temporary_key.verify_request(jwt, SECRET) == request


@pytest.mark.parametrize("activation_id", [KEY.activation_id, None])
def test_response_round_trip(activation_id: str | None) -> None:
    key = replace(KEY, activation_id=activation_id)
    jwt = temporary_key.sign_response(key, SIGNER.private_key)
    claims = json.loads(b64url_decode(jwt.split(".")[1]))
    assert (claims["iat"], claims["exp"]) == (1_730_000_000, 1_730_000_300)
    assert ("activationId" in claims) is (activation_id is not None)
    assert temporary_key.verify_response(jwt, SIGNER.public_key) == key


def test_secret_depends_on_the_scope() -> None:
    secret = b64(SECRET)
    assert temporary_key.request_secret(secret, None) == SECRET
    assert len(temporary_key.request_secret(secret, bytes(16))) == 16
    assert temporary_key.request_secret(secret, bytes(16)) != SECRET
    with pytest.raises(MalformedEncoding):
        temporary_key.request_secret("short", None)


def test_wrong_keys_do_not_verify() -> None:
    with pytest.raises(MacMismatch):
        temporary_key.verify_request(_hs256(REQUEST_CLAIMS), bytes(16))
    other = generate_key_pair(FixedRandom("other signer"))
    with pytest.raises(MacMismatch):
        temporary_key.verify_response(
            temporary_key.sign_response(KEY, other.private_key), SIGNER.public_key
        )


@pytest.mark.parametrize(
    "header",
    [
        {"alg": "none"},
        {"alg": "hs256"},
        {"alg": "HS512"},
        {"alg": "ES256"},
        {"alg": None},
        {"typ": "JWT"},
        {"alg": "HS256", "crit": ["exp"]},
        ["HS256"],
        "HS256",
        b"\xff",
        b"",
    ],
)
def test_refuse_other_headers(header: object) -> None:
    jwt = _hs256(REQUEST_CLAIMS, header)
    with pytest.raises(MalformedJwt):
        temporary_key.verify_request(jwt, SECRET)
    with pytest.raises(MalformedJwt):
        TemporaryKeyRequest.parse_unverified(jwt)


def test_type_may_be_missing_or_present() -> None:
    for header in ({"alg": "HS256"}, {"alg": "HS256", "typ": "JWT"}):
        assert temporary_key.verify_request(_hs256(REQUEST_CLAIMS, header), SECRET) == REQUEST


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("applicationKey", None),
        ("applicationKey", 5),
        ("applicationKey", "AAAA"),
        ("activationId", "x"),
        ("activationId", ""),
        ("activationId", 5),
        ("challenge", None),
        ("challenge", ""),
        ("challenge", "x" * 513),
        ("challenge", "\ud800"),
        ("challenge", ["x"]),
    ],
)
def test_refuse_malformed_request_claims(name: str, value: object) -> None:
    with pytest.raises(ProtocolError):
        temporary_key.verify_request(_hs256(REQUEST_CLAIMS | {name: value}), SECRET)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("sub", None),
        ("sub", "x"),
        ("publicKey", None),
        ("publicKey", b64(bytes(65))),
        ("publicKey", b64(bytes(33))),
        ("iat_ms", None),
        ("iat_ms", "1"),
        ("iat_ms", True),
        ("exp_ms", 1.5),
        ("challenge", ""),
        ("applicationKey", ""),
    ],
)
def test_refuse_malformed_response_claims(name: str, value: object) -> None:
    jwt = temporary_key.sign_response(KEY, SIGNER.private_key)
    claims = json.loads(b64url_decode(jwt.split(".")[1]))
    assert temporary_key.verify_response(_es256(claims), SIGNER.public_key) == KEY
    with pytest.raises(ProtocolError):
        temporary_key.verify_response(_es256(claims | {name: value}), SIGNER.public_key)


@pytest.mark.parametrize(
    "jwt",
    [
        "",
        "..",
        "a.b",
        "a.b.c.d",
        _hs256(REQUEST_CLAIMS) + "=",
        _hs256(REQUEST_CLAIMS) + "\n",
        _hs256(b"[" * 5000),
        _hs256(b'{"a":' * 900 + b"1" + b"}" * 900 + b"x"),
        _hs256({"a": "x" * 9000}),
        _hs256(b'{"applicationKey": NaN}'),
        _hs256(b"\xef\xbb\xbf{}"),
        _hs256([REQUEST_CLAIMS]),
    ],
)
def test_refuse_malformed_jwt(jwt: str) -> None:
    with pytest.raises(MalformedJwt):
        temporary_key.verify_request(jwt, SECRET)


@pytest.mark.parametrize("value", [None, 5, b"a.b.c", ["a.b.c"]])
def test_refuse_jwt_that_is_no_text(value: str) -> None:
    with pytest.raises(MalformedJwt):
        TemporaryKeyRequest.parse_unverified(value)


def test_refuse_response_with_a_der_signature() -> None:
    signed = temporary_key.sign_response(KEY, SIGNER.private_key).rpartition(".")[0]
    der = b64url(sign(SIGNER.private_key, signed.encode()))
    with pytest.raises(MalformedEncoding):
        temporary_key.verify_response(f"{signed}.{der}", SIGNER.public_key)


def test_no_flipped_bit_of_a_request_verifies() -> None:
    for jwt in flipped_text(temporary_key.sign_request(REQUEST, secret=SECRET)):
        with pytest.raises(ProtocolError):
            temporary_key.verify_request(jwt, SECRET)


def test_no_flipped_bit_of_a_response_verifies() -> None:
    for jwt in flipped_text(temporary_key.sign_response(KEY, SIGNER.private_key)):
        with pytest.raises(ProtocolError):
            temporary_key.verify_response(jwt, SIGNER.public_key)


@given(st.text(max_size=60), json_values, json_values)
@bounded
def test_any_jwt_is_refused(text: str, header: object, claims: object) -> None:
    for jwt in (text, _hs256(claims, header), _hs256(claims), _es256(claims)):
        for parse in (
            lambda jwt=jwt: temporary_key.verify_request(jwt, SECRET),
            lambda jwt=jwt: TemporaryKeyRequest.parse_unverified(jwt),
            lambda jwt=jwt: temporary_key.verify_response(jwt, SIGNER.public_key),
        ):
            with pytest.raises(ProtocolError):
                parse()
