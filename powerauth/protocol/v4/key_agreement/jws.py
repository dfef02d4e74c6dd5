"""JWS by the algorithms of a suite: in JSON with a signature of each, and compact with one.

Temporary keys are announced in the general JSON serialisation: one payload, and a list of
signatures over it, each behind a protected header of its own. By hand, because libraries know no
ML-DSA.
"""

import json
from collections.abc import Mapping, Sequence

from powerauth.protocol.encoding import b64url
from powerauth.protocol.errors import MacMismatch, MalformedJwt
from powerauth.protocol.jwt import Claims, algorithm_of, decode_binary, decode_part, encode_part
from powerauth.protocol.v4.primitives.signing import SigningAlgorithm

MAX_LENGTH = 32768  # characters; a genuine one about a temporary key has about 10 000

Signers = Sequence[tuple[SigningAlgorithm, bytes]]
"""Algorithms with private keys, to sign, or with public keys, to verify."""


def sign(claims: dict[str, object], signers: Signers) -> str:
    """Write claims with a signature of every signer; those that are None are left out.

    Raises:
        MalformedKey: a private key is none of its algorithm.

    Source: protocol-4.md 22.3; checked by temporary-key-v4.
    """
    return _in_json(encode_part(claims), signers)


def sign_payload(payload: bytes, signers: Signers) -> str:
    """Write whatever bytes with a signature of every signer; see `sign`."""
    return _in_json(b64url(payload), signers)


def sign_compact(payload: bytes, signer: tuple[SigningAlgorithm, bytes]) -> str:
    """Write whatever bytes with one signature, in the compact form.

    Raises:
        MalformedKey: the private key is none of the algorithm.

    Source: protocol-4.md 34.3, 39.1.
    """
    encoded = b64url(payload)
    entry = _signature(encoded, *signer)
    return f"{entry['protected']}.{encoded}.{entry['signature']}"


def verify(text: str, verifiers: Signers) -> Claims:
    """Check every signature and return the claims; see `verify_payload`."""
    return Claims(decode_part(_verified(text, verifiers)))


def verify_payload(text: str, verifiers: Signers) -> bytes:
    """Check every signature and return what was signed.

    Args:
        text: serialised JSON object, as received.
        verifiers: algorithms with their public keys; there must be a signature of each of them, and
            no other.

    Raises:
        MalformedJwt: too long, no JWS in JSON, or signatures of other algorithms.
        MacMismatch: a signature does not match.
        MalformedKey: a public key is none of its algorithm.

    Source: protocol-4.md 22.3; checked by temporary-key-v4 and extra-v4 temporary_key_response.
    """
    return decode_binary(_verified(text, verifiers))


def verify_compact(text: str, verifiers: Signers) -> bytes:
    """Check the one signature of a compact JWS and return what was signed.

    Args:
        text: as received.
        verifiers: algorithms with their public keys, one of which the header has to name.

    Raises:
        MalformedJwt: too long, no compact JWS, or of another algorithm.
        MacMismatch: the signature does not match.
        MalformedKey: the public key is none of the algorithm.

    Source: protocol-4.md 34.3, 39.1.
    """
    if len(text) > MAX_LENGTH or text.count(".") != 2 or not text.isascii():
        raise MalformedJwt("not a compact JWS")
    protected, payload, signature = text.split(".")
    by_label = {algorithm.label: (algorithm, key) for algorithm, key in verifiers}
    verifier = by_label[algorithm_of(decode_part(protected), by_label)]
    _check(protected, payload, signature, verifier)
    return decode_binary(payload)


def _in_json(payload: str, signers: Signers) -> str:
    signatures = [_signature(payload, algorithm, key) for algorithm, key in signers]
    return json.dumps({"payload": payload, "signatures": signatures}, separators=(",", ":"))


def _signature(payload: str, algorithm: SigningAlgorithm, private_key: bytes) -> dict[str, str]:
    protected = encode_part({"alg": algorithm.label})
    signature = algorithm.sign_jws(private_key, f"{protected}.{payload}".encode())
    return {"protected": protected, "signature": b64url(signature)}


def _verified(text: str, verifiers: Signers) -> str:
    payload, signatures = _parse(text)
    labels = {algorithm.label for algorithm, _ in verifiers}
    found = {algorithm_of(decode_part(head), labels): (head, sig) for head, sig in signatures}
    if len(found) != len(signatures) or found.keys() != labels or not labels:
        raise MalformedJwt("not one signature of each algorithm")
    for verifier in verifiers:
        protected, signature = found[verifier[0].label]
        _check(protected, payload, signature, verifier)
    return payload


def _check(
    protected: str, payload: str, signature: str, verifier: tuple[SigningAlgorithm, bytes]
) -> None:
    algorithm, public_key = verifier
    signed = f"{protected}.{payload}".encode("ascii")
    if not algorithm.verify_jws(public_key, signed, decode_binary(signature)):
        raise MacMismatch("a signature does not match")


def _parse(text: str) -> tuple[str, list[tuple[str, str]]]:
    if len(text) > MAX_LENGTH:
        raise MalformedJwt("not a JWS of a usual size")
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        raise MalformedJwt("not JSON") from None
    entries = content.get("signatures") if isinstance(content, Mapping) else None
    if not isinstance(entries, list):
        raise MalformedJwt("no list of signatures")
    signatures = [(_text(entry, "protected"), _text(entry, "signature")) for entry in entries]
    return _text(content, "payload"), signatures


def _text(value: object, name: str) -> str:
    text = value.get(name) if isinstance(value, Mapping) else None
    if not isinstance(text, str) or not text.isascii():
        raise MalformedJwt(f"{name} is not a text of Base64URL")
    return text
